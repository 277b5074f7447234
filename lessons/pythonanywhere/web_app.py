"""A web app on PythonAnywhere: its process, its logs, and what visitors get.

The logs are DOMAIN.access.log, DOMAIN.error.log and DOMAIN.server.log in /var/log (help page
ASGICommandLine, 2026-06-15). The end of a line in the access log is how long the answer took
(HowManyHitsCanMySiteHandle, 2025-10-16).
"""

import asyncio
import contextlib
import functools
import mimetypes
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from multidict import CIMultiDict
from yarl import URL

from bot_sandbox.http.access import HOST, split_target
from bot_sandbox.http.body import read_body
from bot_sandbox.processes.supervisor import ManagedProcess, ProcessSupervisor
from bot_sandbox.world.clock import Clock
from lessons.pythonanywhere import wsgi_worker
from lessons.pythonanywhere.disk import Disk
from lessons.pythonanywhere.wsgi_worker import error_page

WANTED = (3, 13)  # newest on the system image "innit" (page PythonVersions, 2025-03-20)
MAX_BODY = 100 * 1024 * 1024  # bytes; not documented for web apps
FIRST_HIT_S = 20.0  # help page ErrorReloadingWebApp, 2017-07-21
LOAD_S = 20.0  # for the WSGI file; not documented
# Headers that belong to one connection, and a length that the next server counts itself.
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect", "upgrade", "te")
FIRST_WSGI = '''"""The imitation of PythonAnywhere wrote this file. Put your own here."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"Hello, World!"]
'''


@functools.cache
def bare_python() -> str:
    """Return the first Python 3.13 on the PATH that starts, else the one that runs."""
    name = "python{}.{}".format(*WANTED)
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if found:
                code = "import sys; print(sys.executable)"
                command = [found, "-I", "-S", "-c", code]
                done = subprocess.run(
                    command, capture_output=True, text=True, check=True, timeout=20
                )
                return done.stdout.strip()
    return sys.executable


