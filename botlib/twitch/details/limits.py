"""Twitch's limits on messages, joins and logins, kept by waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLACK_S = 0.2  # Twitch's clock and ours may run a little differently


class RateLimit:
    """Lets through at most `count` within `seconds`, in the order of asking; 0 means no limit."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds + SLACK_S if seconds else 0.0
        self._free_at: asyncio.Queue[float] = asyncio.Queue()  # each place: when it is free again
        for _ in range(count):
            self._free_at.put_nowait(0.0)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a free slot; the block holds it until its end and `seconds` more.

        Twitch counts what arrives, and a network may delay one message and not the next. So the
        time begins when Twitch surely has the message, not when it was sent.
        """
        if not self._seconds:
            yield
            return
        loop, free_at = asyncio.get_running_loop(), await self._free_at.get()
        try:
            await asyncio.sleep(free_at - loop.time())
            yield
        finally:
            self._free_at.put_nowait(loop.time() + self._seconds)


class Limits:
    """Keeps Twitch's limits by waiting: nothing is lost, it is only sent later.

    If a bot goes over the limit of messages, Twitch ignores it for 30 minutes without a word.
    `messages` may be 100 for a bot that is a moderator. Twitch allows 20 logins in 10 seconds, but
    this bot takes one in a second. The account's limit is shared: each channel has at most one
    message in its queue, so a busy channel doesn't hold up a quiet one.
    """

    def __init__(
        self,
        messages: int = 20,
        message_window_s: float = 30.0,
        channel_gap_s: float = 1.0,
        joins: int = 20,
        join_window_s: float = 10.0,
        login_gap_s: float = 1.0,
    ) -> None:
        self.joining = RateLimit(joins, join_window_s)
        self.logging_in = RateLimit(1, login_gap_s)
        self._messages = RateLimit(messages, message_window_s)
        self._channel_gap_s = channel_gap_s
        self._channels: dict[str, RateLimit] = {}

    @asynccontextmanager
    async def saying(self, channel: str) -> AsyncIterator[None]:
        """Wait until a message may be sent to the channel; the block ends when Twitch has it."""
        gap = self._channels.setdefault(channel, RateLimit(1, self._channel_gap_s))
        async with gap.slot(), self._messages.slot():
            yield
