"""Wait for a condition without polling: code that changes the world calls `changed()`.

The notifier knows nothing of what is waited for, and it lives on one event loop.
"""

import asyncio
from collections.abc import Callable


class ChangeNotifier:
    """Wakes waiters on change."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self.count = 0  # how often something has changed: a waiter can compare

    def changed(self) -> None:
        """Wake everyone who waits."""
        self.count += 1
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], object], timeout_s: float) -> bool:
        """Wait until the condition holds; False when `timeout_s` seconds passed before it did."""
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
        except TimeoutError:
            return bool(condition())
        return True
