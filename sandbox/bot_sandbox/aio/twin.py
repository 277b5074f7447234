"""What all classes of bot_sandbox.aio have in common: each wraps an object of a plain class.

A call that waits runs on the loop of the sandbox, in its own thread, and is awaited on yours. So
your loop stays free for a bot that lives there. A quick call runs at once.
"""

import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.runner import POLL_S, Service, coroutine_of, is_no_reply
from bot_sandbox.http.local_server import LocalServer

S = TypeVar("S")
Server = TypeVar("Server", bound=Service)


class Twin(Generic[S]):
    """Wraps `sync`, an object of the plain class with the same name.

    `twin_of` adds the plain methods and properties to a subclass; attributes are read as they are.
    """

    __slots__ = ("__weakref__", "sync")
    sync: S
    _plain: ClassVar[type]

    @classmethod
    def of(cls, sync: S) -> Self:
        """Wrap an object of the plain class, such as one that a fixture made."""
        twin = cls.__new__(cls)
        twin.sync = sync
        return twin

    if not TYPE_CHECKING:  # __init__.pyi has the constructors and the attributes

        def __init__(self, *arguments: Any, **named: Any) -> None:
            self.sync = self._plain(*map(unwrap, arguments), **_unwrap_values(named))

        def __getattr__(self, name: str) -> Any:
            """Read an attribute of the plain object."""
            if name == "sync" or name.startswith("_"):  # the first if the constructor raised
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message, name=name, obj=self)
            return wrap(getattr(self.sync, name))

    def __dir__(self) -> list[str]:
        public = (name for name in dir(getattr(self, "sync", None)) if not name.startswith("_"))
        return [*super().__dir__(), *public]

    def __repr__(self) -> str:
        made = hasattr(self, "sync")  # not if the constructor raised
        return f"aio.{self.sync!r}" if made else f"aio.{type(self).__name__}()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.sync == other.sync

    def __hash__(self) -> int:
        return hash(self.sync)


class ServerTwin(Twin[Server]):
    """Wraps a server; stop it with `close()` or by leaving its `async with`."""

    __slots__ = ()

    async def wait_until(self, condition: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait until a quick condition holds; False after `timeout` seconds.

        It is checked whenever the sandbox changes, and every 20 ms, so it may also be about your
        bot. It runs on the sandbox's thread; in `bot_sandbox.aio`, in your event loop.
        """
        runner = self.sync._runner
        changes = runner.changes
        try:
            async with asyncio.timeout(timeout):
                while True:
                    before = changes.count
                    if condition():
                        return True
                    await runner.run_async(changes.until(_moved_on(changes, before), POLL_S))
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


@functools.cache
def twin_of(plain: type) -> type[Twin[Any]] | None:
    """Return the twin of a plain class; None if it has no method that waits."""
    public = {name: inspect.getattr_static(plain, name) for name in dir(plain) if name[0] != "_"}
    if not (
        plain.__module__.startswith("bot_sandbox.") and any(map(_is_blocking, public.values()))
    ):
        return None
    base: type[Twin[Any]] = ServerTwin if issubclass(plain, Service) else Twin
    names: dict[str, Any] = {
        "__doc__": f"The twin of `{plain.__name__}` in {plain.__module__}; see there.",
        "__module__": "bot_sandbox.aio",
        "__signature__": inspect.signature(plain),
        "__slots__": (),
        "_plain": plain,
    }
    for name in public.keys() - set(dir(base)):
        if isinstance(public[name], property):
            names[name] = _property(name, public[name])
        elif inspect.isfunction(public[name]):
            names[name] = _coroutine_function(name, public[name])
    return type(plain.__name__, (base,), names)


def _is_blocking(member: object) -> bool:
    return hasattr(member, "coroutine_function") or inspect.iscoroutinefunction(member)


def _property(name: str, plain: property) -> property:
    return property(lambda twin: wrap(getattr(twin.sync, name)), doc=plain.__doc__)


def _coroutine_function(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """Return the coroutine function that does what a plain method does."""
    is_blocking = hasattr(plain, "coroutine_function")
    is_coroutine_function = inspect.iscoroutinefunction(plain)

    @functools.wraps(plain)
    async def method(self: Twin[Any], /, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = is_no_reply  # pytest shows the test's line, not this one
        function = getattr(self.sync, name)
        if is_blocking:
            function = functools.partial(coroutine_of, function)
        result = function(*map(unwrap, arguments), **_unwrap_values(named))
        try:
            if is_blocking:
                result = await self.sync._runner.run_async(result)
            elif is_coroutine_function:
                result = await result
        except NoReply as silence:
            raise silence.with_traceback(None) from None
        return wrap(result)

    return method


def wrap(value: Any) -> Any:
    """Return the twin of a plain object that has one, also inside a list."""
    if isinstance(value, list):
        twins = list(map(wrap, value))
        return twins if any(isinstance(each, Twin) for each in twins) else value
    twin = twin_of(value.__class__)
    return twin.of(value) if twin else value


def unwrap(value: Any) -> Any:
    """Return the plain object for a twin, also inside a list or tuple."""
    if isinstance(value, Twin):
        return value.sync
    if isinstance(value, (list, tuple)):
        make = getattr(value, "_make", type(value))  # a named tuple wants its values one by one
        return make(map(unwrap, value))
    return value


def _unwrap_values(named: dict[str, Any]) -> dict[str, Any]:
    return {name: unwrap(value) for name, value in named.items()}
