"""The process of one instance: its output, its memory, its end, and its family's.

It knows nothing of events; what the process is asked to do travels by the Runtime API.
"""

import asyncio
import functools
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot_sandbox.cloud.history import Log
from bot_sandbox.process_supervisor import kill_marked, launch

if TYPE_CHECKING:
    import psutil

LINE_LIMIT = 64 * 1024  # a longer line is cut into several
CHUNK = 64 * 1024  # bytes read at once; also what a Linux pipe holds
PAUSE_S = 0.005  # between two looks at a pipe, so that a flood of prints cannot occupy the cloud
COUNT_S = 1.0  # between two counts of the memory that is private
CHANGE = 1024 * 1024  # bytes of resident memory that make it worth a new count
LINE_END = re.compile(r"\r\n|\n|\r")


class Output:
    """The pipe behind one instance's stdout and stderr; its lines go to a log.

    `drain` takes what has been written so far, so a print made before the answer was posted is in
    the log before the caller has the answer.
    """

    def __init__(self, log: Log) -> None:
        self.tail: Log | None = None  # gets the lines of the present call as well
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
            self._add(self._rest)
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
            self._add(line)
        while len(self._rest) > LINE_LIMIT:
            self._add(self._rest[:LINE_LIMIT])
            self._rest = self._rest[LINE_LIMIT:]
        return len(data)

    def _add(self, line: str) -> None:
        self._log.add(line)
        if self.tail:
            self.tail.add(line)


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


class InstanceProcess:
    """A process whose whole family carries `marker`; `on_exit` gets its exit code."""

    def __init__(self, marker: str, on_exit: Callable[[int], None]) -> None:
        self.pid = 0  # 0: not known yet
        self.marker = marker
        self._private = self._resident = 0  # bytes, when what is private was counted last
        self._counted = 0.0
        self._gone = asyncio.Event()
        self._on_exit = on_exit

    async def kill(self) -> None:
        """Kill it and every process it has started; return when it is gone."""
        kill_marked(self.marker)
        while not self._gone.is_set():
            try:
                async with asyncio.timeout(1.0):
                    await self._gone.wait()
            except TimeoutError:  # while the system loads a new program, it shows no marker
                kill_marked(self.marker)

    def private_memory(self, limit: int, with_children: bool) -> int:
        """Bytes that only this process (and its children) use; 0 when it has just ended.

        To count them takes the system up to a millisecond, twenty times a second for every
        instance: an eighth of a busy cloud's time. So they are counted anew when the resident
        memory, which is quickly read and never less, has changed or is above `limit`; and each
        second, since a fork's pages become private without any change of that.
        """
        import psutil  # not at the top: without it a window on Telegram opens all the same

        try:
            process = self._process
            children = process.children(recursive=True) if with_children else []
            family = [process, *children]
            resident = sum(member.memory_info().rss for member in family)
            now = time.monotonic()
            has_changed = abs(resident - self._resident) > CHANGE
            if has_changed or resident > limit or now - self._counted > COUNT_S:
                self._private = sum(_private_memory(member) for member in family)
                self._resident, self._counted = resident, now
        except psutil.Error:
            return 0
        return self._private

    @functools.cached_property
    def _process(self) -> "psutil.Process":
        import psutil

        return psutil.Process(self.pid)

    def exited(self, code: int) -> None:
        """Told by whoever waits for it, with the code as `subprocess` gives it."""
        if not self._gone.is_set():
            self._gone.set()
            self._on_exit(code)


class NewProcess(InstanceProcess):
    """A process of its own program, its output in a pipe."""

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        marker: str,
        output: Output,
        on_exit: Callable[[int], None],
        inherited: Sequence[int] = (),  # file descriptors; POSIX only
    ) -> None:
        super().__init__(marker, on_exit)
        self._loop = asyncio.get_running_loop()
        folder, end = environment["LAMBDA_TASK_ROOT"], output.write_end
        process = launch(command, marker, folder, environment, end, end, inherited)
        self.pid = process.pid
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()  # on a thread of its own: works alike on every system
        self._loop.call_soon_threadsafe(self.exited, code)


def _private_memory(process: "psutil.Process") -> int:
    """Unique set size: memory shared with other processes, such as libraries, is not counted."""
    return int(process.memory_full_info().uss)
