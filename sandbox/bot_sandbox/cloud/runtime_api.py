"""The AWS Lambda Runtime API, as one instance sees it: an HTTP server at an address of its own.

Paths, headers and status codes are AWS's ("Using the Lambda runtime API", version 2018-06-01). An
address for each instance, because clients such as awslambdaric take only host:port.

Its HTTP is read in runtime_http.py.
"""

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus

from bot_sandbox.access import HOST
from bot_sandbox.cloud.errors import RESPONSE_LIMIT, FunctionError, response_too_large
from bot_sandbox.cloud.runtime_http import Request, RequestReader

PREFIX = "/2018-06-01/runtime/"
PHRASES = {status.value: status.phrase for status in HTTPStatus}
OUT_OF_TURN = "ask for the next event after you have answered the last one"
LOOPS_NAME = "cloud"  # the host that the sandbox's own loop names
NO_PAGE = "only the loop of this instance may use the Runtime API, and no web page"
NOT_YOURS = "this invocation is not the one you are working on"


@dataclass(slots=True)
class Task:
    """One event on its way to the function."""

    request_id: str
    event: bytes
    deadline_ms: int  # as the Runtime API has it: milliseconds since 1970


class RuntimeApi:
    """Between the cloud, which has an event, and an instance's loop, which asks for one."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.address = ""  # host:port, once it listens
        self.task: Task | None = None  # what the loop works on
        self.failure: FunctionError | None = None  # the instance must not get another event
        self._waiting: Task | None = None  # for the loop to ask
        self.asking: Connection | None = None  # the loop has asked and waits
        self._is_ready = False  # it has asked for the first time
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[bytes] = self._loop.create_future()  # first: it has asked
        self._server: asyncio.Server | None = None

    # The cloud's side

    async def listen(self) -> str:
        """Begin to serve; return the address, host:port."""
        self._server = await self._loop.create_server(lambda: Connection(self), HOST, 0)
        self.address = f"{HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self.address

    async def invoke(self, task: Task, timeout_s: float, too_late: FunctionError) -> bytes:
        """Hand over an event and wait for the answer; raises FunctionError."""
        self._outcome = self._loop.create_future()
        self._waiting = task
        self._hand_over()
        return await self.wait(timeout_s, too_late)

    async def wait(self, timeout_s: float, too_late: FunctionError) -> bytes:
        """Wait for what is under way: the loop's first question, or an answer."""
        timer = self._loop.call_later(timeout_s, self.fail, too_late)
        try:
            return await self._outcome
        finally:
            timer.cancel()

    def fail(self, error: FunctionError) -> None:
        """The instance cannot be used any more; whoever waits for it gets the error."""
        self.failure = self.failure or error
        self._settle(error)

    def close(self) -> None:
        """Free the address."""
        if self._server:
            self._server.close()

    # The loop's side

    def ask(self, connection: "Connection") -> bool:
        """The loop asks for an event, which comes now or later. False: it is not its turn."""
        if self.asking or self.task:
            return False
        if not self._is_ready:
            self._is_ready = True
            self._settle(b"")
        self.asking = connection
        self._hand_over()
        return True

    def answer(self, outcome: bytes | FunctionError) -> None:
        """The loop has posted the function's answer or error; it goes on."""
        self.task = None
        self._settle(outcome)

    def lose(self, connection: "Connection") -> None:
        """A connection has ended; if it had asked, it will hear nothing."""
        if self.asking is connection:
            self.asking = None

    def _hand_over(self) -> None:
        if self.asking and self._waiting:
            connection, self.asking = self.asking, None
            self.task, self._waiting = self._waiting, None
            connection.send_task(self.task)

    def _settle(self, outcome: bytes | FunctionError) -> None:
        if self._outcome.done():
            return
        if isinstance(outcome, FunctionError):
            self._outcome.set_exception(outcome)
            self._outcome.exception()  # it is no fault if nobody waits
        else:
            self._outcome.set_result(outcome)


class Connection(asyncio.Protocol):
    """One connection of an instance's loop: it reads requests one after the other."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._reader = RequestReader(self._continue)
        self._unsent = b""
        self._is_last = False  # it wants no more than the event that it has asked for

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """The loop has gone, or uses another connection."""
        self._api.lose(self)

    def pause_writing(self) -> None:
        """The loop asks more than it reads: it is not heard until it has read."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It has read."""
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Serve every request that is whole by now."""
        self._reader.feed(data)
        try:
            while request := self._reader.read():
                self._is_last = request.closes
                self._serve(request)
                if self._api.asking is not self and self._is_last:
                    self._flush()
                    self._transport.close()
                    break
        except ValueError as error:
            self._refuse(400, "BadRequest", str(error))
            self._flush()
            self._transport.close()
        # Who has sent an answer and the next question in one piece waits for the event: our "202"
        # travels with it, which saves a system call on each side and wakes the instance once.
        if self._api.asking is not self:
            self._flush()

    def send_task(self, task: Task) -> None:
        """Answer the loop's question: here is an event."""
        headers = (
            f"Lambda-Runtime-Aws-Request-Id: {task.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {task.deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self._api.arn}\r\n"
        )
        self._answer(200, task.event, headers)
        self._flush()
        if self._is_last:
            self._transport.close()

    def _serve(self, request: Request) -> None:
        # A page that guesses the port could end the instance, or get an event instead of the loop.
        place = request.headers.get("host", LOOPS_NAME)
        if "origin" in request.headers or place not in (LOOPS_NAME, self._api.address):
            self._refuse(403, "AccessDenied", NO_PAGE, has_body=request.method != "HEAD")
            return
        match request.method, request.path.removeprefix(PREFIX).split("/"):
            case "GET", ["invocation" | "restore", "next"]:
                if not self._api.ask(self):
                    self._refuse(403, "InvalidStateTransition", OUT_OF_TURN)
            case "POST", ["invocation", request_id, "response" | "error" as kind]:
                task = self._api.task
                if task is None or task.request_id != request_id:
                    self._refuse(400, "InvalidRequestID", NOT_YOURS)
                elif kind == "error":
                    self._api.answer(error_of(request))
                    self._accept()
                elif request.size > RESPONSE_LIMIT:
                    self._api.answer(response_too_large())
                    self._refuse(413, "RequestEntityTooLarge", response_too_large().message)
                else:
                    self._api.answer(bytes(request.body))
                    self._accept()
            case "POST", ["init" | "restore", "error"]:
                self._api.fail(error_of(request))
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
            self._unsent = b""


def error_of(request: Request) -> FunctionError:
    """The error a loop reports: type and message from its JSON, or at least from its header."""
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
        printable(report.get("errorType") or header),
        printable(report.get("errorMessage") or ""),
        [printable(line) for line in trace] if isinstance(trace, list) else [],
        posted,
    )


def printable(value: object) -> str:
    """Any JSON value as text that can be printed: JSON can hold halves of characters."""
    return str(value).encode(errors="replace").decode()
