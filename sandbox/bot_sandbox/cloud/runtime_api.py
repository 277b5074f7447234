"""The AWS Lambda Runtime API, as one instance sees it: an HTTP server at an address of its own.

Paths, headers and status codes are AWS's ("Using the Lambda runtime API", version 2018-06-01). An
address for each instance, because clients such as awslambdaric take only host:port.

HTTP is read by hand: this is the hot path of every call, two requests each, and there are only four
kinds of them. One takes 4 µs here; with aiohttp.web it took 30, with h11 50.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus

from bot_sandbox.access import HOST
from bot_sandbox.cloud.errors import RESPONSE_LIMIT, FunctionError, response_too_large

PREFIX = "/2018-06-01/runtime/"
HEAD_LIMIT = 64 * 1024  # bytes of a request's line and headers
PHRASES = {status.value: status.phrase for status in HTTPStatus}
OUT_OF_TURN = "ask for the next event after you have answered the last one"
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
        return f"{HOST}:{self._server.sockets[0].getsockname()[1]}"

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


@dataclass(slots=True)
class Request:
    """What has come of one request."""

    method: str
    path: str
    version: str
    headers: dict[str, str]  # names in lower case
    missing: int  # bytes of the body, or of its present chunk, still to come
    is_chunked: bool
    is_last_chunk: bool = False
    size: int = 0  # of the body so far
    body: bytearray = field(default_factory=bytearray)  # all of it, if that is not too large

    @property
    def closes(self) -> bool:
        """Whether the client wants no more than this from the connection."""
        wish = self.headers.get("connection", "").lower()
        return "close" in wish or (self.version == "HTTP/1.0" and "keep-alive" not in wish)

    def take(self, data: bytearray) -> None:
        """More of the body has come; what is too large is thrown away."""
        self.missing -= len(data)
        self.size += len(data)
        if self.size <= RESPONSE_LIMIT:
            self.body += data


class Connection(asyncio.Protocol):
    """One connection of an instance's loop: it reads requests one after the other."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._received = bytearray()
        self._request: Request | None = None  # whose body is still coming
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
        self._received += data
        try:
            while request := self._read():
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

    def _read(self) -> Request | None:
        """The next request, if all of it has come; ValueError: it is not HTTP."""
        if self._request is None:
            head = self._read_until(b"\r\n\r\n")
            if head is None:
                return None
            self._request = parse_head(head)
            if self._request.headers.get("expect", "").lower() == "100-continue":
                self._unsent += b"HTTP/1.1 100 Continue\r\n\r\n"  # a loop made of curl waits for it
        request = self._request
        while True:
            arrived = self._received[: request.missing]
            del self._received[: len(arrived)]
            request.take(arrived)
            if request.missing:
                return None
            if not request.is_chunked:
                break
            line = self._read_until(b"\r\n")  # a chunk's size, the end of a chunk, or a trailer
            if line is None:
                return None
            if request.is_last_chunk and not line:
                break
            if line and not request.is_last_chunk:
                request.missing = chunk_size(line)
                request.is_last_chunk = not request.missing
        self._request = None
        return request

    def _read_until(self, end: bytes) -> str | None:
        at = self._received.find(end)
        if max(at, len(self._received) if at < 0 else 0) > HEAD_LIMIT:
            raise ValueError(f"a request's head may have at most {HEAD_LIMIT} bytes")
        if at < 0:
            return None
        text = self._received[:at].decode("latin-1")
        del self._received[: at + len(end)]
        return text

    def _serve(self, request: Request) -> None:
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


def parse_head(head: str) -> Request:
    """A request's line and headers; ValueError for what is not HTTP.

    >>> parse_head("POST /x HTTP/1.1\\r\\nContent-Length: 2").missing
    2
    >>> parse_head("hello")
    Traceback (most recent call last):
    ...
    ValueError: a request begins like 'GET / HTTP/1.1'; found 'hello'
    """
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise ValueError(f"a request begins like 'GET / HTTP/1.1'; found {first!r:.80}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip()
        if not colon or not name or name != name.strip():
            raise ValueError(f"a header is like 'Name: value'; found {line!r:.80}")
        if name == "content-length" and headers.get(name, value) != value:
            raise ValueError("a request has one Content-Length; found two")
        headers[name] = value
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise ValueError(f"Content-Length must be a whole number; found {length!r:.80}")
    coding = headers.get("transfer-encoding", "").lower()
    if coding not in ("", "chunked") or (coding and "content-length" in headers):
        raise ValueError(
            f"a body has a Content-Length, or the Transfer-Encoding chunked alone; found {coding!r}"
        )
    method, path, version = words
    missing = 0 if coding else int(length)
    return Request(method, path, version, headers, missing, is_chunked=bool(coding))


def chunk_size(line: str) -> int:
    """The size of a chunk from the line before it, hexadecimal; ValueError for what is none.

    >>> chunk_size("1f;name=value")
    31
    """
    size = line.partition(";")[0].strip()
    if not re.fullmatch(r"[0-9a-fA-F]{1,16}", size):
        raise ValueError(f"a chunk begins with its size, hexadecimal; found {line!r:.80}")
    return int(size, 16)


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
