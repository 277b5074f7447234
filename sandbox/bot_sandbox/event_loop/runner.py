"""Run a sandbox's coroutines: from plain calls, or from coroutines of any event loop.

A method that waits is written once, as a coroutine, and marked with `blocking`. Plain code calls it
and gets the result; `bot_sandbox.aio` awaits the same coroutine.
"""

import asyncio
import functools
import inspect
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot_sandbox.diagnosis.clean_text import without_secrets_in_errors
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.same_thread_loop import SameThreadLoop
from bot_sandbox.event_loop.tasks import end_other_tasks

T = TypeVar("T")
P = ParamSpec("P")
Owner = TypeVar("Owner", bound="HasRunner")
POLL_S = 0.02  # how often `wait_until` looks if the sandbox doesn't change
# Packages whose tasks a kernel runs; the last two are those of a kernel in a browser's tab.
KERNEL_PACKAGES = ("ipykernel", "jupyter_client", "tornado", "zmq", "pyodide", "pyodide_kernel")
HELD_LOOP_ERROR = (
    "This call held the event loop of this thread, so no bot that runs in it could do anything. If "
    "yours does, await the same call of bot_sandbox.aio, as in await viktor.ask(…)."
)


class HasRunner(Protocol):
    """Whatever has methods that wait: a server, a person, a function."""

    @property
    def _runner(self) -> "Runner": ...


