"""Nothing outlives the cloud: a guardian process waits for its end and kills what is left.

Every process of a cloud carries a marker in its environment, and so do the children it starts,
however far they run. The guardian holds one end of a pipe; when the interpreter with the cloud
dies, even by SIGKILL, the pipe ends and the guardian cleans up. This file is both the guardian's
program and the function it uses. It finds no child that has left its parents *and* thrown away its
environment.
"""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil

MARKER = "BOTLIB_INSTANCE"
ROUNDS = 100
# Ctrl-C in the terminal is not for it; 0x200 is Windows' CREATE_NEW_PROCESS_GROUP.
DETACHED: Any = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}


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


class Guardian:
    """The kernel's side: starts the guardian process and tells it when all is well."""

    def __init__(self, prefix: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, prefix, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **DETACHED,
        )

    def dismiss(self) -> None:
        """Everything is cleaned up: let the guardian go."""
        self._process.communicate(b"all is well")


def main() -> None:
    """Wait for the pipe's end; without a farewell, kill what is marked and remove the folder."""
    prefix, folder = sys.argv[1:]
    if not sys.stdin.buffer.read():
        kill_marked(prefix)
        remove(Path(folder))


if __name__ == "__main__":
    main()
