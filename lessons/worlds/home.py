"""A home for a persistent bot: `python -m botlib.run` as a process of its own.

It reads the process's log and sends it signals. It starts nothing again: that is a supervisor's
work, and the learner's. The bot gets the settings that are given, and no others of this machine.
"""

import os
import re
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path

from bot_sandbox.processes.supervisor import ProcessSupervisor
from botlib.run import main_file

COURSE = Path(__file__).parents[2]
IMPORT_PATH = COURSE / "deploy/import_path"  # its file puts COURSE after Python's own modules
OTHERS = ("TELEGRAM_", "TWITCH_")  # settings of this machine's own bots
STOP_S = 20.0  # the bot may finish the reply at hand
LOG_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")

_homes: "weakref.WeakValueDictionary[Path, Home]" = weakref.WeakValueDictionary()


class Home:
    """A bot that runs until it is stopped, forgotten, or the notebook's kernel ends.

    `file` may be the bot's folder; then it is main.py there. A cell that is run twice leaves one
    bot, not two that both answer: an earlier one of the same file is stopped first. Raises
    FileNotFoundError for a file that is not there.
    """

    def __init__(self, platform: str, file: str | Path, settings: Mapping[str, str]) -> None:
        path = main_file(Path(file)).resolve()
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {file}. Run the %%save cell above first.")
        if earlier := _homes.get(path):
            earlier.stop()
        supervisor = ProcessSupervisor()
        weakref.finalize(self, supervisor.close)
        command = [sys.executable, "-P", "-m", "botlib.run", platform, path.name]
        self._path = path
        self._process = supervisor.start(
            command, path.parent, {**sandbox_environment(), **settings}
        )
        _homes[path] = self

    def __repr__(self) -> str:
        file, ended = "/".join(self._path.parts[-2:]), self.status
        return f"{file} is running" if ended is None else f"{file} has ended, with status {ended}"

    @property
    def pid(self) -> int:
        """Return the process id of the bot."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Return the exit status; None while the bot runs, below 0 if it was killed (POSIX)."""
        return self._process.status

    @property
    def log(self) -> list[str]:
        """Return what the bot has logged so far, line by line, without the times."""
        return [LOG_TIME.sub("", line) for line in self._process.errors.all()]

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait until the bot has ended and return its exit status; subprocess.TimeoutExpired."""
        status = self._process.wait(timeout_s)
        self._process.errors.wait_end(timeout_s)
        return status

    def wait_line(self, words: str, timeout_s: float = 20.0) -> str:
        """Wait for a log line with these words; TimeoutError shows what was logged instead.

        RuntimeError with the last line if the bot ends without it.
        """

        def found(lines: list[str]) -> list[str]:
            return [LOG_TIME.sub("", line) for line in lines if words in line]

        if lines := self._process.errors.wait_for(found, timeout_s):
            return lines[0]
        if not self._process.errors.is_over:
            raise TimeoutError(f"no line with {words!r} within {timeout_s:g} s: {self.log}")
        last = self.log[-1] if self.log else "nothing was logged"
        raise RuntimeError(f"the bot ended with status {self.wait()}: {last}")

    def stop(self) -> int:
        """Ask the bot to stop, as a supervisor does (SIGTERM), and wait for it."""
        if self.status is None:
            self._process.terminate()
        try:
            return self.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.wait()

    def ctrl_c(self) -> None:
        """Press Ctrl-C, as in the bot's own terminal."""
        self._process.interrupt()

    def kill(self) -> None:
        """End the bot at once, as a power cut does; it cannot say goodbye."""
        self._process.kill()


def sandbox_environment() -> dict[str, str]:
    """Return this environment without any bot's settings, for a process in the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return kept | {"BOT_WORLD": "sandbox", "PYTHONPATH": str(IMPORT_PATH), "PYTHONUTF8": "1"}
