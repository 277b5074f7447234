"""The chat: channels, their messages, and how often somebody may write.

It has no protocol. IRC and EventSub listen to it and deliver the messages.
"""

import math
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.twitch.fragments import Fragment, split_message
from bot_sandbox.twitch.message_trace import MessageTraces
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import Randomness

ACTION = re.compile(r"^(?:\x01ACTION (.*?)\x01?|[/.]me (.*))$", re.IGNORECASE)
SLASH_COMMAND = re.compile(r"^[/.]([a-z]+)(?: |$)", re.IGNORECASE)
COMMAND_CUT_BY_HELIX = re.compile(r"[/.](\w*)(?:\s+(.*))?", re.DOTALL)
SILENT_REFUSAL = "silent"  # refused without a notice
REFUSALS = {
    "msg_ratelimit": "Your message was not sent because you are sending messages too quickly.",
    "msg_duplicate": "Your message was not sent because it is identical to the previous one you"
    " sent, less than 30 seconds ago.",
    "msg_banned": "You are permanently banned from talking in {channel}.",
    "msg_timedout": "You are timed out for {seconds} more seconds.",
}
# dev.twitch.tv/docs/irc/msg-id, with straight quotes as in twitchdev/issues#608
USAGE_ME = 'Usage: "/me <message>" Send an "emote" message in the third person.'
KEPT_REFUSALS = 1_000  # messages that were not sent, the newest ones
PERMANENT = float("inf")  # the end of a ban


@dataclass(frozen=True)
class ChatMessage:
    """One message in a channel; `action` is True for /me.

    `announcement` is the color of an announcement, and "" for other messages.
    """

    user: str
    text: str
    channel: str
    action: bool = False
    announcement: str = field(default="", repr=False)
    id: str = field(default="", repr=False, compare=False)
    author: TwitchUser = field(default=TwitchUser("0", "", ""), repr=False, compare=False)
    by_program: bool = field(default=False, repr=False, compare=False)  # came by IRC or Helix
    reply_to: "ChatMessage | None" = field(default=None, repr=False, compare=False)
    at: float = field(default=0.0, repr=False, compare=False)
    badge: str = field(default="", repr=False, compare=False)  # the author's badge at that time
    is_first: bool = field(default=False, repr=False, compare=False)  # of its author in the channel
    fragments: tuple[Fragment, ...] = field(default=(), repr=False, compare=False)
    broadcaster: TwitchUser = field(default=TwitchUser("0", "", ""), repr=False, compare=False)

    @property
    def thread(self) -> "ChatMessage | None":
        """The first message of a thread of replies; None if this isn't a reply."""
        first = self.reply_to
        while first is not None and first.reply_to is not None:
            first = first.reply_to
        return first


@dataclass(frozen=True)
class Stream:
    """A live stream; `started_at` is written as Twitch writes times."""

    id: str
    started_at: str


@dataclass
class Channel:
    """One user's channel: the chat room and the stream."""

    owner: TwitchUser
    title: str = ""
    stream: Stream | None = None  # None while the channel is offline
    followers: dict[str, str] = field(default_factory=dict)  # user id → when they followed
    mods: set[str] = field(default_factory=set)
    banned: dict[str, float] = field(default_factory=dict)  # user id → end of the ban
    cleared: dict[str, float] = field(default_factory=dict)  # user id → messages until then
    history: list[ChatMessage] = field(default_factory=list)
    chatters: set[str] = field(default_factory=set)  # ids of those who have ever written

    @property
    def name(self) -> str:
        """The owner's login, without the #."""
        return self.owner.login

    def badge(self, user: TwitchUser) -> str:
        """Return somebody's badge here; "" for most."""
        if user.id == self.owner.id:
            return "broadcaster"
        return "moderator" if user.id in self.mods else ""

    def is_cleared(self, message: ChatMessage) -> bool:
        """Return whether a ban of its author has removed a message from chat (CLEARCHAT)."""
        return message.at <= self.cleared.get(message.author.id, -1.0)

    def is_mod(self, user: TwitchUser) -> bool:
        """Return whether wider limits apply: to moderators and the broadcaster."""
        return user.id in self.mods or user.id == self.owner.id


