"""The window's server: the page's files, a WebSocket for changes, and HTTP routes.

    window = Window(telegram=telegram, cloud=cloud)
    print(window.address)  # open it in a browser

It has its own thread, so it works while a notebook's cell runs. The key is after the # of the
address, which no browser sends; the page reads it there and puts it into a header.
"""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlencode

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.diagnosis.clean_text import clean_error
from bot_sandbox.http.access import HOST, KEY_HEADER, Access, is_preflight, key_matches
from bot_sandbox.http.jupyter_proxy import browser_address
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.http.page import Page
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.window.cloud import CloudView
from bot_sandbox.window.feed import Feed, Json, Record
from bot_sandbox.window.http import error_response, handle_errors, make_handler
from bot_sandbox.window.openapi import make_document
from bot_sandbox.window.routes import (
    Route,
    Values,
    get_route,
    post_route,
    quote_json,
    routes_of,
    text,
)
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.twitch import TwitchView
from bot_sandbox.window.view import LOG, DoneJson, Server, View, call
from bot_sandbox.world.snapshot import Snapshot

if TYPE_CHECKING:
    from bot_sandbox.mail import Mail

PAGE_FOLDER = Path(__file__).with_name("page")
CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
KEY_WANTED = (
    "the window's key is missing or wrong. It is behind #key= in the address that was printed; "
    f"send it as the header  {KEY_HEADER}: KEY"
)
KEY_WAIT_S = 10.0
SNAPSHOTS = 100  # to keep
PAGES = 100  # that may be open at once
CALLS_AT_ONCE = 64  # plain calls
PAUSE_S = 0.03  # between two reads of a world that changes all the time
SHARE_FOR_READING = 0.1  # the share of time for reading
GOODBYE_S = 1.0  # how long a page may take for the goodbye
# Nothing is loaded from elsewhere, nothing inline runs. Any page may frame this one, because it
# shows nothing without the key.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Without handlers, because aiohttp would quote a broken header, and with it the key.
_SILENT = silence_logger(logging.Logger("bot_sandbox.window"))


class SnapshotJson(TypedDict):
    snapshot: str


def open_window(server: LocalServer) -> "Window":
    """Open a window on one server; it allows what the server allows."""
    kinds = {"telegram": Telegram, "twitch": Twitch, "cloud": Cloud}
    shown: dict[str, Any] = {
        name: server for name, kind in kinds.items() if isinstance(server, kind)
    }
    access = server._access
    return Window(**shown, allow_hosts=access.allow_hosts, allow_origins=access.allow_origins)


