"""The process of one instance: started with its output in a pipe, measured, killed with its family.

It knows nothing of events; what the process is asked to do travels by the Runtime API.
"""

import asyncio
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import psutil

from botlib.sandbox.cloud.guardian import DETACHED, MARKER, kill_marked
from botlib.sandbox.cloud.logs import Output


class Process:
    """A running process whose whole family carries `marker`; `on_exit` gets its exit code."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: dict[str, str],
        marker: str,
        output: Output,
        on_exit: Callable[[int], None],
    ) -> None:
        self._marker = marker
        self._gone = asyncio.Event()
        self._on_exit = on_exit
        self._loop = asyncio.get_running_loop()
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=folder,
            env=environment | {MARKER: marker},
            stdin=subprocess.DEVNULL,
            stdout=output.write_end,
            stderr=output.write_end,
            **DETACHED,
        )
        self.pid = process.pid
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()

    async def kill(self) -> None:
        """Kill it and every process it has started; return when it is gone."""
        kill_marked(self._marker)
        await self._gone.wait()

    def private_memory(self, with_children: bool) -> int:
        """Bytes that only this process (and its children) use; 0 when it has just ended."""
        try:
            process = psutil.Process(self.pid)
            children = process.children(recursive=True) if with_children else []
            return sum(_private_memory(member) for member in [process, *children])
        except psutil.Error:
            return 0

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()  # on a thread of its own: works alike on every system
        self._loop.call_soon_threadsafe(self._exited, code)

    def _exited(self, code: int) -> None:
        self._gone.set()
        self._on_exit(code)


def _private_memory(process: psutil.Process) -> int:
    """Unique set size: memory shared with other processes, such as libraries, is not counted."""
    return int(process.memory_full_info().uss)
