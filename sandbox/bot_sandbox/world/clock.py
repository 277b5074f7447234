"""The sandbox's clock: it runs normally, and you can move it forward.

Telegram, Twitch and the cloud use it for everything that depends on time: dates, tokens, retries,
limits, penalties, idle instances. So a day can pass in one call. One clock may serve several
servers, and then time passes for all of them at once:

    clock = Clock()
    telegram, twitch = Telegram(clock=clock), Twitch(clock=clock)
    clock.advance(4 * 3600)

It never goes back, and it does not change the machine's clock. Waiting for a network or a program
still takes real time. A bot in your test's own event loop can have its timers on it:
`await clock.sleep(60)`, and `clock.now` for `time.time`.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock

from bot_sandbox.event_loop.runner import Runner

LAST_MOMENT = 32_503_680_000.0  # the year 3000: Windows has no later date
LOOP_TURNS = 10  # of an event loop, so that woken tasks run before `advance` returns


class Clock:
    """Seconds since 1970 on the sandbox's clock.

    Example:
        from bot_sandbox import Clock, Telegram, Twitch

        clock = Clock()
        with Telegram(clock=clock) as telegram, Twitch(clock=clock) as twitch:
            clock.advance(3600)
            assert telegram.clock is twitch.clock
            assert clock.ahead == 3600
    """

    def __init__(self) -> None:
        self._zero = time.time() - time.monotonic()
        self._moved = 0.0
        self._moving = Lock()
        self._runners: list[Runner] = []
        self._sleepers: set[asyncio.Future[None]] = set()  # each on its own event loop

    def now(self) -> float:
        """Return the seconds since 1970."""
        return self._zero + time.monotonic() + self._moved

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved forward in all."""
        return self._moved

    def timestamp(self) -> str:
        """Return the time as Twitch writes it (RFC 3339, UTC)."""
        text = datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="microseconds")
        return text.replace("+00:00", "Z")

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; everything due by then happens now.

        Raises ValueError for a time that is before now or after the year 3000.
        """
        if not seconds >= 0:  # also refuses NaN
            raise ValueError(f"the clock cannot go back: {seconds} seconds")
        with self._moving:
            if seconds > LAST_MOMENT - self.now():
                raise ValueError(
                    f"the clock goes no further than the year 3000: {seconds!r:.20} seconds"
                )
            self._moved += seconds
        for runner in list(self._runners):
            try:
                runner.run(self._wake(runner))
            except RuntimeError:
                if runner in self._runners:  # else it was closed meanwhile
                    raise
        for moved in self._sleepers.copy():  # the others, on loops that are not a server's
            with suppress(RuntimeError):  # its loop is closed
                moved.get_loop().call_soon_threadsafe(_end_sleep, moved)

    def _add_runner(self, runner: Runner) -> None:
        """Wake the sleepers on this runner's loop when time passes."""
        self._runners.append(runner)

    def _remove_runner(self, runner: Runner) -> None:
        """Forget the runner of a server that is closed."""
        if runner in self._runners:
            self._runners.remove(runner)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock, in any event loop; `advance` shortens the wait.

        It is a coroutine in `bot_sandbox`, too. For a bot with timers of its own, in a test:

            async def remind(sleep=clock.sleep):  # asyncio.sleep when it really runs
                await sleep(3600)
                ...  # `advance(3600)` leads here
        """
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, due: float) -> None:
        """Sleep until a time of this clock, even if it is moved before the sleep begins."""
        await asyncio.sleep(0)  # let other tasks run even without a wait
        while due > self.now():
            moved = asyncio.get_running_loop().create_future()
            self._sleepers.add(moved)
            try:
                # Only now, because another thread may have moved the clock since the look above.
                async with asyncio.timeout(due - self.now()):
                    await moved
            except TimeoutError:
                pass
            finally:
                self._sleepers.discard(moved)

    async def _wake(self, runner: Runner) -> None:
        loop = asyncio.get_running_loop()
        for moved in self._sleepers.copy():
            if moved.get_loop() is loop:
                _end_sleep(moved)
        runner.changes.changed()
        for _ in range(LOOP_TURNS):
            await asyncio.sleep(0)


def _end_sleep(sleeper: asyncio.Future[None]) -> None:
    """Wake a sleeper, on its own loop."""
    if not sleeper.done():
        sleeper.set_result(None)
