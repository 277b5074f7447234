"""The twins of the classes of bot_sandbox.cloud.

tools/aio.py writes this file from their source, so do not edit it.
"""

# fmt: off
# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from bot_sandbox.aio.clock import Clock
from bot_sandbox.aio.twin import ServerTwin, Twin
from bot_sandbox.aio.twin import unwrap
from bot_sandbox.cloud.bill import Bill
from bot_sandbox.cloud.bill import Meter
from bot_sandbox.cloud.cloud import Cloud as PlainCloud
from bot_sandbox.cloud.deployment import FunctionSettings
from bot_sandbox.cloud.function import Function as PlainFunction
from bot_sandbox.cloud.history import InstanceRecord
from bot_sandbox.cloud.history import Invocation
from bot_sandbox.cloud.history import RunningCall
from bot_sandbox.cloud.timers import Timer as PlainTimer
from bot_sandbox.event_loop.runner import is_no_reply
from bot_sandbox.http.access import HOST
from bot_sandbox.http.page import Page
from bot_sandbox.world.clock import Clock as PlainClock
from bot_sandbox.world.snapshot import Snapshot

__tracebackhide__ = is_no_reply


class Cloud(ServerTwin[PlainCloud]):
    """The twin of `Cloud` in bot_sandbox.cloud.cloud; see there."""

    def __init__(self, port: int = 0, init_timeout_s: float = 10.0, poll_s: float = 0.05, retry_s: tuple[float, ...] = (60.0, 120.0), *, import_paths: Sequence[str | Path] = (), packages: bool = False, key: str = '', account: str = '000000000000', region: str = 'us-east-1', host: str = HOST, allow_hosts: Iterable[str] = (), allow_origins: Iterable[str] = (), clock: Clock | PlainClock | None = None) -> None:
        self.sync = PlainCloud(port, init_timeout_s, poll_s, retry_s, import_paths=import_paths, packages=packages, key=key, account=account, region=region, host=host, allow_hosts=allow_hosts, allow_origins=allow_origins, clock=unwrap(clock))

    @property
    def clock(self) -> Clock:
        return Clock.of(self.sync.clock)

    @property
    def host(self) -> str:
        return self.sync.host

    @property
    def key(self) -> str:
        return self.sync.key

    @property
    def port(self) -> int:
        return self.sync.port

    async def deploy(self, name: str, folder: str | Path, *, handler: str = 'main.handler', runtime: str = 'python', memory_mb: int = 128, timeout_s: float = 3.0, environment: dict[str, str] | None = None, concurrency: int = 10, idle_s: float = 300.0, events: str = 'aws', worker: str = 'sandbox', start: str = 'plain', packages: bool | None = None, must_load: bool = False) -> Function:
        """Upload a folder as the function `name`; the same name again replaces it.

        Later edits in the folder have no effect until the next deploy. `worker` is the loop inside
        an instance: "sandbox", "awslambdaric" (AWS's, Linux) or the path of your own. With `start`
        "snapshot", the function is loaded once, now, and each instance is a fork of that (POSIX,
        Python). Raises ValueError for a wrong setting, FileNotFoundError for a missing folder. With
        `must_load`, an instance starts first; if the code does not load, this raises FunctionError
        and replaces nothing.
        """
        return Function.of(await self._wait(self.sync.deploy, name, folder, handler=handler, runtime=runtime, memory_mb=memory_mb, timeout_s=timeout_s, environment=environment, concurrency=concurrency, idle_s=idle_s, events=events, worker=worker, start=start, packages=packages, must_load=must_load))

    async def timer(self, name: str, function: Function | str, schedule: str, *, timezone: str = 'UTC', payload: Any = None) -> Timer:
        """Call a function by the clock; the same name again replaces the timer.

        For a function with the events of AWS, `schedule` is `cron(0 8 * * ? *)`, `rate(5 minutes)`
        or `at(2026-12-24T18:00:00)` in that `timezone`, and the payload any JSON value. For one
        with the events of Yandex Cloud it is `0 8 * * ? *` in UTC, and the payload a text. Raises
        ValueError for a wrong one, KeyError if there is no such function.
        """
        return Timer.of(await self._wait(self.sync.timer, name, function, schedule, timezone=timezone, payload=payload))

    async def snapshot(self) -> Snapshot:
        """Return everything that this cloud knows now, to `restore` it later.

        As long as you keep it, the cloud keeps its copies of the functions' code.
        """
        return self._do(self.sync.snapshot)

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this cloud, as if nothing had happened since.

        Functions and timers that you hold stay valid if they were there, even if they were removed
        or replaced since. Logs, bills and waiting calls are as they were. Every function starts
        cold, so no instance remembers a later call. A call that runs may end; nothing shows it. The
        clock stays, and a timer skips what was due meanwhile.
        """
        await self._wait(self.sync.restore, snapshot)

    async def reset(self) -> None:
        """Remove every function, timer and waiting call; a call that runs may end."""
        await self._wait(self.sync.reset)

    async def timers(self) -> list[Timer]:
        """Return all timers, sorted by name."""
        return [Timer.of(each) for each in self._do(self.sync.timers)]

    async def function(self, name: str) -> Function:
        """Return the function with this name; KeyError lists the deployed ones."""
        return Function.of(self._do(self.sync.function, name))

    async def functions(self) -> list[Function]:
        """Return all deployed functions, sorted by name."""
        return [Function.of(each) for each in self._do(self.sync.functions)]

    async def window(self, function: Function | None = None) -> Page:
        """Return a notebook page to watch instances, log and bill, of all functions or one."""
        return self._do(self.sync.window, function)

    async def invoke(self, name: str, event: Any = None) -> Any:
        """Call a function with any JSON value and return its result; raises FunctionError.

        If the caller is interrupted, the function keeps working.
        """
        return await self._wait(self.sync.invoke, name, event)

    async def uptime(self) -> float:
        """Return the seconds since this cloud started."""
        return self._do(self.sync.uptime)


class Function(Twin[PlainFunction]):
    """The twin of `Function` in bot_sandbox.cloud.function; see there."""

    @property
    def url(self) -> str:
        return self.sync.url

    @property
    def host_url(self) -> str:
        return self.sync.host_url

    @property
    def revision(self) -> int:
        return self.sync.revision

    @property
    def deployed(self) -> float:
        return self.sync.deployed

    @property
    def settings(self) -> FunctionSettings:
        """What it was deployed with."""
        return self.sync.settings

    @property
    def name(self) -> str:
        """Its name, unique in the cloud."""
        return self.sync.name

    @property
    def arn(self) -> str:
        """Its name in AWS's form."""
        return self.sync.arn

    async def invoke(self, event: Any = None) -> Any:
        """Call the function of this name and return its result; raises FunctionError."""
        return await self._wait(self.sync.invoke, event)

    async def wait_stopped(self, timeout: float = 10.0) -> None:
        """Wait until it has no instance; the cloud stops one after `idle_s` idle seconds.

        Raises TimeoutError if one is still there after `timeout` seconds.
        """
        await self._wait(self.sync.wait_stopped, timeout)

    @property
    def logs(self) -> list[str]:
        """START, what the function printed, END and REPORT of every call, oldest first."""
        return self.sync.logs

    @property
    def calls(self) -> list[RunningCall]:
        """All running calls, in the order of their arrival."""
        return self.sync.calls

    @property
    def invocations(self) -> list[Invocation]:
        """All finished calls that reached an instance, in the order of their end."""
        return self.sync.invocations

    @property
    def instances(self) -> list[InstanceRecord]:
        """All instances, in the order of their start, each with its current state."""
        return self.sync.instances

    @property
    def throttled(self) -> int:
        """How many calls were refused because every allowed instance was busy."""
        return self.sync.throttled

    @property
    def meter(self) -> Meter:
        """The totals of its bill by AWS's rule, cheap to read often."""
        return self.sync.meter

    async def bill(self, tariff: str = 'aws') -> Bill:
        """Return the bill for the calls so far; `tariff` is "aws" or "yandex"."""
        return self._do(self.sync.bill, tariff)