def blocking(
    coroutine_function: Callable[Concatenate[Owner, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Owner, P], T]:
    """Turn a coroutine of the sandbox's loop into a method that waits for its result.

    The method's attribute `coroutine_function` is for `coroutine_of`.
    """

    @functools.wraps(coroutine_function)
    def method(self: Owner, /, *arguments: P.args, **named: P.kwargs) -> T:
        __tracebackhide__ = is_no_reply  # pytest shows the test's line, not this one
        try:
            return self._runner.run(coroutine_function(self, *arguments, **named))
        except NoReply as silence:
            if not holds_a_loop():
                raise silence.with_traceback(None) from None
            happened, *found = str(silence).split("\n")
            raise type(silence)("\n".join([happened, HELD_LOOP_ERROR, *found])) from None

    method.coroutine_function = coroutine_function  # type: ignore[attr-defined]
    return method


def coroutine_of(
    method: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
) -> Coroutine[Any, Any, T]:
    """Return the coroutine behind a call of a method marked with `blocking`.

    For callers that can't block: `bot_sandbox.aio` and the window.
    """
    owner = method.__self__  # type: ignore[attr-defined]
    result: Coroutine[Any, Any, T] = method.coroutine_function(owner, *arguments, **named)  # type: ignore[attr-defined]
    return result


def is_no_reply(error: Any) -> bool:
    """Return whether pytest's ExceptionInfo is a NoReply, whose text says all that is to say."""
    return isinstance(error.value, NoReply)


def holds_a_loop() -> bool:
    """Return whether a plain call here keeps an event loop from running.

    Each cell of a notebook runs inside the kernel's loop. There it only matters if the loop has
    tasks besides the kernel's own.
    """
    try:
        tasks = asyncio.all_tasks(asyncio.get_running_loop())
    except RuntimeError:  # no loop is running
        return False
    kernel = sys.modules.get("ipykernel.kernelapp")
    if not (kernel and kernel.IPKernelApp.initialized()) and "pyodide_kernel" not in sys.modules:
        return True
    others = tasks - {asyncio.current_task()}
    return any(not _belongs_to_kernel(task) for task in others)


def _belongs_to_kernel(task: "asyncio.Task[Any]") -> bool:
    frames = task.get_stack(limit=1)
    file = frames[0].f_code.co_filename if frames else ""
    return not file or any(f"/{name}/" in file.replace("\\", "/") for name in KERNEL_PACKAGES)


class Runner(ABC):
    """Runs coroutines on one event loop, which owns all data of a sandbox.

    Their errors leave it without tokens, because a wrong argument may be one.
    """

    changes: ChangeNotifier

    @abstractmethod
    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and return its result, for a caller that can block."""

    @abstractmethod
    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do the same for a caller that is itself a coroutine."""

    @abstractmethod
    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a quick function on the loop and return its result."""


class Service(ABC):
    """A sandbox that you start and close: a server, or a Telegram in memory."""

    _runner: Runner

    @abstractmethod
    def close(self) -> None:
        """Stop all that runs; a second call does nothing."""

    @blocking
    async def wait_until(self, condition: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until a quick condition holds; False after `timeout` seconds.

        It is checked whenever the sandbox changes, and every 20 ms, so it may also be about your
        bot. It runs on the sandbox's thread; in `bot_sandbox.aio`, in your event loop.
        """
        return await self._runner.changes.until(condition, timeout, POLL_S)


class SameThreadRunner(Runner):
    """Runs everything in the caller's thread. It starts no thread.

    Without a `loop` of yours it has its own (same_thread_loop.py), and every plain call works, also
    inside another loop that runs, such as a notebook's. With a loop in which your bot runs, too,
    a call that waits (`ask`, `wait`, `call`, …) raises RuntimeError inside it. There you await
    the same call of `bot_sandbox.aio`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.changes = ChangeNotifier()
        self.loop = loop or SameThreadLoop()  # type: ignore[abstract]  # no sockets

    @without_secrets_in_errors()
    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine here and now."""
        try:
            return self.loop.run_until_complete(coroutine)
        except RuntimeError as error:
            if inspect.getcoroutinestate(coroutine) != inspect.CORO_CREATED:
                raise  # the coroutine's own error
            coroutine.close()
            raise RuntimeError(
                f"this call has to wait, and cannot here: {error}. In a coroutine, wrap the "
                "Telegram and await: telegram = bot_sandbox.aio.Telegram.of(telegram)."
            ) from error

    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine as part of the caller, or in its own loop, which the caller waits for."""
        with without_secrets_in_errors():
            return await coroutine if self.loop.is_running() else self.run(coroutine)

    @without_secrets_in_errors()
    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function on the loop, so that it may start tasks there."""

        async def call_on_loop() -> T:
            return function(*arguments)

        return function(*arguments) if self.loop.is_running() else self.run(call_on_loop())

    def close(self) -> None:
        """End all tasks of its own loop; in yours, they end when it runs again."""
        if isinstance(self.loop, SameThreadLoop) and not self.loop.is_running():
            self.run(end_other_tasks())


class ThreadRunner(Runner):
    """Runs everything on an event loop in a thread of its own, for the server of this class."""

    # A call through anyio's start_blocking_portal takes 64 µs of processor time instead of 27, for
    # scopes and task groups that nobody needs here.

    def __init__(self, name: str, server: type) -> None:
        self.changes = ChangeNotifier()
        self.loop = asyncio.new_event_loop()
        self.is_closed = False
        self._server = server.__name__
        self._thread = threading.Thread(target=self._run_loop, name=name, daemon=True)
        self._thread.start()

    @without_secrets_in_errors()
    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop from any other thread and return its result."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("a condition of wait_until may look, but not wait")
        future = self.submit(coroutine)
        try:
            return future.result()
        except CancelledError:
            self.check_open()  # closing ends what still waits
            raise
        except BaseException:
            future.cancel()  # an interrupted cell must leave no task behind
            raise

    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function on the loop, which owns all the server's data."""
        if threading.current_thread() is self._thread:  # called by a condition of `wait_until`
            return function(*arguments)

        async def call_on_loop() -> T:
            return function(*arguments)

        return self.run(call_on_loop())

    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop from any loop and return its result."""
        future = self.submit(coroutine)
        try:
            with without_secrets_in_errors():
                return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not (task and task.cancelling()):  # the caller was not canceled
                self.check_open()
            raise

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop; raise RuntimeError if the server is closed."""
        try:
            self.check_open()
        except RuntimeError:
            coroutine.close()
            raise
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def check_open(self) -> None:
        """Raise RuntimeError, with the fix, if the server is closed."""
        if self.is_closed:
            name = self._server
            raise RuntimeError(f"this {name} is closed; make a new one with {name}()")

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Run a last coroutine, then end the thread."""
        asyncio.run_coroutine_threadsafe(last, self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()
