"""The nouns of Twitch: users, applications, tokens and chat messages.

Plain data. What may be done with them is decided elsewhere.
"""

from dataclasses import dataclass, field

COLOURS = ("#FF0000", "#0000FF", "#008000", "#B22222", "#FF7F50", "#9ACD32", "#1E90FF", "#8A2BE2")


@dataclass(frozen=True)
class User:
    """Someone on Twitch; the login is also the name of their channel."""

    id: str
    login: str
    display_name: str
    created_at: str = field(default="", repr=False)

    @property
    def colour(self) -> str:
        """The colour of the name in chat, always the same for one user."""
        return COLOURS[int(self.id) % len(COLOURS)]


@dataclass(frozen=True)
class Application:
    """A registered application; a confidential one can keep a secret, a public one has none."""

    name: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    redirect: str
    confidential: bool = True


@dataclass(frozen=True)
class Token:
    """What the token endpoint answers; never shown by repr."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: list[str]
    expires_in: int


@dataclass(frozen=True)
class ChatMessage:
    """One message in a channel: who said what; `action` is True for /me."""

    user: str
    text: str
    channel: str
    action: bool = False
    id: str = field(default="", repr=False, compare=False)
    author: User = field(default=User("0", "", ""), repr=False, compare=False)
    by_program: bool = field(default=False, repr=False, compare=False)  # came by IRC or Helix
    reply_to: "ChatMessage | None" = field(default=None, repr=False, compare=False)
    at: float = field(default=0.0, repr=False, compare=False)

    @property
    def thread(self) -> "ChatMessage | None":
        """The message a thread of replies began with; None for a message that is no reply."""
        first = self.reply_to
        while first is not None and first.reply_to is not None:
            first = first.reply_to
        return first


@dataclass
class ConnectionRecord:
    """What became of one connection; `closed` stays empty while it is open."""

    kind: str
    login: str = ""
    connected_at: float = field(default=0.0, repr=False)
    joined: list[str] = field(default_factory=list)
    lines_in: int = 0
    lines_out: int = 0
    closed: str = ""

    @property
    def open(self) -> bool:
        """Whether the connection still stands."""
        return not self.closed
