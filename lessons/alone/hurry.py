"""Run a file in a hurry: python hurry.py LOG FILE

A check can't wait six minutes for a timeout. In the file, `time.sleep` and the timeouts of sockets
are SPEED times shorter, and LOG gets a line with each pause as the file meant it. It runs in the
learner's process, so it imports nothing of the course.
"""

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
    set_timeout, get_timeout = socket.socket.settimeout, socket.socket.gettimeout

    def sleep_shortly(seconds: float) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{seconds}\n")
        sleep(seconds / SPEED)

    def shortened(seconds: float | None) -> float | None:
        return max(seconds / SPEED, SHORTEST_TIMEOUT_S) if seconds else seconds

    def get_meant_timeout(self: socket.socket) -> float | None:
        seconds = get_timeout(self)
        return seconds * SPEED if seconds else seconds

    replacements: list[tuple[object, str, Callable[..., object]]] = [
        (time, "sleep", sleep_shortly),
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
