"""An event loop that needs no thread and no socket, and runs inside any other loop.

In a browser's tab (Pyodide), Python runs inside the browser's loop, cannot start threads, and has
no pair of sockets for asyncio's own loops. This loop runs when somebody waits for a result:

    loop = SameThreadLoop()
    loop.run_until_complete(viktor_asks())  # also in a notebook's cell

While nobody waits, nothing happens in it.
"""

import asyncio
import heapq
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
LOG = logging.getLogger("asyncio")


class SameThreadLoop(asyncio.AbstractEventLoop):
    """Runs coroutines in the caller's thread; a task of it may itself run another one to its end.

    What asyncio would run on a thread (`asyncio.to_thread`) runs at once, and everything else waits
    meanwhile. It has no sockets, signals and processes.
    """

    def __init__(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []  # a heap
        self._number = 0  # of timers, so that equal times keep their order

    def run_until_complete(self, future: Awaitable[T]) -> T:  # type: ignore[override, unused-ignore]  # no generators
        """Run until a coroutine or a future is done, and return its result."""
        with self._running():
            task = asyncio.ensure_future(future, loop=self)
            try:
                while not task.done():
                    self._run_once()
            except BaseException:
                task.cancel()  # an interrupted cell must leave no task behind
                raise
        return task.result()

    def time(self) -> float:
        """Return the time by which timers are set."""
        return time.monotonic()

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Call a function as soon as the loop runs."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call a function after some seconds."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call a function at a time of this loop."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._number += 1
        heapq.heappush(self._timers, (when, self._number, handle))
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        """Make a future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override, unused-ignore]  # its named parameters differ by Python's version
        self, coro: Coroutine[Any, Any, T], **named: Any
    ) -> asyncio.Task[T]:
        """Make a task of this loop."""
        return asyncio.Task(coro, loop=self, **named)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run a function here and now, because there is no other thread."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def is_running(self) -> bool:
        """Return whether it runs now."""
        return asyncio._get_running_loop() is self

    def is_closed(self) -> bool:
        """Return False: it holds nothing that has to be closed."""
        return False

    def get_debug(self) -> bool:
        """Return False: asyncio's debug mode is for loops that run all the time."""
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Log an error that nobody receives."""
        LOG.error(context["message"], exc_info=context.get("exception"))

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Do nothing: canceled timers are skipped when they are due."""

    def _run_once(self) -> None:
        """Run one function that is ready, after waiting for the next timer if none is."""
        while self._timers and (not self._ready or self._timers[0][0] <= self.time()):
            when, _, timer = heapq.heappop(self._timers)
            if not timer.cancelled():
                time.sleep(max(0.0, when - self.time()))
                self._ready.append(timer)
        if not self._ready:
            raise RuntimeError("nothing can happen any more in this loop, so waiting has no end")
        handle = self._ready.popleft()
        if not handle.cancelled():
            handle._run()

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Be the running loop, instead of the one that runs around it.

        These are the calls that asyncio has for other people's loops and tasks.
        """
        outer = asyncio._get_running_loop()
        task = asyncio.current_task() if outer else None
        if outer and task:
            asyncio._leave_task(outer, task)
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(outer)
            if outer and task:
                asyncio._enter_task(outer, task)
