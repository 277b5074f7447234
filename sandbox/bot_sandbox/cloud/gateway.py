"""The gateway: an HTTP request becomes an event, the function's result becomes the response.

Errors look like those of an AWS Function URL: the caller sees only "Internal Server Error" (502,
for a timeout, too), and the reason is in the function's log. For a feature that this sandbox lacks,
the response says so (501), because it isn't the function's error. The pool chooses the instance.
"""

import json
import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict

from bot_sandbox.cloud import events, lambda_api
from bot_sandbox.cloud.deployment import CloudAccount
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT, THROTTLED, UNSUPPORTED, FunctionError
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.lambda_api import TOO_LARGE, LambdaApi, LambdaApiError
from bot_sandbox.cloud.queued_calls import QueuedCalls
from bot_sandbox.http.access import OWN_ENDING, Access, is_loopback, split_target
from bot_sandbox.http.body import read_body
from bot_sandbox.http.jupyter_proxy import is_proxied, proxy_prefix, remove_jupyter_headers
from bot_sandbox.world.clock import Clock


class Gateway:
    """Serves the function NAME of `functions` at two addresses.

    http://NAME.localhost:PORT/… is a host of its own, like a Function URL: the function sees the
    whole path. At http://127.0.0.1:PORT/NAME/… it sees the path after its name. On hosts that
    aren't a function's, paths that begin with a date are AWS's API. Behind a Jupyter server
    elsewhere there is only the second address, and Jupyter's cookies don't reach the function.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        queue: QueuedCalls,
        access: Access,
        account: CloudAccount,
        clock: Clock,
    ) -> None:
        self._functions = functions
        self._access = access
        self._clock = clock
        self._lambda_api = LambdaApi(functions, queue, account)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Turn one request into one invocation."""
        host, target = request.headers.get("Host", ""), request.raw_path
        if not target.startswith("/"):  # "absolute-form": the host is in the target
            host, target = split_target(target)  # `Access` checks this host as well
        path, _, query = events.percent_encode(target).partition("?")
        domain = events.split_host(host)[0]
        proxied = is_proxied(request.headers)  # then the host is the Jupyter server's
        by_host = domain.endswith(OWN_ENDING) and not proxied
        is_api = not by_host and bool(lambda_api.API_PATH.match(path))
        if by_host:
            name = domain.removesuffix(OWN_ENDING)
        elif not is_api:
            _, name, path = [*path.split("/", 2), "", ""][:3]
            name, path = unquote(name), f"/{path}"
        try:  # before the body is read
            if refused := self._access.refusal(request, public=not is_api):
                raise LambdaApiError(403, "AccessDeniedException", refused)
            if is_api:
                self._lambda_api.check_key(request.headers.get("Authorization", ""))
        except LambdaApiError as refusal:
            return refusal.response()
        if request.headers.get("Expect", "").lower() == "100-continue":  # curl, before 1 MB
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await read_body(request.content, PAYLOAD_LIMIT) if request.can_read_body else b""
        if is_api:
            return await self._lambda_api.handle(request.method, path, query, request.headers, body)
        # Looked up after the last wait, so that a newer deployment answers.
        function = self._find_function(name, by_host)
        if function is None:
            deployed = ", ".join(sorted(self._functions)) or "none"
            # A stranger, such as another user of a JupyterHub's machine, is not told their names.
            is_own = is_loopback(domain) and not proxy_prefix()
            hint = f" Deployed: {deployed}." if is_own else ""
            return message_response(404, f"There is no function {name!r} here.{hint}")
        if body is None:
            return message_response(413, TOO_LARGE)
        request_id = str(uuid.uuid4())
        http = events.FunctionRequest(
            request.method,
            host,
            path,
            query,
            [
                (name, events.header_text(value))
                for name, value in remove_jupyter_headers(request.headers.items(), proxied)
            ],
            body,
            request_id,
            function.name,
            self._clock.now(),
        )
        event = json.dumps(events.EVENT_BUILDERS[function.settings.events](http)).encode()
        if len(event) > PAYLOAD_LIMIT:
            return message_response(413, TOO_LARGE)
        response = await run_function(function, event, request_id)
        if proxied:  # a cookie would go to the Jupyter server, and never come back
            response.headers.popall("Set-Cookie", None)
        return response

    def _find_function(self, name: str, by_host: bool) -> Function | None:
        if by_host and name not in self._functions:  # host names have no capital letters
            named = {each.lower(): each for each in self._functions}
            name = named.get(name, name)
        return self._functions.get(name)


async def run_function(function: Function, event: bytes, request_id: str) -> web.Response:
    """Run the function; turn each error into a status code."""
    try:
        value = (await function._pool.invoke(event, request_id)).value
        if ignored := events.ignored_headers(value, function.settings.events):
            function._history.log.add(f"[WARNING] {ignored}")
        result = events.make_response(value, function.settings.events)
    except FunctionError as error:
        if error.type == THROTTLED:
            return message_response(429, error.message)
        if error.type == UNSUPPORTED:
            return message_response(501, error.message)
        return message_response(502, "Internal Server Error")
    except events.AnswerError as error:
        function._history.log.add(f"[ERROR] this answer cannot be an HTTP response: {error}")
        return message_response(502, "Internal Server Error")
    return web.Response(status=result.status, headers=result.headers, body=result.body)


def message_response(status: int, text: str) -> web.Response:
    """Return the gateway's own response."""
    headers = CIMultiDict({"Content-Type": "application/json"})
    return web.Response(status=status, headers=headers, body=json.dumps({"Message": text}).encode())
