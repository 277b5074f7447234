"""A free account on PythonAnywhere, on this machine: the routes of its API, and its web app.

Unless a route names another source, it is on the help page API (2025-03-19). "Each endpoint has a
40 requests per minute rate limit", and here an endpoint is a heading of that page: all uploads
count together. What a refused request gets is not documented; it is Django REST framework's.
"""

import asyncio
import logging
import math
import os
import re
import secrets
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.event_loop.runner import blocking
from bot_sandbox.http.access import HOST, is_key
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.processes.supervisor import ProcessSupervisor
from bot_sandbox.world.clock import Clock
from lessons.pythonanywhere.disk import ApiError, Disk
from lessons.pythonanywhere.outbound import OutboundProxy
from lessons.pythonanywhere.web_app import WebApp

RATE, MINUTE_S = 40, 60.0
CPU_SECONDS = 100  # a day; help page FreeAccountsFeatures, 2026-01-19
LIFETIME = timedelta(days=30)  # "1 month expiry" there
PYTHONS = [f"python3{minor}" for minor in range(7, 14)]  # page PythonVersions, 2025-03-20
NOT_YOURS = "You do not have permission to perform this action."
LOGGER = silence_logger(logging.getLogger("lessons.pythonanywhere"))


class PythonAnywhere(LocalServer):
    """A free account, and servers for its API (`api`) and its web app (`url`).

    `home` is where the account's home is on this machine. `allow` are the hosts that the app may
    reach through the proxy: "api.telegram.org", or with a port "127.0.0.1:8081". `direct` are the
    addresses of servers on this machine that imitate such a host, as a `Telegram().url`. The app
    reaches them around the proxy, because programs use no proxy for 127.0.0.1. The clock decides
    about the rate limit and the end of the web app. A request may take `request_timeout_s` seconds
    of real time (5 minutes: help page 502BadGateway, 2025-10-16).

    Example:
        with PythonAnywhere() as account:
            print(account.api, account.username, account.url)  # and `token`, which is secret
    """

    def __init__(
        self,
        username: str = "viktor",
        allow: Iterable[str] = (),
        clock: Clock | None = None,
        request_timeout_s: float = 300,
        direct: Iterable[str] = (),
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]+", username):
            raise ValueError(f"a username has small letters and digits; found {username!r}")
        if isinstance(allow, str):
            raise ValueError(f'allow takes a list such as ["api.telegram.org"]; found {allow!r}')
        if isinstance(direct, str):
            raise ValueError(f"direct takes a list such as [telegram.url]; found {direct!r}")
        super().__init__("pythonanywhere", clock=clock)
        self.username = username
        self.token = secrets.token_hex(20)
        self.domain = f"{username}.pythonanywhere.com"
        folder = Path(tempfile.mkdtemp(prefix="pythonanywhere_"))
        self._supervisor = ProcessSupervisor(folder)
        self._disk = Disk(folder, username)
        self.home = self._disk.home
        self._timeout_s = request_timeout_s
        self._app: WebApp | None = None
        self._settings: dict[str, object] = {}
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)  # when, by endpoint
        self._ids = 0
        self._direct = " ".join(direct)
        self._outbound = OutboundProxy(allow)
        self._proxy = self.run(self._outbound.start())
        self.api = f"http://{HOST}:{self.run(self._open_api())}"
        self.url = f"http://{HOST}:{self.run(self._open_site())}"

    @blocking
    async def renew(self) -> None:
        """Let the web app run for one more month. In reality it's a click; the API has no route."""
        self._settings["expiry"] = self._in_a_month()

    async def shutdown(self) -> None:
        """Stop the app and the proxy, and delete all files."""
        if self._app:
            await self._app.close()
        self._outbound.close()
        self._supervisor.close()

    def _table(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of all routes; the paths begin in the account."""
        app, static = "webapps/{domain}/", "webapps/{domain}/static_files/"
        return [
            ("GET", "cpu/", self._cpu),
            ("GET", "always_on/", self._no_tasks),
            ("POST", "always_on/", self._refuse_always_on),
            ("GET", "schedule/", self._no_tasks),
            ("POST", "schedule/", self._refuse_schedule),
            ("GET", "files/path{path}", self._get_path),
            ("POST", "files/path{path}", self._post_path),
            ("DELETE", "files/path{path}", self._delete_path),
            ("GET", "files/tree/", self._tree),
            ("GET", "webapps/", self._list_apps),
            ("POST", "webapps/", self._create_app),
            ("GET", app, self._get_app),
            ("PATCH", app, self._patch_app),
            ("DELETE", app, self._delete_app),
            ("POST", f"{app}reload/", self._reload),
            ("POST", f"{app}disable/", self._disable),
            ("POST", f"{app}enable/", self._enable),
            ("GET", static, self._list_static),
            ("POST", static, self._post_static),
            ("DELETE", f"{static}{{id}}/", self._delete_static),
        ]

    async def _open_api(self) -> int:
        api = web.Application(middlewares=[self._check()])
        for method, path, handler in self._table():
            path = path.replace("{path}", "{path:/.*}")
            api.router.add_route(method, f"/api/v0/user/{self.username}/{path}", handler)
        runner = web.AppRunner(api, access_log=None, logger=LOGGER, shutdown_timeout=1)
        return await self._serve(runner, 0)

    async def _open_site(self) -> int:
        server = web.Server(self._visit, access_log=None, auto_decompress=False, logger=LOGGER)
        return await self._serve(web.ServerRunner(server, shutdown_timeout=1), 0)

    async def _visit(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a visitor of the web app; what a site without one shows is not documented."""
        if refused := self.access.refusal(request, public=True):
            return web.Response(status=403, text=f"{refused}\n")
        why = ""
        if self._app is None:
            why = "there is no web app"
        elif not self._app.is_enabled:
            why = "the web app is disabled"
        elif self._today() > str(self._settings["expiry"]):
            why = "the month is over: click the button on the Web page, here renew()"
        if why or self._app is None:
            return web.Response(status=404, text=f"Imitation of PythonAnywhere: {why}.\n")
        return await self._app.answer(request)

    def _check(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                if refused := self.access.refusal(request):
                    raise ApiError(403, refused)
                self._authorize(request)
                resource = request.match_info.route.resource
                self._throttle(resource.canonical if resource else "")
                return await handler(request)
            except ApiError as error:
                return web.json_response(error.body, status=error.status, headers=error.headers)
            except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
                has = ", ".join(f"{method} {path}" for method, path, _ in self._table())
                words = f"the imitation has no route {request.method} {request.path}; it has {has}"
                return web.json_response({"detail": words}, status=501)

        return check

    def _authorize(self, request: web.Request) -> None:
        """Refuse other tokens with 401 (core), and other users with 403 (core's tests)."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Token":
            raise ApiError(401, "Authentication credentials were not provided.")
        if not is_key(token.strip(), self.token):
            raise ApiError(401, "Invalid token.")
        user = re.match(r"/api/v\d+/user/([^/]+)/", request.path)
        if user and user[1] != self.username:
            raise ApiError(403, NOT_YOURS)

    def _throttle(self, endpoint: str) -> None:
        """Refuse the 41st request within a minute."""
        now, asked = self.clock.now(), self._asked[endpoint]
        while asked and asked[0] <= now - MINUTE_S:
            asked.popleft()
        if len(asked) >= RATE:
            wait = math.ceil(asked[0] + MINUTE_S - now)
            words = f"Request was throttled. Expected available in {wait} seconds."
            raise ApiError(429, words, {"Retry-After": str(wait)})
        asked.append(now)

    async def _cpu(self, _: web.Request) -> web.Response:
        """Return the CPU seconds of consoles and tasks; a web app uses none.

        "It does not currently apply to your web apps" (help page WhatAreCPUSeconds, 2023-05-17).
        """
        tomorrow = datetime.fromtimestamp(self.clock.now(), UTC).date() + timedelta(days=1)
        body = {
            "daily_cpu_limit_seconds": CPU_SECONDS,
            "next_reset_time": f"{tomorrow.isoformat()}T00:00:00",
            "daily_cpu_total_usage_seconds": 0.0,
        }
        return web.json_response(body)

    async def _no_tasks(self, _: web.Request) -> web.Response:
        """List the tasks of a free account: none."""
        return web.json_response([])

    async def _refuse_always_on(self, _: web.Request) -> web.Response:
        """Refuse them in a free account (AlwaysOnTasks, 2025-03-20); how is not documented."""
        raise ApiError(403, NOT_YOURS)

    async def _refuse_schedule(self, _: web.Request) -> web.Response:
        """Refuse: free accounts since 2026-01-15 have no task (FreeAccountsFeatures, 2026-01-19).

        The words are in the tests of pythonanywhereapiclient.
        """
        raise ApiError(403, "You have reached your maximum number of scheduled tasks")

    async def _get_path(self, request: web.Request) -> web.Response:
        """Return a file's bytes, or a folder's entries as JSON (core's tests)."""
        path = path_of(request)
        place = self._disk.existing(path)
        if not place.is_dir():
            body = await asyncio.to_thread(place.read_bytes)
            return web.Response(body=body, content_type="application/octet-stream")
        here = f"{self.api}/api/v0/user/{self.username}/files/path{path}"
        entries = {
            each.name: {
                "type": "directory" if each.is_dir() else "file",
                "url": f"{here}/{each.name}",
            }
            for each in sorted(place.iterdir())
        }
        return web.json_response(entries)

    async def _post_path(self, request: web.Request) -> web.Response:
        """Save an upload: the file with the name "content" in a multipart body.

        "If the directories in the given path do not exist, they will be created. Any file already
        present at the specified path will be overwritten. Returns 201 on success if a file has been
        created, or 200 if an existing file has been updated." What happens above the quota is not
        documented; code gets "Disk quota exceeded" (help page DiskQuota, 2023-07-09).
        """
        path, upload = path_of(request), self._disk.root / secrets.token_hex()
        try:
            if not await receive(request, upload, self._disk.free()):
                raise ApiError(400, "You must provide a file with the name 'content'.")
            is_new = self._disk.put(upload, path)
        finally:
            upload.unlink(missing_ok=True)
        return web.Response(status=201 if is_new else 200)

    async def _delete_path(self, request: web.Request) -> web.Response:
        """Delete a file, "204 on success", or a folder with everything in it (core)."""
        self._disk.delete(path_of(request))
        return web.Response(status=204)

    async def _tree(self, request: web.Request) -> web.Response:
        """List a folder "and its subdirectories"; "paths ending in slash/ represent directories".

        At most 1000 results. The page does not say whether subfolders are listed in depth; here
        they are.
        """
        return web.json_response(self._disk.tree(request.query.get("path", "")))

    async def _list_apps(self, _: web.Request) -> web.Response:
        """List all web apps: one, or none."""
        return web.json_response([self._settings] if self._app else [])

    async def _create_app(self, request: web.Request) -> web.Response:
        """Create "a new webapp with manual configuration", its WSGI file, and start it.

        Parameters are domain_name and python_version, such as "python310". A free account has one
        web app (FreeAccountsFeatures, 2026-01-19), at USERNAME.pythonanywhere.com (WebAppBasics,
        2019-01-15). 400 and "your account only allows" are in the tests of pythonanywhereapiclient.
        What else is wrong gets the same form here. Whether a WSGI file that was there before
        survives is not documented; here it doesn't.
        """
        fields = await fields_of(request)
        version = str(fields.get("python_version"))
        wrong = ""
        if self._app:
            wrong = "You cannot create any more webapps - your account only allows 1"
        elif fields.get("domain_name") != self.domain:
            wrong = f"domain_name of a free account is {self.domain}"
        elif version not in PYTHONS:
            wrong = f"python_version is one of {', '.join(PYTHONS)}"
        if wrong:
            body = {"status": "ERROR", "error_type": "invalid", "error_message": wrong}
            raise ApiError(400, body)
        if version != PYTHONS[-1]:
            raise ApiError(501, f"the imitation runs {PYTHONS[-1]} only; found {version}")
        self._ids += 1
        self._settings = {
            "id": self._ids,
            "user": self.username,
            "domain_name": self.domain,
            "python_version": "3.13",
            "source_directory": "",
            "working_directory": f"/home/{self.username}/",
            "virtualenv_path": "",
            "expiry": self._in_a_month(),
            "force_https": False,
            "password_protection_enabled": False,
            "password_protection_username": "",
            "password_protection_password": "",
        }
        self._app = WebApp(
            self.domain,
            self._disk,
            self._supervisor,
            self._environment(),
            self.clock,
            self._timeout_s,
        )
        await self._app.reload()
        return web.json_response({"status": "OK"}, status=201)

    async def _get_app(self, request: web.Request) -> web.Response:
        """Return the configuration, in the fields that core's tests have."""
        self._find_app(request)
        return web.json_response(self._settings)

    async def _patch_app(self, request: web.Request) -> web.Response:
        """Change the configuration, and ignore unknown fields (core's tests).

        `source_directory` is only a link on the Web page (DeployExistingDjangoProject, 2025-03-20),
        and `force_https` changes nothing here. The imitation has no virtualenvs, no passwords and
        no other Python, and says so.
        """
        self._find_app(request)
        fields = await fields_of(request)
        for name, only in (
            ("python_version", ("python313", "3.13")),
            ("virtualenv_path", ("",)),
            ("password_protection_enabled", ("", "false")),
        ):
            if str(fields.get(name, only[0])).lower() not in only:
                raise ApiError(501, f"the imitation can't change {name}")
        if "source_directory" in fields:
            self._settings["source_directory"] = str(fields["source_directory"])
        if "force_https" in fields:
            self._settings["force_https"] = str(fields["force_https"]).lower() == "true"
        return web.json_response(self._settings)

    async def _delete_app(self, request: web.Request) -> web.Response:
        """Take the site offline. "Config is backed up in /var/www, and your code is not touched."

        The name of the backup is not documented.
        """
        app = self._find_app(request)
        self._app = None
        await app.close()
        file = self._disk.find(app.wsgi_file)
        if file and file.exists():
            file.replace(file.with_suffix(".py.bak"))
        return web.Response(status=204)

    async def _reload(self, request: web.Request) -> web.Response:
        """Reload the app; how the API says that it was too slow is not documented."""
        app = self._find_app(request)
        if app.is_enabled and not await app.reload():
            raise ApiError(504, "the web app did not answer its first request in time")
        return web.json_response({"status": "OK"})

    async def _disable(self, request: web.Request) -> web.Response:
        """Disable the web app."""
        self._find_app(request).is_enabled = False
        return web.json_response({"status": "OK"})

    async def _enable(self, request: web.Request) -> web.Response:
        """Enable the web app."""
        app = self._find_app(request)
        app.is_enabled = True
        await app.reload()
        return web.json_response({"status": "OK"})

    async def _list_static(self, request: web.Request) -> web.Response:
        """List the static files mappings."""
        return web.json_response(list(self._find_app(request).static_files.values()))

    async def _post_static(self, request: web.Request) -> web.Response:
        """Map a URL to a folder: `url` and `path`. "Webapp restart required"."""
        app, fields = self._find_app(request), await fields_of(request)
        missing = {
            name: ["This field is required."] for name in ("url", "path") if not fields.get(name)
        }
        if missing:
            raise ApiError(400, missing)
        self._ids += 1
        mapping = {"id": self._ids, "url": str(fields["url"]), "path": str(fields["path"])}
        app.static_files[self._ids] = mapping
        return web.json_response(mapping, status=201)

    async def _delete_static(self, request: web.Request) -> web.Response:
        """Remove a static files mapping. "Webapp restart required"."""
        found = self._find_app(request).static_files
        number = request.match_info["id"]
        if not number.isdecimal() or not found.pop(int(number), None):
            raise ApiError(404, "Not found.")
        return web.Response(status=204)

    def _find_app(self, request: web.Request) -> WebApp:
        """Return the web app of the domain in the path.

        Without one, the newest core expects 404 (its words are not documented). A domain that isn't
        yours gets 403 in core's tests.
        """
        if request.match_info["domain"] != self.domain:
            raise ApiError(403, NOT_YOURS)
        if self._app is None:
            raise ApiError(404, "Not found.")
        return self._app

    def _environment(self) -> dict[str, str]:
        """Return the environment of the app.

        API_TOKEN is there (page API), and so are http_proxy and https_proxy (TwilioBehindTheProxy,
        2020-04-20). PYTHONANYWHERE_SITE and _DOMAIN are in core.
        """
        home, tmp = str(self.home), str(self._disk.root / "tmp")
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}
        return {
            **kept,
            "HOME": home,
            "USERPROFILE": home,
            "USER": self.username,
            "TMPDIR": tmp,
            "TEMP": tmp,
            "LANG": "C.UTF-8",
            "API_TOKEN": self.token,
            "PYTHONANYWHERE_SITE": "www.pythonanywhere.com",
            "PYTHONANYWHERE_DOMAIN": "pythonanywhere.com",
            "http_proxy": self._proxy,
            "https_proxy": self._proxy,
            "WORKER_DIRECT": self._direct,
        }

    def _today(self) -> str:
        return datetime.fromtimestamp(self.clock.now(), UTC).date().isoformat()

    def _in_a_month(self) -> str:
        return (datetime.fromtimestamp(self.clock.now(), UTC) + LIFETIME).date().isoformat()


def path_of(request: web.Request) -> str:
    """Return the account's path in a request; core sends some with a slash at the end."""
    return request.match_info["path"].rstrip("/") or "/"


async def fields_of(request: web.Request) -> dict[str, object]:
    """Return the fields of a form or of JSON."""
    if request.content_type != "application/json":
        return {
            name: each for name, each in (await request.post()).items() if isinstance(each, str)
        }
    try:
        found = await request.json()
    except ValueError as error:
        raise ApiError(400, f"JSON parse error - {error}") from None
    if not isinstance(found, dict):
        raise ApiError(400, "JSON parse error - an object is expected")
    return found


async def receive(request: web.Request, upload: Path, limit: int) -> bool:
    """Write the file "content" of a multipart body; return whether there is one."""
    if request.content_type != "multipart/form-data":
        return False
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "content" and part.filename:
                with upload.open("wb") as file:
                    while chunk := await part.read_chunk(64 * 1024):
                        limit -= len(chunk)
                        if limit < 0:
                            raise ApiError(403, "Disk quota exceeded")
                        file.write(chunk)
                return True
    except ValueError as error:
        raise ApiError(400, f"Multipart form parse error - {error}") from None
    return False
