"""The Bot API over HTTP: `/bot<TOKEN>/<method>` in, an envelope out.

It finds the bot by its token and the method by its name, and answers as the Bot API does. Nothing a
client sends stops it; nothing it says holds a token. What getFile names is at
`/file/bot<TOKEN>/<path>`. Requests and responses are plain values: http_server.py brings them over
the network.
"""

from collections.abc import Mapping
from urllib.parse import unquote

from bot_sandbox.http_messages import Request, Response, header
from bot_sandbox.telegram.arguments import Arguments, from_body, from_query
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.media import MAX_DOWNLOAD, Files
from bot_sandbox.telegram.methods import Described, Methods
from bot_sandbox.telegram.types import encode
from bot_sandbox.telegram.world import BotAccount

MAX_TOKEN = 80  # characters
NOT_FOUND = TelegramError(404, "Not Found")


class Api:
    """Answers Bot API calls over HTTP, and gives out files."""

    def __init__(self, accounts: Mapping[int, BotAccount], files: Files, methods: Methods) -> None:
        self._accounts = accounts
        self._files = files
        self._methods = methods

    async def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            path, _, query = request.target.partition("?")
            if path.startswith("/file/"):
                return self._file(path)
            token, method = _split(path)
            arguments = _read(request, query)
            account = self.account(token)
            name = (method or arguments.text("method")).lower()
            return _ok(await self._methods.call(account, name, arguments))
        except TelegramError as refusal:
            return failed(refusal)
        except Exception:  # whatever it was, the next request is answered
            return failed(TelegramError(500, "Internal Server Error"))

    def _file(self, path: str) -> Response:
        token, file_path = _split(path.removeprefix("/file"))
        self.account(token)
        file = self._files.by_path.get(file_path)
        if file is None or len(file.data) > MAX_DOWNLOAD:
            raise NOT_FOUND
        return Response(200, [("Content-Type", "application/octet-stream")], file.data)

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


def _read(request: Request, query: str) -> Arguments:
    if request.method not in ("GET", "POST"):
        raise TelegramError(501, "Not Implemented")
    values = from_query(query) if query else []
    if not request.body:
        return Arguments(values)
    more, files = from_body(header(request.headers, "Content-Type"), request.body)
    return Arguments(values + more, files)


def _ok(result: object) -> Response:
    envelope = {"ok": True, "result": result}
    if isinstance(result, Described):
        envelope = {"ok": True, "result": result.result, "description": result.description}
    return Response(200, [("Content-Type", "application/json")], encode(envelope))


def failed(refusal: TelegramError) -> Response:
    """The envelope of a refusal."""
    envelope: dict[str, object] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    headers = [("Content-Type", "application/json")]
    if refusal.retry_after:
        envelope["parameters"] = {"retry_after": refusal.retry_after}
        headers.append(("Retry-After", str(refusal.retry_after)))
    return Response(refusal.code, headers, encode(envelope))
