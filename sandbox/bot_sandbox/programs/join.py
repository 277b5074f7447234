"""Run a program on this machine or another beside a sandbox that runs already.

A `JoinOffer` is beside the sandbox. With its code, a client gets the public certificate and tunnels
to the platforms' names, and nothing else: Bot API, Helix and chat still need their own tokens. A
`JoinedProxy` is beside the program, and opens a tunnel for each of its connections. What goes
through a tunnel is the program's own TLS.
"""

import asyncio
import json
import logging
import secrets
import socket
from collections.abc import Iterable
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    TCPConnector,
    ThreadedResolver,
    WSCloseCode,
    WSMsgType,
    web,
)
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.diagnosis.clean_text import escape_control_characters
from bot_sandbox.http.access import HOST, HOST_HEADER, Access, key_matches
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.programs.platform_addresses import ADDRESSES, HOSTS, PLATFORMS
from bot_sandbox.programs.platform_proxy import PlatformProxy, import_trustme
from bot_sandbox.programs.program_proxy import (
    CHUNK,
    ProgramProxy,
    Streams,
    reset_connection,
    streams_of,
)
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch.service import Twitch

Tunnel = web.WebSocketResponse | ClientWebSocketResponse
# Without handlers, because aiohttp would quote a broken header, and with it the code.
_SILENT = silence_logger(logging.Logger("bot_sandbox.join"))
CODE_HEADER = "Bot-Sandbox-Code"
CODE_BYTES = 16
WRONG_CODE = "the code after # is missing or wrong. Copy the whole address, as the sandbox shows it"
OFFER_S = 10.0  # how long a sandbox may take to say what it offers
TUNNEL_S = 30.0  # how long it may take to open a tunnel
CLOSE_S = 1.0  # how long the other side may take for its goodbye


