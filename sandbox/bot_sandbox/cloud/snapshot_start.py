"""Start instances: each as a new process, or as a fork from a snapshot of the loaded function.

A snapshot is a process that has loaded the function and waits (fork_server.py). It is made at
deploy, as AWS does when you publish a version, and again when it has ended. Every instance begins
by loading, so a snapshot is an `Instance` that never gets an event. When it ends, its forks end,
too, because nobody else could report their exit codes.

A snapshot has longer to load than a plain start: 130 seconds or the function's timeout, whichever
is higher (AWS, "Understanding the Lambda execution environment lifecycle").
"""

import asyncio
import itertools
import json
import os
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot_sandbox.cloud.deployment import Deployment
from bot_sandbox.cloud.errors import FunctionError, init_timeout_error
from bot_sandbox.cloud.history import History
from bot_sandbox.cloud.instance import Instance, Launch
from bot_sandbox.cloud.process import InstanceProcess, NewProcess, OutputPipe
from bot_sandbox.processes.supervisor import MARKER, kill_marked

PROGRAM = Path(__file__).with_name("fork_server.py")
TIMEOUT_FACTOR = 13  # 130 s for a snapshot, where a plain start has 10
EXIT_REPORT_TIMEOUT_S = 2.0  # for a snapshot to report the end of a killed fork
SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
THREADS_ERROR = "Snapshot.Threads"  # the fork server's error if it can't be forked
SNAPSHOT_NEEDS = "snapshot start needs Linux or macOS, runtime 'python' and worker 'sandbox'"


class Launcher:
    """Decides how the next instance's process is launched: as a new one, or as a fork."""

    def __init__(
        self,
        deployment: Deployment,
        history: History,
        new_marker: Callable[[], str],
        clock: Callable[[], float],
        init_timeout_s: float,
    ) -> None:
        self.from_snapshot = deployment.settings.start == "snapshot"
        self._deployment = deployment
        self.history = history
        self._new_marker = new_marker
        self._clock = clock
        self._load_timeout_s = max(TIMEOUT_FACTOR * init_timeout_s, deployment.settings.timeout_s)
        self._snapshot: SnapshotProcess | None = None
        self._loading: asyncio.Task[None] | None = None
        self._error: FunctionError | None = None
        if self.from_snapshot and not deployment.can_snapshot:
            self._give_up(SNAPSHOT_NEEDS)

    async def prepare(self) -> None:
        """Take the snapshot, if wanted; the first call reports an error."""
        with suppress(FunctionError):
            await self.launch()

    async def launch(self) -> Launch:
        """Return what launches the next process, after a snapshot if needed; FunctionError."""
        if self.from_snapshot and (self._snapshot is None or self._snapshot.is_broken):
            if self._loading is None or self._loading.done():
                self._loading = asyncio.create_task(self._load_snapshot())
            await asyncio.shield(self._loading)  # several calls may wait for the same snapshot
        return self._snapshot.launch if self._snapshot else self._launch_new

    def enforce_memory_limit(self) -> None:
        """Measure the snapshot's process while it loads."""
        if self._snapshot:
            self._snapshot.enforce_memory_limit()

    def abandon_snapshot(self, error: FunctionError) -> None:
        """Start nothing more from a snapshot, and pass the error to those who wait."""
        self._error = error
        if self._snapshot:
            self._snapshot.mark_broken(error)

    async def close(self) -> None:
        """End the snapshot's process; call it after all instances have ended."""
        if self._loading:
            await asyncio.wait([self._loading])
        await self._discard_snapshot()

    async def _load_snapshot(self) -> None:
        await self._discard_snapshot()  # one that is broken
        if self._error:
            raise self._error
        marker = self._new_marker()
        self._snapshot = SnapshotProcess(self._deployment, marker, self.history, self._clock)
        try:
            seconds = await self._snapshot.load(self._load_timeout_s)
        except FunctionError as error:
            await self._discard_snapshot()
            if error.type != THREADS_ERROR:
                raise
            self._give_up(f"no snapshot: a fork would lose these threads: {error.message}")
        else:
            self.history.log.add(f"INIT_REPORT Init Duration: {seconds * 1000:.2f} ms\tPhase: init")

    async def _discard_snapshot(self) -> None:
        snapshot, self._snapshot = self._snapshot, None
        if snapshot:
            await snapshot.close()

    def _give_up(self, why: str) -> None:
        self.from_snapshot = False
        self.history.log.add(f"{why}. Each instance gets a plain start.")

    def _launch_new(
        self, environment: dict[str, str], output: OutputPipe, on_exit: Callable[[int], None]
    ) -> InstanceProcess:
        command = self._deployment.command()
        return NewProcess(command, environment, self._new_marker(), output, on_exit)


