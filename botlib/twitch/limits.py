"""Twitch's rate limits, kept by waiting: nothing is lost, it only comes later.

Who goes over the limit of messages is ignored by Twitch for 30 minutes, without a word.
Twitch counts what arrives, and a network may delay one message and not the next. So a place is
free again so many seconds after Twitch has surely got what took it, not after it was sent.
Times are the event loop's. Nothing here sends.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLACK_S = 0.2  # Twitch's clock and ours may run a little differently


class Window:
    """At most `count` within `seconds`; whoever asks first goes first."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds + SLACK_S
        self._free_at: asyncio.Queue[float] = asyncio.Queue()  # each place: when it is free again
        for _ in range(count):
            self._free_at.put_nowait(0.0)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a free place; it is taken until the block ends and `seconds` more."""
        loop, free_at = asyncio.get_running_loop(), await self._free_at.get()
        try:
            await asyncio.sleep(free_at - loop.time())
            yield
        finally:
            self._free_at.put_nowait(loop.time() + self._seconds)


class Limits:
    """The limits of an account that is no moderator; a moderator's bot may give messages=100."""

    def __init__(
        self,
        messages: int = 20,
        message_window_s: float = 30.0,
        channel_gap_s: float = 1.0,
        joins: int = 20,
        logins: int = 20,
        join_window_s: float = 10.0,
    ) -> None:
        self._messages = Window(messages, message_window_s)
        self._joins = Window(joins, join_window_s)
        self._logins = Window(logins, join_window_s)
        self._channel_gap_s = channel_gap_s
        self._channels: dict[str, Window] = {}

    @asynccontextmanager
    async def saying(self, channel: str) -> AsyncIterator[None]:
        """Wait until a message may be sent to the channel; ends when Twitch has it."""
        gap = self._channels.setdefault(channel, Window(1, self._channel_gap_s))
        async with gap.place(), self._messages.place():
            yield

    @asynccontextmanager
    async def joining(self) -> AsyncIterator[None]:
        """Wait until one more channel may be joined; ends when the bot is in it."""
        async with self._joins.place():
            yield

    @asynccontextmanager
    async def logging_in(self) -> AsyncIterator[None]:
        """Wait until one more connection may be opened; ends when it is over."""
        async with self._logins.place():
            yield


class NoLimits(Limits):
    """For a sandbox whose limits are lifted; on the real Twitch it gets the bot ignored."""

    @asynccontextmanager
    async def saying(self, channel: str) -> AsyncIterator[None]:
        """Go at once."""
        yield

    @asynccontextmanager
    async def joining(self) -> AsyncIterator[None]:
        """Go at once."""
        yield

    @asynccontextmanager
    async def logging_in(self) -> AsyncIterator[None]:
        """Go at once."""
        yield
