"""The cloud: deploy folders as functions, call them by name or HTTP; closing it removes all.

It protects functions from each other's accidents as far as one user on one machine can. It does not
contain hostile code. Unlike AWS, it does not limit CPU time by memory size.
"""

import asyncio
import itertools
import logging
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiohttp import web

from bot_sandbox.cloud.deployment import CloudAccount, Deployment, FunctionSettings
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT, FunctionError, with_source_line
from bot_sandbox.cloud.function import Function, OwnCode, to_event
from bot_sandbox.cloud.gateway import Gateway
from bot_sandbox.cloud.history import History
from bot_sandbox.cloud.lambda_api import TOO_LARGE
from bot_sandbox.cloud.pool import Pool
from bot_sandbox.cloud.queued_calls import QueuedCall, QueuedCalls
from bot_sandbox.cloud.static_html import static_html
from bot_sandbox.cloud.timers import Timer, Timers
from bot_sandbox.diagnosis.function_registry import register_cloud, unregister_cloud
from bot_sandbox.event_loop.runner import blocking
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.access import HOST, OWN_ENDING, Access
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.http.page import Page
from bot_sandbox.processes.supervisor import ProcessSupervisor, check_psutil
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import Randomness
from bot_sandbox.world.snapshot import Snapshot, is_snapshot_of, put_back

KEY_LENGTH = 20  # as long as an access key id of AWS
LOGGER = silence_logger(logging.getLogger("bot_sandbox.cloud"))


