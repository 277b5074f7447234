"""The Bot API's HTTP server: aiohttp brings requests to a plain `handle` and takes its responses.

A body has a limit, what is no HTTP gets an envelope, too, and no log holds a token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot_sandbox.access import Access
from bot_sandbox.http_messages import Request, Response
from bot_sandbox.server import quiet
from bot_sandbox.telegram.api import failed
from bot_sandbox.telegram.arguments import MAX_BODY
from bot_sandbox.telegram.errors import TelegramError

Handle = Callable[[Request], Awaitable[Response]]
LINGER_S = 1.0  # how long what is left of a refused body is still read, so that its answer arrives
_SILENT = quiet(logging.Logger("bot_sandbox.telegram"))  # aiohttp would log addresses, thus tokens


def server_of(handle: Handle, access: Access) -> web.ServerRunner:
    """Make what `LocalServer.serve` starts; call it on the server's loop."""

    async def answer(request: web.BaseRequest) -> web.Response:
        if refused := access.refusal(request):
            return _sent(failed(TelegramError(403, f"Forbidden: {refused}")))
        try:
            body = await _body(request) if request.body_exists else b""
        except TelegramError as refusal:
            return _sent(failed(refusal))
        pairs = list(request.headers.items())
        return _sent(await handle(Request(request.method, request.raw_path, pairs, body)))

    return web.ServerRunner(_Server(answer, handler_cancellation=True), shutdown_timeout=1)


class _Server(web.Server):
    """A server whose answers to what is no HTTP are envelopes, too."""

    def __call__(self) -> web.RequestHandler:
        loop = asyncio.get_running_loop()
        return _Connection(
            self,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # none is kept, as with web.run_app
            logger=_SILENT,
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
        """aiohttp's own answer would quote the request, and with it the token."""
        words = "Bad Request: this is not HTTP as it should be" if status == 400 else "Not Served"
        answer = _sent(failed(TelegramError(status, words)))
        answer.force_close()
        return answer


async def _body(request: web.BaseRequest) -> bytes:
    """The whole body; one that is too big is read to its end, unless it has none, and refused."""
    chunks, size = [], 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size <= MAX_BODY:
                chunks.append(chunk)
            elif size > 2 * MAX_BODY:  # it may have been unpacked from very little
                break
    except web.RequestPayloadError:
        raise TelegramError(400, "Bad Request: the request's content can't be decoded") from None
    if size > MAX_BODY:
        chunks.clear()
        raise TelegramError(413, f"Request Entity Too Large: content length is {size}")
    return b"".join(chunks)


def _sent(response: Response) -> web.Response:
    return web.Response(status=response.status, headers=response.headers, body=response.body)
