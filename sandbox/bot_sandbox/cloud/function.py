"""A deployed function: call it, read its log, timeline and bill.

It keeps nothing itself: the pool does the work, the history remembers it.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from bot_sandbox.cloud.bill import Bill, Meter, make_bill, make_meter
from bot_sandbox.cloud.deployment import Settings
from bot_sandbox.cloud.history import Call, History, InstanceRecord, Invocation
from bot_sandbox.cloud.pool import Pool


class Function:
    """One deployed version of a function; `Cloud.deploy` makes it.

    `url` works with every client. `host_url` is a host of its own, without the function's name in
    the path, as AWS's Function URLs are: a web framework's links and redirects stay inside.
    Browsers and curl know that NAME.localhost is this machine. Python's urllib, and with it the
    sandbox's webhooks, know it only where the system does: give those `url`.

    `revision` counts the cloud's deployments: with a new one everything below begins anew.
    `invoke` calls whatever is deployed under a name, `wait_until` waits on the cloud's loop.
    """

    def __init__(
        self,
        url: str,
        host_url: str,
        revision: int,
        pool: Pool,
        history: History,
        invoke: Callable[[str, Any], Any],
        wait_until: Callable[[Callable[[], bool], float], bool],
    ) -> None:
        self.url = url
        self.host_url = host_url
        self.revision = revision
        self.deployed = time.time()
        self.pool = pool
        self.history = history
        self._invoke = invoke
        self._wait_until = wait_until

    def __repr__(self) -> str:
        settings = self.settings
        limits = f"{settings.memory_mb} MB, {settings.timeout_s} s"
        return f"<Function {self.name}: {settings.handler}, {settings.runtime}, {limits}>"

    @property
    def settings(self) -> Settings:
        """What it was deployed with."""
        return self.pool.settings

    @property
    def name(self) -> str:
        """Its name, unique in the cloud."""
        return self.settings.name

    @property
    def arn(self) -> str:
        """Its name among all resources of AWS."""
        return self.pool.deployment.arn

    def invoke(self, event: Any = None) -> Any:
        """Call the function of this name, wait, return its result; raises FunctionError."""
        return self._invoke(self.name, event)

    def wait_stopped(self, timeout: float = 10.0) -> None:
        """Wait until it has no instance any more: the cloud stops one that was idle for `idle_s`.

        TimeoutError if one is still there after `timeout` seconds.
        """
        if not self._wait_until(lambda: self.pool.is_empty, timeout):
            raise TimeoutError(
                f"an instance of {self.name} still works or waits in the pool after {timeout:g} s: "
                f"idle_s is {self.settings.idle_s:g}. Deploy it with a smaller one, as in idle_s=1."
            )

    @property
    def logs(self) -> list[str]:
        """START, what the function printed, END and REPORT of every call, oldest first."""
        return self.history.log.lines()

    def line(self, file: str, number: int) -> str:
        """One line of its own code, as in an error's `File "main.py", line 7`; "" for none."""
        return self.pool.deployment.line(file, number)

    def log_after(self, number: int) -> list[tuple[int, str]]:
        """The log's lines after line `number` (0: all that are kept), each with its number."""
        return self.history.log.after(number)

    @property
    def calls(self) -> list[Call]:
        """Every call that is under way now, in the order they came."""
        return list(self.history.calls.values())

    @property
    def invocations(self) -> list[Invocation]:
        """Every call that reached an instance, in the order they ended."""
        return list(self.history.invocations)

    @property
    def instances(self) -> list[InstanceRecord]:
        """Every instance there was, in the order they were started; each tells its state now."""
        return list(self.history.instances)

    @property
    def throttled(self) -> int:
        """How many calls were refused because every allowed instance was busy."""
        return self.history.throttled

    @property
    def meter(self) -> Meter:
        """The sums of its bill by AWS's rule, for whoever looks often."""
        return make_meter(self.history, self.settings.memory_mb)

    def bill(self, tariff: str = "aws") -> Bill:
        """What the calls so far cost; `tariff` is "aws" or "yandex"."""
        return make_bill(self.invocations, tariff, self.history.forgotten)


def to_event(event: Any) -> bytes:
    """An event as JSON; raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(event, allow_nan=False).encode()
