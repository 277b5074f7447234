"""Someone on Twitch."""

from dataclasses import dataclass, field

COLOURS = ("#FF0000", "#0000FF", "#008000", "#B22222", "#FF7F50", "#9ACD32", "#1E90FF", "#8A2BE2")


@dataclass(frozen=True)
class TwitchUser:
    """Someone on Twitch; the login is also the name of their channel."""

    id: str
    login: str
    display_name: str
    created_at: str = field(default="", repr=False)

    @property
    def email(self) -> str:
        """The address of the account; it never receives anything."""
        return f"{self.login}@twitch.example"

    @property
    def color(self) -> str:
        """The color of the name in chat, always the same for one user."""
        return COLOURS[int(self.id) % len(COLOURS)]
