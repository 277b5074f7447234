"""The Bot API's HTTP server: aiohttp around a plain `handle(request)`.

Bodies have a limit, invalid HTTP gets an envelope, too, and no log contains a token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot_sandbox.http.access import Access, split_target
from bot_sandbox.http.local_server import silence_logger
from bot_sandbox.http.messages import Request, Response
from bot_sandbox.telegram.api import refusal_response
from bot_sandbox.telegram.arguments import MAX_BODY
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.faults import BrokenConnectionError

Handle = Callable[[Request], Awaitable[Response]]
LINGER_S = 1.0  # how long to read the rest of a refused body, so that the response arrives
_LOGGER = silence_logger(logging.Logger("bot_sandbox.telegram"))  # aiohttp logs tokens in URLs


def make_server(handle: Handle, access: Access) -> web.ServerRunner:
    """Make the runner for `LocalServer._serve`; call it on the server's loop."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if refused := access.refusal(request):
            return _to_web_response(refusal_response(TelegramError(403, f"Forbidden: {refused}")))
        try:
            body = await _read_request_body(request) if request.body_exists else b""
        except TelegramError as refusal:
            return _to_web_response(refusal_response(refusal))
        pairs, target = list(request.headers.items()), request.raw_path
        if not target.startswith("/"):  # a whole address, as clients send it to a proxy
            target = split_target(target)[1]
        try:
            return _to_web_response(await handle(Request(request.method, target, pairs, body)))
        except BrokenConnectionError as broken:
            return await _break_connection(request, broken.response)

    return web.ServerRunner(_Server(answer, handler_cancellation=True), shutdown_timeout=1)


def close_connections(runner: web.BaseRunner) -> None:
    """Break all connections, which ends what is still being answered on them."""
    for connection in runner.server.connections if runner.server else ():
        if connection.transport:
            connection.transport.abort()


class _Server(web.Server):
    """A server that also answers invalid HTTP with envelopes."""

    def __call__(self) -> web.RequestHandler:
        loop = asyncio.get_running_loop()
        return _Connection(
            self,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # no access log
            logger=_LOGGER,
            lingering_time=LINGER_S,
        )


class _Connection(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer with an envelope; aiohttp's own answer would quote the token."""
        words = "Bad Request: this is not HTTP as it should be" if status == 400 else "Not Served"
        answer = _to_web_response(refusal_response(TelegramError(status, words)))
        answer.force_close()
        return answer


async def _read_request_body(request: web.BaseRequest) -> bytes:
    """Return the whole body; read and refuse one that is too big."""
    chunks, size = [], 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size <= MAX_BODY:
                chunks.append(chunk)
            elif size > 2 * MAX_BODY:  # it may be a compressed bomb
                break
    except web.RequestPayloadError:
        raise TelegramError(400, "Bad Request: the request's content can't be decoded") from None
    if size > MAX_BODY:
        chunks.clear()
        raise TelegramError(413, f"Request Entity Too Large: content length is {size}")
    return b"".join(chunks)


def _to_web_response(response: Response) -> web.Response:
    return web.Response(status=response.status, headers=response.headers, body=response.body)


async def _break_connection(
    request: web.BaseRequest, response: Response | None
) -> web.StreamResponse:
    """Break the connection, in the middle of a response if there is one."""
    answer = web.StreamResponse()
    if response and request.transport:
        answer = web.StreamResponse(status=response.status, headers=response.headers)
        answer.content_length = len(response.body)
        await answer.prepare(request)
        await answer.write(response.body[: len(response.body) // 2])
    if request.transport:
        request.transport.close()  # after what was written
    return answer
