"""A real Redis for tests: on a free port, keeping nothing, gone with the test."""

import shutil
import socket
import subprocess
import tempfile
import time
import warnings

import pytest

MISSING = (
    "NO REDIS-SERVER ON THIS MACHINE: the Redis store is NOT tested. "
    "Debian: apt-get install redis-server; macOS: brew install redis."
)


class RedisServer:
    """`with RedisServer() as server: open_store(server.url)`; skips the test where it cannot."""

    def __init__(self, password: str = "") -> None:
        self.password = password
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory()

    @property
    def url(self) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            warnings.warn(MISSING, stacklevel=2)
            pytest.skip(MISSING)
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no",
                   "dir": self._folder.name, "requirepass": self.password}  # fmt: skip
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not accepts(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"redis-server did not start on port {self.port}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> "RedisServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
