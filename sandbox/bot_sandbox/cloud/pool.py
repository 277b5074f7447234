"""The pool of one deployed function: a warm instance if there is one, else a cold start.

It chooses an instance for each call and records what happened. The instances do the work.
"""

import asyncio
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from bot_sandbox.cloud import errors
from bot_sandbox.cloud.bill import TARIFFS
from bot_sandbox.cloud.deployment import Deployment
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.cloud.events import parse_result
from bot_sandbox.cloud.history import (
    History,
    InstanceRecord,
    Invocation,
    Log,
    RunningCall,
    report_line,
)
from bot_sandbox.cloud.instance import MB, Instance
from bot_sandbox.cloud.snapshot_start import Launcher
from bot_sandbox.cloud.trace import next_trace
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.processes.supervisor import marked_processes

# A search through all processes takes some 10 ms, so it is only made for an instance that has been
# idle for so long.
STRAYS_S = 1.0


class FunctionResult(NamedTuple):
    """The result of a call, as bytes from the loop and as a Python value."""

    payload: bytes
    value: Any


class Pool:
    """All instances of one deployment. Every method runs on the cloud's loop."""

    def __init__(
        self,
        deployment: Deployment,
        history: History,
        new_marker: Callable[[], str],
        clock: Callable[[], float],
        init_timeout_s: float,
        launcher: Launcher | None = None,
    ) -> None:
        self.deployment = deployment
        self.settings = deployment.settings
        self._history = history
        self._new_marker = new_marker
        self._launcher = launcher or Launcher(
            deployment, history, new_marker, clock, init_timeout_s
        )
        self._has_launcher = True  # and closes it
        self._clock = clock
        self._init_timeout_s = init_timeout_s
        self._instances: set[Instance] = set()
        self._idle: list[Instance] = []  # the most recently used last
        self._living: set[Instance] = set()  # including those being stopped
        self._empty = asyncio.Event()
        self._empty.set()
        self._stops = BackgroundTasks()
        self._draining = ""  # why instances are stopped after their call: replaced or closed

    @property
    def is_empty(self) -> bool:
        """Whether all instances have ended."""
        return not self._living

    async def prepare(self) -> None:
        """Prepare what is possible before the first call."""
        await self._launcher.prepare()

    async def warm_up(self) -> None:
        """Start an instance and keep it for the first call; raises FunctionError if it fails."""
        instance = self._take_instance()
        try:
            longest_s = max(self._init_timeout_s, self.settings.timeout_s)
            await self._start_instance(instance, longest_s, errors.init_timeout_error(longest_s))
            instance.enforce_memory_limit()
        finally:
            await self._release_instance(instance)

    async def invoke(
        self,
        event: bytes,
        request_id: str,
        tail: Log | None = None,
        trace: str = "",
        caller: str = "",
    ) -> FunctionResult:
        """Run the function once and return its result; raises FunctionError.

        `tail` also gets the log lines of this call. `trace` is its trace header, a new one by
        default. `caller` is who calls, if it is no client: a timer.
        """
        arrived = self._clock()
        instance = self._take_instance()
        cold = instance.record.ready is None
        call = RunningCall(request_id, instance.record.number, arrived, cold, caller=caller)
        self._history.record_begin(call)
        answer, error = None, None
        began: float | None = None  # in real time, as all durations
        timeout_s = self.settings.timeout_s
        try:
            if call.cold and not await self._start_in_time(instance):
                instance = await self._replace_instance(instance, call)
                self._log_start(call, tail)
                began = time.perf_counter()
                try:
                    await self._start_instance(instance, timeout_s, errors.timeout_error(timeout_s))
                finally:
                    instance.record.init_s = 0.0  # it is in the call's own duration
            self._history.record_state(instance.record, "busy", self._log_start(call, tail))
            trace = trace or next_trace("", self.deployment.arn)
            began = began or time.perf_counter()
            left_s = timeout_s - (time.perf_counter() - began)
            payload = await instance.invoke(call.request_id, event, trace, left_s, tail)
            answer = FunctionResult(payload, parse_result(payload))
        except FunctionError as raised:
            error = raised
        work_s = 0.0 if began is None else time.perf_counter() - began
        ended = self._clock()
        if call.cold:
            instance.enforce_memory_limit()
        await self._release_instance(instance)
        self._record_call(instance.record, call, ended, work_s, error, instance.is_broken, tail)
        if answer is None:
            raise error or errors.cloud_closed_error()
        return answer

    def tick(self) -> None:
        """Measure memory and stop instances that were idle too long; called every `poll_s`.

        Also freeze what an idle instance's process group lacks.
        """
        now = self._clock()
        self._launcher.enforce_memory_limit()
        for instance in self._instances:
            instance.enforce_memory_limit()
            if os.name == "nt":  # elsewhere the event loop notices data in a pipe
                instance.update_log()
        for instance in [each for each in self._idle if self._is_over(each, now)]:
            self._idle.remove(instance)
            self._retire_instance(instance, "idle")
        self._freeze_strays(now)

    def successor(self, history: History) -> "Pool":
        """Return a pool of the same deployment without instances; this one gets no more calls.

        It starts its instances from the same snapshot of the loaded function, which has had no
        call.
        """
        self._has_launcher = False
        self._launcher.history = history
        return Pool(
            self.deployment,
            history,
            self._new_marker,
            self._clock,
            self._init_timeout_s,
            self._launcher,
        )

    async def drain(self, why: str) -> None:
        """Take no more calls, let the running ones finish, then stop everything."""
        self._draining = self._draining or why
        while self._idle:
            self._retire_instance(self._idle.pop(), why)
        await self._empty.wait()
        if self._has_launcher:
            await self._launcher.close()

    async def close(self) -> None:
        """Stop at once; running calls end with an error."""
        for instance in self._instances:
            instance.mark_broken(errors.cloud_closed_error())
        self._launcher.abandon_snapshot(errors.cloud_closed_error())
        await self.drain("closed")

    def _take_instance(self) -> Instance:
        while self._idle:
            instance = self._idle.pop()
            if not instance.is_broken:
                return instance
            self._retire_instance(instance, "idle")
        if len(self._instances) >= self.settings.concurrency:
            self._history.count_throttled()
            raise errors.throttled_error()
        return self._new_instance()

    def _new_instance(self) -> Instance:
        number = next(self.deployment.instance_numbers)
        instance = Instance(self.deployment, number, self._history, self._clock)
        self._instances.add(instance)
        self._living.add(instance)
        self._empty.clear()
        self._history.instances.append(instance.record)
        return instance

    async def _start_in_time(self, instance: Instance) -> bool:
        """Start an instance; return False if it loads too slowly, so its call starts another.

        AWS: "Lambda retries the Init phase at the time of the first function invocation with the
        configured function timeout" ("Understanding the Lambda execution environment lifecycle").
        """
        too_late = errors.init_timeout_error(self._init_timeout_s)
        try:
            await self._start_instance(instance, self._init_timeout_s, too_late)
        except FunctionError as error:
            if error is not too_late or self._draining == "closed":
                raise
            init_ms = instance.record.init_s * 1000
            self._log(f"INIT_REPORT Init Duration: {init_ms:.2f} ms\tPhase: init\tStatus: timeout")
            return False
        return True

    async def _replace_instance(self, slow: Instance, call: RunningCall) -> Instance:
        """Stop the instance of a call, and return a new one for it."""
        instance = self._new_instance()
        call.instance = instance.record.number
        await self._stop_instance(slow, "")
        return instance

    async def _start_instance(
        self, instance: Instance, timeout_s: float, too_late: FunctionError
    ) -> None:
        began = time.perf_counter()
        try:
            launch = await self._launcher.launch()
            instance.record.snapshot = self._launcher.from_snapshot
            await instance.start(launch, timeout_s, too_late)
        except FunctionError as error:
            instance.mark_broken(error)
            raise
        finally:
            instance.record.init_s = time.perf_counter() - began

    async def _release_instance(self, instance: Instance) -> None:
        if instance.is_broken or self._draining:
            await self._stop_instance(instance, self._draining)
        else:
            self._history.record_state(instance.record, "idle", self._clock())
            self._idle.append(instance)
            instance.rest()

    async def _stop_instance(self, instance: Instance, why: str) -> None:
        self._instances.discard(instance)
        try:
            await instance.stop(why)
        finally:  # else nobody could close the cloud, which kills what is left
            self._living.discard(instance)
            if not self._living:
                self._empty.set()
                self._history.changes.changed()

    def _retire_instance(self, instance: Instance, why: str) -> None:
        self._instances.discard(instance)
        self._stops.start(self._stop_instance(instance, why))

    def _freeze_strays(self, now: float) -> None:
        searched = [
            each
            for each in self._idle
            if each.may_have_strays and now - each.record.since >= STRAYS_S
        ]
        if searched:
            processes = defaultdict(list)
            for marker, process in marked_processes(""):
                processes[marker].append(process)
            for each in searched:
                each.freeze_strays(processes)

    def _is_over(self, instance: Instance, now: float) -> bool:
        return instance.is_broken or now - instance.record.since >= self.settings.idle_s

    def _log_start(self, call: RunningCall, tail: Log | None) -> float:
        if call.began is None:
            call.began = self._clock()
            self._log(f"START RequestId: {call.request_id} Version: $LATEST", tail)
        return call.began

    def _log(self, line: str, tail: Log | None = None) -> None:
        self._history.log.add(line)
        if tail:
            tail.add(line)

    def _record_call(
        self,
        record: InstanceRecord,
        call: RunningCall,
        ended: float,
        work_s: float,
        error: FunctionError | None,
        is_broken: bool,
        tail: Log | None,
    ) -> None:
        init_s = record.init_s if call.cold else 0
        self._log_start(call, tail)
        work_s = min(work_s, self.settings.timeout_s)
        if is_broken and error:
            self._log(f"{call.request_id} {error.message}", tail)
        invocation = Invocation(
            request_id=call.request_id,
            instance=record.number,
            cold=call.cold,
            start=call.arrived,
            end=ended,
            init_ms=init_s * 1000,
            duration_ms=work_s * 1000,
            billed_ms=TARIFFS["aws"].billed_ms(work_s * 1000, init_s * 1000),
            memory_mb=self.settings.memory_mb,
            max_memory_mb=math.ceil(record.max_memory / MB),
            error=error.type if error else None,
            snapshot=call.cold and record.snapshot,
            caller=call.caller,
        )
        self._history.record_end(invocation)
        self._log(f"END RequestId: {call.request_id}", tail)
        self._log(report_line(invocation), tail)
