"""The AWS Lambda Runtime API, as one instance sees it: HTTP in front of an `Instance`.

Paths, headers and status codes are AWS's ("Using the Lambda runtime API", version 2018-06-01).
Each instance has an address of its own, because clients such as awslambdaric take only host:port.
aiohttp's parser reads the requests; its web server is left out, since this is the hot path of every
call and only four requests exist.
"""

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpProcessingError, HttpRequestParser, RawRequestMessage
from aiohttp.streams import StreamReader

from sandbox.cloud.errors import RESPONSE_LIMIT, FunctionError, response_too_large

if TYPE_CHECKING:
    from sandbox.cloud.instance import Instance, Task

PREFIX = "/2018-06-01/runtime/"
BUFFER = 64 * 1024  # bytes the parser collects before it makes the sender wait
OUT_OF_TURN = "ask for the next event after you have answered the last one"
NOT_YOURS = "this invocation is not the one you are working on"


class RuntimeApi(BaseProtocol):
    """One connection of an instance's loop."""

    def __init__(self, instance: "Instance") -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self._instance = instance
        self._parser = HttpRequestParser(self, loop, BUFFER, auto_decompress=False)
        self._readers: set[asyncio.Task[None]] = set()

    def data_received(self, data: bytes) -> None:
        """Bytes have come: serve the requests in them."""
        assert self._parser is not None
        try:
            messages, _, _ = self._parser.feed_data(data)
        except HttpProcessingError as error:
            self._refuse(400, "BadRequest", str(error))
            self._close()
            return
        for message, content in messages:
            if content.is_eof():
                self._serve(message, content.read_nowait())
            else:
                reader = self._loop.create_task(self._read_and_serve(message, content))
                self._readers.add(reader)
                reader.add_done_callback(self._readers.discard)

    def connection_lost(self, error: BaseException | None) -> None:
        """The loop has gone, or uses another connection."""
        super().connection_lost(error)
        for reader in self._readers:
            reader.cancel()
        self._instance.stop_asking(self._send_task)

    async def _read_and_serve(self, message: RawRequestMessage, content: StreamReader) -> None:
        body = bytearray()
        while chunk := await content.readany():
            if len(body) <= RESPONSE_LIMIT:  # the rest of what is too large is thrown away
                body += chunk
        self._serve(message, bytes(body))

    def _serve(self, message: RawRequestMessage, body: bytes) -> None:
        match message.method, message.path.removeprefix(PREFIX).split("/"):
            case "GET", ["invocation" | "restore", "next"]:
                if not self._instance.ask(self._send_task):
                    self._refuse(403, "InvalidStateTransition", OUT_OF_TURN)
                return
            case "POST", ["invocation", request_id, "response" | "error" as kind]:
                self._finish(request_id, kind, message, body)
            case "POST", ["init" | "restore", "error"]:
                self._instance.fail(error_of(message, body))
                self._accept()
            case _:
                what = f"{message.method} {message.path} is not in the Runtime API"
                self._refuse(404, "NotFound", what)
        if message.should_close:
            self._close()

    def _finish(self, request_id: str, kind: str, message: RawRequestMessage, body: bytes) -> None:
        task = self._instance.task
        if task is None or task.request_id != request_id:
            self._refuse(400, "InvalidRequestID", NOT_YOURS)
        elif kind == "error":
            self._instance.answer(error_of(message, body))
            self._accept()
        elif len(body) > RESPONSE_LIMIT:
            self._instance.answer(response_too_large())
            self._refuse(413, "RequestEntityTooLarge", response_too_large().message)
        else:
            self._instance.answer(body)
            self._accept()

    def _send_task(self, task: "Task") -> None:
        headers = (
            f"Lambda-Runtime-Aws-Request-Id: {task.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {task.deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self._instance.deployment.arn}\r\n"
        )
        self._send(200, task.event, headers)

    def _accept(self) -> None:
        self._send(202, b'{"status":"OK"}\n')

    def _refuse(self, status: int, kind: str, message: str) -> None:
        self._send(status, json.dumps({"errorType": kind, "errorMessage": message}).encode())

    def _send(self, status: int, body: bytes, headers: str = "") -> None:
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        )
        if self.transport:
            self.transport.write(head.encode() + body)

    def _close(self) -> None:
        if self.transport:
            self.transport.close()


def error_of(message: RawRequestMessage, body: bytes) -> FunctionError:
    """The error a loop reports: type and message from its JSON, or at least from its header."""
    try:
        report = json.loads(body)
    except (ValueError, RecursionError):
        report = None
    if not isinstance(report, dict):
        report = {}
    header = message.headers.get("Lambda-Runtime-Function-Error-Type", "Runtime.Unknown")
    trace = report.get("stackTrace")
    return FunctionError(
        str(report.get("errorType") or header),
        str(report.get("errorMessage") or ""),
        [str(line) for line in trace] if isinstance(trace, list) else [],
    )
