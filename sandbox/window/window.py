"""The window's server: the page's files, one WebSocket that tells what changed, and HTTP routes.

    window = Window(telegram=telegram, cloud=cloud)
    print(window.address)  # open it in a browser

It has a thread of its own, so it works while a notebook's cell runs. The key in the address stands
behind the #, which no browser sends: the page reads it there and puts it into a header.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from sandbox.cloud import Cloud
from sandbox.page import Page
from sandbox.server import HOST, LocalServer
from sandbox.telegram.service import Telegram
from sandbox.twitch.service import Twitch
from sandbox.window.cloud import CloudView
from sandbox.window.feed import Feed, Json
from sandbox.window.gate import HEADERS, Gate
from sandbox.window.telegram import TelegramView
from sandbox.window.twitch import TwitchView
from sandbox.window.view import View, errors

PAGE = Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
BODY_LIMIT = 6 * 1024 * 1024  # bytes of a request: a picture of 5 MB fits
KEY_WAIT_S = 10.0
CALLS_AT_ONCE = 64  # plain calls that may wait for an answer at one time
PAUSE_S = 0.03  # between two looks at a world that changes all the time


class Window(LocalServer):
    """A window on a Telegram, a Twitch and a cloud, or some of them; it closes when you close it.

    `port` 0 takes any free one. The key is random and never the same.
    """

    def __init__(
        self,
        telegram: Telegram | None = None,
        twitch: Twitch | None = None,
        cloud: Cloud | None = None,
        *,
        port: int = 0,
    ) -> None:
        self.views: list[View] = []
        self.views += [TelegramView(telegram)] if telegram else []
        self.views += [TwitchView(twitch)] if twitch else []
        self.views += [CloudView(cloud)] if cloud else []
        super().__init__("sandbox-window")
        self.key = secrets.token_urlsafe(32)
        self._gate = Gate(self.key)
        self._feed = Feed()
        self._sockets: set[web.WebSocketResponse] = set()
        self._following: list[asyncio.Task[None]] = []
        self._calls = ThreadPoolExecutor(CALLS_AT_ONCE, "sandbox-window-call")
        self.do(self.loop.set_default_executor, self._calls)
        try:
            self.port = self.serve(self.do(self._runner), port)
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise
        self.url = f"http://{HOST}:{self.port}"

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
        for socket in list(self._sockets):
            await socket.close(code=1001, message=b"the window was closed")
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _runner(self) -> web.AppRunner:
        app = web.Application(
            middlewares=[errors, self._gate.middleware()], client_max_size=BODY_LIMIT
        )
        app.on_response_prepare.append(add_headers)
        app.router.add_get("/live", self._live)
        app.router.add_get("/", page_file)
        app.router.add_get("/{file}", page_file)
        for view in self.views:
            app.add_routes(view.routes())
        return web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """A page's WebSocket: its key comes in, then records go out, whenever one changed."""
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=4096)
        await socket.prepare(request)
        first: Any = None
        with suppress(TimeoutError, ValueError, TypeError):  # they are no key, as below
            first = await socket.receive_json(timeout=KEY_WAIT_S)
        if not isinstance(first, dict) or not self._gate.knows(first.get("key")):
            await socket.close(code=4401, message=b"the window's key is missing or wrong")
            return socket
        self._sockets.add(socket)
        self._follow()
        sending = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:  # a page has nothing more to say here; this sees its end
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            sending.cancel()
            self._sockets.discard(socket)
            if not self._sockets:
                self._rest()
        return socket

    async def _send(self, socket: web.WebSocketResponse) -> None:
        sent = 0
        names = [view.name for view in self.views]
        await socket.send_json({"views": names})
        while not socket.closed:
            if self._feed.number > sent:
                records = self._feed.since(sent)
                sent = self._feed.number
                try:
                    await socket.send_json({"records": records})
                except ConnectionError:
                    return
            await self.watch.until(lambda: self._feed.number > sent, 60.0)  # noqa: B023

    def _follow(self) -> None:
        """Look at the worlds while there is a page to show them."""
        if not self._following:
            self._following = [asyncio.create_task(self._look(view)) for view in self.views]

    def _rest(self) -> None:
        for task in self._following:
            task.cancel()
        self._following = []

    async def _look(self, view: View) -> None:
        seen = -1
        while True:
            try:
                looking = view.server.submit(look(view, seen))
                seen, records = await asyncio.wrap_future(looking)
            except (RuntimeError, asyncio.CancelledError):
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                records = {f"{view.name}/closed": {"type": "closed"}}
                if self._feed.put(view.name, records):
                    self.watch.changed()
                return
            if self._feed.put(view.name, records):
                self.watch.changed()
            await asyncio.sleep(PAUSE_S)


async def look(view: View, seen: int) -> tuple[int, dict[str, Json]]:
    """On the view's own loop: wait until something has happened after `seen`, then look."""
    watch = view.server.watch
    await watch.until(lambda: watch.count != seen, 3600.0)
    return watch.count, dict(view.records())


def window_on(server: LocalServer) -> Window:
    """A window on one server alone, for its own `window()`."""
    if isinstance(server, Telegram):
        return Window(telegram=server)
    if isinstance(server, Twitch):
        return Window(twitch=server)
    assert isinstance(server, Cloud)
    return Window(cloud=server)


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
