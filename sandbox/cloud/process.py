"""The process of one instance: measured, killed with its family, its end made known.

It knows nothing of events; what the process is asked to do travels by the Runtime API.
"""

import asyncio
import subprocess
import threading
from collections.abc import Callable, Sequence

import psutil

from sandbox.cloud.guardian import DETACHED, MARKER, kill_marked
from sandbox.cloud.logs import Output


class Process:
    """A process whose whole family carries `marker`; `on_exit` gets its exit code."""

    def __init__(self, marker: str, on_exit: Callable[[int], None]) -> None:
        self.pid = 0  # 0: not known yet
        self.marker = marker
        self._gone = asyncio.Event()
        self._on_exit = on_exit

    async def kill(self) -> None:
        """Kill it and every process it has started; return when it is gone."""
        kill_marked(self.marker)
        await self._gone.wait()

    def private_memory(self, with_children: bool) -> int:
        """Bytes that only this process (and its children) use; 0 when it has just ended."""
        try:
            process = psutil.Process(self.pid)
            children = process.children(recursive=True) if with_children else []
            return sum(_private_memory(member) for member in [process, *children])
        except psutil.Error:
            return 0

    def exited(self, code: int) -> None:
        """Told by whoever waits for it, with the code as `subprocess` gives it."""
        if not self._gone.is_set():
            self._gone.set()
            self._on_exit(code)


class NewProcess(Process):
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
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=environment["LAMBDA_TASK_ROOT"],
            env=environment | {MARKER: marker},
            stdin=subprocess.DEVNULL,
            stdout=output.write_end,
            stderr=output.write_end,
            pass_fds=inherited,
            **DETACHED,
        )
        self.pid = process.pid
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()  # on a thread of its own: works alike on every system
        self._loop.call_soon_threadsafe(self.exited, code)


def _private_memory(process: psutil.Process) -> int:
    """Unique set size: memory shared with other processes, such as libraries, is not counted."""
    return int(process.memory_full_info().uss)
