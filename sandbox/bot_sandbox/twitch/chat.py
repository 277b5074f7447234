"""The chat itself: channels, what was said in them, and how often one may speak.

It knows no protocol: IRC and EventSub listen to it and carry the messages on.
"""

import math
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.randomness import Randomness
from bot_sandbox.twitch.clock import Clock
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.travels import Travels

COLOURS = ("#FF0000", "#0000FF", "#008000", "#B22222", "#FF7F50", "#9ACD32", "#1E90FF", "#8A2BE2")
ACTION = re.compile(r"^(?:\x01ACTION (.*?)\x01?|[/.]me (.*))$", re.IGNORECASE)
SLASH_COMMAND = re.compile(r"^[/.]([a-z]+)(?: |$)", re.IGNORECASE)
SILENT = "silent"  # refused without a word
REFUSALS = {
    "msg_ratelimit": "Your message was not sent because you are sending messages too quickly.",
    "msg_duplicate": "Your message was not sent because it is identical to the previous one you"
    " sent, less than 30 seconds ago.",
    "msg_banned": "You are permanently banned from talking in {channel}.",
    "msg_timedout": "You are timed out for {seconds} more seconds.",
}
FOR_GOOD = float("inf")  # the end of a ban, unlike that of a timeout


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
class ChatMessage:
    """One message in a channel: who said what; `action` is True for /me.

    `announcement` is the colour of an announcement, and empty for what is merely said.
    """

    user: str
    text: str
    channel: str
    action: bool = False
    announcement: str = field(default="", repr=False)
    id: str = field(default="", repr=False, compare=False)
    author: User = field(default=User("0", "", ""), repr=False, compare=False)
    by_program: bool = field(default=False, repr=False, compare=False)  # came by IRC or Helix
    reply_to: "ChatMessage | None" = field(default=None, repr=False, compare=False)
    at: float = field(default=0.0, repr=False, compare=False)
    badge: str = field(default="", repr=False, compare=False)  # what its writer was there then

    @property
    def thread(self) -> "ChatMessage | None":
        """The message a thread of replies began with; None for a message that is no reply."""
        first = self.reply_to
        while first is not None and first.reply_to is not None:
            first = first.reply_to
        return first


@dataclass(frozen=True)
class Stream:
    """A channel is live since `started_at` (as Twitch writes times)."""

    id: str
    started_at: str


