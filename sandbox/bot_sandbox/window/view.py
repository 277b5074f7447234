"""What a window needs of one sandbox server: records to show, and routes to use it.

A route is a plain call of the sandbox: its fields come as JSON or in the query (routes.py), the
result is JSON, and errors keep the sandbox's text. All routes of a view begin with /api/NAME.
"""

import json
from abc import ABC, abstractmethod
from asyncio import to_thread
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from logging import getLogger
from typing import Annotated, Any, Protocol, TypedDict, TypeVar, cast

from bot_sandbox.cloud.errors import THROTTLED, FunctionError
from bot_sandbox.diagnosis.clean_text import clean_error
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner
from bot_sandbox.window.feed import Record
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.snapshot import Snapshot

T = TypeVar("T")
LOG = getLogger("bot_sandbox.window")
call = to_thread  # plain calls of the sandbox run on the window's threads


class DoneJson(TypedDict):
    done: Annotated[str, "what was done, in a sentence"]


class ClockJson(TypedDict):
    now: Annotated[str, "the time as Twitch writes it"]
    seconds: Annotated[float, "since 1970"]
    ahead: Annotated[float, "by how many seconds it was moved in all"]


class CannedJson(TypedDict):
    canned: Annotated[bool, "whether what the sandbox lacks is answered all the same"]
    calls: Annotated[dict[str, int], "what was, and how often"]


@dataclass(frozen=True)
class FileContent:
    """A file, as the result of a route."""

    data: bytes


class Server(Protocol):
    """A server behind a window."""

    @property
    def _runner(self) -> Runner: ...

    def snapshot(self) -> Snapshot:
        """Return everything that it knows now."""

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot."""

    def reset(self) -> None:
        """Forget everything."""


class View(ABC):
    """One server behind a window; `get_route` and `post_route` describe its routes."""

    name: str  # prefix of its routes and records

    def __init__(self, server: Server) -> None:
        self.server = server

    @abstractmethod
    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield the current records, with keys from NAME/ on; called on the server's loop."""

    async def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a long coroutine on the server's loop, without blocking a thread."""
        return await self.server._runner.run_async(coroutine)

    async def wait_until(self, condition: Callable[[], object], timeout_s: float) -> bool:
        """Wait until a condition holds on the server's loop; False after `timeout_s` seconds."""
        return await self.wait(self.server._runner.changes.until(condition, timeout_s))

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a quick function on the server's loop, where nothing changes meanwhile."""
        return await call(self.server._runner.do, function, *arguments)


def json_of(shape: type[T], source: object, /, **other: Any) -> T:
    """Return an object in a shape: the values in `other`, and attributes for all other fields.

    >>> NumberJson = TypedDict("NumberJson", {"real": float, "imag": float, "about": str})
    >>> json_of(NumberJson, 3.5, about="one of Python's")
    {'real': 3.5, 'imag': 0.0, 'about': "one of Python's"}
    """
    names = shape.__annotations__
    values = {name: other[name] if name in other else getattr(source, name) for name in names}
    return cast(T, values)


def clock_json(clock: Clock) -> ClockJson:
    """Return the time on a server's clock, and how far it is ahead."""
    return {"now": clock.timestamp(), "seconds": clock.now(), "ahead": clock.ahead}


def canned_json(server: Any) -> CannedJson:
    """Return whether a Telegram or a Twitch gives canned answers, and which it gave."""
    return {"canned": server._world.canned, "calls": server.canned_calls}


def to_json(value: object) -> bytes:
    """Return JSON in UTF-8, which also is YAML, as many OpenAPI tools read it.

    Escapes of characters beyond \\uffff are no YAML, so they appear only beside half a character.
    """
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def error_json(error: Exception) -> tuple[int, dict[str, Any]]:
    """Turn an exception of a route into a status and JSON with an `error`, without tokens."""
    if isinstance(error, FunctionError):
        trace = [clean_error(line) for line in error.trace]
        told = {"error": clean_error(error.message), "type": error.type, "trace": trace}
        return (429 if error.type == THROTTLED else 502), told
    match error:
        case NoReply():
            status, text = 504, str(error)
        case KeyError():  # its text is the repr of its argument
            status, text = 404, str(error.args[0]) if error.args else "not found"
        case ValueError():
            status, text = 400, str(error)
        case RecursionError():
            status, text = 400, "the JSON is nested too deeply"
        case RuntimeError():  # such as a closed server, with what to do
            status, text = 409, str(error)
        case _:  # a bug of the window; the next request works
            LOG.error("a request failed", exc_info=error)
            status, text = 500, "the window failed; its log says why"
    return status, {"error": clean_error(text)}
