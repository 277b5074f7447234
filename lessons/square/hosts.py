"""What keeps a bot running: a program, a function that is called, or one that holds a line.

All of them have `start`, `stop`, `wait_idle` and `memory_mb`.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.cloud.function import Function
from bot_sandbox.diagnosis.no_reply import NoReply
from lessons.square.chat_with_bot import TIMEOUT_S
from lessons.worlds.program import RunningProgram

IDLE_S = 2.0  # the sandbox's own: a real cloud keeps an idle instance for minutes
LIMIT_S = 10.0  # of the function that holds a line; AWS allows 900 s


class ProgramHost:
    """A program that stays alive; `gone` waits until it has left its chat."""

    def __init__(
        self, platform: str, file: Path, settings: dict[str, str], gone: Callable[[], object]
    ) -> None:
        self._run = partial(RunningProgram, file, settings, platform=platform, timeout_s=TIMEOUT_S)
        self._gone = gone
        self._program: RunningProgram | None = None

    def start(self) -> None:
        """Start the program and wait until it is in its chat; RuntimeError if it ends."""
        self._program = self._run()

    def stop(self) -> None:
        """End the program at once, as a power cut would."""
        if self._program:
            self._program.kill()
            self._program.wait()
            self._gone()

    def wait_idle(self) -> None:
        """Return at once: a program that waits for messages stays as it is."""

    def memory_mb(self) -> float:
        """Return the memory of the process, whether it works or waits."""
        return rss_mb(self._program.pid) if self._program else 0.0


class FunctionHost:
    """A function that its platform calls; `module`.py makes `handler`."""

    def __init__(
        self, cloud: Cloud, name: str, folder: Path, module: str, settings: dict[str, str]
    ) -> None:
        self._deploy = partial(cloud.deploy, name, folder, idle_s=IDLE_S)
        self._module, self._clock, self._settings = module, cloud.clock, settings
        self.function = self._working_version()
        self._broken: Function | None = None

    def start(self) -> None:
        """Deploy the good version again, once the broken one has refused a call."""
        if broken := self._broken:
            wait_until(lambda: bool(broken.throttled), "a call of the broken version")
        self._broken = None
        self.function = self._working_version()

    def stop(self) -> None:
        """Deploy a version that may have no instance, so each call fails and none costs a start."""
        handler = f"{self._module}.handler"
        self._broken = self.function = self._deploy(handler=handler, concurrency=0)

    def wait_idle(self) -> None:
        """Wait until the cloud has stopped every instance."""
        self.function.wait_stopped(TIMEOUT_S)

    def memory_mb(self) -> float:
        """Return the memory of its instances; none is left if nobody calls for a while."""
        return instances_mb(self.function)

    def _working_version(self) -> Function:
        settings = self._settings | {"CLOCK_AHEAD": str(self._clock.ahead)}
        handler = f"{self._module}.handler"
        return self._deploy(handler=handler, environment=settings, must_load=True)


class IrcFunctionHost:
    """A function that holds a line and never returns, until the cloud kills it at its limit.

    Nobody calls it by itself, because Twitch doesn't: `start` is somebody who is awake elsewhere.
    """

    def __init__(
        self,
        cloud: Cloud,
        folder: Path,
        module: str,
        settings: dict[str, str],
        ready: Callable[[], object],
        gone: Callable[[], object],
    ) -> None:
        self.function = cloud.deploy(
            "irc", folder, handler=f"{module}.handler", environment=settings, timeout_s=LIMIT_S
        )
        self._cloud, self._ready, self._gone = cloud, ready, gone
        self._caller = ThreadPoolExecutor(1, "caller")
        self._call: Future[Any] | None = None

    def start(self) -> None:
        """Call the function and wait until it holds the line."""
        self._call = self._caller.submit(self.function.invoke)
        try:
            self._ready()
        except NoReply:
            if self._call.done():
                self._call.result()  # why it ended before it was there
            raise

    def stop(self) -> None:
        """Wait until the cloud has killed it at its time limit."""
        if self._call:
            with suppress(FunctionError):
                self._call.result()
            self._gone()

    def wait_idle(self) -> None:
        """Wait in the same way: nobody calls it again."""
        self.stop()

    def memory_mb(self) -> float:
        """Return the memory of its instances."""
        return instances_mb(self.function)

    def close(self) -> None:
        """Close the cloud, which ends the call at hand, and let the caller go."""
        self._cloud.close()
        self._caller.shutdown()


def instances_mb(function: Function) -> float:
    """Return the memory of the instances that are alive."""
    return sum(rss_mb(each.pid) for each in function.instances if each.stopped is None)


def rss_mb(pid: int) -> float:
    """Return the memory of one process; 0 for one that has just ended."""
    try:
        return float(psutil.Process(pid).memory_info().rss) / 1_000_000
    except psutil.NoSuchProcess:
        return 0.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Check again and again until it is true; NoReply names what did not come in time."""
    until = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > until:
            raise NoReply(f"{what} did not come within {TIMEOUT_S:g} s")
        time.sleep(0.01)