class WebApp:
    """Runs the app of one domain.

    `environment` is for its process; a request may take `request_timeout_s` seconds of real time.
    """

    def __init__(
        self,
        domain: str,
        disk: Disk,
        supervisor: ProcessSupervisor,
        environment: Mapping[str, str],
        clock: Clock,
        request_timeout_s: float,
    ) -> None:
        self.wsgi_file = f"/var/www/{domain.replace('.', '_')}_wsgi.py"
        self.is_enabled = True
        self.static_files: dict[int, dict[str, object]] = {}  # after the next reload
        self._static_files: list[dict[str, object]] = []
        self._domain = domain
        self._disk = disk
        self._supervisor = supervisor
        self._environment = environment
        self._clock = clock
        self._timeout_s = request_timeout_s
        self._session = ClientSession(auto_decompress=False)
        self._turn = asyncio.Lock()  # one worker: the others wait
        self._process: ManagedProcess | None = None
        self._port, self._key = 0, ""
        self._is_loading = self._is_closed = False
        self._reloads = 0
        self._disk.root.joinpath(self.wsgi_file[1:]).write_text(FIRST_WSGI, encoding="utf-8")

    async def reload(self) -> bool:
        """Start the app again; return whether its first answer came in time, even an error.

        "We finish serving the requests that your workers are currently processing, and then we stop
        the workers, drop any requests that are in the queue, and spin up workers with the new code.
        While this is happening, any new requests will get a 302 redirect back to itself" (help page
        ReloadWebApp, 2017-07-23). Then "we ping it with a single hit", for 20 seconds at most
        (ErrorReloadingWebApp, 2017-07-21).
        """
        self._is_loading = True
        self._reloads += 1
        try:
            async with self._turn:
                await self._stop()
                self._static_files = list(self.static_files.values())
                headers = CIMultiDict({"Host": self._domain})
                await self._ask("GET", "/", headers, b"", FIRST_HIT_S)
            return True
        except TimeoutError:
            return False
        finally:
            self._is_loading = False

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a visitor, and write the access log.

        Requests have 5 minutes, then the worker is killed: "Harakiri", in the server log (help page
        502BadGateway, 2025-10-16).
        """
        began = time.monotonic()
        target = request.raw_path
        if not target.startswith("/"):  # "absolute-form"; `Access` has checked its host
            target = split_target(target)[1]
        response = await self._answer(request, target)
        when = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        referrer, agent = (request.headers.get(name, "-") for name in ("Referer", "User-Agent"))
        self._log(
            "access",
            f'{request.remote} - - [{when}] "{request.method} {target} HTTP/1.1" {response.status} '
            f'{response.content_length or 0} "{referrer}" "{agent}" "{request.remote}" '
            f"response-time={time.monotonic() - began:.3f}",
        )
        return response

    async def close(self) -> None:
        """Stop the app."""
        self._is_closed = True
        self._reloads += 1  # visitors who wait get an error
        await self._stop()
        await self._session.close()

    async def _answer(self, request: web.BaseRequest, target: str) -> web.Response:
        if self._is_loading:
            return web.Response(status=302, headers={"Location": f"http://{request.host}{target}"})
        path = unquote(target.partition("?")[0])
        for mapping in self._static_files:
            if path.startswith(str(mapping["url"])):
                rest = path.removeprefix(str(mapping["url"]))
                return await asyncio.to_thread(self._static, f"{mapping['path']}/{rest}")
        if request.headers.get("Expect", "").lower() == "100-continue":  # curl, before 1 MB
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await read_body(request.content, MAX_BODY) if request.can_read_body else b""
        if body is None:
            return web.Response(status=413, text=f"at most {MAX_BODY} bytes\n")
        headers = CIMultiDict(request.headers)
        headers["X-Real-IP"] = str(request.remote)  # help page WebAppClientIPAddresses, 2015-09-21
        reloads = self._reloads
        async with self._turn:
            if reloads != self._reloads:  # dropped from the queue
                return failure(502, "502-backend")
            try:
                return await self._ask(request.method, target, headers, body, self._timeout_s)
            except TimeoutError:
                late = f"{request.method} {target} took more than {self._timeout_s:g} seconds"
                self._log("server", f"HARAKIRI: {late}")
                await self._stop()
                return failure(504, "504-loadbalancer")

    async def _ask(
        self, method: str, target: str, headers: CIMultiDict[str], body: bytes, timeout_s: float
    ) -> web.Response:
        """Let the app answer; raise TimeoutError. Status 502 means that it doesn't run.

        "If your WSGI file is totally broken, that can cause a 502 bad gateway error, and it
        wouldn't end up in the error logs" (help page 502BadGateway, 2025-10-16).
        """
        if not await self._is_running():
            return failure(502, "502-backend")
        for name in (*HOP, "X-Worker-Key"):
            headers.popall(name, None)
        headers["X-Worker-Key"] = self._key
        url = URL(f"http://{HOST}:{self._port}{target}", encoded=True)
        try:
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=body or None,
                allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                timeout=ClientTimeout(total=timeout_s),
            ) as found:
                answer = await read_body(found.content, MAX_BODY)
                if answer is None:
                    raise ClientError
                kept = [
                    (key, each) for key, each in found.headers.items() if key.lower() not in HOP
                ]
                return web.Response(
                    status=found.status,
                    reason=found.reason,
                    headers=CIMultiDict(kept),
                    body=answer,
                )
        except ClientError:  # the app has ended its process, or its answer is broken or too long
            await self._stop()
            return failure(502, "502-backend")

    async def _is_running(self) -> bool:
        """Start the process if there is none; return whether it has loaded the WSGI file."""
        if self._is_closed:
            return False
        if self._process and self._process.status is None:
            return True
        logs = [
            str(self._disk.root / f"var/log/{self._domain}.{kind}.log")
            for kind in ("error", "server")
        ]
        file = str(self._disk.root / self.wsgi_file[1:])
        # -B: a file that changes twice within a second must not run from its old bytecode
        command = [bare_python(), "-I", "-S", "-B", wsgi_worker.__file__, file, *logs]
        self._key = secrets.token_hex()
        environment = {**self._environment, "WORKER_KEY": self._key}
        if bare_python() == sys.executable and sys.version_info[:2] != WANTED:
            self._log("server", f"there is no Python 3.13 here, so this is {sys.version}")
        self._process = await asyncio.to_thread(
            self._supervisor.start, command, self._disk.home, environment
        )
        lines = await asyncio.to_thread(
            self._process.output.wait_for, lambda found: found[:1], LOAD_S
        )
        if not lines or self._is_closed:
            await self._stop()
            return False
        self._port = int(lines[0])
        return True

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process:
            await asyncio.to_thread(process.kill)

    def _static(self, path: str) -> web.Response:
        """Answer with a file of a static files mapping (help page StaticFiles, 2017-07-31)."""
        place = self._disk.find(path)
        if place is None or not place.is_file():
            return web.Response(status=404, text="404 Not Found\n")
        kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        return web.Response(body=place.read_bytes(), headers={"Content-Type": kind})

    def _log(self, kind: str, line: str) -> None:
        path = Path(self._disk.root, f"var/log/{self._domain}.{kind}.log")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{line}\n")


def failure(status: int, code: str) -> web.Response:
    """Return the error page with a status and PythonAnywhere's code."""
    return web.Response(status=status, body=error_page(code), content_type="text/html")
