"""How instances of one deployment start: each anew, or from a snapshot, its template.

The template is made at deploy, as AWS does when a version is published, and again when it is gone.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sandbox.cloud.deployment import Deployment
from sandbox.cloud.errors import FunctionError
from sandbox.cloud.instance import Launch
from sandbox.cloud.logs import Log, Output
from sandbox.cloud.process import NewProcess, Process
from sandbox.cloud.template import Template

THREADS = "Snapshot.Threads"  # how a template says that it cannot be forked
ELSEWHERE = "snapshot start needs Linux or macOS, runtime 'python' and worker 'botlib'"


class Starts:
    """Gives the way in which the next instance's process is launched."""

    def __init__(
        self,
        deployment: Deployment,
        log: Log,
        new_marker: Callable[[], str],
        clock: Callable[[], float],
        init_timeout_s: float,
    ) -> None:
        self.from_snapshot = deployment.settings.start == "snapshot"
        self._deployment = deployment
        self._log = log
        self._new_marker = new_marker
        self._clock = clock
        self._init_timeout_s = init_timeout_s
        self._template: Template | None = None
        self._loading: asyncio.Task[None] | None = None
        self._error: FunctionError | None = None
        if self.from_snapshot and not deployment.can_snapshot:
            self._give_up(ELSEWHERE)

    async def prepare(self) -> None:
        """Take the snapshot, if there is to be one; what goes wrong is told by the first call."""
        with suppress(FunctionError):
            await self.launcher()

    async def launcher(self) -> Launch:
        """What launches the next process; loads the template if need be. Raises FunctionError."""
        if self.from_snapshot and (self._template is None or self._template.is_broken):
            if self._loading is None or self._loading.done():
                self._loading = asyncio.create_task(self._load())
            await asyncio.shield(self._loading)  # several calls may wait for the same template
        return self._template.launch if self._template else self._launch_anew

    def check_memory(self) -> None:
        """Measure the template while it loads."""
        if self._template:
            self._template.check_memory()

    def fail(self, error: FunctionError) -> None:
        """Start nothing more from a template; who waits for one gets the error."""
        self._error = error
        if self._template:
            self._template.fail(error)

    async def close(self) -> None:
        """End the template; call it after all instances have ended."""
        if self._loading:
            await asyncio.wait([self._loading])
        await self._discard()

    async def _load(self) -> None:
        await self._discard()  # one that is broken
        if self._error:
            raise self._error
        marker = self._new_marker()
        self._template = Template(self._deployment, marker, self._log, self._clock)
        try:
            seconds = await self._template.load(self._init_timeout_s)
        except FunctionError as error:
            await self._discard()
            if error.type != THREADS:
                raise
            self._give_up(f"no snapshot: a fork would lose these threads: {error.message}")
        else:
            self._log.add(f"INIT_REPORT Init Duration: {seconds * 1000:.2f} ms\tPhase: init")

    async def _discard(self) -> None:
        template, self._template = self._template, None
        if template:
            await template.close()

    def _give_up(self, why: str) -> None:
        self.from_snapshot = False
        self._log.add(f"{why}. Each instance gets a plain start.")

    def _launch_anew(
        self, environment: dict[str, str], output: Output, on_exit: Callable[[int], None]
    ) -> Process:
        command = self._deployment.command()
        return NewProcess(command, environment, self._new_marker(), output, on_exit)