# `_runner.changes` tells of each change: a deployment, an instance's state, a call that begins or
# ends, a line of a log. A view then reads `functions`, and from each its `instances`, `calls`,
# `invocations`, `meter` and `_log_after`.
class Cloud(LocalServer):
    """A serverless cloud on this machine; ImportError if psutil is missing.

    `port` is the gateway's (0: any free one), `init_timeout_s` how long a function may take to load
    (AWS: 10 s) before it is loaded again in the time of its call; a snapshot may take 13 times as
    long, or the function's timeout (AWS: 130 s). `poll_s` is the interval of memory checks: a limit
    takes effect that much later.
    `retry_s` are the pauses before a failed call of the type Event is tried again. Python functions
    import the standard library, their own folder, and the folders in `import_paths`. With
    `packages`, also everything that is installed for the Python that runs the sandbox. `folder` has
    the copies of their files until the cloud closes.

    AWS's clients can also call functions (lambda_api.py), with `key` as their access key id, random
    by default. Functions receive it as AWS_ACCESS_KEY_ID. `account` and `region` are in the ARNs of
    functions; a call by an ARN with others is refused, as on AWS. The cloud listens on `host`;
    `allow_hosts` are more names that it answers to, `allow_origins` web pages that may use its API
    (see http/access.py). With a `clock`, it shares time with other servers.

    Example:
        import tempfile
        from pathlib import Path

        from bot_sandbox import Cloud

        with tempfile.TemporaryDirectory() as folder, Cloud() as cloud:
            Path(folder, "main.py").write_text("def handler(event, context): return event['n'] + 1")
            cloud.deploy("add", folder, memory_mb=256)
            assert cloud.invoke("add", {"n": 1}) == 2
    """

    def __init__(
        self,
        port: int = 0,
        init_timeout_s: float = 10.0,
        poll_s: float = 0.05,
        retry_s: tuple[float, ...] = (60.0, 120.0),
        *,
        import_paths: Sequence[str | Path] = (),
        packages: bool = False,
        key: str = "",
        account: str = "000000000000",
        region: str = "us-east-1",
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        clock: Clock | None = None,
    ) -> None:
        check_psutil()  # before a thread starts
        tempfile.gettempdir()  # raises FileNotFoundError if no folder is usable
        self.key: str = key or Randomness().text(KEY_LENGTH, "access key")
        self._account = CloudAccount(account, region, self.key)
        super().__init__("cloud", Access(host, allow_hosts, allow_origins), clock)
        self._init_timeout_s = init_timeout_s
        self._poll_s = poll_s
        self._packages = packages
        self._import_paths = [str(Path(each).resolve()) for each in import_paths]
        # Returns variables that lead a function to the sandbox, given its own; the command sets it.
        self._added_variables: Callable[[Mapping[str, str]], dict[str, str]] = lambda _: {}
        self._began = self.clock.now()
        self._numbers = itertools.count(1)
        self.folder: Path = Path(tempfile.mkdtemp(prefix="cloud-")).resolve()
        self._supervisor = ProcessSupervisor(self.folder)
        self._marker = self._supervisor.marker
        self._functions: dict[str, Function] = {}
        self._queue = QueuedCalls(self._functions, self.clock, retry_s)
        self._timers = Timers(self._functions, self._queue, self._account, self.clock, self._runner)
        self._pools: set[Pool] = set()  # including those being loaded or drained
        self._deployments: set[Deployment] = set()  # whose copies are in the folder
        self._snapshots: WeakSet[CloudSnapshot] = WeakSet()
        self._tasks = BackgroundTasks()
        self._making = BackgroundTasks()  # each makes a deployment on a thread
        self.port: int = self._run_or_close(self._open(port))
        register_cloud(self._registered)

    @blocking
    async def deploy(
        self,
        name: str,
        folder: str | Path,
        *,
        handler: str = "main.handler",
        runtime: str = "python",
        memory_mb: int = 128,
        timeout_s: float = 3.0,
        environment: dict[str, str] | None = None,
        concurrency: int = 10,
        idle_s: float = 300.0,
        events: str = "aws",
        worker: str = "sandbox",
        start: str = "plain",
        packages: bool | None = None,
        must_load: bool = False,
    ) -> Function:
        """Upload a folder as the function `name`; the same name again replaces it.

        Later edits in the folder have no effect until the next deploy. `worker` is the loop inside
        an instance: "sandbox", "awslambdaric" (AWS's, Linux) or the path of your own. With `start`
        "snapshot", the function is loaded once, now, and each instance is a fork of that (POSIX,
        Python). With `concurrency` 0 each call is throttled, as after "Throttle" in AWS's console.
        Raises ValueError for a wrong setting, FileNotFoundError for a missing folder. With
        `must_load`, an instance starts first; if the code does not load, this raises FunctionError
        and replaces nothing.
        """
        settings = FunctionSettings(
            name=name,
            handler=handler,
            runtime=runtime,
            memory_mb=memory_mb,
            timeout_s=timeout_s,
            environment={} if environment is None else environment,
            concurrency=concurrency,
            idle_s=idle_s,
            events=events,
            worker=str(worker),
            start=start,
            packages=self._packages if packages is None else packages,
        )
        self._runner.check_open()
        revision = next(self._numbers)
        root = self.folder / f"{name}-{revision}"
        making = asyncio.to_thread(
            Deployment,
            folder,
            root,
            settings,
            self._account,
            self._import_paths,
            self._added_variables,
            self._runner.check_open,
        )
        deployment = await self._making.start(making)
        self._deployments.add(deployment)
        history = History(self._runner.changes)
        pool = self._new_pool(deployment, history)
        url = f"http://{self.host}:{self.port}/{name}/"
        host_url = f"http://{name.lower()}{OWN_ENDING}:{self.port}/"
        function = Function(url, host_url, revision, pool, history, self._runner, self._invoke)
        function.deployed = self.clock.now()
        await self._install(function, must_load)
        return function

    @blocking
    async def timer(
        self,
        name: str,
        function: Function | str,
        schedule: str,
        *,
        timezone: str = "UTC",
        payload: Any = None,
    ) -> Timer:
        """Call a function by the clock; the same name again replaces the timer.

        For a function with the events of AWS, `schedule` is `cron(0 8 * * ? *)`, `rate(5 minutes)`
        or `at(2026-12-24T18:00:00)` in that `timezone`, and the payload any JSON value. For one
        with the events of Yandex Cloud it is `0 8 * * ? *` in UTC, and the payload a text. Raises
        ValueError for a wrong one, KeyError if there is no such function.
        """
        named = self.function(function if isinstance(function, str) else function.name)
        return self._timers.add(name, named, schedule, timezone, payload)

    def snapshot(self) -> Snapshot:
        """Return everything that this cloud knows now, to `restore` it later.

        As long as you keep it, the cloud keeps its copies of the functions' code.
        """
        return self._runner.do(self._take_snapshot)

    @blocking
    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this cloud, as if nothing had happened since.

        Functions and timers that you hold stay valid if they were there, even if they were removed
        or replaced since. Logs, bills and waiting calls are as they were. Every function starts
        cold, so no instance remembers a later call. A call that runs may end; nothing shows it. The
        clock stays, and a timer skips what was due meanwhile.
        """
        if not (isinstance(snapshot, CloudSnapshot) and is_snapshot_of(snapshot, self._timers)):
            raise ValueError("this is a snapshot of another server; take one of this Cloud")
        self._queue.cancel()
        deployed = self.functions()
        self._functions.clear()
        put_back(snapshot)  # the timers
        for one in snapshot.functions:
            self._bring_back(one, is_deployed=one.function in deployed)
        for function in deployed:
            if self._functions.get(function.name) is not function:
                self._tasks.start(self._drain(function._pool, "restored"))
        self._timers.begin_again()
        self._queue.start_again(snapshot.waiting)
        self._runner.changes.changed()

    @blocking
    async def reset(self) -> None:
        """Remove every function, timer and waiting call; a call that runs may end."""
        for timer in self._timers.all():
            self._timers.remove(timer)
        self._queue.cancel()
        for function in self.functions():
            del self._functions[function.name]
            self._tasks.start(self._drain(function._pool))
        self._runner.changes.changed()

    def timers(self) -> list[Timer]:
        """Return all timers, sorted by name."""
        return self._timers.all()

    def function(self, name: str) -> Function:
        """Return the function with this name; KeyError lists the deployed ones."""
        if name not in self._functions:
            deployed = ", ".join(sorted(self._functions)) or "none"
            raise KeyError(f"there is no function {name!r}; deployed: {deployed}")
        return self._functions[name]

    def functions(self) -> list[Function]:
        """Return all deployed functions, sorted by name."""
        return [self._functions[name] for name in sorted(self._functions)]

    def window(self, function: Function | None = None) -> Page:
        """Return a notebook page to watch instances, log and bill, of all functions or one."""
        shown = {"function": function.name} if function else {}
        return self._notebook_page(
            static_html([function] if function else self.functions()), **shown
        )

    @blocking
    async def invoke(self, name: str, event: Any = None) -> Any:
        """Call a function with any JSON value and return its result; raises FunctionError.

        If the caller is interrupted, the function keeps working.
        """
        return await self._invoke(name, event)

    def uptime(self) -> float:
        """Return the seconds since this cloud started."""
        return self.clock.now() - self._began

    def _registered(self) -> list[OwnCode]:
        return [function._registered for function in self._functions.values()]

    async def _shutdown(self) -> None:
        """Stop every instance and remove every copy."""
        unregister_cloud(self._registered)
        if self._making:
            await asyncio.wait(self._making)
        await asyncio.gather(*(pool.close() for pool in self._pools))
        self._supervisor.close()

    async def _open(self, port: int) -> int:
        handle = Gateway(
            self._functions, self._queue, self._access, self._account, self.clock
        ).handle
        server = web.Server(handle, access_log=None, auto_decompress=False, logger=LOGGER)
        self._measure()
        self._tasks.start(self._timers.run())
        return await self._serve(web.ServerRunner(server), port)

    async def _invoke(self, name: str, event: Any) -> Any:
        payload = to_event(event)
        if len(payload) > PAYLOAD_LIMIT:
            raise FunctionError("RequestTooLarge", TOO_LARGE)
        pool = self.function(name)._pool
        answer = await asyncio.shield(pool.invoke(payload, str(uuid.uuid4())))
        return answer.value

    async def _install(self, function: Function, must_load: bool) -> None:
        self._pools.add(function._pool)
        await function._pool.prepare()
        if must_load:
            try:
                await function._pool.warm_up()
            except FunctionError as error:
                await self._drain(function._pool)
                raise with_source_line(error) from None
        old = self._functions.get(function.name)
        self._functions[function.name] = function
        self._runner.changes.changed()
        if old:
            self._tasks.start(self._drain(old._pool))

    def _new_pool(self, deployment: Deployment, history: History) -> Pool:
        new_marker = self._supervisor.new_marker
        return Pool(deployment, history, new_marker, self.uptime, self._init_timeout_s)

    def _take_snapshot(self) -> "CloudSnapshot":
        kept = [
            KeptFunction(each, each._pool.deployment, each._history.copy())
            for each in self.functions()
        ]
        snapshot = CloudSnapshot(self._timers, kept, self._queue.waiting())
        self._snapshots.add(snapshot)
        return snapshot

    def _bring_back(self, kept: "KeptFunction", is_deployed: bool) -> None:
        function, old = kept.function, kept.function._pool
        history = kept.history.copy_for_restore(self.uptime(), after=function._history)
        if is_deployed:
            function._pool = old.successor(history)
            self._tasks.start(self._drain(old, "restored"))
        else:
            function._pool = self._new_pool(kept.deployment, history)
            self._tasks.start(function._pool.prepare())
        function._history = history
        self._pools.add(function._pool)
        self._functions[function.name] = function

    async def _drain(self, pool: Pool, why: str = "replaced") -> None:
        await pool.drain(why)
        self._pools.discard(pool)
        needed = {each.deployment for each in self._pools}
        for snapshot in self._snapshots:
            needed |= {each.deployment for each in snapshot.functions}
        for deployment in self._deployments - needed:
            deployment.remove()
        self._deployments &= needed

    def _measure(self) -> None:
        self._runner.loop.call_later(self._poll_s, self._measure)
        for pool in self._pools:
            pool.tick()


@dataclass(frozen=True)
class KeptFunction:
    """A function in a snapshot of the cloud."""

    function: Function
    deployment: Deployment
    history: History  # a copy


class CloudSnapshot(Snapshot):
    """A cloud's timers, functions and waiting calls at one moment."""

    def __init__(
        self, timers: Timers, functions: list[KeptFunction], waiting: list[QueuedCall]
    ) -> None:
        super().__init__(timers)
        self.functions = functions
        self.waiting = waiting
