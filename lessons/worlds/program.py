"""A Python program of the learner's that a notebook starts, watches, measures and stops.

It starts nothing again: that is a supervisor's work, and the learner's. The program gets the
settings that are given, and no others of this machine's bots.
"""

import re
import subprocess
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
from bot_sandbox.telegram import Telegram
from bot_sandbox.twitch import Twitch
from botlib.run import main_file
from lessons.worlds.environment import sandbox_environment

READY_WORDS = {"telegram": "Application started", "twitch": "in #"}  # in the log of botlib.run
STOP_S = 20.0  # a bot may finish the reply at hand
LOG_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
PORT_RULE = "a server prints its port: print(server.server_port)"
TEXT_RULES = {  # by what was given instead of a text
    "list": '. Write its parts with a comma between: "viktor,anna"',
    "tuple": '. Write its parts with a comma between: "viktor,anna"',
    "dict": '. Take its text: pair["access_token"]',
}
READY_RULE = f'A program prints a line when it is ready: print("ready"); {PORT_RULE}'

_running: "weakref.WeakValueDictionary[Path, RunningProgram]" = weakref.WeakValueDictionary()


@dataclass(frozen=True)
class Measurement:
    """How long a process has lived, worked, and what it holds."""

    alive_s: float
    busy_s: float
    memory_mb: float


class RunningProgram:
    """A program that runs until it is stopped, forgotten, or the notebook's kernel ends.

    `file` is a Python file that prints a line when it is ready. With a `platform`, it makes a
    `bot`, or is the folder whose main.py does, and runs as `python -m botlib.run` runs it.
    `settings` are added to its environment. It finds `telegram` and `twitch` at their real
    addresses.

    It is ready when the object is there. FileNotFoundError for a file that isn't there,
    RuntimeError with the program's last words if it ends before, TimeoutError after `timeout_s`.
    With `wait=False` none of the last two: it has just started. A cell that is run twice leaves
    one program, not two that both answer: an earlier one of the same file is stopped first.
    """

    def __init__(
        self,
        file: str | Path,
        settings: Mapping[str, str] | None = None,
        *,
        platform: str | None = None,
        telegram: Telegram | None = None,
        twitch: Twitch | None = None,
        wait: bool = True,
        timeout_s: float = 30.0,
    ) -> None:
        self._path = main_file(Path(file)).resolve()
        if not self._path.is_file():
            raise FileNotFoundError(f"there is no file {file}. Run the %%save cell above first.")
        require_texts(settings or {})
        if earlier := _running.get(self._path):
            earlier.stop()
        opened = ExitStack()
        close = weakref.finalize(self, opened.close)
        environment = {**sandbox_environment(), **(settings or {})}
        platforms = {"telegram": telegram, "twitch": twitch}
        if here := {name: server for name, server in platforms.items() if server}:
            proxy = opened.enter_context(PlatformProxy(here))
            environment |= proxy.variables(environment)
        supervisor = ProcessSupervisor()
        opened.callback(supervisor.close)
        bot = ["-P", "-m", "botlib.run", platform, self._path.name] if platform else None
        command = [sys.executable, *(bot or ["-u", str(self._path)])]
        self._process = supervisor.start(command, self._path.parent, environment)
        self.pid = self._process.pid
        _running[self._path] = self
        self._busy_when_ready = 0.0
        if wait:
            try:
                self._wait_ready(platform, timeout_s)
                self._busy_when_ready = _busy_seconds(self.pid)  # its start is not held against it
            except BaseException:
                close()
                raise
        self._ready_at = time.monotonic()

    def __repr__(self) -> str:
        file, ended = "/".join(self._path.parts[-2:]), self.status
        return f"{file} is running" if ended is None else f"{file} has ended, with status {ended}"

    @property
    def status(self) -> int | None:
        """Return the exit status; None while it runs, below 0 if it was killed (POSIX)."""
        return self._process.status

    @property
    def log(self) -> list[str]:
        """Return what it has written to its log, line by line, without the times."""
        return [LOG_TIME.sub("", line) for line in self._process.errors.all()]

    @property
    def first_line(self) -> str:
        """Return the first line that it has printed; "" if there is none."""
        return next(iter(self._process.output.all()), "").strip()

    @property
    def url(self) -> str:
        """Return where a server answers, with a slash at the end; its first line is its port."""
        port = self.first_line
        if not (port.isascii() and port.isdigit()):
            raise RuntimeError(f"{self._path.name} printed {port!r} first, but {PORT_RULE}")
        return f"http://127.0.0.1:{port}/"

    def measure(self) -> Measurement:
        """Measure since it was ready; raises RuntimeError if it has ended."""
        if self.status is not None:
            raise RuntimeError(f"{self!r}. Start it again.")
        return Measurement(
            alive_s=time.monotonic() - self._ready_at,
            busy_s=_busy_seconds(self.pid) - self._busy_when_ready,
            memory_mb=psutil.Process(self.pid).memory_info().rss / 1_000_000,
        )

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait until it has ended and return its exit status; subprocess.TimeoutExpired."""
        status = self._process.wait(timeout_s)
        self._process.errors.wait_end(timeout_s)
        return status

    def wait_line(self, words: str, timeout_s: float = 20.0) -> str:
        """Wait for a log line with these words; TimeoutError shows what was logged instead.

        RuntimeError with the last line if the program ends without it.
        """

        def found(lines: list[str]) -> list[str]:
            return [LOG_TIME.sub("", line) for line in lines if words in line]

        if lines := self._process.errors.wait_for(found, timeout_s):
            return lines[0]
        if not self._process.errors.is_over:
            log = "\n".join(self.log)
            raise TimeoutError(f"no line with {words!r} within {timeout_s:g} s. Its log:\n{log}")
        raise self._end_error()

    def stop(self) -> int:
        """Ask it to stop, as a supervisor does (SIGTERM), and wait for it."""
        if self.status is None:
            self._process.terminate()
        try:
            return self.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.wait()

    def ctrl_c(self) -> None:
        """Press Ctrl-C, as in the program's own terminal."""
        self._process.interrupt()

    def kill(self) -> None:
        """End it at once, as a power cut does; it cannot say goodbye."""
        self._process.kill()

    def _wait_ready(self, platform: str | None, timeout_s: float) -> None:
        if platform:
            self.wait_line(READY_WORDS[platform], timeout_s)
            return
        if self._process.output.wait_for(lambda lines: lines[:1], timeout_s):
            return
        if not self._process.output.is_over:
            name = self._path.name
            raise TimeoutError(f"{name} printed nothing within {timeout_s:g} s. {READY_RULE}")
        raise self._end_error()

    def _end_error(self) -> RuntimeError:
        status = self.wait()
        words = [line.strip() for line in self.log if line.strip()] or [READY_RULE]
        return RuntimeError(f"{self._path.name} ended with status {status}: {words[-1]}")


def require_texts(settings: Mapping[str, object]) -> None:
    """Raise TypeError for a setting that is no text. It may be secret, so it isn't shown."""
    for name, value in settings.items():
        if not isinstance(value, str):
            kind = type(value).__name__
            raise TypeError(f"{name} must be one text; found {kind}{TEXT_RULES.get(kind, '')}")


def _busy_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
