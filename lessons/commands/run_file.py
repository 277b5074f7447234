"""Run a program as it is, in any language, and start it again at each save.

The program uses the platform's real addresses. With a token it meets the real network. Without one
it meets the sandbox on a notebook's page, or one of its own. Nothing in its file is the course's.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from bot_sandbox.cloud.deployment import find_node
from bot_sandbox.command.child import exit_on_sigterm
from bot_sandbox.diagnosis.clean_text import hide_secrets
from bot_sandbox.http.jupyter_proxy import terminal_address
from bot_sandbox.processes.supervisor import ProcessSupervisor, kill_marked, launch
from bot_sandbox.programs.join import JoinedProxy
from botlib.details.settings import Settings
from botlib.run import STOPPED
from lessons.alone.open_sandbox import OpenSandbox, find_open_sandbox
from lessons.alone.short_errors import ShortErrors
from lessons.alone.traps import advice_on
from lessons.commands.run_sandbox import sandbox_for
from lessons.worlds.environment import sandbox_environment

CHECK_INTERVAL_S = 0.2  # how often it looks whether the file was saved
GRACE_S = 5.0  # for the program to end, when it is asked to
RUNNERS = {".go": ["go", "run"], ".rb": ["ruby"], ".php": ["php"], ".sh": ["sh"]}
NODE_ENDINGS = {".js", ".mjs", ".cjs", ".ts"}


class Network(NamedTuple):
    """Where a program runs: its variables, and whether that is still the place to be."""

    variables: Mapping[str, str]
    is_current: Callable[[], bool]
    notes: list[str]  # of what its connections met, for people


def run_file(file: Path, settings: Settings, no_open: bool) -> int:
    """Run a program until Ctrl-C, again after each save; returns the exit status.

    `settings` are those of its platform. RuntimeError if nothing here can run such a file.
    """
    exit_on_sigterm()
    command = command_to_run(file)
    supervisor = ProcessSupervisor()
    try:
        while True:  # with the next page, if a notebook's kernel has started again
            with open_network(file, settings, no_open) as network:
                print(f"Each time you save {file.name}, it starts again. Ctrl+C ends it.")
                while network.is_current():
                    run_until_saved(file, command, network, supervisor)
                    print(f"{file.name} starts again.", flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
        return STOPPED
    finally:
        supervisor.close()


def command_to_run(file: Path) -> list[str]:
    """Return the command that runs a file, by its ending; RuntimeError if there is none."""
    if file.suffix == ".py":
        return [sys.executable, "-u", str(file)]
    if file.suffix in NODE_ENDINGS:
        return [find_node(), str(file)]
    if file.suffix in RUNNERS:
        return [*RUNNERS[file.suffix], str(file)]
    if os.access(file, os.X_OK):
        return [str(file)]
    known = ", ".join([".py", *sorted(NODE_ENDINGS), *RUNNERS])
    raise RuntimeError(
        f"{file.name} cannot be run. Expected a file with one of these endings: {known}; or a "
        "program that your system runs by itself"
    )


@contextmanager
def open_network(file: Path, settings: Settings, no_open: bool) -> Iterator[Network]:
    """Give a program the real network, a notebook's sandbox, or a sandbox of its own."""
    platform = settings.platform.capitalize()
    if settings.token:
        print(f"{file.name} meets the real {platform}, with your token.", flush=True)
        yield Network(os.environ, lambda: True, [])
        return
    offer = find_open_sandbox(settings.platform)
    if offer and (proxy := join_open_sandbox(offer)):
        with proxy:
            words = "is in the sandbox of the notebook that is open. Chat with it there."
            print(f"{file.name} {words}", flush=True)

            def is_current() -> bool:
                return find_open_sandbox(settings.platform) == offer

            yield Network(variables_in_sandbox(offer, proxy), is_current, proxy.notes)
        return
    with sandbox_for(settings.platform, no_open, can_be_joined=True) as own:
        print(
            f"No token for {platform} is set: {file.name} lives in a sandbox, as {own.login}.",
            f"Chat with it here: {terminal_address(own.window)}",
            f"For the real one: python3 start.py login {settings.platform}",
            sep="\n",
            flush=True,
        )
        with JoinedProxy(own.sandbox.address) as proxy:

            def has_no_new_offer() -> bool:
                return find_open_sandbox(settings.platform) in (None, offer)

            yield Network(variables_in_sandbox(own.sandbox, proxy), has_no_new_offer, proxy.notes)


