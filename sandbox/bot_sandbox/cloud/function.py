"""A deployed function: call it, read its log, timeline and bill.

The pool does the work, and the history remembers it.
"""

import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot_sandbox.cloud.bill import Bill, Meter, make_bill, make_meter
from bot_sandbox.cloud.deployment import FunctionSettings
from bot_sandbox.cloud.history import History, InstanceRecord, Invocation, RunningCall
from bot_sandbox.cloud.pool import Pool
from bot_sandbox.event_loop.runner import Runner, blocking


@dataclass(eq=False)
class OwnCode:
    """What the registry of functions may read of one."""

    url: str
    host_url: str
    history: History
    line: Callable[[str, int], str]  # of a file, such as "main.py", and of a line's number


class Function:
    """One deployed version of a function; `Cloud.deploy` makes it.

    `url` works with every client. `host_url` is a host of its own, like AWS's Function URLs:
    without the function's name in the path, so a web framework's links and redirects stay inside.
    Browsers and curl know that NAME.localhost is this machine. Python's urllib, and with it the
    sandbox's webhooks, know it only if the system does, so give those `url`.

    `revision` counts the cloud's deployments; each one starts with an empty history.

    Example:
        import tempfile
        from pathlib import Path

        from bot_sandbox import Cloud

        with tempfile.TemporaryDirectory() as folder, Cloud() as cloud:
            Path(folder, "main.py").write_text("def handler(event, context): return event['n'] + 1")
            function = cloud.deploy("add", folder)
            assert function.invoke({"n": 1}) == 2
            assert function.logs[-1].startswith("REPORT")
    """

    def __init__(
        self,
        url: str,
        host_url: str,
        revision: int,
        pool: Pool,
        history: History,
        runner: Runner,
        invoke: Callable[[str, Any], Coroutine[Any, Any, Any]],
    ) -> None:
        self.url = url
        self.host_url = host_url
        self.revision = revision
        self.deployed: float = time.time()
        self._pool = pool
        self._history = history
        self._registered = OwnCode(url, host_url, history, pool.deployment.line)
        self._runner = runner
        self._invoke = invoke  # calls the current deployment of a name

    def __repr__(self) -> str:
        settings = self.settings
        limits = f"{settings.memory_mb} MB, {settings.timeout_s} s"
        return f"<Function {self.name}: {settings.handler}, {settings.runtime}, {limits}>"

    @property
    def settings(self) -> FunctionSettings:
        """What it was deployed with."""
        return self._pool.settings

    @property
    def name(self) -> str:
        """Its name, unique in the cloud."""
        return self.settings.name

    @property
    def arn(self) -> str:
        """Its name in AWS's form."""
        return self._pool.deployment.arn

    @blocking
    async def invoke(self, event: Any = None) -> Any:
        """Call the function of this name and return its result; raises FunctionError."""
        return await self._invoke(self.name, event)

    @blocking
    async def wait_stopped(self, timeout: float = 10.0) -> None:
        """Wait until it has no instance; the cloud stops one after `idle_s` idle seconds.

        Raises TimeoutError if one is still there after `timeout` seconds.
        """
        if not await self._runner.changes.until(lambda: self._pool.is_empty, timeout):
            raise TimeoutError(
                f"an instance of {self.name} still works or waits in the pool after {timeout:g} s: "
                f"idle_s is {self.settings.idle_s:g}. Deploy it with a smaller one, as in idle_s=1."
            )

    @property
    def logs(self) -> list[str]:
        """START, what the function printed, END and REPORT of every call, oldest first."""
        return self._history.log.lines()

    def _log_after(self, number: int) -> list[tuple[int, str]]:
        """Return the log's lines after line `number` (0: all), each with its number."""
        return self._history.log.after(number)

    @property
    def calls(self) -> list[RunningCall]:
        """All running calls, in the order of their arrival."""
        return list(self._history.calls.values())

    @property
    def invocations(self) -> list[Invocation]:
        """All finished calls that reached an instance, in the order of their end."""
        return list(self._history.invocations)

    @property
    def instances(self) -> list[InstanceRecord]:
        """All instances, in the order of their start, each with its current state."""
        return list(self._history.instances)

    @property
    def throttled(self) -> int:
        """How many calls were refused because every allowed instance was busy."""
        return self._history.throttled

    @property
    def meter(self) -> Meter:
        """The totals of its bill by AWS's rule, cheap to read often."""
        return make_meter(self._history, self.settings.memory_mb)

    def bill(self, tariff: str = "aws") -> Bill:
        """Return the bill for the calls so far; `tariff` is "aws" or "yandex"."""
        return make_bill(self.invocations, tariff, self._history.forgotten)


def to_event(event: Any) -> bytes:
    """Encode an event as JSON; raises TypeError or ValueError for what JSON can't hold."""
    return json.dumps(event, allow_nan=False).encode()
