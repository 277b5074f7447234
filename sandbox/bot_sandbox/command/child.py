"""Run the command that somebody typed after `--run` or `join`, and end it with ours."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

COMMAND_NOT_FOUND = 127  # the exit status for a command that is not there, as in a shell
TERMINATED = 128 + signal.SIGTERM
INTERRUPTED = 128 + signal.SIGINT


def exit_on_sigterm(status: int = TERMINATED) -> None:
    """Let SIGTERM end this process like an exit, which cleans up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(status))


def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program and return its exit status; like a shell, 128 + n if signal n ended it.

    Ctrl-C reaches the program, too, which may clean up. SIGTERM or a second Ctrl-C ends it first,
    then us.
    """
    program = shutil.which(command[0]) or command[0]  # on Windows, npm is a file npm.cmd
    process: subprocess.Popen[bytes] | None = None
    came: list[int] = []

    def must_end() -> bool:
        return signal.SIGTERM in came or len(came) > 1

    def note(number: int, _: Any) -> None:
        came.append(number)
        if process and must_end():
            process.terminate()

    # An exception inside wait() can leave its lock taken, and a second wait() then hangs.
    handlers = {
        number: signal.signal(number, note)
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(signal.getsignal(number))  # else the program must ignore it, too
    }
    try:
        process = subprocess.Popen([program, *command[1:]], env=environment)
        if must_end():  # as it started
            process.terminate()
        status = process.wait()
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror or error}", file=sys.stderr)
        return COMMAND_NOT_FOUND
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if must_end():
        signal.raise_signal(came[-1])
    return status if status >= 0 else 128 - status
