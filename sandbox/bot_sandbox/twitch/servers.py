"""The sandbox Twitch's two ports: one for everything over HTTP, one for IRC over plain TCP.

This module connects the parts, and opens and closes the sockets. While the servers are down, the
ports stay bound without listening, so clients are refused.
"""

import asyncio
import json
import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.access import Access
from bot_sandbox.http.local_server import (
    LocalServer,
    bind_again,
    bind_sockets,
    close_sockets,
    port_taken,
    silence_logger,
)
from bot_sandbox.twitch.connection import GOODBYE_S
from bot_sandbox.twitch.eventsub import EventSub
from bot_sandbox.twitch.helix import ChatEndpoints, HelixError, HelixGate
from bot_sandbox.twitch.irc import IrcServer
from bot_sandbox.twitch.oauth import OAuth, OAuthError
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.world import TwitchWorld
from bot_sandbox.world.clock import Clock

ABOUT = """The sandbox Twitch. Under this address:
/oauth2/authorize, /oauth2/token, /oauth2/validate, /oauth2/revoke, /oauth2/device, /activate
/oauth2/userinfo, /oauth2/keys, /oauth2/.well-known/openid-configuration
/helix/users, /helix/chat/messages, /helix/chat/chatters, /helix/channels,
/helix/channels/followers, /helix/streams, /helix/eventsub/subscriptions
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
ENDED = "the server went down"
LOGGER = silence_logger(logging.getLogger("bot_sandbox.twitch"))


class Servers(LocalServer):
    """The running servers."""

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
        self._reserved = bind_sockets([port, irc_port], access.listens_on)
        super().__init__("sandbox-twitch", access, clock)  # last: a taken port must leave no thread
        self._ports = [each.getsockname()[1] for each in self._reserved]
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
        self._switching = asyncio.Lock()  # one stop or start after the other
        self._tcp_tasks = BackgroundTasks()
        try:
            self._runner.run(self._come_up())
        except BaseException:
            self.close()
            raise

    @property
    def up(self) -> bool:
        """Whether clients can connect."""
        return self._world.up

    async def _come_up(self) -> None:
        """Serve at its ports, unless it does; RuntimeError if another program has one."""
        async with self._switching:
            if self._world.up:
                return
            self._reserved = self._reserved or await bind_again(
                self._ports, self._access.listens_on
            )
            for_http, for_tcp = self._reserved
            runner = web.AppRunner(
                self._application(), access_log=None, logger=LOGGER, shutdown_timeout=1.0
            )
            await runner.setup()
            self._web_runners.append(runner)
            try:
                await web.SockSite(runner, for_http, backlog=128).start()
                self._tcp = await asyncio.start_server(self._serve_tcp, sock=for_tcp)
            except OSError:  # on Linux, another program may listen at a port that we only reserve
                await self._stop_serving()
                close_sockets(self._reserved)
                raise port_taken(self._ports, self._access.listens_on) from None
            finally:
                self._reserved = []
            self._world.up = True
            self._runner.changes.changed()

    async def _go_down(self) -> None:
        """End all connections and refuse new ones; the ports stay reserved.

        RuntimeError if another program has taken one.
        """
        async with self._switching:
            if not self._world.up:
                return
            self._world.up = False
            await self._stop_listening()
            try:
                self._reserved = await bind_again(self._ports, self._access.listens_on)
            finally:
                await self._stop_serving()
                self._runner.changes.changed()

    async def _shutdown(self) -> None:
        """Stop everything, before the thread ends."""
        close_sockets(self._reserved)
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
            response = refusal(request.path, refused) if refused else await handler(request)
            if response.status >= 400 and isinstance(response, web.Response):
                self._world.refused.append(
                    f"{request.method} {request.path}: {response.status} {words_of(response)}"
                )
            return response

        return check

    async def _serve_irc(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(text=ABOUT)
        return await self._irc.serve_websocket(request)

    def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tcp_tasks.start(self._irc.serve_tcp(reader, writer))

    async def _stop_listening(self) -> None:
        """Free both ports; connections stay."""
        await super()._stop_listening()
        if self._tcp:
            self._tcp.close()

    async def _stop_serving(self) -> None:
        await self._stop_listening()
        for connection in list(self._world.connections):
            connection.end(ENDED, abort=True)
        if self._tcp_tasks:
            await asyncio.wait(self._tcp_tasks, timeout=2 * GOODBYE_S)
        for runner in self._web_runners:
            await runner.cleanup()
        self._web_runners.clear()


def words_of(response: web.Response) -> str:
    """Return the message in a refusal's JSON; "" for anything else."""
    try:
        return str(json.loads(response.text or "")["message"])
    except (ValueError, LookupError, TypeError):
        return ""


def refusal(path: str, words: str) -> web.Response:
    """Return an access refusal in the form of the path: Helix, OAuth or plain text."""
    if path.startswith(("/helix/", "/mock/", "/eventsub/")):
        return HelixError(403, words).response()
    if path.startswith(("/oauth2/", "/auth/")):
        return OAuthError(403, words).response()
    return web.Response(status=403, text=words)
