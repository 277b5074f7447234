"""Plain calls into a server that lives on another thread.

All data of the sandbox belongs to the server's event loop; a call from any thread goes there,
does its work and comes back with the result or the error.
"""

import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sandbox.server import LocalServer
from sandbox.watch import Watch

T = TypeVar("T")


class PlainServer(LocalServer):
    """A local server whose state is reached by plain calls."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.watch = Watch()

    def wait_until(self, condition: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until a quick condition holds, looking whenever anything happens; False if never."""
        return self.run_here(self.watch.until(condition, timeout))

    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function on the server's loop, where all its data is at home."""
        if threading.current_thread() is self._thread:  # a condition of `wait_until` asks
            return function(*arguments)

        async def run() -> T:
            return function(*arguments)

        return self.run_here(run())

    def run_here(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's loop; a RuntimeError that helps when it is closed."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("a condition of wait_until may look, but not wait")
        future = self.submit(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # an interrupted cell leaves nobody waiting
            raise
