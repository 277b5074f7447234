"""Telegram's limits on sending: a 429 says how many seconds to wait.

Telegram publishes them as "about 1 message a second in one chat, short bursts allowed, 30 a
second overall, 20 a minute in one group". The size of a burst is the sandbox's own choice.
"""

import math
from dataclasses import dataclass

from bot_sandbox.telegram.errors import too_many_requests


@dataclass(frozen=True)
class Limits:
    """The limits of one bot; `Telegram(limits=None)` switches them all off."""

    chat_per_second: float = 1.0
    chat_burst: int = 20
    bot_per_second: float = 30.0
    group_per_minute: float = 20.0
    set_webhook_s: float = 1.0  # seconds between two setWebhook calls


class Bucket:
    """A token bucket: it holds `size` tokens and refills at a steady rate."""

    def __init__(self, size: float, per_second: float) -> None:
        self.size = size
        self.per_second = per_second
        self._left = size
        self._at = 0.0

    def seconds_until_token(self, now: float) -> float:
        """Return the seconds until a token is available."""
        self._left = min(self.size, self._left + (now - self._at) * self.per_second)
        self._at = now
        return 0.0 if self._left >= 1 else (1 - self._left) / self.per_second

    def use_token(self) -> None:
        """Use one token."""
        self._left -= 1


class SendLimiter:
    """Counts what one bot sends to each chat."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._chats: dict[int, Bucket] = {}
        if limits:
            self._all = Bucket(limits.bot_per_second, limits.bot_per_second)

    def admit_message(self, chat_id: int, group: bool, now: float) -> None:
        """Let one message pass, or raise 429 if it comes too soon; `now` is in seconds."""
        if not self._limits:
            return
        chat = self._chats.get(chat_id) or self._new_bucket(self._limits, chat_id, group)
        wait = max(chat.seconds_until_token(now), self._all.seconds_until_token(now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        chat.use_token()
        self._all.use_token()

    def _new_bucket(self, limits: Limits, chat_id: int, group: bool) -> Bucket:
        if group:
            bucket = Bucket(limits.group_per_minute, limits.group_per_minute / 60)
        else:
            bucket = Bucket(limits.chat_burst, limits.chat_per_second)
        self._chats[chat_id] = bucket
        return bucket
