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

    Ctrl-C reaches the program, too, which may clean up. SIGTERM ends it first, then us.
    """
    program = shutil.which(command[0]) or command[0]  # on Windows, npm is a file npm.cmd
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(signal.getsignal(number))  # else the program must ignore it, too
    }
    try:
        process = subprocess.Popen([program, *command[1:]], env=environment)
    except OSError as error:
        restore_handlers(handlers)
        print(f"{command[0]} cannot be run: {error.strerror or error}", file=sys.stderr)
        return COMMAND_NOT_FOUND
    try:
        restore_handlers(handlers)  # earlier, a signal would have left the program running
        for number in came:
            signal.raise_signal(number)
        status = process.wait()
    except KeyboardInterrupt:
        status = process.wait()
    finally:  # SIGTERM or a second Ctrl-C
        process.terminate()  # does nothing if it has ended
        process.wait()
    return status if status >= 0 else 128 - status


def restore_handlers(handlers: Mapping[signal.Signals, Any]) -> None:
    """Let these signals do again what they did."""
    for number, handler in handlers.items():
        signal.signal(number, handler)