class ChatRooms:
    """All channels and all messages."""

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
        self.trace = MessageTraces(settings.trace_entries)
        self.listeners: list[Callable[[ChatMessage, object], None]] = []
        self.on_banned: list[Callable[[Channel, TwitchUser, float], None]] = []
        self.on_unmodded: list[Callable[[Channel, TwitchUser], None]] = []

    def post(
        self,
        channel: Channel,
        author: TwitchUser,
        text: str,
        reply_to: ChatMessage | None = None,
        origin: object = None,
        *,
        by_program: bool = True,
        announcement: str = "",
        came_as: tuple[str, str] = ("", ""),
    ) -> ChatMessage:
        """Post `text` in the channel and notify the listeners.

        `origin` is the connection it came from, `came_as` its protocol and raw text.
        """
        text, action = self.clean(text)
        if reply_to and not text.startswith(f"@{reply_to.user}"):
            text = f"@{reply_to.user} {text}"  # Twitch adds the name
        message = ChatMessage(
            user=author.display_name,
            text=text,
            channel=channel.name,
            action=action,
            announcement=announcement,
            id=self._randomness.uuid(f"message {channel.name}"),
            author=author,
            broadcaster=channel.owner,
            by_program=by_program,
            reply_to=reply_to,
            at=self._clock.now(),
            badge=channel.badge(author),
            is_first=author.id not in channel.chatters,
            fragments=split_message(text, self._user),
        )
        channel.chatters.add(author.id)
        channel.history.append(message)
        self._messages[message.id] = message
        if came_as[0]:
            self.trace.record_text(message.id, "from", came_as[0], author.login, came_as[1])
        for listener in self.listeners:
            listener(message, origin)
        self._changes.changed()
        return message

    def mod(self, channel: Channel, user: TwitchUser) -> None:
        """Make somebody a moderator; raise ValueError in Twitch's words if they are banned."""
        if self.ban_reason(channel, user)[0]:
            raise ValueError(
                f"{user.login} is banned in this channel. You must unban this user before granting"
                " mod status."
            )
        channel.mods.add(user.id)
        self._changes.changed()

    def unmod(self, channel: Channel, user: TwitchUser) -> None:
        """Remove a moderator."""
        if user.id not in channel.mods:
            return
        channel.mods.remove(user.id)
        for listener in self.on_unmodded:
            listener(channel, user)
        self._changes.changed()

    def ban(self, channel: Channel, user: TwitchUser, seconds: float = PERMANENT) -> None:
        """Ban a user for some seconds or permanently, also as a moderator.

        Raises ValueError for the broadcaster, in Twitch's words (dev.twitch.tv/docs/irc/msg-id).
        """
        if user == channel.owner:
            raise ValueError("You cannot ban the broadcaster.")
        self.unmod(channel, user)
        now = self._clock.now()
        channel.banned[user.id], channel.cleared[user.id] = now + seconds, now
        for listener in self.on_banned:
            listener(channel, user, seconds)
        self._changes.changed()

    def unban(self, channel: Channel, user: TwitchUser) -> None:
        """End a ban or a timeout."""
        channel.banned.pop(user.id, None)
        self._changes.changed()

    def ban_reason(self, channel: Channel, user: TwitchUser) -> tuple[str, str]:
        """Return code and text of a user's ban or timeout in a channel, or two ""."""
        left = channel.banned.get(user.id, 0.0) - self._clock.now()
        if left <= 0:
            return "", ""
        code = "msg_banned" if left == PERMANENT else "msg_timedout"
        seconds = "" if left == PERMANENT else str(math.ceil(left))
        return code, REFUSALS[code].format(channel=channel.name, seconds=seconds)

    def message(self, message_id: str) -> ChatMessage | None:
        """Return the message with this id, or None."""
        return self._messages.get(message_id)

    def _user(self, login: str) -> TwitchUser | None:
        channel = self.channels.get(login)
        return channel.owner if channel else None

    def clean(self, text: str) -> tuple[str, bool]:
        """Return the text to show, and whether it is an action (/me)."""
        text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair can't be sent
        text = re.sub(r"[\r\n\0]+", " ", text).strip()
        action = ACTION.match(text)
        if action:
            text = (action[1] or action[2] or "").strip()
        return text[: self._settings.message_characters], bool(action)