class Window(LocalServer):
    """A window on a Telegram, a Twitch, a cloud and a mail server, or some of them.

    `port` 0 takes any free one. The `key` is random and new each time, unless you pass one. The
    window listens on `host`; `allow_hosts` are more names that it answers to, `allow_origins` web
    pages that may use it (see http/access.py).
    """

    def __init__(
        self,
        telegram: Telegram | None = None,
        twitch: Twitch | None = None,
        cloud: Cloud | None = None,
        mail: "Mail | None" = None,
        *,
        port: int = 0,
        key: str = "",
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
    ) -> None:
        self.views: list[View] = []
        self.views += [TelegramView(telegram)] if telegram else []
        self.views += [TwitchView(twitch)] if twitch else []
        self.views += [CloudView(cloud)] if cloud else []
        if mail:  # imported only now, because aiosmtpd is optional
            from bot_sandbox.window.mail import MailView

            self.views += [MailView(mail)]
        super().__init__("sandbox-window", Access(host, allow_hosts, allow_origins))
        self.key = key or secrets.token_urlsafe(32)
        self._snapshots: dict[str, list[tuple[Server, Snapshot]]] = {}  # the oldest first
        self._snapshot_numbers = itertools.count(1)
        self._all_servers = asyncio.Lock()  # one request at a time goes through all of them
        self.describe_world: Callable[[], Json] | None = None  # set by the command
        self._feed = Feed()
        self._sockets: set[web.WebSocketResponse] = set()
        self._without_key: dict[web.WebSocketResponse, None] = {}  # the oldest first
        self._followers = 0  # pages with the right key
        self._following: list[asyncio.Task[None]] = []
        self._calls = ThreadPoolExecutor(CALLS_AT_ONCE, "sandbox-window-call")
        self._runner.do(self._runner.loop.set_default_executor, self._calls)
        self.port = self._run_or_close(self._serve(self._runner.do(self._make_runner), port))
        self.url = f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Window({self.url!r})"

    @property
    def address(self) -> str:
        """The address to open in a browser, with the key."""
        return self.address_of()

    def address_of(self, **shown: str) -> str:
        """Return the address of a page that shows something particular, by the page's names."""
        return f"{browser_address(f'{self.url}/')}#{urlencode({'key': self.key} | shown)}"

    def notebook_page(self, still: str, **shown: str) -> Page:
        """Return the page for a notebook; `still` is HTML to show where the page can't be."""
        return Page(self.address_of(**shown), still)

    async def _shutdown(self) -> None:
        """Say goodbye to every page."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*map(say_goodbye, list(self._sockets)))
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _make_runner(self) -> web.AppRunner:
        app = web.Application(middlewares=[handle_errors, self._check()])
        app.on_response_prepare.append(self._add_headers)
        app.router.add_get("/live", self._serve_page_socket)
        app.router.add_get("/", page_file)
        app.router.add_get("/{file}", page_file)
        for view in (self, *self.views):
            for route in routes_of(view):
                app.router.add_route(route.method, f"/api/{route.path}", make_handler(view, route))
        app.router.add_route("*", "/api/{path:.*}", self._refuse_unknown_path)
        return web.AppRunner(
            app,
            access_log=None,
            logger=_SILENT,
            handler_cancellation=True,  # nobody waits for the response if the client is gone
            shutdown_timeout=GOODBYE_S,
        )

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the page's security headers to every response, and CORS for an allowed page."""
        response.headers.update(SECURITY_HEADERS | self._access.cors_headers(request))

    def _check(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if refused := self._access.refusal(request):
                return error_response(403, refused)
            if is_preflight(request) and self._access.cors_headers(request):
                return web.Response(status=204)
            # The page holds no secret, and its WebSocket sends the key in the first message.
            is_public = request.path.count("/") == 1 or request.path == "/api/openapi.json"
            is_page = is_public and request.method in ("GET", "HEAD")
            if is_page or key_matches(request.headers.get(KEY_HEADER), self.key):
                return await handler(request)
            return error_response(401, KEY_WANTED)

        return check

    def _routes(self) -> list[Route]:
        return [route for view in (self, *self.views) for route in routes_of(view)]

    async def _refuse_unknown_path(self, request: web.Request) -> web.Response:
        """Refuse a path that no route has, or a method that its routes don't have."""
        path, routes = request.match_info["path"], self._routes()
        if methods := [route.method for route in routes if route.path == path]:
            said = f"/api/{path} has no {request.method}; use {' or '.join(methods)}"
            refused = error_response(405, said)
            refused.headers["Allow"] = ", ".join(methods)
            return refused
        similar = get_close_matches(path, dict.fromkeys(route.path for route in routes))
        guess = f"did you mean {', '.join(f'/api/{one}' for one in similar)}? " if similar else ""
        every = "GET /api/openapi.json describes all requests"
        return error_response(404, f"there is no /api/{clean_error(path):.100}; {guess}{every}")

    @get_route("openapi.json", needs_key=False)
    async def openapi(self, _: Values) -> Json:
        """Get this document: all requests, their fields and responses, as OpenAPI 3.1."""
        return make_document(self._routes())

    @get_route("world")
    async def world(self, _: Values) -> Json:
        """Get what `bot-sandbox --json` prints: every address, key, token and id, as it is now.

        Only the command has it: a window that was opened in Python says 404.
        """
        if self.describe_world is None:
            raise KeyError("only the command bot-sandbox describes its world; ask each server")
        return await call(self.describe_world)

    @post_route("reset")
    async def reset(self, _: Values) -> DoneJson:
        """Forget everybody and everything, as in new servers at the same addresses.

        Connections of accounts that are gone are closed. The clock stays.
        """
        async with self._all_servers:
            self._snapshots.clear()
            for view in self.views:
                await call(view.server.reset)
        return {"done": "Everything was forgotten."}

    @post_route("snapshots")
    async def new_snapshot(self, _: Values) -> SnapshotJson:
        """Keep what all servers know now; the newest 100 snapshots are kept."""
        servers = [view.server for view in self.views]
        async with self._all_servers:
            taken = [(server, await call(server.snapshot)) for server in servers]
        name = f"snapshot-{next(self._snapshot_numbers)}"
        self._snapshots[name] = taken
        if len(self._snapshots) > SNAPSHOTS:
            del self._snapshots[next(iter(self._snapshots))]
        return {"snapshot": name}

    @post_route(
        "restore",
        text("snapshot", "from the response of `snapshots`"),
        example={"snapshot": "snapshot-1"},
    )
    async def restore(self, values: Values) -> DoneJson:
        """Return to a snapshot, as if nothing had happened since.

        A bot that was connected stays connected, and gets no update id twice. Functions start
        cold. The clock stays.
        """
        name = values["snapshot"]
        async with self._all_servers:
            if name not in self._snapshots:
                known = ", ".join(self._snapshots) or "none"
                raise KeyError(f"there is no snapshot {quote_json(name)}; there are: {known}")
            # Functions first, because the other servers then call them.
            for server, snapshot in reversed(self._snapshots[name]):
                await call(server.restore, snapshot)
        return {"done": f"Everything is as in {name}."}

    async def _serve_page_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve a page's WebSocket: receive its key, then send records whenever they change."""
        if self._followers >= PAGES:
            raise web.HTTPServiceUnavailable(text=f"{PAGES} pages are open; close some of them")
        socket = web.WebSocketResponse(
            heartbeat=30.0, max_msg_size=4096, compress=False, timeout=GOODBYE_S
        )
        self._sockets.add(socket)
        try:
            await socket.prepare(request)
            if await self._shows_key(socket):
                await self._show(socket)
            else:
                await say_key_is_wrong(socket)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _shows_key(self, socket: web.WebSocketResponse) -> bool:
        """Wait for a page's key. Of too many that wait, the oldest makes room for a new one."""
        if len(self._without_key) >= PAGES:
            oldest = next(iter(self._without_key))
            del self._without_key[oldest]
            await say_key_is_wrong(oldest)
        self._without_key[socket] = None
        first: Any = None
        try:
            with suppress(TimeoutError, ValueError, TypeError, RecursionError):  # no JSON, no text
                first = await socket.receive_json(timeout=KEY_WAIT_S)
        finally:
            self._without_key.pop(socket, None)
        return isinstance(first, dict) and key_matches(first.get("key"), self.key)

    async def _show(self, socket: web.WebSocketResponse) -> None:
        self._followers += 1
        if not self._following:  # the worlds are read only while a page shows them
            self._following = [asyncio.create_task(self._look(view)) for view in self.views]
        sending = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:  # a page sends nothing more; this notices its end
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            sending.cancel()
            self._followers -= 1
            if not self._followers:
                for task in self._following:
                    task.cancel()
                self._following = []

    async def _send(self, socket: web.WebSocketResponse) -> None:
        # Each send waits until the page has taken the last one and then has all changes since, so a
        # page that never reads costs one message, not one for each change.
        sent = 0
        with suppress(ConnectionError):  # the page has gone
            await socket.send_json({"views": [view.name for view in self.views]})
            while not socket.closed:
                await self._runner.changes.until(lambda: self._feed.number > sent, 60.0)  # noqa: B023
                if self._feed.number > sent:
                    reset, records = self._feed.since(sent)
                    sent = self._feed.number
                    await socket.send_json({"reset": reset, "records": records})

    async def _look(self, view: View) -> None:
        seen, took_s = -1, 0.0
        records: dict[str, Record] = {}
        while True:
            try:
                seen, records, took_s = await view.server._runner.run_async(
                    wait_for_records(view, seen)
                )
            except (RuntimeError, asyncio.CancelledError):
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                # The server was closed: keep the last records, and say that it is closed.
                self._feed.put(view.name, records | {f"{view.name}/closed": {"type": "closed"}})
                self._runner.changes.changed()
                return
            except Exception:  # a bug of the view must not end the page
                LOG.exception("the %s view could not be looked at", view.name)
                await asyncio.sleep(1.0)
                continue
            if self._feed.put(view.name, records):
                self._runner.changes.changed()
            await asyncio.sleep(max(PAUSE_S, took_s / SHARE_FOR_READING))


async def say_key_is_wrong(socket: web.WebSocketResponse) -> None:
    """Close the WebSocket of a page that has not shown the window's key."""
    await socket.close(code=4401, message=b"the window's key is missing or wrong")


async def wait_for_records(view: View, seen: int) -> tuple[int, dict[str, Record], float]:
    """On the view's loop, wait for a change after `seen`, then read the records.

    Returns the number of the change, the records, and how many seconds reading took.
    """
    changes = view.server._runner.changes
    await changes.until(lambda: changes.count != seen, 3600.0)
    started = time.thread_time()  # thread time, without what others do meanwhile
    return changes.count, dict(view.records()), time.thread_time() - started


async def say_goodbye(socket: web.WebSocketResponse) -> None:
    """Close a page's WebSocket; give up on one that does not respond."""
    with suppress(TimeoutError, ConnectionError, RuntimeError):
        async with asyncio.timeout(GOODBYE_S):
            await socket.close(code=1001, message=b"the window was closed", drain=False)


async def page_file(request: web.Request) -> web.Response:
    """Serve one of the page's files, and no other."""
    name = request.match_info.get("file", "index.html")
    files = {path.name: path for path in PAGE_FOLDER.iterdir() if path.suffix in CONTENT_TYPES}
    if name not in files:
        raise web.HTTPNotFound(text=f"the window has no {name}")
    path = files[name]
    return web.Response(
        body=path.read_bytes(), content_type=CONTENT_TYPES[path.suffix], charset="utf-8"
    )
