"""The sandbox Twitch's two ports: one for everything over HTTP, one for IRC over plain TCP.

This module connects the parts.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.access import Access
from bot_sandbox.http.local_server import silence_logger
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.twitch.connection import GOODBYE_S
from bot_sandbox.twitch.eventsub import EventSub
from bot_sandbox.twitch.helix import ChatEndpoints, HelixError, HelixGate
from bot_sandbox.twitch.irc import IrcServer
from bot_sandbox.twitch.oauth import OAuth, OAuthError
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.world import TwitchWorld
from bot_sandbox.world.clock import Clock

ABOUT_TEXT = """The sandbox Twitch. Under this address:
/oauth2/authorize, /oauth2/token, /oauth2/validate, /oauth2/revoke, /oauth2/device, /activate
/oauth2/userinfo, /oauth2/keys, /oauth2/.well-known/openid-configuration
/helix/users, /helix/chat/messages, /helix/chat/chatters, /helix/chat/color, /helix/chat/badges,
/helix/chat/badges/global, /helix/channels, /helix/channels/followers, /helix/streams,
/helix/eventsub/subscriptions, /helix/eventsub/conduits, /helix/eventsub/conduits/shards
/irc (WebSocket: chat), /ws (WebSocket: EventSub)
"""
# Twitch's command line serves a mock API under other paths. Libraries that can use it (twurple by
# TWURPLE_MOCK_API_PORT) find the sandbox here. Its /auth/authorize is another (oauth.py).
AS_TWITCH_CLI = {
    "/oauth2/token": "/auth/token",
    "/oauth2/validate": "/auth/validate",
    "/oauth2/revoke": "/auth/revoke",
    "/helix/eventsub/subscriptions": "/eventsub/subscriptions",
    "/helix/": "/mock/",
}
SERVER_WENT_DOWN = "the server went down"
LOGGER = silence_logger(logging.getLogger("bot_sandbox.twitch"))


class Servers(SwitchableServer):
    """The running servers."""

    _platform = "twitch"
    port: int
    irc_port: int

    def __init__(
        self,
        settings: TwitchSettings,
        port: int,
        irc_port: int,
        access: Access,
        clock: Clock | None,
    ) -> None:
        super().__init__("sandbox-twitch", [port, irc_port], access, clock)
        self.port, self.irc_port = self._ports
        self._world = TwitchWorld(
            self.clock, settings, self._runner.changes, f"{self.host}:{self.port}"
        )
        self._irc = IrcServer(self._world)
        self._gate = HelixGate(self._world)
        self._eventsub = EventSub(self._world, self._gate)
        self._oauth = OAuth(self._world)
        self._chat = ChatEndpoints(self._world, self._irc, self._gate)
        self._tcp: asyncio.Server | None = None
        self._tcp_tasks = BackgroundTasks()
        self._run_or_close(self._come_up())

    @property
    def up(self) -> bool:
        """Whether clients can connect."""
        return self._world.up

    def _note_up(self, is_up: bool) -> None:
        self._world.up = is_up

    async def _start_serving(self, *sockets: socket.socket) -> None:
        for_http, for_tcp = sockets
        runner = web.AppRunner(
            self._application(), access_log=None, logger=LOGGER, shutdown_timeout=1.0
        )
        self._web_runners.append(runner)
        await runner.setup()
        await web.SockSite(runner, for_http, backlog=128).start()
        self._tcp = await asyncio.start_server(self._serve_tcp, sock=for_tcp)

    async def _go_down(self) -> None:
        """Note for each program that the servers went down, and do it."""
        for login in dict.fromkeys(c.login for c in self._world.connections if c.login):
            text = "the servers went down, and all connections with them"
            self._world.note_fault(login, text)
        await super()._go_down()

    async def _end_connections(self) -> None:
        for connection in list(self._world.connections):
            connection.end(SERVER_WENT_DOWN, abort=True)
        if self._tcp_tasks:
            await asyncio.wait(self._tcp_tasks, timeout=2 * GOODBYE_S)

    async def _shutdown(self) -> None:
        """Stop everything, before the thread ends."""
        await super()._shutdown()
        await self._stop_serving()
        await self._eventsub.webhooks.close()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._check()], client_max_size=1024 * 1024)
        routes = [*self._oauth.routes(), *self._chat.routes(), *self._eventsub.routes()]
        here = [
            f"{route.method} {route.path.removeprefix('/helix/')}"
            for route in routes
            if route.path.startswith("/helix/")
        ]
        routes.append(web.route("*", "/helix/{rest:.*}", self._gate.fallback(here)))
        app.add_routes(routes)
        for route in routes:
            for path, as_cli in AS_TWITCH_CLI.items():
                if route.path.startswith(path):
                    app.router.add_route(
                        route.method, route.path.replace(path, as_cli, 1), route.handler
                    )
                    break
        app.router.add_get("/irc", self._serve_irc)
        app.router.add_get("/", self._serve_irc)  # the real chat is at the root of its host
        return app

    def _check(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            refused = self._access.refusal(request)
            response = (
                refusal_response(request.path, refused) if refused else await handler(request)
            )
            if response.status >= 400 and isinstance(response, web.Response):
                self._world.note_refused(
                    f"{request.method} {request.path}: {response.status} {refusal_words(response)}"
                )
            return response

        return check

    async def _serve_irc(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(text=ABOUT_TEXT)
        return await self._irc.serve_websocket(request)

    def _protocol_factory(self, port_name: str) -> Callable[[], asyncio.BaseProtocol]:
        if port_name != "irc_port":
            return super()._protocol_factory(port_name)
        return lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(), self._serve_tcp)

    def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tcp_tasks.start(self._irc.serve_tcp(reader, writer))

    async def _stop_listening(self) -> None:
        """Free both ports; connections stay."""
        await super()._stop_listening()
        if self._tcp:
            self._tcp.close()


def refusal_words(response: web.Response) -> str:
    """Return the message in a refusal's JSON; "" for anything else."""
    try:
        return str(json.loads(response.text or "")["message"])
    except (ValueError, LookupError, TypeError):
        return ""


def refusal_response(path: str, words: str) -> web.Response:
    """Return an access refusal in the form of the path: Helix, OAuth or plain text."""
    if path.startswith(("/helix/", "/mock/", "/eventsub/")):
        return HelixError(403, words).response()
    if path.startswith(("/oauth2/", "/auth/")):
        return OAuthError(403, words).response()
    return web.Response(status=403, text=words)
