"""Wait for a condition without polling: code that changes something calls `changed()`.

The notifier doesn't know the conditions. Use it on one event loop only.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ChangeNotifier:
    """Wakes waiters on change."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self.count = 0  # changes so far; a waiter can compare

    def changed(self) -> None:
        """Wake all waiters."""
        self.count += 1
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(
        self, condition: Callable[[], object], timeout_s: float, every_s: float | None = None
    ) -> bool:
        """Wait until the condition holds; return False if `timeout_s` seconds passed before.

        With `every_s`, it is also checked so often, because it may depend on something else.
        """
        future: asyncio.Future[None] | None = None
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    if future is None or future.done():
                        future = asyncio.get_running_loop().create_future()
                        self._waiting.append(future)
                    await asyncio.wait([future], timeout=every_s)
        except TimeoutError:
            return bool(condition())
        return True

    async def value(self, find: Callable[[], T | None], timeout_s: float) -> T | None:
        """Wait until `find` finds something and return it; None after `timeout_s` seconds."""
        found: list[T] = []

        def look() -> bool:
            result = find()
            if result is not None:
                found.append(result)
            return bool(found)

        await self.until(look, timeout_s)
        return found[0] if found else None
