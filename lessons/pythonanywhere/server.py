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
import socket
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler
from yarl import URL

from bot_sandbox.event_loop.runner import blocking
from bot_sandbox.http.access import HOST, key_matches
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.processes.supervisor import ProcessSupervisor
from bot_sandbox.world.clock import Clock
from lessons.pythonanywhere.disk import QUOTA, ApiError, Disk
from lessons.pythonanywhere.web_app import WebApp, forward_request

RATE, MINUTE_S = 40, 60.0
LIFETIME = timedelta(days=30)  # "1 month expiry" (FreeAccountsFeatures, 2026-01-19)
PYTHON = "python313"  # the newest (page PythonVersions, 2025-03-20)
NOT_YOURS = "You do not have permission to perform this action."
LOGGER = silence_logger(logging.getLogger("lessons.pythonanywhere"))


class PythonAnywhere(LocalServer):
    """A free account, and servers for its API (`api`) and its web app (`url`).

    `home` is where the account's home is on this machine. `allow` are the hosts that the app may
    reach through the proxy, without TLS: "example.org", or with a port "127.0.0.1:8081". `direct`
    are the addresses of servers on this machine that imitate such a host, as a `Telegram().url`.
    The app reaches them around the proxy, because programs use no proxy for 127.0.0.1.
    `static_files` are folders that the web app shows to everybody; the imitation only lists them.
    `versions` is how often code was deployed to the web app; 0 without one.
    The clock decides about the rate limit and the end of the web app.

    Example:
        with PythonAnywhere() as account:
            print(account.api, account.username, account.url)  # and `token`, which is secret
    """

    def __init__(
        self,
        username: str = "viktor",
        allow: Iterable[str] = (),
        clock: Clock | None = None,
        direct: Iterable[str] = (),
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]+", username):
            raise ValueError(f"a username has small letters and digits; found {username!r}")
        for name, given in (("allow", allow), ("direct", direct)):
            if isinstance(given, str):
                raise ValueError(f"{name} takes a list; found {given!r}")
        super().__init__("pythonanywhere", clock=clock)
        self.username = username
        self.token = secrets.token_hex(20)
        self.domain = f"{username}.pythonanywhere.com"
        self.static_files: list[dict[str, str]] = []  # such as {"url": "/a/", "path": "/home/…"}
        folder = Path(tempfile.mkdtemp(prefix="pythonanywhere_"))
        self._supervisor = ProcessSupervisor(folder)
        self._disk = Disk(folder, username)
        self.home = self._disk.home
        self._app: WebApp | None = None
        self._expiry = ""
        self.versions = 0
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)  # when, by endpoint
        self._allow, self._direct = {each.lower() for each in allow}, " ".join(direct)
        self._runner.run(self._open())

    @blocking
    async def renew(self) -> None:
        """Let the web app run for one more month. In reality it's a click; the API has no route."""
        self._expiry = self._today(LIFETIME)

    async def _shutdown(self) -> None:
        """Stop the app, and delete all files."""
        await self._session.close()
        self._supervisor.close()

    async def _open(self) -> None:
        self._session = ClientSession(auto_decompress=False)
        api = web.Application(middlewares=[self._check], client_max_size=2 * QUOTA)
        account, app = f"/api/v0/user/{self.username}", "webapps/{domain}/"
        for method, path, handler in (
            ("GET", "webapps/", self._list_apps),
            ("POST", "webapps/", self._create_app),
            ("GET", app, self._get_app),
            ("DELETE", app, self._delete_app),
            ("POST", f"{app}reload/", self._reload),
            ("GET", f"{app}static_files/", self._list_static),
            ("GET", "files/path{path:/.*}", self._get_path),
            ("POST", "files/path{path:/.*}", self._post_path),
            ("DELETE", "files/path{path:/.*}", self._delete_path),
            ("GET", "files/tree/", self._tree),
        ):
            api.router.add_route(method, f"{account}/{path}", handler)
        addresses = []
        for runner in (
            web.AppRunner(api, access_log=None, logger=LOGGER, shutdown_timeout=1),
            *(
                web.ServerRunner(
                    web.Server(answer, access_log=None, auto_decompress=False, logger=LOGGER),
                    shutdown_timeout=1,
                )
                for answer in (self._visit, self._pass_outside)
            ),
        ):
            addresses.append(f"http://{HOST}:{await self._serve(runner, 0)}")
        self.api, self.url, self._proxy = addresses

    async def _visit(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a visitor of the web app; what a site without one shows is not documented."""
        if refused := self._access.refusal(request, public=True):
            return web.Response(status=403, text=f"{refused}\n")
        why = "the month is over: click the button on the Web page, here renew()"
        if self._app is None:
            why = "there is no web app"
        elif self._today() <= self._expiry:
            return await self._app.answer(request)
        return web.Response(status=404, text=f"Imitation of PythonAnywhere: {why}.\n")

    async def _pass_outside(self, request: web.BaseRequest) -> web.Response:
        """Pass a request of the web app on, if its host is allowed.

        "Free accounts' internet access goes via a proxy allowlist", and other hosts are refused
        with 403 (help page 403ForbiddenError, 2023-06-14). The list itself is a web page that is in
        no repository, so the imitation allows only the hosts that you name.
        """
        url = URL(request.raw_path, encoded=True)
        host = url.host or ""
        if not {host, f"{host}:{url.port}"} & self._allow:
            return web.Response(status=403)
        # The system knows more spellings of a host than aiohttp, such as 127.1.
        address = await asyncio.to_thread(socket.gethostbyname, host)
        return await forward_request(self._session, request, url.with_host(address))

    @web.middleware
    async def _check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse strangers, and turn refusals into JSON."""
        try:
            if refused := self._access.refusal(request):
                raise ApiError(403, refused)
            self._authorize(request)
            resource = request.match_info.route.resource
            self._throttle(resource.canonical if resource else "")
            return await handler(request)
        except ApiError as error:
            return web.json_response(error.body, status=error.status, headers=error.headers)
        except (OSError, ValueError) as error:
            # A folder at the path, a broken form; not documented.
            words = getattr(error, "strerror", "") or str(error)
            return web.json_response({"detail": words}, status=400)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            words = f"the imitation has no route {request.method} {request.path}"
            return web.json_response({"detail": words}, status=501)

    def _authorize(self, request: web.Request) -> None:
        """Refuse other tokens with 401 (core), and other users with 403 (core's tests)."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Token":
            raise ApiError(401, "Authentication credentials were not provided.")
        if not key_matches(token.strip(), self.token):
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
            wait_s = math.ceil(asked[0] + MINUTE_S - now)
            words = f"Request was throttled. Expected available in {wait_s} seconds."
            raise ApiError(429, words, wait_s)
        asked.append(now)

    async def _get_path(self, request: web.Request) -> web.Response:
        """Return a file's bytes, or a folder's entries as JSON (core's tests)."""
        place = self._disk.existing(path_of(request))
        if place.is_file():
            body = await asyncio.to_thread(place.read_bytes)
            return web.Response(body=body, content_type="application/octet-stream")
        kinds = {each.name: "directory" if each.is_dir() else "file" for each in place.iterdir()}
        return web.json_response({name: {"type": kind} for name, kind in sorted(kinds.items())})

    async def _post_path(self, request: web.Request) -> web.Response:
        """Save an upload: the file with the name "content" in a multipart body.

        "If the directories in the given path do not exist, they will be created. Any file already
        present at the specified path will be overwritten. Returns 201 on success if a file has been
        created, or 200 if an existing file has been updated." What happens above the quota is not
        documented; code gets "Disk quota exceeded" (help page DiskQuota, 2023-07-09).
        """
        content = (await request.post()).get("content")
        if not isinstance(content, web.FileField):
            raise ApiError(400, "You must provide a file with the name 'content'.")
        is_new = self._disk.write(path_of(request), content.file.read())
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
        return web.json_response([self._settings()] if self._app else [])

    async def _create_app(self, request: web.Request) -> web.Response:
        """Create "a new webapp with manual configuration", its WSGI file, and start it.

        Parameters are domain_name and python_version. A free account has one web app
        (FreeAccountsFeatures, 2026-01-19), at USERNAME.pythonanywhere.com (WebAppBasics,
        2019-01-15). 400 and "your account only allows" are in the tests of pythonanywhereapiclient.
        What else is wrong gets the same form here. Whether a WSGI file that was there before
        survives is not documented; here it doesn't.
        """
        fields = await request.post()
        wrong = ""
        if self._app:
            wrong = "You cannot create any more webapps - your account only allows 1"
        elif fields.get("domain_name") != self.domain:
            wrong = f"domain_name of a free account is {self.domain}"
        elif fields.get("python_version") != PYTHON:
            wrong = f"python_version is {PYTHON} in the imitation"
        if wrong:
            body = {"status": "ERROR", "error_type": "invalid", "error_message": wrong}
            raise ApiError(400, body)
        self._expiry = self._today(LIFETIME)
        self._app = WebApp(
            self.domain,
            self._disk,
            self._supervisor,
            self._environment(),
            self.clock,
            self._session,
        )
        await self._app.reload()
        return web.json_response({"status": "OK"}, status=201)

    async def _get_app(self, request: web.Request) -> web.Response:
        """Return the configuration."""
        self._find_app(request)
        return web.json_response(self._settings())

    async def _delete_app(self, request: web.Request) -> web.Response:
        """Take the site offline. "Config is backed up in /var/www, and your code is not touched."

        The name of the backup is not documented.
        """
        app = self._find_app(request)
        self._app, self.versions = None, 0
        await app.stop()
        if app.wsgi_file.exists():
            app.wsgi_file.replace(app.wsgi_file.with_suffix(".py.bak"))
        return web.Response(status=204)

    async def _reload(self, request: web.Request) -> web.Response:
        """Reload the app; how the API says that it was too slow is not documented."""
        if not await self._find_app(request).reload():
            raise ApiError(504, "the web app did not answer its first request in time")
        self.versions += 1
        return web.json_response({"status": "OK"})

    async def _list_static(self, request: web.Request) -> web.Response:
        """List the static files mappings."""
        self._find_app(request)
        return web.json_response(self.static_files)

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

    def _settings(self) -> dict[str, object]:
        """Return what an upload needs of the fields that core's tests have."""
        fields = {"user": self.username, "domain_name": self.domain, "python_version": "3.13"}
        return {"id": 1, **fields, "expiry": self._expiry}

    def _environment(self) -> dict[str, str]:
        """Return the environment of the app; the proxy is in TwilioBehindTheProxy (2020-04-20)."""
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
            "http_proxy": self._proxy,
            "https_proxy": self._proxy,
            "WORKER_DIRECT": self._direct,
        }

    def _today(self, later: timedelta = timedelta()) -> str:
        return (datetime.fromtimestamp(self.clock.now(), UTC) + later).date().isoformat()


def path_of(request: web.Request) -> str:
    """Return the account's path in a request; core sends some with a slash at the end."""
    return request.match_info["path"].rstrip("/") or "/"
