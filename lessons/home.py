"""A home for a persistent bot: `python -m botlib.run` as a process of its own.

It reads the process's log and sends it signals. It starts nothing again: that is a supervisor's
work, and the learner's. The bot gets the settings that are given, and no others of this machine.
"""

import os
import re
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from lessons.program import LEASH

COURSE = Path(__file__).parents[1]
OTHERS = ("TELEGRAM_", "TWITCH_")  # settings of this machine's own bots
STOP_S = 20.0  # the bot may finish the reply at hand
TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")

_homes: "weakref.WeakValueDictionary[Path, Home]" = weakref.WeakValueDictionary()


class Home:
    """A bot that runs until it is stopped, forgotten, or the notebook's kernel ends.

    A cell that is run twice leaves one bot, not two that both answer: an earlier one of the same
    file is stopped first. Raises FileNotFoundError for a file that is not there.
    """

    def __init__(self, platform: str, file: str | Path, settings: Mapping[str, str]) -> None:
        path = Path(file).resolve()
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {file}. Run the %%save cell above first.")
        if earlier := _homes.get(path):
            earlier.stop()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        own = {"COURSE_WORLD": "sandbox", "PYTHONPATH": str(COURSE), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [sys.executable, str(LEASH), "-m", "botlib.run", platform, path.name],
            cwd=path.parent,
            env={**kept, **own, **settings},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._lines: list[str] = []
        self._changed, self._silent = threading.Condition(), threading.Event()
        assert self._process.stderr is not None
        arguments = (self._process.stderr, self._lines, self._changed, self._silent)
        self._reader = threading.Thread(target=_read, args=arguments, daemon=True)
        self._reader.start()
        weakref.finalize(self, _leave, self._process)
        _homes[path] = self

    def __repr__(self) -> str:
        return f"<Home {'empty' if self.status is not None else 'with a bot in it'}>"

    @property
    def status(self) -> int | None:
        """The exit status, None while the bot runs; below 0 it was killed (POSIX)."""
        return self._process.poll()

    @property
    def log(self) -> list[str]:
        """What the bot has logged so far, line by line, without the times."""
        with self._changed:
            return [TIME.sub("", line) for line in self._lines]

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait until the bot has ended; its exit status. Raises subprocess.TimeoutExpired."""
        status = self._process.wait(timeout_s)
        self._reader.join(timeout_s)
        return status

    def wait_line(self, words: str, timeout_s: float = 20.0) -> str:
        """Wait for a log line with these words; TimeoutError shows what was logged instead.

        RuntimeError with the last line if the bot ends without it.
        """

        def found() -> str:
            return next((TIME.sub("", line) for line in self._lines if words in line), "")

        with self._changed:
            if not self._changed.wait_for(lambda: found() or self._silent.is_set(), timeout_s):
                raise TimeoutError(f"no line with {words!r} within {timeout_s:g} s: {self._lines}")
            if not found():
                last = TIME.sub("", self._lines[-1]) if self._lines else "nothing was logged"
                raise RuntimeError(f"the bot ended with status {self._process.wait()}: {last}")
            return found()

    def stop(self) -> int:
        """Ask the bot to stop, and wait for it: SIGTERM, or Ctrl-C where there are no signals."""
        if self.status is None and os.name == "posix":
            self._process.terminate()
        elif self.status is None:
            self.ctrl_c()
        try:
            return self.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.wait()

    def ctrl_c(self) -> None:
        """Press Ctrl-C, as in the bot's own terminal."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\x03")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End the bot at once, as a power cut does; it cannot say goodbye."""
        self._process.kill()


def _read(
    output: IO[bytes], lines: list[str], changed: threading.Condition, silent: threading.Event
) -> None:
    with output:
        for line in output:
            with changed:
                lines.append(line.decode(errors="replace").rstrip())
                changed.notify_all()
    with changed:
        silent.set()
        changed.notify_all()


def _leave(process: subprocess.Popen[bytes]) -> None:
    """End a bot that nobody holds any more: its leash is let go."""
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
