"""The cloud: deploy folders as functions, call them by name or by HTTP, close it and all is gone.

It protects functions from each other's accidents, as far as one machine and one user can; it is no
prison for hostile code. CPU time is not limited by memory size, as it is on AWS.
"""

import asyncio
import itertools
import logging
import tempfile
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from bot_sandbox.access import HOST, OWN_ENDING, Access
from bot_sandbox.cloud.deployment import Deployment, Settings
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT, FunctionError, placed
from bot_sandbox.cloud.function import Function, to_event
from bot_sandbox.cloud.gateway import Gateway
from bot_sandbox.cloud.history import History
from bot_sandbox.cloud.lambda_api import TOO_LARGE
from bot_sandbox.cloud.pool import Pool
from bot_sandbox.cloud.still import still
from bot_sandbox.function_registry import announce, withdraw
from bot_sandbox.page import Page
from bot_sandbox.process_supervisor import ProcessSupervisor, check_psutil
from bot_sandbox.randomness import Randomness
from bot_sandbox.server import LocalServer, quiet
from bot_sandbox.tasks import BackgroundTasks

KEY_LENGTH = 20  # as long as an access key id of AWS
LOGGER = quiet(logging.getLogger("bot_sandbox.cloud"))


class Cloud(LocalServer):
    """A serverless cloud on this machine; ImportError where psutil is missing.

    `port` is the gateway's (0: any free one), `init_timeout_s` what a function may take to load
    (AWS: 10 s), `poll_s` how often memory is measured: a limit is enforced that much late.
    `retry_s` are the pauses before a call of the type Event, which failed, is tried again.
    From the folders in `import_paths` Python functions may import, beside their own.

    AWS's clients call functions here as well (lambda_api.py), with `key` as their access key id: a
    random one unless given. Functions receive it as AWS_ACCESS_KEY_ID. The cloud listens on `host`;
    `allow_hosts` are more names that it answers to, `allow_origins` web pages that may use its API
    (see access.py).

    `changes` is notified on the cloud's loop whenever anything changes: a deployment, an
    instance's state, a call that begins or ends, a line of a log. What to show then: `functions`,
    and of each its
    `instances`, `calls`, `invocations`, `meter` and `log_after`.
    """

    def __init__(
        self,
        port: int = 0,
        init_timeout_s: float = 10.0,
        poll_s: float = 0.05,
        retry_s: tuple[float, ...] = (60.0, 120.0),
        *,
        import_paths: Sequence[str | Path] = (),
        key: str = "",
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
    ) -> None:
        check_psutil()  # before there is a thread that would have to end
        super().__init__("cloud", Access(host, allow_hosts, allow_origins))
        self.key = key or Randomness().text(KEY_LENGTH, "access key")
        self._init_timeout_s = init_timeout_s
        self._poll_s = poll_s
        self._retry_s = retry_s
        self._import_paths = [str(Path(each).resolve()) for each in import_paths]
        self._began = time.perf_counter()
        self._numbers = itertools.count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="cloud-")).resolve()
        self._supervisor = ProcessSupervisor(self.folder)
        self.marker = self._supervisor.marker
        self._functions: dict[str, Function] = {}
        self._pools: set[Pool] = set()  # those being loaded or emptied as well
        self._drains = BackgroundTasks()
        try:
            self.port = self.run(self._open(port))
        except BaseException:  # a taken port, say; leave no process and no folder behind
            self.close()
            raise
        announce(self.functions)

    def deploy(
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
        must_load: bool = False,
    ) -> Function:
        """Upload a folder as the function `name`; the same name again replaces it.

        Later edits in the folder change nothing until the next deploy. `worker` is the loop inside
        an instance: "sandbox", "awslambdaric" (AWS's own, Linux) or the path of your own.
        With `start` "snapshot" the function is loaded here, once, and each instance is a fork of
        that (POSIX, Python). Raises ValueError for a wrong setting, FileNotFoundError for a missing
        folder. With `must_load` an instance is started first, and code that does not load raises
        FunctionError and replaces nothing.
        """
        settings = Settings(
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
        )
        self.check_open()
        revision = next(self._numbers)
        root = self.folder / f"{name}-{revision}"
        deployment = Deployment(folder, root, settings, self.key, self._import_paths)
        history = History(self.changes)
        pool = Pool(
            deployment, history, self._supervisor.new_marker, self.clock, self._init_timeout_s
        )
        url = f"http://{self.host}:{self.port}/{name}/"
        host_url = f"http://{name.lower()}{OWN_ENDING}:{self.port}/"
        function = Function(url, host_url, revision, pool, history, self.invoke, self.wait_until)
        self.run(self._install(function, must_load))
        return function

    def function(self, name: str) -> Function:
        """The function deployed under a name; KeyError names those there are."""
        if name not in self._functions:
            deployed = ", ".join(sorted(self._functions)) or "none"
            raise KeyError(f"there is no function {name!r}; deployed: {deployed}")
        return self._functions[name]

    def functions(self) -> list[Function]:
        """Everything that is deployed, by name."""
        return [self._functions[name] for name in sorted(self._functions)]

    def window(self, function: Function | None = None) -> Page:
        """A page to watch instances, log and bill, for a notebook; of one function, if given."""
        shown = {"function": function.name} if function else {}
        return self.page(still([function] if function else self.functions()), **shown)

    def invoke(self, name: str, event: Any = None) -> Any:
        """Call a function with any JSON value; returns its result or raises FunctionError."""
        self.check_open()
        payload = to_event(event)
        if len(payload) > PAYLOAD_LIMIT:
            raise FunctionError("RequestTooLarge", TOO_LARGE)
        self.function(name)
        return self.run(self._invoke(name, payload))

    def clock(self) -> float:
        """Seconds since this cloud began."""
        return time.perf_counter() - self._began

    async def shutdown(self) -> None:
        """Stop every instance and remove every copy."""
        withdraw(self.functions)
        await asyncio.gather(*(pool.close() for pool in self._pools))
        self._supervisor.close()

    async def _open(self, port: int) -> int:
        handle = Gateway(self._functions, self._retry_s, self.access, self.key).handle
        server = web.Server(handle, access_log=None, auto_decompress=False, logger=LOGGER)
        self._measure()
        return await self._serve(web.ServerRunner(server), port)

    async def _invoke(self, name: str, payload: bytes) -> Any:
        """Call what is deployed now; a caller who is interrupted leaves the function at work."""
        pool = self._functions[name].pool
        answer = await asyncio.shield(pool.invoke(payload, str(uuid.uuid4())))
        return answer.value

    async def _install(self, function: Function, must_load: bool) -> None:
        self._pools.add(function.pool)
        await function.pool.prepare()
        if must_load:
            try:
                await function.pool.warm_up()
            except FunctionError as error:
                await self._drain(function.pool)
                raise placed(error) from None
        old = self._functions.get(function.name)
        self._functions[function.name] = function
        self.changes.changed()
        if old:
            self._drains.start(self._drain(old.pool))

    async def _drain(self, pool: Pool) -> None:
        await pool.drain()
        self._pools.discard(pool)

    def _measure(self) -> None:
        for pool in self._pools:
            pool.tick()
        self.loop.call_later(self._poll_s, self._measure)
