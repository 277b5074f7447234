"""The window's server: the page's files, one WebSocket that tells what changed, and HTTP routes.

    window = Window(telegram=telegram, cloud=cloud)
    print(window.address)  # open it in a browser

It has a thread of its own, so it works while a notebook's cell runs. The key in the address stands
behind the #, which no browser sends: the page reads it there and puts it into a header.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.access import HOST, Access, is_key
from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.page import Page
from bot_sandbox.server import LocalServer, quiet
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.window.cloud import CloudView
from bot_sandbox.window.feed import Feed, Json
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.twitch import TwitchView
from bot_sandbox.window.view import LOG, View, answer, errors

PAGE = Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
KEY_WANTED = (
    "the window's key is missing or wrong. It is behind #key= in the address that was printed; "
    "send it as the header  Authorization: Bearer KEY"
)
KEY_WAIT_S = 10.0
PAGES = 100  # that may be open at one time
CALLS_AT_ONCE = 64  # plain calls
PAUSE_S = 0.03  # between two looks at a world that changes all the time
LOOKING = 0.1  # the share of the time that looking may take
GOODBYE_S = 1.0  # how long a page may take to hear that the window closes
# Nothing is loaded from elsewhere, nothing inline runs. Who may frame the page is not limited:
# without the key, which only its owner has, it shows nothing.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Nobody can listen to it: aiohttp would quote a broken header, and with it the key.
_SILENT = quiet(logging.Logger("bot_sandbox.window"))


class Window(LocalServer):
    """A window on a Telegram, a Twitch and a cloud, or some of them; it closes when you close it.

    `port` 0 takes any free one. The key is random and never the same. The window listens on `host`;
    `allow_hosts` are more names that it answers to, `allow_origins` web pages that may use it (see
    access.py).
    """

    def __init__(
        self,
        telegram: Telegram | None = None,
        twitch: Twitch | None = None,
        cloud: Cloud | None = None,
        *,
        port: int = 0,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
    ) -> None:
        self.views: list[View] = []
        self.views += [TelegramView(telegram)] if telegram else []
        self.views += [TwitchView(twitch)] if twitch else []
        self.views += [CloudView(cloud)] if cloud else []
        super().__init__("sandbox-window", Access(host, allow_hosts, allow_origins))
        self.key = secrets.token_urlsafe(32)
        self._feed = Feed()
        self._sockets: set[web.WebSocketResponse] = set()
        self._followers = 0  # pages that have shown the key
        self._following: list[asyncio.Task[None]] = []
        self._calls = ThreadPoolExecutor(CALLS_AT_ONCE, "sandbox-window-call")
        self.do(self.loop.set_default_executor, self._calls)
        try:
            self.port = self.serve(self.do(self._runner), port)
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise
        self.url = f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Window({self.url!r})"

    @property
    def address(self) -> str:
        """What to open in a browser, the key in it."""
        return self.address_of()

    def address_of(self, **shown: str) -> str:
        """The address of a page that shows something in particular, by the page's own names."""
        return f"{self.url}/#{urlencode({'key': self.key} | shown)}"

    def page(self, still: str, **shown: str) -> Page:
        """The page for a notebook; `still` is the HTML that stands for it when it is not there."""
        return Page(self.address_of(**shown), still)

    async def shutdown(self) -> None:
        """Say goodbye to every page."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*map(say_goodbye, list(self._sockets)))
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _runner(self) -> web.AppRunner:
        app = web.Application(middlewares=[errors, self._check()])
        app.on_response_prepare.append(add_headers)
        app.router.add_get("/live", self._live)
        app.router.add_get("/", page_file)
        app.router.add_get("/{file}", page_file)
        for view in self.views:
            app.add_routes(view.routes())
        return web.AppRunner(
            app,
            access_log=None,
            logger=_SILENT,
            handler_cancellation=True,  # nobody waits for an answer when the client has gone
            shutdown_timeout=GOODBYE_S,
        )

    def _check(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if refused := self.access.refusal(request):
                return answer(403, refused)
            # The page holds no secret, and its WebSocket sends the key in the first message.
            is_page = request.path.count("/") == 1 and request.method in ("GET", "HEAD")
            scheme, _, key = request.headers.get("Authorization", "").partition(" ")
            if is_page or (scheme.lower() == "bearer" and is_key(key.strip(), self.key)):
                return await handler(request)
            return answer(401, KEY_WANTED)

        return check

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """A page's WebSocket: its key comes in, then records go out, whenever one changed."""
        if len(self._sockets) >= PAGES:
            raise web.HTTPServiceUnavailable(text=f"{PAGES} pages are open; close some of them")
        socket = web.WebSocketResponse(
            heartbeat=30.0, max_msg_size=4096, compress=False, timeout=GOODBYE_S
        )
        self._sockets.add(socket)
        try:
            await socket.prepare(request)
            first: Any = None
            with suppress(TimeoutError, ValueError, TypeError, RecursionError):  # no key, as below
                first = await socket.receive_json(timeout=KEY_WAIT_S)
            if isinstance(first, dict) and is_key(first.get("key"), self.key):
                await self._show(socket)
            else:
                await socket.close(code=4401, message=b"the window's key is missing or wrong")
        finally:
            self._sockets.discard(socket)
        return socket

    async def _show(self, socket: web.WebSocketResponse) -> None:
        self._followers += 1
        if not self._following:  # the worlds are looked at while there is a page to show them
            self._following = [asyncio.create_task(self._look(view)) for view in self.views]
        sending = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:  # a page has nothing more to say here; this sees its end
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
        # Each send waits until the page has taken the last one, and what happens meanwhile comes
        # together in the next: a page that never reads costs one message, not one for each change.
        sent = 0
        with suppress(ConnectionError):  # the page has gone
            await socket.send_json({"views": [view.name for view in self.views]})
            while not socket.closed:
                await self.changes.until(lambda: self._feed.number > sent, 60.0)  # noqa: B023
                if self._feed.number > sent:
                    anew, records = self._feed.since(sent)
                    sent = self._feed.number
                    await socket.send_json({"anew": anew, "records": records})

    async def _look(self, view: View) -> None:
        seen, took_s = -1, 0.0
        records: dict[str, Json] = {}
        while True:
            try:
                looking = view.server.submit(look(view, seen))
                seen, records, took_s = await asyncio.wrap_future(looking)
            except (RuntimeError, asyncio.CancelledError):
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                # The server was closed: what was seen last stays, and that it is closed is told.
                self._feed.put(view.name, records | {f"{view.name}/closed": {"type": "closed"}})
                self.changes.changed()
                return
            except Exception:  # a fault of the view's own must not end the page
                LOG.exception("the %s view could not be looked at", view.name)
                await asyncio.sleep(1.0)
                continue
            if self._feed.put(view.name, records):
                self.changes.changed()
            await asyncio.sleep(max(PAUSE_S, took_s / LOOKING))


async def look(view: View, seen: int) -> tuple[int, dict[str, Json], float]:
    """On the view's own loop: wait until something has happened after `seen`, then look.

    Gives the number of that happening, the records, and how many seconds looking took.
    """
    changes = view.server.changes
    await changes.until(lambda: changes.count != seen, 3600.0)
    started = time.thread_time()  # what others do meanwhile is not our looking
    return changes.count, dict(view.records()), time.thread_time() - started


async def say_goodbye(socket: web.WebSocketResponse) -> None:
    """Close a page's WebSocket; one that does not listen is left to itself."""
    with suppress(TimeoutError, ConnectionError, RuntimeError):
        async with asyncio.timeout(GOODBYE_S):
            await socket.close(code=1001, message=b"the window was closed", drain=False)


async def page_file(request: web.Request) -> web.Response:
    """One of the page's files; there is no way to any other."""
    name = request.match_info.get("file", "index.html")
    files = {path.name: path for path in PAGE.iterdir() if path.suffix in TYPES}
    if name not in files:
        raise web.HTTPNotFound(text=f"the window has no {name}")
    path = files[name]
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Put the page's rules on every answer."""
    response.headers.update(HEADERS)
