"""The chat itself: channels, who may speak in them, and what was said.

It knows no protocol: IRC and EventSub listen to it and carry the messages on.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.twitch.clock import Clock
from sandbox.twitch.model import ChatMessage, User
from sandbox.twitch.settings import Settings
from sandbox.watch import Watch

ACTION = re.compile(r"^(?:\x01ACTION (.*?)\x01?|[/.]me (.*))$", re.IGNORECASE)
SLASH_COMMAND = re.compile(r"^[/.]([a-z]+)(?: |$)", re.IGNORECASE)

Listener = Callable[[ChatMessage, object], None]


@dataclass
class Channel:
    """One user's chat room."""

    owner: User
    mods: set[str] = field(default_factory=set)
    banned: set[str] = field(default_factory=set)
    history: list[ChatMessage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The owner's login, without the #."""
        return self.owner.login

    def is_mod(self, user: User) -> bool:
        """Moderators and the broadcaster speak under wider limits."""
        return user.id in self.mods or user.id == self.owner.id


class Chat:
    """Every channel and every message."""

    def __init__(self, clock: Clock, settings: Settings, watch: Watch) -> None:
        self._clock = clock
        self._settings = settings
        self._watch = watch
        self._messages: dict[str, ChatMessage] = {}
        self.channels: dict[str, Channel] = {}
        self.listeners: list[Listener] = []

    def post(
        self,
        channel: Channel,
        author: User,
        text: str,
        reply_to: ChatMessage | None = None,
        origin: object = None,
        *,
        by_program: bool = True,
    ) -> ChatMessage:
        """Say `text` in the channel and tell every listener; `origin` is who brought it in."""
        text, action = self.clean(text)
        if reply_to and not text.startswith(f"@{reply_to.user}"):
            text = f"@{reply_to.user} {text}"  # Twitch itself puts the name there
        message = ChatMessage(
            user=author.display_name,
            text=text,
            channel=channel.name,
            action=action,
            id=str(uuid.uuid4()),
            author=author,
            by_program=by_program,
            reply_to=reply_to,
            at=self._clock.now(),
        )
        channel.history.append(message)
        self._messages[message.id] = message
        for listener in self.listeners:
            listener(message, origin)
        self._watch.changed()
        return message

    def message(self, message_id: str) -> ChatMessage | None:
        """The message with this id, if there was one."""
        return self._messages.get(message_id)

    def clean(self, text: str) -> tuple[str, bool]:
        """The text as it will be shown, and whether it is an action (/me)."""
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot travel
        text = re.sub(r"[\r\n\0]+", " ", text).strip()
        action = ACTION.match(text)
        if action:
            text = (action[1] or action[2] or "").strip()
        return text[: self._settings.message_characters], bool(action)


def slash_command(text: str) -> str:
    """The name of a chat command other than /me, which chat does not take; else empty.

    >>> slash_command("/ban viktor"), slash_command("/me waves"), slash_command("hello")
    ('ban', '', '')
    """
    found = SLASH_COMMAND.match(text)
    return found[1] if found and found[1].lower() != "me" else ""
