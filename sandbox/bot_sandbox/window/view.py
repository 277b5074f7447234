"""What a window needs of one sandbox server: what it shows, and the routes by which it is used.

A route is a plain call of the sandbox: its arguments come as JSON or in the query, its result is
JSON, and the sandbox's own errors keep their words. All routes of a view begin with /api/NAME/.
"""

import json
from abc import ABC, abstractmethod
from asyncio import CancelledError, current_task, timeout, to_thread, wrap_future
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from json import JSONDecodeError
from logging import getLogger
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.http_body import read_body
from bot_sandbox.server import LocalServer
from bot_sandbox.window.feed import Json

T = TypeVar("T")
LOG = getLogger("bot_sandbox.window")
call = to_thread  # a plain call of the sandbox is made on a thread of the window's
BODY_LIMIT = 6 * 1024 * 1024  # bytes of a request: a picture of 5 MB fits
BODY_WAIT_S = 30.0
LONGEST_WAIT_S = 60.0  # of a request that waits for something to happen
REQUIRED: Any = object()
KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
KINDS |= {list: "a list", dict: "an object"}


class View(ABC):
    """One server behind a window."""

    name: str  # what its routes and records begin with

    def __init__(self, server: LocalServer) -> None:
        self.server = server

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What can be asked and done, under /api/NAME/."""

    @abstractmethod
    def records(self) -> Iterator[tuple[str, Json]]:
        """What the page shows now, under keys that begin with NAME/; made on the server's loop."""

    async def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run on the server's loop what may take long; it holds no thread meanwhile."""
        return await wrap_future(self.server.submit(coroutine))


class Fields:
    """The arguments of a request: a JSON object, or the query of a GET."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def take(self, name: str, kind: type[T], default: T = REQUIRED) -> T:
        """One argument; ValueError, with what was expected, if it is missing or of another kind.

        >>> Fields({"n": "3"}).take("n", int), Fields({}).take("timeout", float, 5.0)
        (3, 5.0)
        """
        value = self._values.get(name)
        if value is None:
            if default is REQUIRED:
                raise ValueError(f"{name!r} is missing: expected {KINDS[kind]}")
            return default
        if kind in (int, float) and isinstance(value, str):  # from a query
            with suppress(ValueError):
                value = kind(value)  # type: ignore[call-arg]
        if kind is bool and value in ("true", "false"):
            value = value == "true"
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{name!r} must be {KINDS[kind]}; found {value!r:.100}")
        return value

    def any(self, name: str) -> Any:
        """One argument of any kind; None if it is missing."""
        return self._values.get(name)

    def only(self, *names: str) -> None:
        """ValueError if there is an argument of another name."""
        if unknown := sorted(self._values.keys() - set(names)):
            raise ValueError(f"{unknown[0]!r} is not known here; there are: {', '.join(names)}")

    def seconds(self, default: float = 5.0) -> float:
        """The argument `timeout`, how long to wait, at most LONGEST_WAIT_S.

        >>> Fields({}).seconds(), Fields({"timeout": 1e9}).seconds(), Fields({}).seconds(0.0)
        (5.0, 60.0, 0.0)
        """
        return min(max(0.0, self.take("timeout", float, default)), LONGEST_WAIT_S)


async def fields(request: web.Request) -> Fields:
    """The arguments of a request; ValueError if its body is no JSON object."""
    if request.method == "GET" or not request.can_read_body:
        return Fields(dict(request.query))
    try:
        values = json.loads(await body(request))
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ValueError('expected a JSON object as the body, such as {"name": "Anna"}')
    return Fields(values)


async def body(request: web.Request) -> bytes:
    """What a request carries, such as a file; who sends it too slowly gets a 408."""
    try:
        async with timeout(BODY_WAIT_S):
            found = await read_body(request.content, BODY_LIMIT)
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"no body within {BODY_WAIT_S:g} s") from None
    if found is None:
        raise web.HTTPRequestEntityTooLarge(
            BODY_LIMIT, text=f"a body may have at most {BODY_LIMIT} bytes"
        )
    return found


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a plain call raises, as a status and JSON."""
    try:
        return await handler(request)
    except NoReply as error:
        return answer(504, str(error))
    except KeyError as error:  # its text is the repr of its argument
        return answer(404, str(error.args[0]) if error.args else "not found")
    except (ValueError, TypeError) as error:
        return answer(400, str(error))
    except RuntimeError as error:  # a server that was closed says so, and what to do
        return answer(409, str(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return answer(error.status, error.text or error.reason)
    except CancelledError:
        task = current_task()
        if task is not None and task.cancelling():
            raise
        return answer(409, "what this waited for was closed meanwhile")
    except Exception:  # a fault of the window's own: it is logged, and the next request is answered
        LOG.exception("a request failed")
        return answer(500, "the window failed; what happened stands in its log")


def answer(status: int, error: str) -> web.Response:
    """A refusal, in the form of all errors here."""
    return web.json_response({"error": error}, status=status)
