"""A web app on PythonAnywhere: its process, its logs, and what visitors get.

The logs are DOMAIN.access.log, DOMAIN.error.log and DOMAIN.server.log in /var/log (help page
ASGICommandLine, 2026-06-15). The end of a line in the access log is how long the answer took
(HowManyHitsCanMySiteHandle, 2025-10-16).
"""

import asyncio
import functools
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientError, ClientSession, web
from multidict import CIMultiDict
from yarl import URL

from bot_sandbox.http.access import HOST
from bot_sandbox.processes.supervisor import ManagedProcess, ProcessSupervisor
from bot_sandbox.world.clock import Clock
from lessons.pythonanywhere import wsgi_worker
from lessons.pythonanywhere.disk import Disk

PYTHON_VERSION = "3.13"  # newest on the system image "innit" (page PythonVersions, 2025-03-20)
FIRST_HIT_S = 20.0  # help page ErrorReloadingWebApp, 2017-07-21
START_S = 20.0  # for the process
# Headers that belong to one connection, and a length that the next server counts itself.
HOP_BY_HOP = (
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "expect",
    "upgrade",
    "te",
)
FIRST_WSGI = '''"""The imitation of PythonAnywhere wrote this file. Put your own here."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"Hello, World!"]
'''


@functools.cache
def bare_python() -> str:
    """Return the Python 3.13 on the PATH if it starts, else the one that runs."""
    found = shutil.which(f"python{PYTHON_VERSION}") or sys.executable
    with suppress(OSError, subprocess.CalledProcessError):
        command = [found, "-I", "-c", "import sys; print(sys.executable)"]
        return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL).strip()
    return sys.executable


class WebApp:
    """Runs the app of one domain; `environment` is for its process."""

    def __init__(
        self,
        domain: str,
        disk: Disk,
        supervisor: ProcessSupervisor,
        environment: Mapping[str, str],
        clock: Clock,
        session: ClientSession,
    ) -> None:
        self.wsgi_file = disk.root / f"var/www/{domain.replace('.', '_')}_wsgi.py"
        self._log = disk.root / f"var/log/{domain}"
        self._home = disk.home
        self._supervisor = supervisor
        self._environment = environment
        self._clock = clock
        self._session = session
        self._turn = asyncio.Lock()  # one worker: the others wait
        self._process: ManagedProcess | None = None
        self._site = ""  # the process's own
        self._is_loading = False
        self.wsgi_file.write_text(FIRST_WSGI, encoding="utf-8")

    async def reload(self) -> bool:
        """Start the app again; return whether its first answer came in time, even an error.

        "We finish serving the requests that your workers are currently processing, and then we stop
        the workers […] and spin up workers with the new code. While this is happening, any new
        requests will get a 302 redirect back to itself" (help page ReloadWebApp, 2017-07-23). Then
        "we ping it with a single hit", for 20 seconds at most (ErrorReloadingWebApp, 2017-07-21).
        """
        self._is_loading = True
        try:
            async with self._turn:
                await self.stop()
                await self._start()
                async with asyncio.timeout(FIRST_HIT_S), self._session.get(self._site):
                    return True
        except ClientError:  # the app has ended its process: visitors get an error
            return True
        except TimeoutError:
            return False
        finally:
            self._is_loading = False

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a visitor, and write the access log."""
        began = time.monotonic()
        target = f"/{request.rel_url.raw_path_qs.lstrip('/')}"
        if self._is_loading:
            response = web.Response(status=302, headers={"Location": str(request.url)})
        else:
            async with self._turn:
                response = await forward_request(
                    self._session, request, URL(f"{self._site}{target}", encoded=True)
                )
        when = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        line = (
            f'{request.remote} - - [{when}] "{request.method} {target} HTTP/1.1" {response.status} '
            f"{response.content_length or 0} response-time={time.monotonic() - began:.3f}\n"
        )
        await asyncio.to_thread(append_text, Path(f"{self._log}.access.log"), line)
        return response

    async def stop(self) -> None:
        """Stop the app."""
        if self._process:
            await asyncio.to_thread(self._process.kill)

    async def _start(self) -> None:
        logs = [f"{self._log}.error.log", f"{self._log}.server.log"]
        # -B: a file that changes twice within a second must not run from its old bytecode
        options = ["-I", "-S", "-B", wsgi_worker.__file__, str(self.wsgi_file), *logs]
        self._process = await asyncio.to_thread(
            self._supervisor.start, [bare_python(), *options], self._home, self._environment
        )
        lines = await asyncio.to_thread(
            self._process.output.wait_for, lambda found: found[:1], START_S
        )
        if not lines:
            raise TimeoutError
        self._site = f"http://{HOST}:{lines[0]}"


async def forward_request(
    session: ClientSession, request: web.BaseRequest, url: URL
) -> web.Response:
    """Send a request on to another server, and return its answer; status 502 if none comes."""
    headers = {
        name: each for name, each in request.headers.items() if name.lower() not in HOP_BY_HOP
    }
    try:
        async with session.request(
            request.method,
            url,
            headers=headers,
            data=await request.read() or None,
            allow_redirects=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        ) as found:
            kept = [each for each in found.headers.items() if each[0].lower() not in HOP_BY_HOP]
            return web.Response(
                status=found.status,
                reason=found.reason,
                headers=CIMultiDict(kept),
                body=await found.read(),
            )
    except (ClientError, TimeoutError) as error:
        words = f"502-backend: {type(error).__name__}. The error log and the server log say more.\n"
        return web.Response(status=502, text=words)


def append_text(path: Path, text: str) -> None:
    """Add a text to the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
