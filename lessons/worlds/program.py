"""A program to measure: the learner's own Python file, kept running; a server is one of them.

The file says that it is ready by printing a first line. What it does then is its own affair.
Processor time and memory are psutil's, counted from that moment, so that its start is not held
against it.
"""

import os
import sys
import time
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot_sandbox.processes.supervisor import ProcessSupervisor
from bot_sandbox.programs.platform_proxy import PlatformProxy
from bot_sandbox.twitch import Twitch


@dataclass(frozen=True)
class Measurement:
    """How long a process has lived, worked, and what it holds."""

    alive_s: float
    busy_s: float
    memory_mb: float


class Program:
    """A process that runs until it is closed, forgotten, or the notebook's kernel ends.

    `environment` is added to the variables that the kernel has. RuntimeError says what the file
    printed instead of a first line, or what went wrong in it. The file finds `twitch` at Twitch's
    real addresses.
    """

    kind = "program"
    rule = 'It must print a line when it is ready: print("ready")'

    def __init__(
        self,
        file: str | Path,
        environment: Mapping[str, str] | None = None,
        start_timeout_s: float = 20,
        twitch: Twitch | None = None,
    ) -> None:
        path = Path(file).resolve()
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {file}. Run the %%save cell above first.")
        opened = ExitStack()
        self._close = weakref.finalize(self, opened.close)
        mine = {**os.environ, **(environment or {})}
        if twitch:
            proxy = opened.enter_context(PlatformProxy({"twitch": twitch}))
            mine |= proxy.variables(mine)
        self._supervisor = ProcessSupervisor()
        opened.callback(self._supervisor.close)
        command = [sys.executable, "-u", str(path)]
        self._process = self._supervisor.start(command, path.parent, mine)
        self.pid = self._process.pid
        lines = self._process.output.wait_for(lambda lines: lines[:1], start_timeout_s)
        self.first_line = lines[0].strip() if lines else ""
        if not self.is_ready(self.first_line):
            printed = repr(self.first_line) if self.first_line else "nothing"
            # An error says enough. Without one the file has been silent, or has said another thing.
            said = self._last_words() or f" It printed {printed}. {self.rule}"
            why = f"{path.name}: the {self.kind} did not start.{said}"
            self.close()
            raise RuntimeError(why)
        self._ready = time.monotonic()
        self._busy_when_ready = _busy_seconds(self.pid)

    def measure(self) -> Measurement:
        """Measure since it was ready; raises RuntimeError if it has ended."""
        if self._process.status is not None:
            raise RuntimeError(f"the {self.kind} has ended.{self._last_words()} Start it again.")
        return Measurement(
            alive_s=time.monotonic() - self._ready,
            busy_s=_busy_seconds(self.pid) - self._busy_when_ready,
            memory_mb=psutil.Process(self.pid).memory_info().rss / 1_000_000,
        )

    def close(self) -> None:
        """End the process; a second call does nothing."""
        self._close()

    def is_ready(self, line: str) -> bool:
        """Return whether a first line says that the process is ready."""
        return bool(line)

    def __repr__(self) -> str:
        state = "closed" if self._process.status is not None else "running"
        return f"<{type(self).__name__} {state}>"

    def _last_words(self) -> str:
        """Return the last line of the error output; nothing for a process that was closed."""
        if self._supervisor.is_closed:
            return ""
        if self._process.output.is_over or self._process.status is not None:
            self._process.errors.wait_end(5)  # it ends, and its two pipes one after the other
        words = [line.strip() for line in self._process.errors.all() if line.strip()]
        return f" Its last error line was: {words[-1]}." if words else ""


class OrdinaryServer(Program):
    """A process that serves until it is closed, forgotten, or the notebook's kernel ends."""

    kind = "server"
    rule = "Its first line must be its port: print(server.server_port)"

    @property
    def port(self) -> int:
        """Return where it listens on this machine."""
        return int(self.first_line)

    @property
    def url(self) -> str:
        """Return where the server answers; ends with a slash."""
        return f"http://127.0.0.1:{self.port}/"

    def is_ready(self, line: str) -> bool:
        """Return whether the first line is a port."""
        return line.isascii() and line.isdigit()


def _busy_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
