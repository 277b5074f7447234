"""Start programs, keep what they print, and kill them when the interpreter exits.

Every program carries a marker in its environment, and so do the children it starts, however far
they run. Beside them stands a guardian, a small process that holds one end of a pipe. When the
Python that started them dies, even by SIGKILL, the pipe ends and the guardian kills what is left.

So it works for programs in any language and on every system. Linux alone could do without the
guardian (PR_SET_PDEATHSIG), but that signal comes when a *thread* ends, and spares grandchildren.
Nothing is found that has left its parents *and* thrown away its environment.

This file is the guardian's program as well, so it imports nothing of the sandbox.
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
ROUNDS = 100
KEPT = 10_000  # lines of what a program prints; older ones go first
# A Ctrl-C in the terminal is not for them; 0x200 is Windows' CREATE_NEW_PROCESS_GROUP.
DETACHED: Any = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}


def check_psutil() -> None:
    """ImportError, with what to do, if psutil is missing: it is optional."""
    try:
        import psutil  # noqa: F401
    except ImportError:
        raise ImportError(
            "psutil is not installed. It finds and ends all that a program has started, and "
            "measures memory. Type: pip install psutil"
        ) from None


class ProcessSupervisor:
    """Kills its programs when it is closed or the interpreter exits, and deletes `folder` then.

    Raises ImportError where psutil is missing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        check_psutil()
        self.marker = f"{uuid.uuid4().hex}/"
        self._guardian = subprocess.Popen(
            [sys.executable, __file__, self.marker, str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **DETACHED,
        )
        self._folder = folder
        self._numbers = itertools.count(1)
        self._programs: list[ManagedProcess] = []
        self.is_closed = False

    def new_marker(self) -> str:
        """A marker for one more program, which begins with the supervisor's own."""
        return f"{self.marker}{next(self._numbers)}/"

    def start(
        self, command: list[str], folder: Path, environment: Mapping[str, str]
    ) -> "ManagedProcess":
        """Start a program in a folder, its output kept; raises OSError."""
        managed = ManagedProcess(command, self.new_marker(), folder, environment)
        self._programs.append(managed)
        return managed

    def close(self) -> None:
        """Kill every program and all they have started; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        kill_marked(self.marker)  # all at once: each would look through the machine's processes
        for managed in self._programs:
            managed.kill()
        if self._folder:
            remove(self._folder)
        self._guardian.communicate(b"all is well")


class ManagedProcess:
    """A program with the lines of its output and error output."""

    def __init__(
        self, command: list[str], marker: str, folder: Path, environment: Mapping[str, str]
    ) -> None:
        pipe = subprocess.PIPE
        self._marker = marker
        self._process = launch(command, marker, folder, environment, pipe, pipe)
        self.pid = self._process.pid
        self.output, self.errors = Lines(self._process.stdout), Lines(self._process.stderr)

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs; below 0 it was killed by that signal (POSIX)."""
        return self._process.poll()

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait until it has ended; its exit status. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout_s)

    def terminate(self) -> None:
        """Ask it to end by SIGTERM; Windows has no signals, there it is Ctrl-Break."""
        if os.name == "posix":
            self._process.terminate()
        else:
            self.interrupt()

    def interrupt(self) -> None:
        """Press Ctrl-C; on Windows Ctrl-Break, since detached programs hear no Ctrl-C there."""
        number = "SIGINT" if os.name == "posix" else "CTRL_BREAK_EVENT"
        self._process.send_signal(getattr(signal, number))

    def kill(self) -> None:
        """End it at once, as a power cut does, with all it has started."""
        kill_marked(self._marker)
        while self.status is None:
            try:
                self.wait(1.0)
            except subprocess.TimeoutExpired:
                # While the system loads a new program, its environment cannot be read, nor its
                # marker found; so it is looked for again.
                kill_marked(self._marker)


class Lines:
    """What comes out of a pipe, line by line, read on a thread so that nobody blocks on it."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        self._lines: deque[str] = deque(maxlen=KEPT)
        self.is_over = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._reader.start()

    def all(self) -> list[str]:
        """The lines so far, oldest first."""
        with self._changed:
            return list(self._lines)

    def wait_for(self, find: Callable[[list[str]], T], timeout_s: float) -> T:
        """What `find` makes of the lines as soon as that is true, or when no more will come."""

        def found() -> bool:
            return bool(find(list(self._lines))) or self.is_over

        with self._changed:
            self._changed.wait_for(found, timeout_s)
            return find(list(self._lines))

    def wait_end(self, timeout_s: float | None = None) -> None:
        """Wait until everything has been read, or too long."""
        self._reader.join(timeout_s)

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                with self._changed:
                    self._lines.append(line.decode(errors="replace").rstrip())
                    self._changed.notify_all()
        with self._changed:
            self.is_over = True
            self._changed.notify_all()


def launch(
    command: list[str],
    marker: str,
    folder: Path | str,
    environment: Mapping[str, str],
    output: int,
    errors: int,
    inherited: Sequence[int] = (),  # file descriptors; POSIX only
) -> "subprocess.Popen[bytes]":
    """Start a program that whoever kills `marker` ends; raises OSError."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, MARKER: marker},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        pass_fds=inherited,
        **DETACHED,
    )


def kill_marked(prefix: str) -> None:
    """Kill every process whose marker begins with `prefix`, and its descendants; all of them."""
    import psutil  # not at the top: the guardian seldom needs it, and waits smaller without

    for _ in range(ROUNDS):  # a process may start another while we look
        found = [process for process in psutil.process_iter() if _carries(process, prefix)]
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


def _carries(process: "psutil.Process", prefix: str) -> bool:
    import psutil

    try:
        return bool(process.environ().get(MARKER, "").startswith(prefix))
    except (psutil.Error, OSError):
        return False  # it has just ended, or it is not ours


def remove(folder: Path) -> None:
    """Delete a folder, read-only or not; what is not there is no error."""
    for path, _, names in os.walk(folder):
        files = names if os.name == "nt" else []  # elsewhere only the folder's own mode counts
        for each in ("", *files):
            with suppress(OSError):
                Path(path, each).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Be a guardian: wait for the pipe's end; without a farewell, kill what is marked."""
    prefix, folder = sys.argv[1:]
    if not sys.stdin.buffer.read():
        kill_marked(prefix)
        if folder:
            remove(Path(folder))


if __name__ == "__main__":
    main()
