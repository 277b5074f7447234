"""Start a bot in any language, wait until it is ready, and end it gently: the fixture `program`."""

import os
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bot_sandbox.diagnosis.clean_text import hide_secrets
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.processes.supervisor import ManagedProcess, ProcessSupervisor

GRACE_S = 5.0  # how long a program may take to end after SIGTERM
LAST_OUTPUT_S = 2.0  # how long to read what an ended program has printed
LAST_LINES = 20  # of its output, in an error


class NotReady(NoReply):
    """A program was not ready in time, or ended before."""


class Program:
    """Starts programs for a test; `close` ends them, and all that they have started.

    Each is asked to end by SIGTERM, on Windows by Ctrl-Break. What is left after `grace_s` seconds
    is killed.

    Example:
        import sys

        from bot_sandbox import Program

        program = Program()
        bot = program(sys.executable, "-c", "print('I am ready')", ready="ready")
        program.close()
        assert bot.output.all() == ["I am ready"]
    """

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._grace_s = grace_s
        self._supervisor = ProcessSupervisor()
        self._started: list[tuple[tuple[str, ...], ManagedProcess, Mapping[str, str]]] = []

    def __call__(
        self,
        *command: str,
        folder: str | Path = ".",
        cwd: str | Path | None = None,
        ready: str | Callable[[], object] | None = None,
        timeout: float = 30.0,
        **environment: str,
    ) -> ManagedProcess:
        """Start a command in a folder, with more variables for its environment.

        The folder is `folder`, or `cwd`, as `subprocess` calls it.

        `ready` waits at most `timeout` seconds for the program. A text waits until a line of its
        output or its errors contains it. A function is called and waits itself, as in
        `ready=lambda: telegram.wait_ready(account)`. If it returns False or raises NoReply, or if
        the text doesn't come, NotReady says so and shows the program's last lines. Without `ready`
        the call returns at once: Telegram keeps messages until the bot asks for them.
        """
        folder = Path(folder if cwd is None else cwd)
        managed = self._supervisor.start(list(command), folder, {**os.environ, **environment})
        self._started.append((command, managed, environment))
        if isinstance(ready, str):
            if not managed.wait_for_line(ready, timeout):
                with suppress(subprocess.TimeoutExpired):  # its pipes close a moment before it ends
                    managed.wait(1.0)
                ended = "" if managed.status is None else f" It ended with status {managed.status}."
                raise self._not_ready(f"It did not print {ready!r} within {timeout:g} s.{ended}")
        elif ready is not None:
            try:
                found = ready()
            except NoReply as silence:
                raise self._not_ready(str(silence)) from None
            if found is False:
                raise self._not_ready("Its function `ready` returned False.")
        return managed

    def close(self) -> None:
        """End all programs; a second call does nothing."""
        for _, managed, _ in self._started:
            managed.terminate()
        for _, managed, _ in self._started:
            managed.wait_or_kill(self._grace_s)
        self._supervisor.close()
        for _, managed, _ in self._started:  # a process without our marker may hold a pipe open
            managed.output.wait_end(LAST_OUTPUT_S)
            managed.errors.wait_end(LAST_OUTPUT_S)

    def report(self) -> str:
        """Return what each program printed, and its exit status, without secrets."""
        return "\n".join(
            hide_secrets(
                "\n".join(
                    [
                        f"{' '.join(command)}: exit status {managed.status}",
                        *managed.output.all(),
                        *managed.errors.all(),
                    ]
                ),
                environment,
            )
            for command, managed, environment in self._started
        )

    def _not_ready(self, why: str) -> NotReady:
        command, managed, environment = self._started[-1]
        lines = [*managed.output.all(), *managed.errors.all()][-LAST_LINES:]
        said = ["Its last lines:", *lines] if lines else ["It printed nothing."]
        text = "\n".join([f"{' '.join(command)} is not ready. {why}", *said])
        return NotReady(hide_secrets(text, environment))