class SnapshotProcess:
    """A process that has loaded the function; all markers of its forks begin with `family`."""

    def __init__(
        self, deployment: Deployment, family: str, history: History, clock: Callable[[], float]
    ) -> None:
        self._family = family
        self._instance = Instance(deployment, 0, history, clock)
        self._environment: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._forks: dict[int, Fork] = {}
        self._requests: deque[tuple[int, bytes, int]] = deque()  # number, request, output
        self._under_way = 0  # the number of the fork being made
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._control, self._its_end = socket.socketpair()
        self._control.setblocking(False)
        self._loop.add_reader(self._control, self._on_readable)

    @property
    def is_broken(self) -> bool:
        """Whether it can start no more instances."""
        return self._instance.is_broken

    async def load(self, timeout_s: float) -> float:
        """Load the function; return how many seconds it took. Raises FunctionError."""
        began = time.perf_counter()
        await self._instance.start(self._launch_template, timeout_s, init_timeout_error(timeout_s))
        return time.perf_counter() - began

    def launch(
        self, environment: dict[str, str], output: OutputPipe, on_exit: Callable[[int], None]
    ) -> InstanceProcess:
        """Ask for a fork; it gets only variables that the snapshot's environment lacks."""
        if self.is_broken:
            raise OSError("its snapshot has just ended")
        number = next(self._numbers)
        fork = self._forks[number] = Fork(self._marker(number), self._family, on_exit)
        wanted = environment | SNAP_START | {MARKER: fork.marker}
        changes = {
            name: text for name, text in wanted.items() if self._environment.get(name) != text
        }
        request = json.dumps([number, fork.marker, changes]).encode()
        self._requests.append((number, request, os.dup(output.write_end)))
        self._send_next()
        return fork

    def enforce_memory_limit(self) -> None:
        """Enforce the function's memory limit while it loads."""
        self._instance.enforce_memory_limit()

    def mark_broken(self, error: FunctionError) -> None:
        """Mark it as broken, and pass the error to those who wait for it to load."""
        self._instance.mark_broken(error)

    async def close(self) -> None:
        """Kill it and its forks."""
        await self._instance.stop("closed")
        self._loop.remove_reader(self._control)
        self._control.close()
        self._its_end.close()

    def _marker(self, number: int) -> str:
        return f"{self._family}{number:08}/"  # equally long, see fork_server.Marker

    def _launch_template(
        self, environment: dict[str, str], output: OutputPipe, on_exit: Callable[[int], None]
    ) -> InstanceProcess:
        def on_template_exit(code: int) -> None:
            on_exit(code)
            self._lose_forks()

        its_end = self._its_end.fileno()
        self._environment = environment | SNAP_START | {MARKER: self._marker(0)}
        process = NewProcess(
            [*self._instance.deployment.command(PROGRAM), str(its_end), MARKER],
            self._environment,
            self._marker(0),
            output,
            on_template_exit,
            inherited=[its_end],
        )
        self._its_end.close()
        return process

    def _lose_forks(self) -> None:
        if self._forks:
            kill_marked(self._family)
        for fork in list(self._forks.values()):
            fork.exited(-9)
        self._forks.clear()
        while self._requests:
            os.close(self._requests.popleft()[2])

    def _send_next(self) -> None:
        if self._requests and not self._under_way:
            self._under_way, request, output = self._requests.popleft()
            with suppress(OSError):  # it has ended, which its process reports, too
                socket.send_fds(self._control, [request], [output])
            os.close(output)

    def _on_readable(self) -> None:
        try:
            data = self._control.recv(64 * 1024)
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            with suppress(ValueError):  # the function has written into this socket
                self._handle_report(json.loads(line))

    def _handle_report(self, report: object) -> None:
        match report:
            case ["forked", int(number), int(pid)] if number in self._forks:
                self._forks[number].pid = pid
            case ["ended", int(number), int(code)] if number in self._forks:
                self._forks.pop(number).exited(code)
            case _:
                return
        if number == self._under_way:
            self._under_way = 0
            self._send_next()


class Fork(InstanceProcess):
    """An instance's process, forked from a snapshot, which reports its end."""

    def __init__(self, marker: str, family: str, on_exit: Callable[[int], None]) -> None:
        super().__init__(marker, on_exit)
        self._family = family

    async def kill(self) -> None:
        """Kill it and its descendants, and the snapshot if that is stuck."""
        if self.pid:
            kill_marked(self.marker)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), EXIT_REPORT_TIMEOUT_S)
        if not self._gone.is_set():
            kill_marked(self._family)
            await self._gone.wait()
