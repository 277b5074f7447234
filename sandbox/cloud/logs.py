"""A function's log: what it printed, line by line, in bounded memory.

`Log` keeps the lines; `Output` is the pipe one instance prints into. Neither knows what the lines
mean.
"""

import asyncio
import os
import re
import sys
from collections import deque

LOG_LIMIT = 1_000_000  # characters a log keeps; older lines go first
LINE_LIMIT = 64 * 1024  # a longer line is cut into several
CHUNK = 64 * 1024  # bytes read at once; also what a Linux pipe holds
PAUSE_S = 0.005  # between two looks at a pipe, so that a flood of prints cannot occupy the cloud
LINE_END = re.compile(r"\r\n|\n|\r")


class Log:
    """The newest lines of a function's log, at most about `limit` characters."""

    def __init__(self, limit: int = LOG_LIMIT) -> None:
        self._lines: deque[str] = deque()
        self._room = limit
        self._dropped = 0

    def add(self, line: str) -> None:
        """Append one line; drop the oldest when there is no room."""
        self._lines.append(line)
        self._room -= len(line) + 1
        while self._room < 0 and len(self._lines) > 1:
            self._room += len(self._lines.popleft()) + 1
            self._dropped += 1

    def lines(self) -> list[str]:
        """All lines kept, oldest first; the first one says when others are gone."""
        gone = [f"({self._dropped} earlier lines dropped)"] if self._dropped else []
        return gone + list(self._lines)


class Output:
    """The pipe behind one instance's stdout and stderr; its lines go to a log.

    `drain` takes what has been written so far, so a print made before the answer was posted is in
    the log before the caller has the answer.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._rest = ""
        self._loop = asyncio.get_running_loop()
        self._read_end, self.write_end = os.pipe()
        self._open = True
        if sys.platform != "win32":  # there, the cloud's monitor drains instead
            os.set_blocking(self._read_end, False)
            self._listen()

    def drain(self) -> None:
        """Move everything the pipe holds now into the log."""
        for _ in range(16):  # a pipe holds 1 MB at most: endless printing must not keep us here
            if self._read() < CHUNK:
                break

    def end_line(self) -> None:
        """Put a last line without line end into the log as well."""
        if self._rest:
            self._log.add(self._rest)
            self._rest = ""

    def close_write_end(self) -> None:
        """The process has its own copy now."""
        os.close(self.write_end)

    def close(self) -> None:
        """Take what is left and close the pipe."""
        if not self._open:
            return
        self.drain()
        self.end_line()
        self._open = False
        if sys.platform != "win32":
            self._loop.remove_reader(self._read_end)
        os.close(self._read_end)

    def _listen(self) -> None:
        if self._open:
            self._loop.add_reader(self._read_end, self._readable)

    def _readable(self) -> None:
        self._loop.remove_reader(self._read_end)
        if self._read():  # 0: the function has closed its output
            self._loop.call_later(PAUSE_S, self._listen)

    def _read(self) -> int:
        if not self._open or not _has_data(self._read_end):
            return 0
        try:
            data = os.read(self._read_end, CHUNK)
        except BlockingIOError:
            return -1
        *lines, self._rest = LINE_END.split(self._rest + data.decode(errors="replace"))
        for line in lines:
            self._log.add(line)
        while len(self._rest) > LINE_LIMIT:
            self._log.add(self._rest[:LINE_LIMIT])
            self._rest = self._rest[LINE_LIMIT:]
        return len(data)


def _has_data(pipe: int) -> bool:
    """Whether a read would not block; on POSIX the pipe itself is set not to block."""
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        try:
            return bool(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(pipe), 0)[0])
        except OSError:
            return False
    return True
