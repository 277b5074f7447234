"""Start a bot in any language, wait until it is ready, and end it gently: the fixture `program`."""

import linecache
import os
import queue
import re
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from bot_sandbox.diagnosis.clean_text import hide_secrets
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.diagnosis.program_registry import (
    RegisteredProgram,
    register_program,
    unregister_program,
)
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.processes.supervisor import ManagedProcess, ProcessSupervisor
from bot_sandbox.programs.platform_proxy import PlatformProxy, platform_servers

GRACE_S = 5.0  # how long a program may take to end after SIGTERM
LAST_OUTPUT_S = 2.0  # how long to read what an ended program has printed
LAST_LINES = 20  # of its output, in an error


# A frame of a traceback: a file and a line in it.
PYTHON_FRAME = re.compile(r'\s*File "(.+)", line (\d+)')
NODE_FRAME = re.compile(r"(?:^|[\s(])(?:file://)?((?:[A-Za-z]:)?[^\s():]+\.[cm]?[jt]s):(\d+)")
# What Python and Node.js print of an error: its class, then its text.
ERROR_LINE = re.compile(r"(?:Uncaught )?(?:[\w$]+\.)*\w*(?:Error|Exception)\b.*")
FOREIGN_FOLDERS = frozenset({"site-packages", "node_modules"})  # of what somebody else wrote


class NotReady(NoReply):
    """A program was not ready in time, or ended before.

    `program` is the process, and `lines` are the last ones that it printed, without secrets.
    """

    def __init__(self, text: str, program: ManagedProcess, lines: Sequence[str]) -> None:
        super().__init__(text)
        self.program: ManagedProcess = program
        self.lines: list[str] = list(lines)


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
        self._registered: list[RegisteredProgram] = []
        self._proxies: dict[tuple[SwitchableServer, ...], PlatformProxy] = {}  # for these servers

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

        The folder is `folder`, or `cwd`, as `subprocess` calls it. If the program uses the real
        addresses of Telegram and Twitch, it finds the newest Telegram and Twitch of this process
        there.

        `ready` waits at most `timeout` seconds for the program. A text waits until a line of its
        output or its errors contains it. A function is called and waits itself, as in
        `ready=lambda: telegram.wait_ready(account)`; it runs in a thread of its own. If it returns
        False or raises NoReply, if the text doesn't come, or as soon as the program has failed,
        NotReady says so and shows the program's last lines. Without `ready` the call returns at
        once: Telegram keeps messages until the bot asks for them.
        """
        folder = Path(folder if cwd is None else cwd)
        known = {**os.environ, **environment}
        if platforms := platform_servers():
            known |= self._proxy_to(platforms).variables(known)
        managed = self._supervisor.start(list(command), folder, known)
        self._started.append((command, managed, environment))
        trouble = partial(describe_trouble, managed, folder, environment)
        self._registered.append(RegisteredProgram(frozenset(known.values()), trouble))
        register_program(self._registered[-1])
        if isinstance(ready, str):
            if not managed.wait_for_line(ready, timeout):
                with suppress(subprocess.TimeoutExpired):  # its pipes close a moment before it ends
                    managed.wait(1.0)
                raise self._not_ready(f"It did not print {ready!r} within {timeout:g} s.", folder)
        elif ready is not None:
            try:
                found = call_unless_program_fails(ready, managed)
            except NoReply as silence:
                raise self._not_ready(str(silence), folder) from None
            if found is False:
                raise self._not_ready("Its function `ready` returned False.", folder)
        return managed

    def close(self) -> None:
        """End all programs; a second call does nothing."""
        for program in self._registered:
            unregister_program(program)
        for _, managed, _ in self._started:
            managed.terminate()
        for _, managed, _ in self._started:
            managed.wait_or_kill(self._grace_s)
        self._supervisor.close()
        for _, managed, _ in self._started:  # a process without our marker may hold a pipe open
            managed.output.wait_end(LAST_OUTPUT_S)
            managed.errors.wait_end(LAST_OUTPUT_S)
        for proxy in self._proxies.values():
            proxy.close()

    def report(self) -> str:
        """Return what each program printed, its exit status, and which hosts it did not reach.

        Secrets are hidden.
        """
        refused = [note for proxy in self._proxies.values() for note in proxy.notes]
        said = [
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
        ]
        return "\n".join([*said, *refused])

    def _proxy_to(self, platforms: dict[str, SwitchableServer]) -> PlatformProxy:
        """Return the proxy that leads to these servers; the first call starts it."""
        key = tuple(platforms.values())
        if key not in self._proxies:
            self._proxies[key] = PlatformProxy(platforms)
        return self._proxies[key]

    def _not_ready(self, why: str, folder: Path) -> NotReady:
        command, managed, environment = self._started[-1]
        if managed.status is not None:
            why = f"{why} It ended with status {managed.status}."
            managed.output.wait_end(LAST_OUTPUT_S)
            managed.errors.wait_end(LAST_OUTPUT_S)
        printed = "\n".join([*managed.output.all(), *managed.errors.all()])
        lines = hide_secrets(printed, environment).splitlines()[-LAST_LINES:]
        own = own_line(printed.splitlines(), folder)
        said = ["Its last lines:", *lines] if lines else ["It printed nothing."]
        said = [f"Your line: {own}", *said] if own else said
        text = "\n".join([f"{' '.join(command)} is not ready. {why}", *said])
        return NotReady(hide_secrets(text, environment), managed, lines)


def call_unless_program_fails(ready: Callable[[], object], managed: ManagedProcess) -> object:
    """Return what a function returns; raise NoReply as soon as the program fails before.

    A program that ends with status 0 may have done its work, such as to set a webhook.
    """
    outcomes: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    def call() -> None:
        try:
            found = ready()
        except BaseException as error:  # the caller's thread raises it
            outcomes.put(partial(_raise, error))
        else:
            outcomes.put(lambda: found)

    def watch() -> None:
        if managed.wait():
            outcomes.put(partial(_raise, NoReply("It failed.")))

    for target in (call, watch):
        threading.Thread(target=target, daemon=True).start()
    return outcomes.get()()


def _raise(error: BaseException) -> None:
    raise error


def describe_trouble(managed: ManagedProcess, folder: Path, environment: Mapping[str, str]) -> str:
    """Say how a program has ended, and which error it has printed last; "" if neither."""
    status = managed.status
    printed = [*managed.output.all(), *managed.errors.all()]
    errors = [line for line in printed if ERROR_LINE.fullmatch(line)]
    own = own_line(printed, folder)
    said = [
        *([f"Its program has ended with status {status}."] if status is not None else []),
        *([f"Its program's last error: {errors[-1]}"] if errors else []),
        *([f"    {own}"] if errors and own else []),
    ]
    return hide_secrets("\n".join(said), environment)


def own_line(lines: Sequence[str], folder: Path) -> str:
    """Return the line of the program's own file that an error names, as "bot.py:3: text".

    Python names the innermost frame last, Node.js names it first.
    """
    frames = [found for line in lines if (found := PYTHON_FRAME.match(line))]
    frames = frames[::-1] or [found for line in lines if (found := NODE_FRAME.search(line))]
    home = folder.resolve()
    for found in frames:
        file = Path(home, unquote(found[1])).resolve()
        if file.is_relative_to(home) and file.is_file() and FOREIGN_FOLDERS.isdisjoint(file.parts):
            text = linecache.getline(str(file), int(found[2])).strip()
            return f"{file.relative_to(home)}:{found[2]}: {text}"
    return ""