@dataclass
class Channel:
    """One user's channel: the chat room, and what is on."""

    owner: User
    title: str = ""
    stream: Stream | None = None  # None while the channel is offline
    followers: dict[str, str] = field(default_factory=dict)  # since when, by user id
    mods: set[str] = field(default_factory=set)
    banned: dict[str, float] = field(default_factory=dict)  # until when, by user id
    cleared: dict[str, float] = field(default_factory=dict)  # what was said until then, by user id
    history: list[ChatMessage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The owner's login, without the #."""
        return self.owner.login

    def badge(self, user: User) -> str:
        """What stands before somebody's name here; empty for most."""
        if user.id == self.owner.id:
            return "broadcaster"
        return "moderator" if user.id in self.mods else ""

    def is_cleared(self, message: ChatMessage) -> bool:
        """Whether a ban of its writer took a message off the screens (CLEARCHAT)."""
        return message.at <= self.cleared.get(message.author.id, -1.0)

    def is_mod(self, user: User) -> bool:
        """Moderators and the broadcaster speak under wider limits."""
        return user.id in self.mods or user.id == self.owner.id


class ChatRooms:
    """Every channel and every message."""

    def __init__(
        self,
        clock: Clock,
        settings: TwitchSettings,
        changes: ChangeNotifier,
        randomness: Randomness,
    ) -> None:
        self._clock = clock
        self._randomness = randomness
        self._settings = settings
        self._changes = changes
        self._messages: dict[str, ChatMessage] = {}
        self.channels: dict[str, Channel] = {}
        self.travels = Travels(settings.travels)
        self.listeners: list[Callable[[ChatMessage, object], None]] = []
        self.on_banned: list[Callable[[Channel, User, float], None]] = []
        self.on_unmodded: list[Callable[[Channel, User], None]] = []

    def post(
        self,
        channel: Channel,
        author: User,
        text: str,
        reply_to: ChatMessage | None = None,
        origin: object = None,
        *,
        by_program: bool = True,
        announcement: str = "",
        came_as: tuple[str, str] = ("", ""),
    ) -> ChatMessage:
        """Say `text` in the channel and tell every listener.

        `origin` is who brought it in, `came_as` by which protocol and in which words.
        """
        text, action = self.clean(text)
        if reply_to and not text.startswith(f"@{reply_to.user}"):
            text = f"@{reply_to.user} {text}"  # Twitch itself puts the name there
        message = ChatMessage(
            user=author.display_name,
            text=text,
            channel=channel.name,
            action=action,
            announcement=announcement,
            id=self._randomness.uuid(f"message {channel.name}"),
            author=author,
            by_program=by_program,
            reply_to=reply_to,
            at=self._clock.now(),
            badge=channel.badge(author),
        )
        channel.history.append(message)
        self._messages[message.id] = message
        if came_as[0]:
            self.travels.note(message.id, "from", came_as[0], author.login, came_as[1])
        for listener in self.listeners:
            listener(message, origin)
        self._changes.changed()
        return message

    def mod(self, channel: Channel, user: User) -> None:
        """Make a moderator; ValueError, in Twitch's words, for whoever is banned."""
        if self.barred(channel, user)[0]:
            raise ValueError(
                f"{user.login} is banned in this channel. You must unban this user before granting"
                " mod status."
            )
        channel.mods.add(user.id)
        self._changes.changed()

    def unmod(self, channel: Channel, user: User) -> None:
        """A moderator is one no more."""
        if user.id not in channel.mods:
            return
        channel.mods.remove(user.id)
        for listener in self.on_unmodded:
            listener(channel, user)
        self._changes.changed()

    def ban(self, channel: Channel, user: User, seconds: float = FOR_GOOD) -> None:
        """Keep a user from speaking, for so many seconds or for good; a moderator is one no more.

        ValueError for the broadcaster, in Twitch's words (dev.twitch.tv/docs/irc/msg-id).
        """
        if user == channel.owner:
            raise ValueError("You cannot ban the broadcaster.")
        self.unmod(channel, user)
        now = self._clock.now()
        channel.banned[user.id], channel.cleared[user.id] = now + seconds, now
        for listener in self.on_banned:
            listener(channel, user, seconds)
        self._changes.changed()

    def unban(self, channel: Channel, user: User) -> None:
        """Let a user in again, or end a timeout."""
        channel.banned.pop(user.id, None)
        self._changes.changed()

    def barred(self, channel: Channel, user: User) -> tuple[str, str]:
        """The code and the words of why this user may not speak there; empty when they may."""
        left = channel.banned.get(user.id, 0.0) - self._clock.now()
        if left <= 0:
            return "", ""
        code = "msg_banned" if left == FOR_GOOD else "msg_timedout"
        seconds = "" if left == FOR_GOOD else str(math.ceil(left))
        return code, REFUSALS[code].format(channel=channel.name, seconds=seconds)

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


class RateWindow:
    """Times of what happened lately, for each key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = defaultdict(deque)

    def count(self, key: str, seconds: float) -> int:
        """Note one more and say how many there were in the last `seconds`, this one included."""
        times = self._times[key]
        now = self._clock.now()
        times.append(now)
        while times[0] <= now - seconds:
            times.popleft()
        return len(times)


class SendingRules:
    """Whether a program may send this text to this channel now: Twitch's chat rate limits."""

    def __init__(self, clock: Clock, settings: TwitchSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._sent = RateWindow(clock)
        self._last: dict[tuple[str, str], tuple[str, float]] = {}
        self._ignored_until: dict[str, float] = {}
        self.last_refusal: dict[str, tuple[str, float]] = {}  # the code and when, for each user

    def penalty_left(self, user: User) -> float:
        """Seconds for which IRC still ignores this user silently; 0 when it does not."""
        return max(0.0, self._ignored_until.get(user.id, 0.0) - self._clock.now())

    def refuse(self, user: User, channel: str, text: str, *, mod: bool, irc: bool) -> str:
        """An empty string when the message may go; else the reason's code, or SILENT.

        Over the limit IRC ignores the account without a word; Helix says so.
        """
        code = self._judge(user, channel, text, mod=mod, irc=irc)
        if code:
            self.last_refusal[user.id] = (code, self._clock.now())
        return code

    def _judge(self, user: User, channel: str, text: str, *, mod: bool, irc: bool) -> str:
        if not self._settings.limits:
            return ""
        if irc and self.penalty_left(user):
            return SILENT
        allowed = self._settings.messages_as_mod if mod else self._settings.messages
        if self._sent.count(user.id, self._settings.message_window_s) > allowed:
            if not irc:
                return "msg_ratelimit"
            self._ignored_until[user.id] = self._clock.now() + self._settings.penalty_s
            return SILENT
        if mod:
            return ""
        now = self._clock.now()
        last_text, last_at = self._last.get((user.id, channel), ("", 0.0))
        if now - last_at < self._settings.channel_gap_s:
            return "msg_ratelimit"
        if text == last_text and now - last_at < self._settings.duplicate_s:
            return "msg_duplicate"
        self._last[user.id, channel] = (text, now)
        return ""
