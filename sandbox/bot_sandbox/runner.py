"""Where a sandbox's coroutines run, and how a plain call gets there."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from bot_sandbox.change_notifier import ChangeNotifier

T = TypeVar("T")


class Runner(ABC):
    """Runs coroutines on one event loop, where all data of a sandbox is at home."""

    changes: ChangeNotifier

    @abstractmethod
    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end and return its result, for a caller that can wait."""

    @abstractmethod
    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do the same for a caller that is a coroutine itself."""

    @abstractmethod
    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function on the loop and return its result."""

    def wait_until(self, condition: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until a quick condition holds, looking whenever anything happens; False if never."""
        return self.run(self.changes.until(condition, timeout))


class Run(Protocol):
    """What runs a coroutine to its end: a loop's `run_until_complete`, or Pyodide's `run_sync`."""

    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Return the coroutine's result."""


class SameThreadRunner(Runner):
    """Runs everything in the thread that asks, by `run`, which it is given. It starts no thread.

    Where no event loop is running, every plain call works. Inside a running loop, a plain call that
    does not wait works, too. One that waits (`ask`, `wait`, `call`, …) works there only if `run`
    can wait inside a running loop, as Pyodide's `run_sync` can. Otherwise it raises RuntimeError,
    and its twin (`ask_async`, …) works. Always use the same loop.
    """

    def __init__(self, run: Run) -> None:
        self.changes = ChangeNotifier()
        self._run = run

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine here and now."""
        try:
            return self._run(coroutine)
        except RuntimeError as error:
            if inspect.getcoroutinestate(coroutine) != inspect.CORO_CREATED:
                raise  # the coroutine's own error
            coroutine.close()
            raise RuntimeError(
                f"this call waits, and here it cannot: {error}. In a coroutine, await its twin: "
                "ask_async for ask, wait_async for wait, call_async for call."
            ) from error

    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine as a part of the caller."""
        return await coroutine

    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function; where no loop is running, inside one, so that it may start tasks."""

        async def on_the_loop() -> T:
            return function(*arguments)

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self.run(on_the_loop())
        return function(*arguments)
