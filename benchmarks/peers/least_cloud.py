"""The least a cloud can be: raw asyncio between one client and one instance; it prints its port.

It hands each request to functions/hello.py under the course's own loop, and the answer back. No
limits, log, bill or errors: what this takes, no cloud with the Runtime API can save.
"""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

from bot_sandbox.cloud import worker

HOST = "127.0.0.1"
NEXT = (
    b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 0\r\n"
    b"Lambda-Runtime-Invoked-Function-Arn: arn\r\nLambda-Runtime-Trace-Id: 1\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
REQUEST = re.compile(rb"(GET|POST) .*?Content-Length: (\d+)\r\n\r\n", re.DOTALL)


class Connection(asyncio.Protocol):
    """A connection that knows its cloud."""

    def __init__(self, cloud: "LeastCloud") -> None:
        self.cloud = cloud

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport


class Client(Connection):
    """Whatever a client sends is one request."""

    def data_received(self, data: bytes) -> None:
        """Hand it over."""
        self.cloud.client = self.transport
        self.cloud.hand_over()


class Instance(Connection):
    """An instance asks for events and posts its answers."""

    received = b""

    def data_received(self, data: bytes) -> None:
        """Take each request that is whole."""
        self.received += data
        while request := REQUEST.match(self.received):
            end = request.end() + int(request[2])
            if len(self.received) < end:
                return
            body, self.received = self.received[request.end() : end], self.received[end:]
            if request[1] == b"POST":
                self.transport.write(ACCEPTED)
                self.cloud.answer(body)
            else:
                self.cloud.instance = self.transport
                self.cloud.hand_over()


class LeastCloud:
    """Who waits: the client for an answer, the instance for an event."""

    def __init__(self) -> None:
        self.client: asyncio.Transport | None = None
        self.instance: asyncio.Transport | None = None

    def hand_over(self) -> None:
        """Give the instance an event when both are there."""
        if self.client and self.instance:
            self.instance.write(NEXT)
            self.instance = None

    def answer(self, body: bytes) -> None:
        """Give the client its answer."""
        assert self.client
        self.client.write(ANSWER % (len(body), body))
        self.client = None


def start_instance(port: int) -> None:
    """Start the course's own loop, which ends by itself when this process has."""
    names = ("FUNCTION_NAME", "FUNCTION_VERSION", "FUNCTION_MEMORY_SIZE", "LOG_GROUP_NAME")
    environment = os.environ | {f"AWS_LAMBDA_{name}": "1" for name in (*names, "LOG_STREAM_NAME")}
    environment["AWS_LAMBDA_RUNTIME_API"] = f"{HOST}:{port}"
    environment["LAMBDA_TASK_ROOT"] = str(Path(__file__).parents[1] / "functions")
    environment["_HANDLER"] = "hello.handler"
    subprocess.Popen([sys.executable, worker.__file__], env=environment, stderr=subprocess.DEVNULL)


async def main() -> None:
    """Serve until the process is ended."""
    loop, cloud = asyncio.get_running_loop(), LeastCloud()
    inner = await loop.create_server(lambda: Instance(cloud), HOST, 0)
    outer = await loop.create_server(lambda: Client(cloud), HOST, 0)
    start_instance(inner.sockets[0].getsockname()[1])
    print(outer.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
