"""What all classes of bot_sandbox.aio have in common: each wraps an object of a plain class.

A call that waits runs on the loop of the sandbox, in its own thread, and is awaited on yours. So
your loop stays free for a bot that lives there. A quick call runs at once.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.runner import LOOK_S, Runner, coroutine_of, is_no_reply
from bot_sandbox.http.local_server import LocalServer

T = TypeVar("T")
S = TypeVar("S")
Server = TypeVar("Server", bound=Runner)


class Twin(Generic[S]):
    """Wraps `sync`, an object of the plain class with the same name."""

    sync: S

    @classmethod
    def of(cls, sync: S) -> Self:
        """Wrap an object of the plain class, such as one that a fixture made."""
        twin = cls.__new__(cls)
        twin.sync = sync
        return twin

    def __repr__(self) -> str:
        made = "sync" in vars(self)  # not if the constructor raised
        return f"aio.{self.sync!r}" if made else f"aio.{type(self).__name__}()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.sync == other.sync

    def __hash__(self) -> int:
        return hash(self.sync)

    def _do(self, method: Callable[..., T], /, *arguments: Any, **named: Any) -> T:
        """Call a quick method of the wrapped object."""
        return method(*map(unwrap, arguments), **{name: unwrap(one) for name, one in named.items()})

    async def _wait(self, method: Callable[..., T], /, *arguments: Any, **named: Any) -> T:
        """Await the coroutine of a method marked with `blocking`."""
        __tracebackhide__ = is_no_reply
        owner = method.__self__  # type: ignore[attr-defined]
        coroutine = self._do(coroutine_of, method, *arguments, **named)
        try:
            result: T = await owner._runner.run_async(coroutine)
        except NoReply as silence:
            raise silence.with_traceback(None) from None
        return result


class ServerTwin(Twin[Server]):
    """Wraps a server; stop it with `close()` or by leaving its `async with`."""

    async def wait_until(self, condition: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until a quick condition holds; False after `timeout` seconds.

        It is checked whenever the sandbox changes, and every 20 ms, so it may also be about your
        bot. It runs on the sandbox's thread; in `bot_sandbox.aio`, in your event loop.
        """
        changes = self.sync.changes
        try:
            async with asyncio.timeout(timeout):
                while True:
                    before = changes.count
                    if condition():
                        return True
                    await self.sync.run_async(changes.until(_moved_on(changes, before), LOOK_S))
        except TimeoutError:
            return bool(condition())

    async def close(self) -> None:
        """Stop serving and free every port; a second call does nothing."""
        if isinstance(self.sync, LocalServer):
            await asyncio.to_thread(self.sync.close)  # its thread ends, which may take a moment
        else:  # in memory there are no threads
            self.sync.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _moved_on(changes: ChangeNotifier, before: int) -> Callable[[], bool]:
    return lambda: changes.count != before


def unwrap(value: Any) -> Any:
    """Return the plain object for a twin, also inside a list or tuple."""
    if isinstance(value, Twin):
        return value.sync
    if isinstance(value, (list, tuple)):
        return type(value)(map(unwrap, value))
    return value