def refused_command(text: str) -> tuple[str, str]:
    """Return code and words if IRC refuses a text as a chat command; else two "".

    Only /me is left of the chat commands, and it needs a text.

    >>> refused_command("/ban viktor"), refused_command("/me waves")
    (('unrecognized_cmd', 'Unrecognized command: /ban'), ('', ''))
    >>> refused_command(".me ")
    ('usage_me', 'Usage: "/me <message>" Send an "emote" message in the third person.')
    """
    found = SLASH_COMMAND.match(text)
    if not found:
        return "", ""
    if found[1].lower() != "me":
        return "unrecognized_cmd", f"Unrecognized command: /{found[1]}"
    return ("", "") if text[found.end() :].strip() else ("usage_me", USAGE_ME)


def cut_command(text: str) -> str:
    """Return what Helix sends of a text: a chat command other than /me is cut off.

    "" means that nothing is left to send (twitchdev/issues#1019, Chatterino/chatterino2#3166).

    >>> [cut_command(text) for text in (".foo bar", "/foo", "/me", "/me hi", ". /foo", "..hm")]
    ['bar', '', '', '/me hi', '/foo', '..hm']
    """
    found = COMMAND_CUT_BY_HELIX.fullmatch(text)
    rest = (found[2] or "").strip() if found else text.strip()
    return text if found and found[1].lower() == "me" and rest else rest


class RateWindow:
    """Counts recent events for each key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = defaultdict(deque)

    def add_and_count(self, key: str, seconds: float) -> int:
        """Count one more and return the number in the last `seconds`, including this one."""
        times = self._times[key]
        now = self._clock.now()
        times.append(now)
        while times[0] <= now - seconds:
            times.popleft()
        return len(times)


@dataclass(frozen=True)
class Refusal:
    """Why a message was not sent: Twitch's code and words, which are "" if it says nothing."""

    code: str
    words: str
    at: float
    login: str
    channel: str


class SendingRules:
    """Twitch's chat rate limits: whether a program may send a text to a channel now."""

    def __init__(self, clock: Clock, settings: TwitchSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._sent = RateWindow(clock)
        self._last: dict[tuple[str, str], tuple[str, float]] = {}
        self._ignored_until: dict[str, float] = {}
        self.last_refusal: dict[str, Refusal] = {}  # by user id
        self.refusals: deque[Refusal] = deque(maxlen=KEPT_REFUSALS)

    def penalty_left(self, user: TwitchUser) -> float:
        """Return the seconds for which IRC still ignores this user, or 0."""
        return max(0.0, self._ignored_until.get(user.id, 0.0) - self._clock.now())

    def refuse(self, user: TwitchUser, channel: str, text: str, *, mod: bool, irc: bool) -> str:
        """Return "" if the message may be sent, else the reason's code, or SILENT_REFUSAL.

        Over the limit, IRC ignores the account silently; Helix gives a reason.
        """
        code = self._check_limits(user, channel, text, mod=mod, irc=irc)
        if code:
            self.note_refusal(user, channel, code, REFUSALS.get(code, ""))
        return code

    def note_refusal(self, user: TwitchUser, channel: str, code: str, words: str) -> None:
        """Remember why a program's message was not sent, for NoReply and the report."""
        refusal = Refusal(code, words, self._clock.now(), user.login, channel)
        self.last_refusal[user.id] = refusal
        self.refusals.append(refusal)

    def _check_limits(
        self, user: TwitchUser, channel: str, text: str, *, mod: bool, irc: bool
    ) -> str:
        if not self._settings.limits:
            return ""
        if irc and self.penalty_left(user):
            return SILENT_REFUSAL
        allowed = self._settings.messages_as_mod if mod else self._settings.messages
        if self._sent.add_and_count(user.id, self._settings.message_window_s) > allowed:
            if not irc:
                return "msg_ratelimit"
            self._ignored_until[user.id] = self._clock.now() + self._settings.penalty_s
            return SILENT_REFUSAL
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