class Timer(Twin[PlainTimer]):
    """The twin of `Timer` in bot_sandbox.cloud.timers; see there."""

    @property
    def name(self) -> str:
        return self.sync.name

    @property
    def function(self) -> str:
        return self.sync.function

    @property
    def expression(self) -> str:
        return self.sync.expression

    @property
    def timezone(self) -> str:
        return self.sync.timezone

    @property
    def payload(self) -> Any:
        return self.sync.payload

    @property
    def id(self) -> str:
        return self.sync.id

    @property
    def next(self) -> float | None:
        return self.sync.next

    @property
    def fired(self) -> list[float]:
        return self.sync.fired

    @property
    def is_running(self) -> bool:
        """Whether it will call its function again."""
        return self.sync.is_running

    async def start(self) -> None:
        """Go on after `stop`; what was missed meanwhile is not called."""
        await self._wait(self.sync.start)

    async def stop(self) -> None:
        """Call the function no more, until `start`."""
        await self._wait(self.sync.stop)

    async def delete(self) -> None:
        """Stop for good, and free the name."""
        await self._wait(self.sync.delete)

    async def wait_fired(self, times: int = 1, timeout: float = 10.0) -> None:
        """Wait until it has called its function so many times in all; raises TimeoutError."""
        await self._wait(self.sync.wait_fired, times, timeout)
