"""The AWS Lambda Runtime API of one instance: an HTTP server at its own address.

Paths, headers and status codes are AWS's ("Using the Lambda runtime API", version 2018-06-01). Each
instance has an address, because clients such as awslambdaric take only host:port. So there is no
room for a secret either; where the system tells whose program has connected (socket_owner.py),
only those of the account that runs the sandbox are served.

Its HTTP is read in runtime_http.py.
"""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from bot_sandbox.cloud.errors import RESPONSE_LIMIT, FunctionError, response_too_large_error
from bot_sandbox.cloud.runtime_http import RequestReader, RuntimeRequest
from bot_sandbox.cloud.socket_owner import Address, is_connection_alive, socket_owner
from bot_sandbox.http.access import HOST
from bot_sandbox.http.local_server import bind_socket

RUNTIME_API_PATH = "/2018-06-01/runtime/"
PHRASES = {status.value: status.phrase for status in HTTPStatus}
OUT_OF_TURN_REFUSAL = "ask for the next event after you have answered the last one"
WORKER_HOST = "cloud"  # the Host header of the sandbox's own loop
PAGE_REFUSAL = "only the loop of this instance may use the Runtime API, and no web page"
STRANGER_REFUSAL = "only programs of the account that runs this sandbox may use the Runtime API"
WRONG_INVOCATION_REFUSAL = "this invocation is not the one you are working on"


@dataclass(slots=True)
class PendingInvocation:
    """An event for the function, until its outcome is known."""

    request_id: str
    event: bytes
    deadline_ms: int  # milliseconds since 1970, as in the Runtime API
    trace: str  # see trace.py


class RuntimeApi:
    """Connects the cloud, which has an event, with an instance's loop, which asks for one."""

    def __init__(self, arn: str, on_idle: Callable[[], None] = lambda: None) -> None:
        self.arn = arn
        self._on_idle = on_idle  # called when the loop asks and there is no event yet
        self.address = ""  # host:port, once it listens
        self.current: PendingInvocation | None = None  # what the loop works on
        self.failure: FunctionError | None = None  # the instance must not get another event
        self._waiting: PendingInvocation | None = None  # until the loop asks
        self.asking: RuntimeConnection | None = None  # the loop has asked and waits
        self._is_ready = False  # it has asked for the first time
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[bytes] = (
            self._loop.create_future()
        )  # the first outcome: the loop has asked
        self._server: asyncio.Server | None = None

    # The cloud's side

    async def listen(self) -> str:
        """Start to serve and return the address, host:port; OSError if it can't."""
        # asyncio itself would return a server without a socket if no descriptor is free.
        self._server = await self._loop.create_server(
            lambda: RuntimeConnection(self), sock=bind_socket(0)
        )
        self._listens_at: Address = self._server.sockets[0].getsockname()
        self._owner = socket_owner(self._listens_at)
        self.address = f"{HOST}:{self._listens_at[1]}"
        return self.address

    def is_own(self, connection: socket.socket) -> bool:
        """Return whether a connection comes from this account, or the system doesn't tell."""
        if self._owner is None:
            return True
        try:
            owner = socket_owner(connection.getpeername(), self._listens_at)
        except OSError:  # it has ended, or nobody could be asked
            return False
        # If it has ended meanwhile, a later connection from the same port may be the one we found.
        return owner == self._owner and is_connection_alive(connection)

    async def invoke(
        self, invocation: PendingInvocation, timeout_s: float, fail_late: Callable[[], None]
    ) -> bytes:
        """Hand over an event and wait for the result; raises FunctionError."""
        self._outcome = self._loop.create_future()
        self._waiting = invocation
        self._hand_over()
        return await self.wait_for_start_or_result(timeout_s, fail_late)

    async def wait_for_start_or_result(
        self, timeout_s: float, fail_late: Callable[[], None]
    ) -> bytes:
        """Wait for the loop's first request, or for a result; `fail_late` ends it in time."""
        timer = self._loop.call_later(timeout_s, fail_late)
        try:
            return await self._outcome
        finally:
            timer.cancel()

    def mark_broken(self, error: FunctionError) -> None:
        """Mark the instance as broken, and pass the error to those who wait."""
        self.failure = self.failure or error
        self._set_outcome(error)

    def close(self) -> None:
        """Free the address."""
        if self._server:
            self._server.close()

    # The loop's side

    def give_next_event(self, connection: "RuntimeConnection") -> bool:
        """Give the loop an event now or later; return False if it isn't its turn."""
        if self.asking or self.current:
            return False
        if not self._is_ready:
            self._is_ready = True
            self._set_outcome(b"")
        self.asking = connection
        self._hand_over()
        if self.asking:
            self._on_idle()
        return True

    def take_outcome(self, outcome: bytes | FunctionError) -> None:
        """Take the function's result or error from the loop."""
        self.current = None
        self._set_outcome(outcome)

    def forget_connection(self, connection: "RuntimeConnection") -> None:
        """Forget a connection that has ended."""
        if self.asking is connection:
            self.asking = None

    def _hand_over(self) -> None:
        if self.asking and self._waiting:
            connection, self.asking = self.asking, None
            self.current, self._waiting = self._waiting, None
            connection.send_invocation(self.current)

    def _set_outcome(self, outcome: bytes | FunctionError) -> None:
        if self._outcome.done():
            return
        if isinstance(outcome, FunctionError):
            self._outcome.set_exception(outcome)
            self._outcome.exception()  # nobody may be waiting for it
        else:
            self._outcome.set_result(outcome)