class JoinOffer(LocalServer):
    """Lets programs elsewhere find a Telegram and a Twitch at the real addresses.

    `bot-sandbox join ADDRESS -- COMMAND` runs such a program, on this machine or another. `address`
    has a code after its #, which is random and new each time, unless you pass one. It opens the way
    to the Bot API and to Twitch, which want their own tokens, and to nothing else of the sandbox.

    `port` 0 takes any free one. The offer listens on `host`; `allow_hosts` are more names that it
    answers to. Raises ImportError if trustme is missing.
    """

    def __init__(
        self,
        telegram: Telegram | None = None,
        twitch: Twitch | None = None,
        *,
        port: int = 0,
        code: str = "",
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        import_trustme()  # first: without it, this leaves no thread
        super().__init__("join-offer", Access(host, allow_hosts))
        servers: dict[str, SwitchableServer | None] = {"telegram": telegram, "twitch": twitch}
        self._proxy = PlatformProxy({name: one for name, one in servers.items() if one})
        self._code = code or secrets.token_urlsafe(CODE_BYTES)
        self._tunnels: set[Tunnel] = set()
        app = web.Application(middlewares=[self._check()])
        app.router.add_get("/offer", self._serve_offer)
        app.router.add_get("/tunnel", self._serve_tunnel)
        runner = self._runner.do(lambda: web.AppRunner(app, access_log=None, logger=_SILENT))
        self.port: int = self._run_or_close(self._serve(runner, port))
        self.address: str = f"{self.host}:{self.port}#{self._code}"

    def __repr__(self) -> str:
        return f"JoinOffer('{self.host}:{self.port}')"

    def close(self) -> None:
        """End all tunnels and stop serving; a second call does nothing."""
        super().close()
        self._proxy.close()

    async def _shutdown(self) -> None:
        for tunnel in list(self._tunnels):
            await tunnel.close(code=WSCloseCode.GOING_AWAY)

    def _check(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if refused := self._access.refusal(request):
                return web.Response(status=HTTPStatus.FORBIDDEN, text=refused)
            if not key_matches(request.headers.get(CODE_HEADER), self._code):
                return web.Response(status=HTTPStatus.UNAUTHORIZED, text=WRONG_CODE)
            return await handler(request)

        return check

    async def _serve_offer(self, _: web.Request) -> web.Response:
        """GET /offer: the public certificate, and which platforms there are."""
        proxy = self._proxy
        return web.json_response(
            {"authority": proxy.authority.decode(), "platforms": proxy.platforms}
        )

    async def _serve_tunnel(self, request: web.Request) -> web.StreamResponse:
        """GET /tunnel?to=HOST:PORT: a WebSocket with the bytes of one connection."""
        asked = request.query.get("to", "")
        place = next((each for each in ADDRESSES if "{}:{}".format(*each) == asked), None)
        if place is None:
            words = f"tunnels lead to {', '.join(HOSTS)}, and not to {asked[:100]}"
            return web.Response(status=HTTPStatus.FORBIDDEN, text=words)
        tunnel = web.WebSocketResponse(compress=False, timeout=CLOSE_S)
        await tunnel.prepare(request)
        self._tunnels.add(tunnel)
        try:
            await pass_through_tunnel(await self._proxy.connect_address(*place), tunnel)
        finally:
            self._tunnels.discard(tunnel)
        return tunnel


class JoinedProxy(ProgramProxy):
    """Real addresses lead through tunnels to a sandbox that runs elsewhere.

    `address` is that of a `JoinOffer`. Raises ValueError if it is wrong, and OSError if no sandbox
    answers there.
    """

    def __init__(self, address: str) -> None:
        self.place, self._code = split_address(address)  # the place is no secret
        authority, platforms = ask_for_offer(self.place, self._code)
        self._session: ClientSession | None = None  # made on the loop
        host = urlsplit(f"//{self.place}").hostname or ""
        super().__init__("joined-proxy", platforms, authority, [host])

    async def _shutdown(self) -> None:
        await super()._shutdown()
        if self._session:
            await self._session.close()

    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        """Open a tunnel for a client that wants a real address."""
        # The system's own resolver, which knows the names of a local network, too.
        self._session = self._session or ClientSession(
            connector=TCPConnector(resolver=ThreadedResolver(), limit=0)
        )
        try:
            async with asyncio.timeout(TUNNEL_S):
                tunnel = await self._session.ws_connect(
                    f"http://{self.place}/tunnel",
                    params={"to": f"{host}:{port}"},
                    headers={CODE_HEADER: self._code},
                    timeout=ClientWSTimeout(ws_close=CLOSE_S),
                )
        except (ClientError, OSError):  # TimeoutError is one, too
            self._note(f"{host}: the sandbox at {self.place} opens no tunnel anymore. Does it run?")
            reset_connection(client)
            return
        await pass_through_tunnel(await streams_of(client), tunnel)


def split_address(address: str) -> tuple[str, str]:
    """Return host and port, and the code; ValueError, without the code, if one is missing.

    >>> split_address("127.0.0.1:8084#code")
    ('127.0.0.1:8084', 'code')
    """
    place, _, code = address.partition("#")
    if not (HOST_HEADER.fullmatch(place.lower()) and ":" in place.rpartition("]")[2] and code):
        raise ValueError(
            f"expected an address such as 127.0.0.1:8084#CODE, as the sandbox shows it; found "
            f"{place[:100]!r}, {'and a code' if code else 'without a code'}"
        )
    return place, code


def ask_for_offer(place: str, code: str) -> tuple[bytes, list[str]]:
    """Return a sandbox's public certificate and its platforms.

    ValueError if it refuses, OSError if none answers.
    """
    request = Request(f"http://{place}/offer", headers={CODE_HEADER: code})
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=OFFER_S) as response:
            offer = json.load(response)
            return str(offer["authority"]).encode(), [
                p for p in PLATFORMS if p in offer["platforms"]
            ]
    except HTTPError as error:
        with error:
            words = escape_control_characters(error.read(CHUNK).decode(errors="replace"))
        raise ValueError(f"the sandbox at {place} refuses: {words}") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise OSError(f"no sandbox answers at {place} ({reason}). Does it run?") from None
    except (ValueError, LookupError, TypeError):
        raise ValueError(f"what answers at {place} is not a sandbox that you can join") from None


async def pass_through_tunnel(streams: Streams, tunnel: Tunnel) -> None:
    """Pass on all bytes both ways until one side ends or breaks; then the other does the same."""
    reader, writer = streams

    async def send() -> None:
        code = WSCloseCode.OK
        try:
            while data := await reader.read(CHUNK):
                await tunnel.send_bytes(data)
        except OSError:
            code = WSCloseCode.INTERNAL_ERROR
        await tunnel.close(code=code)

    sending = asyncio.create_task(send())
    try:
        async for message in tunnel:
            if message.type is WSMsgType.BINARY:
                writer.write(message.data)
                await writer.drain()
        if tunnel.close_code != WSCloseCode.OK:
            writer.transport.abort()
    except OSError:
        pass  # the other half notices it, too
    finally:
        writer.close()
    await sending
