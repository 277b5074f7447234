"""The sandbox Twitch's two ports: one for everything over HTTP, one for IRC over plain TCP.

Here the parts are put together and the sockets opened, closed and opened again. While the
servers are down, the ports stay reserved (bound, not listening), so clients are refused.
"""

import asyncio
import socket

from aiohttp import web

from sandbox.server import LocalServer, reserve
from sandbox.twitch.duplex import GOODBYE_S
from sandbox.twitch.eventsub import EventSub
from sandbox.twitch.helix import Helix
from sandbox.twitch.helix_chat import ChatEndpoints
from sandbox.twitch.irc_hub import Hub
from sandbox.twitch.irc_wire import serve_tcp, serve_websocket
from sandbox.twitch.oauth import OAuth
from sandbox.twitch.oauth_codes import Codes
from sandbox.twitch.oauth_pages import Pages
from sandbox.twitch.settings import Settings
from sandbox.twitch.world import World

ABOUT = """The sandbox Twitch. Under this address:
/oauth2/authorize, /oauth2/token, /oauth2/validate, /oauth2/revoke, /oauth2/device, /activate
/helix/users, /helix/chat/messages, /helix/chat/chatters, /helix/eventsub/subscriptions
/irc (WebSocket: chat), /ws (WebSocket: EventSub)
"""
ENDED = "the server went down"


class Ports(LocalServer):
    """The running servers."""

    def __init__(self, settings: Settings, port: int, irc_port: int) -> None:
        super().__init__("sandbox-twitch")
        self.world = World(self.loop, settings)
        self.hub = Hub(self.world)
        self.helix = Helix(self.world)
        self.eventsub = EventSub(self.world, self.helix)
        self._codes = Codes(self.world)
        self._tcp: asyncio.Server | None = None
        self._tcp_tasks: set[asyncio.Task[None]] = set()
        self._reserved: list[socket.socket] = []
        try:
            self._reserved.append(reserve(port))
            self._reserved.append(reserve(irc_port))
            self.port, self.irc_port = (s.getsockname()[1] for s in self._reserved)
            self.run(self.come_up())
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise

    async def come_up(self) -> None:
        """Serve on the reserved ports; when they are served already, do nothing."""
        if not self._reserved:
            return
        for_http, for_tcp = self._reserved
        self._reserved = []
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runners.append(runner)
        await web.SockSite(runner, for_http, backlog=128).start()
        self._tcp = await asyncio.start_server(self._serve_tcp, sock=for_tcp)

    async def go_down(self) -> None:
        """End every connection and refuse new ones; the ports stay reserved."""
        if self._reserved:
            return
        await self._stop_serving()
        self._reserved = [reserve(self.port), reserve(self.irc_port)]

    async def shutdown(self) -> None:
        """End everything, before the thread ends."""
        for reserved in self._reserved:
            reserved.close()
        await self._stop_serving()
        await self.eventsub.webhooks.close()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=1024 * 1024)
        app.add_routes(OAuth(self.world, self._codes).routes())
        app.add_routes(Pages(self.world, self._codes).routes())
        app.add_routes(ChatEndpoints(self.world, self.hub, self.helix).routes())
        app.add_routes(self.eventsub.routes())
        app.router.add_get("/irc", self._serve_irc)
        app.router.add_get("/", self._serve_irc)  # the real chat is at the root of its own host
        app.router.add_route("*", "/helix/{rest:.*}", self.helix.not_found)
        return app

    async def _serve_irc(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(text=ABOUT)
        return await serve_websocket(self.hub, request)

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tcp_tasks.add(task)
        task.add_done_callback(self._tcp_tasks.discard)
        await serve_tcp(self.hub, reader, writer)

    async def _stop_serving(self) -> None:
        if self._tcp:
            self._tcp.close()
        for session in list(self.hub.sessions):
            session.end(ENDED, abort=True)
        for event_session in list(self.eventsub.sessions.all):
            event_session.end(ENDED, abort=True)
        if self._tcp_tasks:
            await asyncio.wait(self._tcp_tasks, timeout=2 * GOODBYE_S)
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
