"""The process of one instance: its output, its memory and its end.

Events reach the process by the Runtime API.
"""

import asyncio
import functools
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from bot_sandbox.cloud.history import Log
from bot_sandbox.processes.supervisor import kill_marked, launch

if TYPE_CHECKING:
    import psutil

LINE_LIMIT = 64 * 1024  # a longer line is cut into several
CHUNK = 64 * 1024  # bytes read at once; a Linux pipe holds as many
PAUSE_S = 0.005  # between two reads of a pipe, so that a flood of prints can't block the cloud
LINE_END = re.compile(r"\r\n|\n|\r")


class OutputPipe:
    """The pipe for one instance's stdout and stderr; its lines go into a log.

    `drain` reads what has been written so far, so a print before the result is in the log before
    the caller has the result.
    """

    def __init__(self, log: Log) -> None:
        self.tail: Log | None = None  # also gets the lines of the current call
        self._log = log
        self._rest = ""
        self._loop = asyncio.get_running_loop()
        self._read_end, self.write_end = os.pipe()
        self._open = True
        if sys.platform != "win32":  # there, `Pool.tick` drains instead
            os.set_blocking(self._read_end, False)
            self._listen()

    def drain(self) -> None:
        """Move everything in the pipe into the log."""
        for _ in range(16):  # a pipe holds 1 MB at most; endless printing must not keep us here
            if self._read_chunk() < CHUNK:
                break

    def end_line(self) -> None:
        """Put a last line without a line end into the log."""
        if self._rest:
            self._log_line(self._rest)
            self._rest = ""

    def close_write_end(self) -> None:
        """Close our copy of the write end, once the process has its own."""
        os.close(self.write_end)

    def close_read_end(self) -> None:
        """Read what is left and close the pipe."""
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
            self._loop.add_reader(self._read_end, self._on_readable)

    def _on_readable(self) -> None:
        self._loop.remove_reader(self._read_end)
        if self._read_chunk():  # 0: the function has closed its output
            self._loop.call_later(PAUSE_S, self._listen)

    def _read_chunk(self) -> int:
        if not self._open or not _has_data(self._read_end):
            return 0
        try:
            data = os.read(self._read_end, CHUNK)
        except BlockingIOError:
            return -1
        *lines, self._rest = LINE_END.split(self._rest + data.decode(errors="replace"))
        for line in lines:
            self._log_line(line)
        while len(self._rest) > LINE_LIMIT:
            self._log_line(self._rest[:LINE_LIMIT])
            self._rest = self._rest[LINE_LIMIT:]
        return len(data)

    def _log_line(self, line: str) -> None:
        self._log.add(line)
        if self.tail:
            self.tail.add(line)


def _has_data(pipe: int) -> bool:
    """Return whether a read would not block; on POSIX the pipe itself doesn't block."""
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        try:
            return bool(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(pipe), 0)[0])
        except OSError:
            return False
    return True


class InstanceProcess:
    """A process whose descendants all have `marker`; `on_exit` gets its exit code."""

    def __init__(self, marker: str, on_exit: Callable[[int], None]) -> None:
        self.pid = 0  # 0: not known yet
        self.marker = marker
        self.is_frozen = False
        self._strays: list[psutil.Process] = []  # frozen descendants outside of its group
        self._gone = asyncio.Event()
        self._on_exit = on_exit

    def freeze(self) -> None:
        """Stop it and its process group until `thaw`; on Windows, itself and its children."""
        if self.pid and not self._gone.is_set():
            self.is_frozen = True
            self._signal_group("SIGSTOP", "suspend")

    def freeze_strays(self, descendants: "list[psutil.Process]") -> bool:
        """Stop those descendants that have left its process group; return whether any was new."""
        import psutil

        new = [each for each in descendants if each not in self._strays and self._has_left(each)]
        for stray in new:
            with suppress(psutil.Error):
                stray.suspend()
        self._strays += new
        return bool(new)

    def thaw(self) -> None:
        """Let it run again, with all that was frozen."""
        if not self.is_frozen:
            return
        self.is_frozen = False
        self._signal_group("SIGCONT", "resume")
        if self._strays:
            import psutil

            for stray in self._strays:
                with suppress(psutil.Error):  # somebody has killed it
                    stray.resume()
            self._strays.clear()

    def _signal_group(self, name: str, method: str) -> None:
        if sys.platform != "win32":
            with suppress(OSError):  # it is ending
                os.killpg(self.pid, signal.Signals[name])
            return
        import psutil

        with suppress(psutil.Error):
            for each in (self._process, *self._process.children(recursive=True)):
                getattr(each, method)()

    def _has_left(self, descendant: "psutil.Process") -> bool:
        try:
            return sys.platform != "win32" and os.getpgid(descendant.pid) != self.pid
        except OSError:
            return False  # it has just ended

    async def kill(self) -> None:
        """Kill it and its descendants; return when it is gone."""
        kill_marked(self.marker)
        while not self._gone.is_set():
            try:
                async with asyncio.timeout(1.0):
                    await self._gone.wait()
            except TimeoutError:  # while the system loads a new program, it shows no marker
                kill_marked(self.marker)

    def memory(self, with_children: bool) -> int:
        """Return the bytes that this process (and its children) use; 0 if nobody can tell.

        It may have ended, or no file descriptor may be left to look.

        AWS runs each instance in a virtual machine of its own. There it shares no page of Node.js,
        of a library or of a snapshot with another instance, so this counts resident memory with
        everything that is shared here. Only a child shares pages with its own parent, there as
        here, so of children only their private memory is added.
        """
        import psutil  # not at the top, because a window on Telegram doesn't need it

        try:
            used = self._process.memory_info().rss
            children = self._process.children(recursive=True) if with_children else []
        except (psutil.Error, OSError):
            return 0
        return int(used + sum(_private_memory(child) for child in children))

    @functools.cached_property
    def _process(self) -> "psutil.Process":
        import psutil

        return psutil.Process(self.pid)

    def exited(self, code: int) -> None:
        """Record the end of the process; `code` is as in `subprocess`."""
        if not self._gone.is_set():
            self._gone.set()
            self._on_exit(code)


class NewProcess(InstanceProcess):
    """A process that runs a command, with its output in a pipe."""

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        marker: str,
        output: OutputPipe,
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
        code = process.wait()  # on its own thread, which works on every system
        self._loop.call_soon_threadsafe(self.exited, code)


def _private_memory(process: "psutil.Process") -> int:
    """Return the unique set size, without shared memory; 0 if nobody can tell."""
    import psutil

    try:
        return int(process.memory_full_info().uss)
    except (psutil.Error, OSError):
        return 0
