"""The sandbox's clock: it runs like any other, and a lesson can move it forward.

Tokens, PING intervals, rate limits and penalties read this clock, so four hours can pass in
one cell. It never goes back, and it does not move the machine's own clock.
"""

import asyncio
import time
from datetime import UTC, datetime

from bot_sandbox.change_notifier import ChangeNotifier

LAST = 32_503_680_000.0  # the year 3000: Windows knows no later date


class Clock:
    """Seconds since 1970 as the sandbox sees them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, changes: ChangeNotifier) -> None:
        self._loop = loop
        self._changes = changes
        self._zero = time.time() - time.monotonic()
        self._moved = 0.0
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._zero + time.monotonic() + self._moved

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved forward, all in all."""
        return self._moved

    def timestamp(self) -> str:
        """The time as Twitch writes it (RFC 3339, UTC)."""
        text = datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="microseconds")
        return text.replace("+00:00", "Z")

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; whatever falls due in them happens now."""
        if not seconds >= 0:  # nor is it moved by a NaN
            raise ValueError(f"the clock cannot go back: {seconds} seconds")
        if self.now() + seconds > LAST:
            raise ValueError(f"the clock goes no further than the year 3000: {seconds:g} seconds")
        if self._loop.is_closed():
            raise RuntimeError("this Twitch is closed; make a new one with Twitch()")
        asyncio.run_coroutine_threadsafe(self._advance(seconds), self._loop).result()

    async def sleep(self, seconds: float) -> None:
        """Sleep on this clock: `advance` shortens the wait."""
        due = self.now() + seconds
        await asyncio.sleep(0)  # let others act even when there is nothing to wait for
        while (left := due - self.now()) > 0:
            moved = self._loop.create_future()
            self._sleepers.add(moved)
            try:
                async with asyncio.timeout(left):
                    await moved
            except TimeoutError:
                pass
            finally:
                self._sleepers.discard(moved)

    async def _advance(self, seconds: float) -> None:
        self._moved += seconds
        for moved in list(self._sleepers):
            if not moved.done():
                moved.set_result(None)
        self._changes.changed()
        for _ in range(10):  # let those who woke act before the caller goes on
            await asyncio.sleep(0)