def join_open_sandbox(offer: OpenSandbox) -> JoinedProxy | None:
    """Join the sandbox of a notebook; None if its kernel was killed, and nobody is there."""
    with suppress(OSError, ValueError):
        return JoinedProxy(offer.address)
    return None


def variables_in_sandbox(sandbox: OpenSandbox, proxy: JoinedProxy) -> dict[str, str]:
    """Return all variables of a program in a sandbox; no real token is among them."""
    known = sandbox_environment() | dict(sandbox.settings)
    return known | proxy.variables(known)


def run_until_saved(
    file: Path, command: list[str], network: Network, supervisor: ProcessSupervisor
) -> None:
    """Run a file as it is now, until it is saved again, or its network is gone."""
    save = read_save(file)
    program = FileRun(file, command, network, supervisor)
    notes = len(network.notes)
    has_ended = False
    try:
        while read_save(file) in (save, None) and network.is_current():
            program.show_next_errors()
            for note in network.notes[notes:]:
                print(note, flush=True)
            notes = len(network.notes)
            if program.has_ended and not has_ended:
                has_ended = True
                print(f"{file.name} has ended. Save it, and it starts again.", flush=True)
    finally:
        program.end()


def read_save(file: Path) -> tuple[int, bytes] | None:
    """Return when a file was saved, and what is in it; None while an editor replaces it."""
    with suppress(OSError):
        return file.stat().st_mtime_ns, file.read_bytes()
    return None


class FileRun:
    """One run of a file. It prints as it likes, but its errors are shortened."""

    def __init__(
        self,
        file: Path,
        command: list[str],
        network: Network,
        supervisor: ProcessSupervisor,
    ) -> None:
        self._marker, self._network = supervisor.new_marker(), network
        self._errors = ShortErrors(file.parent)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._advised: set[str] = set()  # what was said of this run's errors
        self.has_ended = False  # and all that it said has been shown
        try:
            # A Ctrl-C in the terminal is for us, who pass it on and then say no more of it.
            self._process = launch(
                command,
                self._marker,
                file.parent,
                network.variables,
                sys.stdout.fileno(),
                subprocess.PIPE,
            )
        except OSError as error:
            raise RuntimeError(f"{command[0]} cannot be run: {error.strerror}") from None
        reader = threading.Thread(target=self._read, args=(self._process.stderr,), daemon=True)
        reader.start()

    def show_next_errors(self) -> None:
        """Wait a moment for the program, and show what it said of errors, in few lines."""
        try:
            line = None if self.has_ended else self._lines.get(timeout=CHECK_INTERVAL_S)
        except queue.Empty:
            self._show(self._errors.flush())
            return
        if line is not None:
            self._show(self._errors.feed(line))
        elif self.has_ended:
            threading.Event().wait(CHECK_INTERVAL_S)
        else:
            self._show(self._errors.flush())
            self._process.wait()
            self.has_ended = True

    def end(self) -> None:
        """Press Ctrl-C, as in the program's own terminal; a few seconds later, kill it."""
        with suppress(subprocess.TimeoutExpired):
            if self._process.poll() is None:
                windows = os.name == "nt"
                number = "CTRL_BREAK_EVENT" if windows else "SIGINT"
                self._process.send_signal(getattr(signal, number))
            self._process.wait(GRACE_S)
        kill_marked(self._marker)
        self._process.wait()

    def _read(self, pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        with pipe:
            for line in pipe:
                self._lines.put(line.decode(errors="replace").rstrip())
        self._lines.put(None)

    def _show(self, lines: Iterator[str]) -> None:
        if not self._network.is_current():
            return  # its sandbox has ended, and so will the program: no error of its own
        for line in lines:
            print(hide_secrets(line, self._network.variables), flush=True)
            advice = advice_on(line)
            if advice and advice not in self._advised:
                self._advised.add(advice)
                print(advice, flush=True)
