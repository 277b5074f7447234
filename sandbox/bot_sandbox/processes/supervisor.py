"""Start programs, keep what they print, and kill them when the interpreter exits.

Every program has a marker in its environment, and so do all its descendants. A guardian, a small
extra process, holds one end of a pipe. When the Python that started it dies, even by SIGKILL, the
pipe ends and the guardian kills what is left.

This works for programs in any language and on every system. Linux has PR_SET_PDEATHSIG, but that
signal comes when a *thread* ends, and it spares grandchildren. A process escapes if it leaves its
parents *and* clears its environment.

This file is also the guardian's program, so it imports nothing of the sandbox.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import psutil

T = TypeVar("T")
MARKER = "BOT_SANDBOX_PROCESS"
KILL_ROUNDS = 100
KEPT_LINES = 10_000  # lines of a program's output to keep; the oldest are dropped
KEPT_CHARACTERS = 20_000_000  # of them all
LONGEST_LINE = 1_000_000  # bytes; a longer one comes in parts
# A Ctrl-C in the terminal must not reach them; 0x200 is Windows' CREATE_NEW_PROCESS_GROUP.
DETACHED_OPTIONS: Any = (
    {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}
)


def check_psutil() -> None:
    """Raise ImportError, with the fix, if the optional psutil is missing."""
    try:
        import psutil  # noqa: F401
    except ImportError:
        raise ImportError(
            "psutil is not installed. It finds and ends all that a program has started, and "
            "measures memory. Type: pip install psutil"
        ) from None


class ProcessSupervisor:
    """Kills its programs and deletes `folder` when it is closed or the interpreter exits.

    Raises ImportError if psutil is missing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        check_psutil()
        self.marker = f"{uuid.uuid4().hex}/"
        self._guardian = subprocess.Popen(
            [sys.executable, __file__, self.marker, str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **DETACHED_OPTIONS,
        )
        self._folder = folder
        self._numbers = itertools.count(1)
        self._programs: list[ManagedProcess] = []
        self.is_closed = False

    def new_marker(self) -> str:
        """Return a marker for one more program; it begins with the supervisor's own."""
        return f"{self.marker}{next(self._numbers)}/"

    def start(
        self, command: list[str], folder: Path, environment: Mapping[str, str]
    ) -> "ManagedProcess":
        """Start a program in a folder and keep its output; raise OSError if it can't start."""
        managed = ManagedProcess(command, self.new_marker(), folder, environment)
        self._programs.append(managed)
        return managed

    def close(self) -> None:
        """Kill every program and its descendants; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        goodbye = b""
        with suppress(OSError):  # no file descriptor is free, but the guardian has its own
            kill_marked(self.marker)  # one search through the machine's processes for all
            for managed in self._programs:
                managed.kill()
            goodbye = b"all is well"
        if self._folder:
            remove_folder(self._folder)
        self._guardian.communicate(goodbye)


class ManagedProcess:
    """A program with the lines of its output and error output."""

    def __init__(
        self, command: list[str], marker: str, folder: Path, environment: Mapping[str, str]
    ) -> None:
        pipe = subprocess.PIPE
        self._marker = marker
        self._process = launch(command, marker, folder, environment, pipe, pipe)
        self.pid = self._process.pid
        self._changed = threading.Condition()
        self.output = OutputLines(self._process.stdout, self._changed)
        self.errors = OutputLines(self._process.stderr, self._changed)

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs; below 0 it was killed by that signal (POSIX)."""
        return self._process.poll()

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end and return the exit status; raise subprocess.TimeoutExpired."""
        return self._process.wait(timeout_s)

    def wait_for_line(self, text: str, timeout_s: float) -> bool:
        """Wait until a line of its output or its errors contains a text; False if none does.

        It also stops waiting when the program has ended.
        """

        def line_was_found() -> bool:
            lines = [*self.output.all(), *self.errors.all()]
            return any(text in line for line in lines)

        def was_found_or_ended() -> bool:
            return line_was_found() or (self.output.is_over and self.errors.is_over)

        with self._changed:
            self._changed.wait_for(was_found_or_ended, timeout_s)
            return line_was_found()

    def wait_or_kill(self, grace_s: float) -> None:
        """Wait for its end, and kill it and all it has started after so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(grace_s)
            return
        self.kill()

    def terminate(self) -> None:
        """Ask it to end by SIGTERM, or Ctrl-Break on Windows, which has no signals."""
        if os.name == "posix":
            self._process.terminate()
        else:
            self.interrupt()

    def interrupt(self) -> None:
        """Press Ctrl-C, or Ctrl-Break on Windows, where detached programs get no Ctrl-C."""
        number = "SIGINT" if os.name == "posix" else "CTRL_BREAK_EVENT"
        self._process.send_signal(getattr(signal, number))

    def kill(self) -> None:
        """Kill it and all it has started, without a warning."""
        kill_marked(self._marker)
        while self.status is None:
            try:
                self.wait(1.0)
            except subprocess.TimeoutExpired:
                # While the system loads a new program, nobody can read its environment and marker,
                # so search again.
                kill_marked(self._marker)


class OutputLines:
    """Reads a pipe line by line on a thread, so that nobody blocks on it."""

    def __init__(self, pipe: IO[bytes] | None, changed: threading.Condition) -> None:
        assert pipe is not None
        self._lines: deque[str] = deque()
        self._characters = 0  # of all lines
        self.is_over = False
        self._changed = changed  # of the program, so that it can wait for both of its pipes
        self._reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._reader.start()

    def all(self) -> list[str]:
        """Return the lines so far, oldest first."""
        with self._changed:
            return list(self._lines)

    def wait_for(self, find: Callable[[list[str]], T], timeout_s: float) -> T:
        """Return `find(lines)` as soon as it is true, or when the pipe has ended."""

        def was_found_or_ended() -> bool:
            return bool(find(list(self._lines))) or self.is_over

        with self._changed:
            self._changed.wait_for(was_found_or_ended, timeout_s)
            return find(list(self._lines))

    def wait_end(self, timeout_s: float | None = None) -> None:
        """Wait until everything has been read, or the time is over."""
        self._reader.join(timeout_s)

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in iter(lambda: pipe.readline(LONGEST_LINE), b""):
                with self._changed:
                    self._keep(line.decode(errors="replace").rstrip())
                    self._changed.notify_all()
        with self._changed:
            self.is_over = True
            self._changed.notify_all()

    def _keep(self, line: str) -> None:
        if len(self._lines) == KEPT_LINES:
            self._characters -= len(self._lines.popleft())
        self._lines.append(line)
        self._characters += len(line)
        while self._characters > KEPT_CHARACTERS:
            self._characters -= len(self._lines.popleft())


def launch(
    command: list[str],
    marker: str,
    folder: Path | str,
    environment: Mapping[str, str],
    output: int,
    errors: int,
    inherited: Sequence[int] = (),  # file descriptors; POSIX only
) -> "subprocess.Popen[bytes]":
    """Start a program with a marker, so that `kill_marked` ends it; raise OSError."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, MARKER: marker},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        pass_fds=inherited,
        **DETACHED_OPTIONS,
    )


def kill_marked(prefix: str) -> None:
    """Kill every process whose marker begins with `prefix`, and its descendants."""
    import psutil  # not at the top, so that the waiting guardian stays small

    for _ in range(KILL_ROUNDS):  # a process may start another meanwhile
        found = [process for _, process in marked_processes(prefix)]
        if not found:
            return
        for process in found:
            try:
                family = [process, *process.children(recursive=True)]
            except psutil.Error:
                family = [process]
            for member in family:
                try:
                    member.kill()
                except psutil.Error:
                    continue  # it is gone already


def marked_processes(prefix: str) -> list[tuple[str, "psutil.Process"]]:
    """Return each marker that begins with `prefix`, and a process that has it."""
    import psutil

    markers = ((_marker(process), process) for process in psutil.process_iter())
    return [(marker, process) for marker, process in markers if marker.startswith(prefix)]


def _marker(process: "psutil.Process") -> str:
    import psutil

    try:
        return str(process.environ().get(MARKER, ""))
    except (psutil.Error, OSError):
        return ""  # it has just ended, or it is not ours


def remove_folder(folder: Path) -> None:
    """Delete a folder, read-only or not; do nothing if it doesn't exist."""
    for path, _, names in os.walk(folder):
        files = names if os.name == "nt" else []  # elsewhere only the folder's own mode counts
        for each in ("", *files):
            with suppress(OSError):
                Path(path, each).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the guardian: wait for the pipe's end; without a goodbye, kill what is marked.

    It also removes what is left of the folder.
    """
    prefix, folder = sys.argv[1:]
    if not sys.stdin.buffer.read():
        kill_marked(prefix)
    if folder:
        remove_folder(Path(folder))


if __name__ == "__main__":
    main()
