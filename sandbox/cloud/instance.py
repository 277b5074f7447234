"""One instance of a function: a process that is given one event at a time.

The process asks for its events by HTTP (runtime_api.py). When an instance is started or taken from
the pool, and what is written into the log, is decided in pool.py.
"""

import asyncio
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud import errors
from sandbox.cloud.deployment import Deployment
from sandbox.cloud.errors import FunctionError
from sandbox.cloud.guardian import remove
from sandbox.cloud.history import InstanceRecord
from sandbox.cloud.logs import Log, Output
from sandbox.cloud.process import Process
from sandbox.cloud.runtime_api import RuntimeApi
from sandbox.server import HOST

MB = 1024 * 1024
# Starts a process from its environment, its output and what to call with its exit code.
Launch = Callable[[dict[str, str], Output, Callable[[int], None]], Process]


@dataclass(slots=True)
class Task:
    """One event on its way to the function."""

    request_id: str
    event: bytes
    deadline_ms: int  # as the Runtime API has it: milliseconds since 1970


class Instance:
    """A process running a deployed function."""

    def __init__(
        self, deployment: Deployment, number: int, log: Log, clock: Callable[[], float]
    ) -> None:
        self.deployment = deployment
        self.record = InstanceRecord(number, 0, clock())
        self.is_broken = False  # it must not get another event
        self.task: Task | None = None  # what it works on
        self.max_memory = 0  # bytes
        self.idle_since = 0.0
        self._clock = clock
        self._output = Output(log)
        self._process: Process | None = None
        self._last = Task("init", b"", 0)
        self._measured: Task | None = None
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._waiting: Task | None = None  # for the loop to ask
        self._deliver: Callable[[Task], None] | None = None  # the loop has asked
        self._outcome: asyncio.Future[bytes] = self._loop.create_future()

    # What the pool asks of it

    async def start(self, launch: Launch, timeout_s: float) -> None:
        """Start the process and wait until it asks for its first event; raises FunctionError."""
        api = functools.partial(RuntimeApi, self)
        self._server = await self._loop.create_server(api, HOST, 0)
        if not self.is_broken:
            self._start_process(launch, self._server.sockets[0].getsockname()[1])
        try:
            await self._wait(timeout_s, errors.init_timed_out(timeout_s))
        finally:
            self.record.pid = self._process.pid if self._process else 0

    async def invoke(self, request_id: str, event: bytes) -> bytes:
        """Hand over an event and wait for the answer; raises FunctionError."""
        timeout_s = self.deployment.settings.timeout_s
        self._outcome = self._loop.create_future()
        self._waiting = Task(request_id, event, int((time.time() + timeout_s) * 1000))
        self._hand_over()
        return await self._wait(timeout_s, errors.timed_out(timeout_s))

    async def stop(self) -> None:
        """Kill the process and all it has started; free its port and folder."""
        self.fail(errors.exited(-9))
        if self._process:
            await self._process.kill()
        self.record.stopped = self.record.stopped or self._clock()  # if it never had a process
        if self._server:
            self._server.close()
        self._output.close()
        remove(self._temporary())

    def check_memory(self) -> None:
        """Measure the private memory; more than allowed breaks the instance.

        Children are counted from the second check of one invocation on: looking for them takes ten
        times as long.
        """
        nothing_new = self._last is self._measured
        if self._process is None or (nothing_new and self.task is None and self.record.ready):
            return
        used = self._process.private_memory(with_children=nothing_new)
        self._measured = self._last
        self.max_memory = max(self.max_memory, used)
        memory_mb = self.deployment.settings.memory_mb
        if used > memory_mb * MB:
            self.fail(errors.out_of_memory(memory_mb))

    def drain(self) -> None:
        """Bring the log up to date."""
        self._output.drain()

    # What the Runtime API tells it

    def ask(self, deliver: Callable[[Task], None]) -> bool:
        """The loop asks for an event: `deliver` brings it, now or later. False: not its turn."""
        if self._deliver or self.task:
            return False
        if self.record.ready is None:
            self.record.ready = self._clock()
            self._settle(b"")
        self._deliver = deliver
        self._hand_over()
        return True

    def stop_asking(self, deliver: Callable[[Task], None]) -> None:
        """The connection that asked is lost."""
        if self._deliver == deliver:
            self._deliver = None

    def answer(self, body: bytes | FunctionError) -> None:
        """The loop has posted the function's answer or error; it goes on."""
        if self.task is None:
            return
        self.task = None
        self._output.drain()
        self._output.end_line()
        self._settle(body)

    def fail(self, error: FunctionError) -> None:
        """It cannot be used any more; whoever waits for it gets the error."""
        self.is_broken = True
        self._output.drain()
        self._settle(error)

    # Inside

    def _hand_over(self) -> None:
        if self._deliver and self._waiting:
            deliver, self._deliver = self._deliver, None
            self.task = self._last = self._waiting
            self._waiting = None
            deliver(self.task)

    def _settle(self, outcome: bytes | FunctionError) -> None:
        if self._outcome.done():
            return
        if isinstance(outcome, FunctionError):
            self._outcome.set_exception(outcome)
            self._outcome.exception()  # it is no fault if nobody waits
        else:
            self._outcome.set_result(outcome)

    async def _wait(self, timeout_s: float, error: FunctionError) -> bytes:
        timer = self._loop.call_later(timeout_s, self.fail, error)
        try:
            return await self._outcome
        finally:
            timer.cancel()

    def _temporary(self) -> Path:
        return self.deployment.root / f"tmp-{self.record.number}"

    def _start_process(self, launch: Launch, port: int) -> None:
        try:
            self._temporary().mkdir()
            environment = self.deployment.environment(self._temporary()) | {
                "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{port}",
                "AWS_LAMBDA_LOG_STREAM_NAME": f"instance-{self.record.number}",
            }
            self._process = launch(environment, self._output, self._exited)
        except OSError as error:
            self.fail(FunctionError(errors.EXIT, f"Runtime could not be started: {error}"))
        self._output.close_write_end()

    def _exited(self, code: int) -> None:
        self.record.stopped = self._clock()
        self._output.drain()
        self.fail(errors.exited(code))
