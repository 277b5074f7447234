"""The HTTP door: `/bot<TOKEN>/<method>` in, an envelope out.

It reads a request, finds the bot by its token and the method by its name, and answers as the
Bot API does. Nothing a client sends stops it; nothing it says holds a token. What getFile names is
at `/file/bot<TOKEN>/<path>`.
"""

import asyncio
import logging
from collections.abc import Mapping
from urllib.parse import unquote

from aiohttp import web

from bot_sandbox.access import Access
from bot_sandbox.telegram.arguments import MAX_BODY, Arguments, from_body, from_query
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.media import MAX_DOWNLOAD, Files
from bot_sandbox.telegram.methods import Described, Methods
from bot_sandbox.telegram.types import encode
from bot_sandbox.telegram.world import BotAccount

MAX_TOKEN = 80  # characters
LINGER_S = 1.0  # how long what is left of a refused body is still read, so that its answer arrives
NOT_FOUND = TelegramError(404, "Not Found")
_TYPE = "application/json"
_SILENT = logging.Logger("bot_sandbox.telegram")  # aiohttp would log addresses, thus tokens
_SILENT.addHandler(logging.NullHandler())


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
        answer = _failed(TelegramError(status, words))
        answer.force_close()
        return answer


class Api:
    """Answers Bot API calls over HTTP, and gives out files."""

    def __init__(
        self,
        accounts: Mapping[int, BotAccount],
        files: Files,
        methods: Methods,
        access: Access,
    ) -> None:
        self._access = access
        self._accounts = accounts
        self._files = files
        self._methods = methods

    def runner(self) -> web.ServerRunner:
        """What `LocalServer.serve` starts."""
        return web.ServerRunner(_Server(self.handle, handler_cancellation=True), shutdown_timeout=1)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """One HTTP request."""
        try:
            if refused := self._access.refusal(request):
                raise TelegramError(403, f"Forbidden: {refused}")
            path, _, query = request.raw_path.partition("?")
            if path.startswith("/file/"):
                return self._file(path)
            token, method = _split(path)
            arguments = await _read(request, query)
            account = self.account(token)
            name = (method or arguments.text("method")).lower()
            return _ok(await self._methods.call(account, name, arguments))
        except TelegramError as refusal:
            return _failed(refusal)
        except Exception:  # whatever it was, the next request is answered
            return _failed(TelegramError(500, "Internal Server Error"))

    def _file(self, path: str) -> web.Response:
        token, file_path = _split(path.removeprefix("/file"))
        self.account(token)
        file = self._files.by_path.get(file_path)
        if file is None or len(file.data) > MAX_DOWNLOAD:
            raise NOT_FOUND
        return web.Response(body=file.data, content_type="application/octet-stream")

    def account(self, token: str) -> BotAccount:
        """The bot with this token; 401 when there is none, 404 when it cannot be one."""
        if token[:1] == "0" or ":" not in token or len(token) > MAX_TOKEN:
            raise NOT_FOUND
        number = token.partition(":")[0]
        account = self._accounts.get(int(number)) if number.isdecimal() else None
        if account is None or not account.accepts(token):
            raise TelegramError(401, "Unauthorized")
        return account


def _split(path: str) -> tuple[str, str]:
    """The token and the method of an address; 404 when it is none.

    >>> _split("/bot12%3Aab/getMe")
    ('12:ab', 'getMe')
    """
    if "%" in path:
        path = unquote(path, errors="surrogateescape")
    token, slash, method = path.removeprefix("/bot").partition("/")
    if not path.startswith("/bot") or not slash:
        raise NOT_FOUND
    return token, method


async def _read(request: web.BaseRequest, query: str) -> Arguments:
    if request.method not in ("GET", "POST"):
        raise TelegramError(501, "Not Implemented")
    values = from_query(query) if query else []
    if not request.body_exists:
        return Arguments(values)
    content_type = request.headers.get("Content-Type", "")
    more, files = from_body(content_type, await _body(request))
    return Arguments(values + more, files)


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


def _ok(result: object) -> web.Response:
    envelope = {"ok": True, "result": result}
    if isinstance(result, Described):
        envelope = {"ok": True, "result": result.result, "description": result.description}
    return web.Response(body=encode(envelope), content_type=_TYPE)


def _failed(refusal: TelegramError) -> web.Response:
    envelope: dict[str, object] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    headers = {}
    if refusal.retry_after:
        envelope["parameters"] = {"retry_after": refusal.retry_after}
        headers["Retry-After"] = str(refusal.retry_after)
    return web.Response(
        status=refusal.code, body=encode(envelope), content_type=_TYPE, headers=headers
    )
