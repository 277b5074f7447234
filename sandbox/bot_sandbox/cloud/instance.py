"""One instance of a function: a process that gets one event at a time.

The process asks for its events by HTTP (runtime_api.py). pool.py decides when an instance starts,
which one gets a call, and what the log says.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot_sandbox.cloud import errors
from bot_sandbox.cloud.deployment import Deployment
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.cloud.history import History, InstanceRecord, Log
from bot_sandbox.cloud.process import InstanceProcess, OutputPipe
from bot_sandbox.cloud.runtime_api import PendingInvocation, RuntimeApi
from bot_sandbox.processes.supervisor import remove_folder

if TYPE_CHECKING:
    import psutil

MB = 1024 * 1024
# A busy instance has its next call sooner. To freeze and thaw it for each took an eighth of the
# calls of eight clients.
FREEZE_AFTER_S = 0.002
# Starts a process, given its environment, its output and a callback for its exit code.
Launch = Callable[[dict[str, str], OutputPipe, Callable[[int], None]], InstanceProcess]


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
        self._api = RuntimeApi(deployment.arn, self._freeze_soon)
        self._output = OutputPipe(history.log)
        self._process: InstanceProcess | None = None
        self._temporary = deployment.root / f"tmp-{number}"
        self._too_late = errors.timeout_error(deployment.settings.timeout_s)
        self._rests = False  # no call needs it
        self._freeze_timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.may_have_strays = False  # descendants that were not frozen with it
        self._calls = 0
        self._measured_at: int | None = None  # after how many calls

    @property
    def is_broken(self) -> bool:
        """Whether it must not get another event."""
        return self._api.failure is not None

    async def start(self, launch: Launch, timeout_s: float, too_late: FunctionError) -> None:
        """Start the process and wait until it asks for its first event; raises FunctionError."""
        try:
            address = await self._api.listen()
            if not self.is_broken:
                self._start_process(launch, address)
        except OSError as error:
            self.mark_broken(FunctionError(errors.EXIT, f"Runtime could not be started: {error}"))
        finally:
            self._output.close_write_end()
        try:
            await self._api.wait_for_start_or_result(timeout_s, lambda: self._fail_late(too_late))
            self.record.ready = self._clock()
        finally:
            self._output.drain()
            self.record.pid = self._process.pid if self._process else 0

    async def invoke(
        self, request_id: str, event: bytes, trace: str, timeout_s: float, tail: Log | None = None
    ) -> bytes:
        """Hand over an event and wait for the result; raises FunctionError.

        `timeout_s` is what the call has left, `tail` also gets what the function prints meanwhile.
        """
        self._rests = self.may_have_strays = False
        if self._freeze_timer:
            self._freeze_timer.cancel()
        if self._process:
            self._process.thaw()
        self._calls += 1
        self._output.tail = tail
        deadline_ms = int((time.time() + timeout_s) * 1000)  # on the function's own clock
        invocation = PendingInvocation(request_id, event, deadline_ms, trace)
        try:
            return await self._api.invoke(
                invocation, timeout_s, lambda: self._fail_late(self._too_late)
            )
        finally:
            # A print before the result must be in the log before the caller has the result.
            self._output.drain()
            if not self.is_broken:
                self._output.end_line()
            self._output.tail = None

    def rest(self) -> None:
        """Freeze it, a moment after it has asked for its next event, until the next call.

        AWS: "Lambda freezes the execution environment when the runtime and each extension have
        completed and there are no pending events" (the page that pool.py names). One loop freezes,
        thaws and sends events, one after the other, so nothing is frozen after its event was sent.
        """
        self._rests = True
        self._freeze_soon()

    def freeze_strays(self, processes: "dict[str, list[psutil.Process]]") -> None:
        """Freeze its descendants that have left its process group; `processes` are by marker."""
        if self._process:
            own = processes.get(self._process.marker, [])
            self.may_have_strays = self._process.freeze_strays(own)  # that have started others

    def mark_broken(self, error: FunctionError) -> None:
        """Mark it as broken, and pass the error to those who wait."""
        self._api.mark_broken(error)

    async def stop(self, why: str) -> None:
        """Kill the process and its descendants; free its port and folder.

        `why` is recorded if the instance was not broken.
        """
        if not self.is_broken:
            self._history.record_state(self.record, "stopped", self._clock(), why)
        self.mark_broken(errors.exit_error(-9))
        process = self._process
        try:
            if process:
                await process.kill()
        except OSError:  # no file descriptor is left to look for its processes: free its own
            self._free_port_and_folder()
            if process:
                await process.kill()
        finally:
            self._ended()  # if it never had a process
            self._free_port_and_folder()
            remove_folder(self._temporary)

    def enforce_memory_limit(self) -> None:
        """Measure the memory, and break the instance if it uses too much.

        Children count from the second check of an invocation on, because finding them takes ten
        times as long.
        """
        nothing_new = self._calls == self._measured_at
        is_idle = nothing_new and self._api.current is None and self.record.ready
        if self._process and not is_idle:
            self._measured_at = self._calls
            self._measure_memory(self._process, with_children=nothing_new)

    def _measure_memory(self, process: InstanceProcess, with_children: bool) -> None:
        memory_mb = self.deployment.settings.memory_mb
        used = process.memory(with_children)
        if used > self.record.max_memory:
            self.record.max_memory = used
            self._history.changes.changed()
        if used > memory_mb * MB:
            self.mark_broken(errors.out_of_memory_error(memory_mb))

    def _freeze_soon(self) -> None:
        if self._rests and self._api.asking and self._process and self._process.pid:
            self._history.record_state(self.record, "frozen", self._clock())
            self._freeze_timer = self._loop.call_later(FREEZE_AFTER_S, self._freeze_if_idle)

    def _freeze_if_idle(self) -> None:
        if self._rests and self._api.asking and self._process:
            self._process.freeze()
            self.may_have_strays = self._process.is_frozen

    def _fail_late(self, too_late: FunctionError) -> None:
        """Mark it as broken, because its time is over.

        AWS would have killed it as soon as it used too much memory, and never let it run so long.
        """
        if self._process:
            self._measure_memory(self._process, with_children=True)
        self.mark_broken(too_late)

    def update_log(self) -> None:
        """Bring the log up to date."""
        self._output.drain()

    def _free_port_and_folder(self) -> None:
        self._api.close()
        self._output.close_read_end()

    def _start_process(self, launch: Launch, address: str) -> None:
        self._temporary.mkdir()
        environment = self.deployment.environment(self._temporary) | {
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"instance-{self.record.number}",
        }
        self._process = launch(environment, self._output, self._on_exit)

    def _on_exit(self, code: int) -> None:
        self._output.drain()
        self.mark_broken(errors.exit_error(code))
        self._ended()

    def _ended(self) -> None:
        if self.record.stopped is not None:
            return
        self.record.stopped = now = self._clock()
        if self.record.state != "stopped" and self._api.failure:
            self._history.record_state(
                self.record, "killed", now, errors.kill_reason(self._api.failure)
            )
        self._history.changes.changed()
