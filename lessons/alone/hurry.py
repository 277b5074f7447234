"""Run a file in a hurry: python hurry.py LOG FILE

A check can't wait six minutes for a timeout. In the file, the pauses and timeouts of `time`, of
sockets and of `asyncio` are SPEED times shorter, and LOG gets a line with each pause as the file
meant it. It runs in the learner's process, so it imports nothing of the course.
"""

import asyncio
import runpy
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

SPEED = 100
SHORTEST_TIMEOUT_S = 1.0  # a handshake needs some time, even if the file is in a hurry


def hurry(log: Path) -> None:
    """Shorten pauses and timeouts, and log each pause that was asked for."""
    sleep, set_default = time.sleep, socket.setdefaulttimeout
    sleep_async, wait_for, timeout = asyncio.sleep, asyncio.wait_for, asyncio.timeout
    set_timeout, get_timeout = socket.socket.settimeout, socket.socket.gettimeout

    def log_pause(seconds: float) -> float:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{seconds}\n")
        return seconds / SPEED

    def shortened(seconds: float | None) -> float | None:
        return max(seconds / SPEED, SHORTEST_TIMEOUT_S) if seconds else seconds

    def get_meant_timeout(self: socket.socket) -> float | None:
        seconds = get_timeout(self)
        return seconds * SPEED if seconds else seconds

    replacements: list[tuple[object, str, Callable[..., object]]] = [
        (time, "sleep", lambda seconds: sleep(log_pause(seconds))),
        (asyncio, "sleep", lambda delay, *more: sleep_async(log_pause(delay), *more)),
        (asyncio, "wait_for", lambda task, timeout: wait_for(task, shortened(timeout))),
        (asyncio, "timeout", lambda delay: timeout(shortened(delay))),
        (socket, "setdefaulttimeout", lambda seconds: set_default(shortened(seconds))),
        (socket.socket, "settimeout", lambda self, value: set_timeout(self, shortened(value))),
        (socket.socket, "gettimeout", get_meant_timeout),
    ]
    for owner, name, function in replacements:
        setattr(owner, name, function)


if __name__ == "__main__":
    hurry(Path(sys.argv[1]))
    sys.argv = sys.argv[2:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)  # as if Python had started the file
    runpy.run_path(sys.argv[0], run_name="__main__")