class RuntimeConnection(asyncio.Protocol):
    """A connection of an instance's loop; reads one request after the other."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._reader = RequestReader(self._continue)
        self._unsent = bytearray()
        self._is_last = False  # the client closes it after the event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, or refuse another account of this machine and read nothing.

        It could find the port and stop the instance, take an event, or keep the cloud busy.
        """
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._api.is_own(transport.get_extra_info("socket")):
            self._refuse(403, "AccessDenied", STRANGER_REFUSAL)
            self._flush()
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the API that this connection is gone."""
        self._api.forget_connection(self)

    def pause_writing(self) -> None:
        """Stop reading from a loop that doesn't read its responses."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Continue reading."""
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Serve every complete request."""
        self._reader.feed(data)
        try:
            while request := self._reader.read():
                self._is_last = request.closes_connection
                self._answer_request(request)
                if self._api.asking is not self and self._is_last:
                    self._flush()
                    self._transport.close()
                    break
        except ValueError as error:
            self._refuse(400, "BadRequest", str(error))
            self._flush()
            self._transport.close()
        # A loop that sends a result and the next request in one piece waits for the event. Sending
        # our "202" with it saves a system call on each side and wakes the instance once.
        if self._api.asking is not self:
            self._flush()

    def send_invocation(self, invocation: PendingInvocation) -> None:
        """Send an invocation to the loop."""
        headers = (
            f"Lambda-Runtime-Aws-Request-Id: {invocation.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {invocation.deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self._api.arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {invocation.trace}\r\n"
        )
        self._answer(200, invocation.event, headers)
        self._flush()
        if self._is_last:
            self._transport.close()

    def _answer_request(self, request: RuntimeRequest) -> None:
        # A web page in a browser could find the port and stop the instance, or take an event.
        place = request.headers.get("host", WORKER_HOST)
        is_page = "origin" in request.headers or "sec-fetch-site" in request.headers
        if is_page or place not in (WORKER_HOST, self._api.address):
            self._refuse(403, "AccessDenied", PAGE_REFUSAL, has_body=request.method != "HEAD")
            return
        match request.method, request.path.removeprefix(RUNTIME_API_PATH).split("/"):
            case "GET", ["invocation" | "restore", "next"]:
                if not self._api.give_next_event(self):
                    self._refuse(403, "InvalidStateTransition", OUT_OF_TURN_REFUSAL)
            case "POST", ["invocation", request_id, "response" | "error" as kind]:
                invocation = self._api.current
                if invocation is None or invocation.request_id != request_id:
                    self._refuse(400, "InvalidRequestID", WRONG_INVOCATION_REFUSAL)
                elif kind == "error":
                    self._api.take_outcome(reported_error(request))
                    self._accept()
                elif request.size > RESPONSE_LIMIT:
                    self._api.take_outcome(response_too_large_error())
                    self._refuse(413, "RequestEntityTooLarge", response_too_large_error().message)
                else:
                    self._api.take_outcome(bytes(request.body))
                    self._accept()
            case "POST", ["init" | "restore", "error"]:
                self._api.mark_broken(reported_error(request))
                self._accept()
            case _:
                what = f"{request.method} {request.path} is not in the Runtime API"
                self._refuse(404, "NotFound", what, has_body=request.method != "HEAD")

    def _continue(self) -> None:
        self._unsent += b"HTTP/1.1 100 Continue\r\n\r\n"

    def _accept(self) -> None:
        self._answer(202, b'{"status":"OK"}\n')

    def _refuse(self, status: int, kind: str, message: str, has_body: bool = True) -> None:
        body = json.dumps({"errorType": kind, "errorMessage": message}).encode()
        self._answer(status, body if has_body else b"")

    def _answer(self, status: int, body: bytes, headers: str = "") -> None:
        head = (
            f"HTTP/1.1 {status} {PHRASES[status]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        )
        self._unsent += head.encode() + body

    def _flush(self) -> None:
        if self._unsent:
            self._transport.write(self._unsent)
            self._unsent = bytearray()


def reported_error(request: RuntimeRequest) -> FunctionError:
    """Return the error that a loop reports, from its JSON, or at least from its header."""
    try:
        report = json.loads(request.body)
    except (ValueError, RecursionError):
        report = None
    posted = bytes(request.body) if isinstance(report, dict) else b""
    if not isinstance(report, dict):
        report = {}
    header = request.headers.get("lambda-runtime-function-error-type", "Runtime.Unknown")
    trace = report.get("stackTrace", report.get("trace"))  # AWS's Python and Node.js loops
    return FunctionError(
        replace_surrogates(report.get("errorType") or header),
        replace_surrogates(report.get("errorMessage") or ""),
        [replace_surrogates(line) for line in trace] if isinstance(trace, list) else [],
        posted,
    )


def replace_surrogates(value: object) -> str:
    """Return any JSON value as printable text, without halves of surrogate pairs."""
    return str(value).encode(errors="replace").decode()
