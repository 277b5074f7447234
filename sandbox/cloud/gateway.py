"""The gateway: an HTTP request becomes an event, the function's answer becomes the response.

Errors look as they do at an AWS Function URL: the caller learns only "Internal Server Error" (502,
a timeout too); the reason is in the function's log. Only what this sandbox lacks it says itself
(501), since that is no error of the function's. Which instance answers is the pool's business.
"""

import json
import uuid
from collections.abc import Mapping

from aiohttp import web
from multidict import CIMultiDict

from sandbox.cloud import events
from sandbox.cloud.errors import LACKING, PAYLOAD_LIMIT, THROTTLED, FunctionError
from sandbox.cloud.function import Function

TOO_LARGE = f"Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation"


class Gateway:
    """Answers http://127.0.0.1:PORT/NAME/… with the function NAME of `functions`."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """One request, one invocation."""
        path, _, query = request.raw_path.partition("?")
        _, name, rest = [*path.split("/", 2), "", ""][:3]
        function = self._functions.get(name)
        if function is None:
            deployed = ", ".join(sorted(self._functions)) or "none"
            return message(404, f"There is no function {name!r} here. Deployed: {deployed}.")
        if request.headers.get("Expect", "").lower() == "100-continue":  # curl, before 1 MB
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await read(request, PAYLOAD_LIMIT) if request.can_read_body else b""
        if body is None:
            return message(413, TOO_LARGE)
        headers = list(request.headers.items())
        request_id = str(uuid.uuid4())
        http = events.HttpRequest(request.method, f"/{rest}", query, headers, body, request_id)
        event = json.dumps(events.EVENTS[function.settings.events](http)).encode()
        if len(event) > PAYLOAD_LIMIT:
            return message(413, TOO_LARGE)
        return await answer(function, event, request_id)


async def read(request: web.BaseRequest, limit: int) -> bytes | None:
    """The request's body, or None when it is larger than `limit`."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def answer(function: Function, event: bytes, request_id: str) -> web.Response:
    """Run the function; whatever goes wrong becomes a status code."""
    try:
        made = events.response(await function.pool.invoke(event, request_id))
    except FunctionError as error:
        if error.type == THROTTLED:
            return message(429, error.message)
        if error.type == LACKING:
            return message(501, error.message)
        return message(502, "Internal Server Error")
    except events.AnswerError as error:
        function.history.log.add(f"[ERROR] this answer cannot be an HTTP response: {error}")
        return message(502, "Internal Server Error")
    return web.Response(status=made.status, headers=made.headers, body=made.body)


def message(status: int, text: str) -> web.Response:
    """A response of the gateway's own."""
    headers = CIMultiDict({"Content-Type": "application/json"})
    return web.Response(status=status, headers=headers, body=json.dumps({"Message": text}).encode())
