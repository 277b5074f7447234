"""The gateway: an HTTP request becomes an event, the function's answer becomes the response.

Errors look as they do at an AWS Function URL: the caller learns only "Internal Server Error" (502,
a timeout too); the reason is in the function's log. Only what this sandbox lacks it says itself
(501), since that is no error of the function's. Which instance answers is the pool's business.
"""

import json
import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict

from bot_sandbox.access import OWN_ENDING, Access, split_target
from bot_sandbox.cloud import events, lambda_api
from bot_sandbox.cloud.errors import LACKING, PAYLOAD_LIMIT, THROTTLED, FunctionError
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.lambda_api import TOO_LARGE, LambdaApi, Refusal
from bot_sandbox.http_body import read_body


class Gateway:
    """Answers with the function NAME of `functions` at two addresses.

    http://NAME.localhost:PORT/… is a host of its own, as a Function URL has it: the function sees
    the whole path. At http://127.0.0.1:PORT/NAME/… it sees what comes after its name. Paths that
    begin with a date are AWS's own API, at any host but a function's.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        retry_s: tuple[float, ...],
        access: Access,
        key: str,
    ) -> None:
        self._functions = functions
        self._access = access
        self._lambda_api = LambdaApi(functions, retry_s, key)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """One request, one invocation."""
        host, target = request.headers.get("Host", ""), request.raw_path
        if not target.startswith("/"):  # "absolute-form": the host stands in the target
            host, target = split_target(target)  # `Access` checks this host as well
        path, _, query = events.ascii_only(target).partition("?")
        domain = events.split_host(host)[0]
        by_host = domain.endswith(OWN_ENDING)
        is_api = not by_host and bool(lambda_api.PATH.match(path))
        if by_host:
            name = domain.removesuffix(OWN_ENDING)
        elif not is_api:
            _, name, path = [*path.split("/", 2), "", ""][:3]
            name, path = unquote(name), f"/{path}"
        try:  # before the body is read
            if refused := self._access.refusal(request, public=not is_api):
                raise Refusal(403, "AccessDeniedException", refused)
            if is_api:
                self._lambda_api.check_key(request.headers.get("Authorization", ""))
        except Refusal as refusal:
            return refusal.response()
        if request.headers.get("Expect", "").lower() == "100-continue":  # curl, before 1 MB
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await read_body(request.content, PAYLOAD_LIMIT) if request.can_read_body else b""
        if is_api:
            return await self._lambda_api.handle(request.method, path, query, request.headers, body)
        # Looked up after the last wait: of two deployments, the newer one answers, and lives.
        function = self._find(name, by_host)
        if function is None:
            deployed = ", ".join(sorted(self._functions)) or "none"
            return message(404, f"There is no function {name!r} here. Deployed: {deployed}.")
        if body is None:
            return message(413, TOO_LARGE)
        request_id = str(uuid.uuid4())
        http = events.HttpRequest(
            request.method,
            host,
            path,
            query,
            [(name, events.readable(value)) for name, value in request.headers.items()],
            body,
            request_id,
            function.name,
        )
        event = json.dumps(events.EVENTS[function.settings.events](http)).encode()
        if len(event) > PAYLOAD_LIMIT:
            return message(413, TOO_LARGE)
        return await answer(function, event, request_id)

    def _find(self, name: str, by_host: bool) -> Function | None:
        if by_host and name not in self._functions:  # a host's name has no capital letters
            named = {each.lower(): each for each in self._functions}
            name = named.get(name, name)
        return self._functions.get(name)


async def answer(function: Function, event: bytes, request_id: str) -> web.Response:
    """Run the function; whatever goes wrong becomes a status code."""
    try:
        made = events.response((await function.pool.invoke(event, request_id)).value)
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
