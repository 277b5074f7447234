"""The twins of the classes of bot_sandbox.world.

tools/aio.py writes this file from their source, so do not edit it.
"""

# fmt: off
# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100

from __future__ import annotations

from bot_sandbox.aio.twin import Twin
from bot_sandbox.event_loop.runner import is_no_reply
from bot_sandbox.world.clock import Clock as PlainClock

__tracebackhide__ = is_no_reply


class Clock(Twin[PlainClock]):
    """The twin of `Clock` in bot_sandbox.world.clock; see there."""

    def __init__(self) -> None:
        self.sync = PlainClock()

    async def now(self) -> float:
        """Return the seconds since 1970."""
        return self._do(self.sync.now)

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved forward in all."""
        return self.sync.ahead

    async def timestamp(self) -> str:
        """Return the time as Twitch writes it (RFC 3339, UTC)."""
        return self._do(self.sync.timestamp)

    async def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; everything due by then happens now.

        Raises ValueError for a time that is before now or after the year 3000.
        """
        self._do(self.sync.advance, seconds)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock, in any event loop; `advance` shortens the wait.

        It is a coroutine in `bot_sandbox`, too. For a bot with timers of its own, in a test:

            async def remind(sleep=clock.sleep):  # asyncio.sleep when it really runs
                await sleep(3600)
                ...  # `advance(3600)` leads here
        """
        await self.sync.sleep(seconds)
