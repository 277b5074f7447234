"""One instance of a function: a process that is given one event at a time.

The process asks for its events by HTTP (runtime_api.py). When an instance is started or taken from
the pool, and what is written into the log, is decided in pool.py.
"""

import time
from collections.abc import Callable

from bot_sandbox.cloud import errors
from bot_sandbox.cloud.deployment import Deployment
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.cloud.history import History, InstanceRecord, Log
from bot_sandbox.cloud.process import InstanceProcess, Output
from bot_sandbox.cloud.runtime_api import RuntimeApi, Task
from bot_sandbox.process_supervisor import remove

MB = 1024 * 1024
# Starts a process from its environment, its output and what to call with its exit code.
Launch = Callable[[dict[str, str], Output, Callable[[int], None]], InstanceProcess]


class Instance:
    """A process running a deployed function."""

    def __init__(
        self, deployment: Deployment, number: int, history: History, clock: Callable[[], float]
    ) -> None:
        self.deployment = deployment
        now = clock()
        self.record = InstanceRecord(number, 0, started=now, since=now)
        self._history = history
        self._clock = clock
        self._api = RuntimeApi(deployment.arn)
        self._output = Output(history.log)
        self._process: InstanceProcess | None = None
        self._temporary = deployment.root / f"tmp-{number}"
        self._too_late = errors.timed_out(deployment.settings.timeout_s)
        self._calls = 0
        self._measured_at: int | None = None  # how many calls there had been

    @property
    def is_broken(self) -> bool:
        """Whether it must not get another event."""
        return self._api.failure is not None

    async def start(self, launch: Launch, timeout_s: float) -> None:
        """Start the process and wait until it asks for its first event; raises FunctionError."""
        address = await self._api.listen()
        if not self.is_broken:
            self._start_process(launch, address)
        try:
            await self._api.wait(timeout_s, errors.init_timed_out(timeout_s))
            self.record.ready = self._clock()
        finally:
            self._output.drain()
            self.record.pid = self._process.pid if self._process else 0

    async def invoke(self, request_id: str, event: bytes, tail: Log | None = None) -> bytes:
        """Hand over an event and wait for the answer; raises FunctionError.

        `tail` gets what the function prints meanwhile, as well as its log.
        """
        self._calls += 1
        self._output.tail = tail
        timeout_s = self.deployment.settings.timeout_s
        task = Task(request_id, event, int((time.time() + timeout_s) * 1000))
        try:
            return await self._api.invoke(task, timeout_s, self._too_late)
        finally:
            # What was printed before the answer was posted is in the log before the caller has it.
            self._output.drain()
            if not self.is_broken:
                self._output.end_line()
            self._output.tail = None

    def fail(self, error: FunctionError) -> None:
        """It cannot be used any more; whoever waits for it gets the error."""
        self._api.fail(error)

    async def stop(self, why: str) -> None:
        """Kill the process and all it has started; free its port and folder.

        `why` is said of one that could have gone on.
        """
        if not self.is_broken:
            self._history.enter(self.record, "stopped", self._clock(), why)
        self.fail(errors.exited(-9))
        if self._process:
            await self._process.kill()
        self._ended()  # if it never had a process
        self._api.close()
        self._output.close()
        remove(self._temporary)

    def check_memory(self) -> None:
        """Measure the private memory; more than allowed breaks the instance.

        Children are counted from the second check of one invocation on: looking for them takes ten
        times as long.
        """
        nothing_new = self._calls == self._measured_at
        is_idle = nothing_new and self._api.task is None and self.record.ready
        if self._process is None or is_idle:
            return
        memory_mb = self.deployment.settings.memory_mb
        used = self._process.private_memory(memory_mb * MB, with_children=nothing_new)
        self._measured_at = self._calls
        if used > self.record.max_memory:
            self.record.max_memory = used
            self._history.changes.changed()
        if used > memory_mb * MB:
            self.fail(errors.out_of_memory(memory_mb))

    def drain(self) -> None:
        """Bring the log up to date."""
        self._output.drain()

    def _start_process(self, launch: Launch, address: str) -> None:
        try:
            self._temporary.mkdir()
            environment = self.deployment.environment(self._temporary) | {
                "AWS_LAMBDA_RUNTIME_API": address,
                "AWS_LAMBDA_LOG_STREAM_NAME": f"instance-{self.record.number}",
            }
            self._process = launch(environment, self._output, self._exited)
        except OSError as error:
            self.fail(FunctionError(errors.EXIT, f"Runtime could not be started: {error}"))
        self._output.close_write_end()

    def _exited(self, code: int) -> None:
        self._output.drain()
        self.fail(errors.exited(code))
        self._ended()

    def _ended(self) -> None:
        if self.record.stopped is not None:
            return
        self.record.stopped = now = self._clock()
        if self.record.state != "stopped" and self._api.failure:
            self._history.enter(self.record, "killed", now, errors.why(self._api.failure))
        self._history.changes.changed()
