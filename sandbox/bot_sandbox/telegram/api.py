"""The Bot API over HTTP: `/bot<TOKEN>/<method>` in, an envelope out.

It finds the bot by its token and the method by its name. No request can stop it, and no response
contains a token. Files are at `/file/bot<TOKEN>/<path>`. Requests and responses are plain values;
http_server.py connects them to the network.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

from bot_sandbox.http.guest import guest_refusal
from bot_sandbox.http.messages import Request, Response, header
from bot_sandbox.telegram.arguments import Arguments, parse_body, parse_query
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.faults import FILE, BrokenConnectionError
from bot_sandbox.telegram.media import MAX_DOWNLOAD, Files
from bot_sandbox.telegram.methods import DescribedResult, Methods
from bot_sandbox.telegram.types import encode_json
from bot_sandbox.telegram.world import BotAccount

MAX_TOKEN = 80  # characters
Answer = Callable[[], Awaitable[Response]]
Sent = Callable[[], dict[str, str]]
Around = Callable[[BotAccount, str, Sent, Answer], Awaitable[Response]]
NOT_FOUND = TelegramError(404, "Not Found")


class Api:
    """Answers Bot API calls over HTTP, and serves files."""

    def __init__(
        self,
        accounts: Mapping[int, BotAccount],
        files: Files,
        methods: Methods,
        around: Around,
        note_refused: Callable[[str], None],
    ) -> None:
        self._accounts = accounts
        self._files = files
        self._methods = methods
        self._answer_with_faults = around  # of faults.py
        self._note_refused = note_refused  # receives a request whose token is no bot's

    async def handle(self, request: Request) -> Response:
        """Answer one request; raises BrokenConnectionError if a fault breaks the connection."""
        try:
            path, _, query = request.target.partition("?")
            if path.startswith("/file/"):
                return await self._file(path)
            token, method = _split_path(path)
            arguments = _read_arguments(request, query)
            account = self._account_of_request(token, method)
            name = (method or arguments.text("method")).lower()
            return await self._answer_with_faults(
                account,
                name,
                arguments.as_sent,
                lambda: self._call(account, name, arguments),
            )
        except TelegramError as refusal:
            return refusal_response(refusal)
        except BrokenConnectionError:
            raise
        except Exception:  # the next request must still be answered
            return refusal_response(TelegramError(500, "Internal Server Error"))

    async def _call(self, account: BotAccount, method: str, arguments: Arguments) -> Response:
        try:
            return _ok_response(await self._methods.call(account, method, arguments))
        except TelegramError as refusal:
            return refusal_response(refusal)

    async def _file(self, path: str) -> Response:
        token, file_path = _split_path(path.removeprefix("/file"))
        account = self._account_of_request(token, "the download of a file")
        return await self._answer_with_faults(
            account, FILE, dict, lambda: self._download(file_path)
        )

    async def _download(self, file_path: str) -> Response:
        file = self._files.by_path.get(file_path)
        if file is None or len(file.data) > MAX_DOWNLOAD:
            return refusal_response(NOT_FOUND)
        return Response(200, [("Content-Type", "application/octet-stream")], file.data)

    def _account_of_request(self, token: str, what: str) -> BotAccount:
        try:
            return self.account(token)
        except TelegramError as refusal:
            if refusal.code != HTTPStatus.FORBIDDEN:  # that is of a join code, which has its note
                self._note_refused(f"{what[:100]} with a token that no bot here has: {refusal}")
            raise

    def account(self, token: str) -> BotAccount:
        """Return the bot with this token; 401 if there is none, 404 if the token is invalid.

        403 if the client has joined for other accounts.
        """
        if token[:1] == "0" or ":" not in token or len(token) > MAX_TOKEN:
            raise NOT_FOUND
        number = token.partition(":")[0]
        account = self._accounts.get(int(number)) if number.isdecimal() else None
        if account is None or not account._accepts(token):
            raise TelegramError(401, "Unauthorized")
        if refused := guest_refusal(account):
            raise TelegramError(403, f"Forbidden: {refused}")
        return account


def _split_path(path: str) -> tuple[str, str]:
    """Return token and method of a path; 404 if it has none.

    >>> _split_path("/bot12%3Aab/getMe")
    ('12:ab', 'getMe')
    """
    if "%" in path:
        path = unquote(path, errors="surrogateescape")
    token, slash, method = path.removeprefix("/bot").partition("/")
    if not path.startswith("/bot") or not slash:
        raise NOT_FOUND
    return token, method


def _read_arguments(request: Request, query: str) -> Arguments:
    if request.method not in ("GET", "POST"):
        raise TelegramError(501, "Not Implemented")
    values = parse_query(query) if query else []
    if not request.body:
        return Arguments(values)
    more, files = parse_body(header(request.headers, "Content-Type"), request.body)
    return Arguments(values + more, files)


def _ok_response(result: object) -> Response:
    envelope = {"ok": True, "result": result}
    if isinstance(result, DescribedResult):
        envelope = {"ok": True, "result": result.result, "description": result.description}
    return Response(200, [("Content-Type", "application/json")], encode_json(envelope))


def refusal_response(refusal: TelegramError) -> Response:
    """Return the envelope of a refusal."""
    envelope: dict[str, object] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    headers = [("Content-Type", "application/json")]
    if refusal.retry_after:
        envelope["parameters"] = {"retry_after": refusal.retry_after}
        headers.append(("Retry-After", str(refusal.retry_after)))
    return Response(refusal.code, headers, encode_json(envelope))
