"""A program to measure: the learner's own Python file, kept running.

The file says that it is ready by printing a first line. What it does then is its own affair.
Processor time and memory are psutil's, counted from that moment, so that its start is not held
against it.
"""

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Measurement:
    """How long a process has lived, worked, and what it holds."""

    alive_s: float
    busy_s: float
    memory_mb: float


class Program:
    """A process that runs until it is closed, forgotten, or the notebook's kernel ends.

    `environment` is added to the variables that the kernel has. RuntimeError says what the file
    printed instead of a first line, or what went wrong in it.
    """

    kind = "program"
    rule = 'It must print a line when it is ready: print("ready")'

    def __init__(
        self,
        file: str | Path,
        environment: Mapping[str, str] | None = None,
        start_timeout_s: float = 20,
    ) -> None:
        path = Path(file).resolve()
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {file}. Run the %%save cell above first.")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-u", str(LEASH), str(path)],
            cwd=path.parent,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._close = weakref.finalize(self, _stop, self._process, self._errors)
        self.first_line = self._wait_for_first_line(start_timeout_s)
        self._ready = time.monotonic()
        self._busy_when_ready = _busy_seconds(self.pid)

    @property
    def pid(self) -> int:
        """The number that the operating system gave the process."""
        return self._process.pid

    def measure(self) -> Measurement:
        """Measure since it was ready; raises RuntimeError if it has ended."""
        if self._process.poll() is not None:
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
        """Whether a first line says that the process is ready."""
        return bool(line)

    def __repr__(self) -> str:
        state = "closed" if self._process.poll() is not None else "running"
        return f"<{type(self).__name__} {state}>"

    def _wait_for_first_line(self, timeout_s: float) -> str:
        assert self._process.stdout is not None
        first_line: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, first_line), daemon=True).start()
        try:
            line = first_line.get(timeout=timeout_s)
        except queue.Empty:
            line = ""
        if self.is_ready(line):
            return line
        found = f"it printed {line!r}" if line else "it printed nothing"
        error = RuntimeError(
            f"the {self.kind} did not start: {found}.{self._last_words()} {self.rule}"
        )
        self.close()
        raise error

    def _last_words(self) -> str:
        """The last line that the process wrote to its error output, as a sentence."""
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        words = [line.strip() for line in lines if line.strip()]
        return f" Its last error line was: {words[-1]}." if words else ""


def _read(output: IO[bytes], first_line: queue.Queue[str]) -> None:
    """Hand on the first line, then keep reading, or a chatty process would block on a full pipe."""
    with output:
        first_line.put(output.readline().decode(errors="replace").strip())
        while output.read(4096):
            pass


def _busy_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _stop(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    errors.close()
