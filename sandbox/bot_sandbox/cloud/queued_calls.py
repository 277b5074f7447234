"""Calls that nobody waits for: they are queued, and retried as on AWS.

"Error handling and automatic retries": twice after an error, for six hours when throttled. All
pauses are on the cloud's clock.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot_sandbox.cloud.errors import THROTTLED, FunctionError
from bot_sandbox.cloud.function import Function
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.world.clock import Clock

THROTTLED_S = 6 * 3600  # how long a throttled call is retried
LONGEST_PAUSE_S = 300.0  # between two such retries; the first pause is a second


@dataclass(eq=False, slots=True)
class QueuedCall:
    """One call of a function, and when it is tried again."""

    name: str
    event: bytes
    request_id: str
    trace: str
    caller: str
    began: float
    pauses: tuple[float, ...]  # before it is tried again after an error
    pause: float = 1.0  # the next one when it is throttled
    due: float | None = None  # when it is tried; None: it runs

    def next_try(self, error: FunctionError, now: float) -> float | None:
        """Return when to try it again after an error, or None."""
        if error.type == THROTTLED and now - self.began < THROTTLED_S:
            pause, self.pause = self.pause, min(2 * self.pause, LONGEST_PAUSE_S)
            return now + pause
        if error.type != THROTTLED and self.pauses:
            pause, *rest = self.pauses
            self.pauses = tuple(rest)
            return now + pause
        return None


class QueuedCalls:
    """Calls `functions` later; `retry_s` are the pauses before a failed call is tried again."""

    def __init__(
        self, functions: Mapping[str, Function], clock: Clock, retry_s: Sequence[float]
    ) -> None:
        self._functions = functions
        self._clock = clock
        self._retry_s = retry_s
        self._calls: dict[QueuedCall, None] = {}  # in the order of their start
        self._tasks = BackgroundTasks()

    def start(
        self,
        name: str,
        event: bytes,
        request_id: str,
        trace: str = "",
        caller: str = "",
        retry_s: Sequence[float] | None = None,
    ) -> asyncio.Event:
        """Queue a call of a function; the returned event is set when it was tried once."""
        tried = asyncio.Event()
        pauses = tuple(self._retry_s if retry_s is None else retry_s)
        call = QueuedCall(name, event, request_id, trace, caller, self._clock.now(), pauses)
        self._tasks.start(self._run(call, tried))
        return tried

    def waiting(self) -> list[QueuedCall]:
        """Return a copy of each call that waits to be tried again."""
        return [replace(call) for call in self._calls if call.due is not None]

    def start_again(self, calls: Iterable[QueuedCall]) -> None:
        """Let calls wait that waited before."""
        for call in calls:
            self._tasks.start(self._run(replace(call), asyncio.Event()))

    def cancel(self) -> None:
        """Drop every waiting call, and leave those that run to their function."""
        self._tasks.cancel()

    async def _run(self, call: QueuedCall, tried: asyncio.Event) -> None:
        self._calls[call] = None
        try:
            while True:
                if call.due is not None:
                    await self._clock.sleep_until(call.due)
                    call.due = None
                began, started = self._clock.now(), time.monotonic()
                error = await self._try(call)
                tried.set()
                # Somebody who saw it end may have moved the clock already, to end the pause.
                ended = began + time.monotonic() - started
                call.due = call.next_try(error, ended) if error else None
                if call.due is None:
                    return
        finally:
            del self._calls[call]
            tried.set()

    async def _try(self, call: QueuedCall) -> FunctionError | None:
        pool = self._functions[call.name]._pool
        running = pool.invoke(call.event, call.request_id, trace=call.trace, caller=call.caller)
        try:
            await asyncio.shield(running)  # the instance must not be left with half a call
        except FunctionError as error:
            return error
        return None
