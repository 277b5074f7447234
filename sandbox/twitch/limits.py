"""How often one may: sliding windows, and the rules for sending chat messages.

It counts and judges; it sends nothing. Numbers come from the settings (facts: Twitch's chat
rate limits, 20 messages in 30 seconds, 100 as moderator or broadcaster).
"""

from collections import defaultdict, deque

from sandbox.twitch.clock import Clock
from sandbox.twitch.model import User
from sandbox.twitch.settings import Settings

SILENT = "silent"
REFUSALS = {
    "msg_ratelimit": "Your message was not sent because you are sending messages too quickly.",
    "msg_duplicate": "Your message was not sent because it is identical to the previous one you"
    " sent, less than 30 seconds ago.",
    "msg_banned": "You are permanently banned from talking in {channel}.",
}


class Window:
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
    """Whether a user may send this text to this channel now."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._sent = Window(clock)
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
        return "" if mod else self._too_soon(user, channel, text)

    def _too_soon(self, user: User, channel: str, text: str) -> str:
        now = self._clock.now()
        last_text, last_at = self._last.get((user.id, channel), ("", 0.0))
        if now - last_at < self._settings.channel_gap_s:
            return "msg_ratelimit"
        if text == last_text and now - last_at < self._settings.duplicate_s:
            return "msg_duplicate"
        self._last[user.id, channel] = (text, now)
        return ""
