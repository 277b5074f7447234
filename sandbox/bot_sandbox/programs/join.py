"""Run a program on this machine or another beside a sandbox that runs already.

A `JoinOffer` is beside the sandbox. Who knows its code gets the public certificate and tunnels to
the platforms' names, and nothing else: Bot API, Helix and chat still need their own tokens. A code
may be for some accounts only; then tokens of others are refused where they are read. A
`JoinedProxy` is beside the program, and opens a tunnel for each of its connections. Each begins
with the handshake of join_handshake.py. What goes through a tunnel then is the program's own TLS,
or text that its platform takes without TLS.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    TCPConnector,
    ThreadedResolver,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from aiohttp.typedefs import Handler, Middleware

from bot_sandbox.diagnosis.clean_text import escape_control_characters
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.access import HOST, HOST_HEADER, Access
from bot_sandbox.http.guest import Guest
from bot_sandbox.http.local_server import LocalServer, silence_logger
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.programs.certificate import checked_certificate, import_cryptography
from bot_sandbox.programs.join_handshake import (
    NO_HANDSHAKE,
    JoinError,
    ask_sandbox,
    check_code,
    hear_program,
    seal,
)
from bot_sandbox.programs.platform_addresses import ADDRESSES, HOSTS, PLATFORMS
from bot_sandbox.programs.platform_proxy import PlatformProxy
from bot_sandbox.programs.program_proxy import (
    CHUNK,
    MOST_NOTES,
    ProgramProxy,
    Streams,
    reset_connection,
    streams_of,
)
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.twitch.people import TwitchAccount
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.user import TwitchUser

Account = BotAccount | TwitchAccount | Application
TokenOwner = BotAccount | TwitchUser | Application
Tunnel = web.WebSocketResponse | ClientWebSocketResponse
# Without handlers, because aiohttp would quote a broken header, and with it the code.
_SILENT = silence_logger(logging.Logger("bot_sandbox.join"))
CODE_BYTES = 16
GONE_ACCOUNT = "has no {} anymore, for whom this join code was. Get a new address there"
CHANGED = "was started again, and has another certificate. Start your bot again"
OTHER_HOST = "does not answer to the host {0}. If it should, start it with: --allow-host {0}"
LONGEST_NOTE = 500  # characters
LARGEST_MESSAGE = 2 * CHUNK  # bytes
HANDSHAKE_TIMEOUT_S = 30.0  # how long the other side may take for it
CLOSE_TIMEOUT_S = 1.0  # how long the other side may take for its goodbye


class JoinOffer(LocalServer):
    """Lets programs elsewhere find a Telegram and a Twitch at the real addresses.

    `bot-sandbox join ADDRESS -- COMMAND` runs such a program, on this machine or another. `address`
    has a code after its #, which is random and new each time, unless you pass a long one. It opens
    the way
    to the Bot API and to Twitch, which want their own tokens, and to nothing else of the sandbox.
    `address_for` returns one that opens the way for some accounts only; its code is random, also
    if you pass one. `notes` are what programs were refused.

    `port` 0 takes any free one. The offer listens on `host`; `allow_hosts` are more names that it
    answers to. Raises ImportError if cryptography is missing, and ValueError if a code is too weak.
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
        import_cryptography()  # first: without it, this leaves no thread
        code = check_code(code) if code else ""
        super().__init__("join-offer", Access(host, allow_hosts))
        servers: dict[str, SwitchableServer | None] = {"telegram": telegram, "twitch": twitch}
        self._proxy = PlatformProxy({name: one for name, one in servers.items() if one})
        self._telegram, self._twitch = telegram, twitch
        self.notes: list[str] = []
        self._codes: dict[tuple[TokenOwner, ...], str] = {}  # (): that of the whole sandbox
        self._code_seed = b""  # codes for some accounts are made from it; random without it
        self._sending = BackgroundTasks()
        self._tunnels: set[Tunnel] = set()
        app = web.Application(middlewares=[self._check()])
        app.router.add_get("/join", self._serve_program)
        runner = self._runner.do(lambda: web.AppRunner(app, access_log=None, logger=_SILENT))
        self.port: int = self._run_or_close(self._serve(runner, port))
        self.address: str = self._address_with((), code)

    def __repr__(self) -> str:
        return f"JoinOffer('{self.host}:{self.port}')"

    def address_for(self, *accounts: Account) -> str:
        """Return an address whose code opens the way for these accounts only; always the same one.

        They are bots of this Telegram, and accounts and applications of this Twitch. Tokens of
        others are refused, and a platform of which you name none is closed. If there is one bot of
        Telegram, `bot-sandbox join` gives its token to the program, in TELEGRAM_TOKEN. Raises
        ValueError if an account is not of this sandbox.
        """
        if not accounts:
            raise ValueError("name at least one account; `address` opens the whole sandbox")
        return self._address_with(tuple(map(self._token_owner, accounts)))

    def _address_with(self, owners: tuple[TokenOwner, ...], code: str = "") -> str:
        code = self._codes.setdefault(owners, code or self._new_code(owners))
        return f"{self.host}:{self.port}#{code}"

    def _fix_codes(self, seed: str) -> None:
        """Make the same codes for the same accounts at every start.

        Somebody who has such a code can try seeds without asking us, so the seed must be long and
        random. That is why they don't follow from a `code` that somebody chose.
        """
        self._code_seed = seed.encode()

    def _new_code(self, owners: tuple[TokenOwner, ...]) -> str:
        if not (self._code_seed and owners):
            return secrets.token_urlsafe(CODE_BYTES)
        words = json.dumps([[type(one).__name__, id_of(one), name_of(one)] for one in owners])
        digest = hmac.digest(self._code_seed, words.encode(), "sha256")[:CODE_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _token_owner(self, account: Account) -> TokenOwner:
        owner = account.user if isinstance(account, TwitchAccount) else account
        if not self._knows(owner):
            raise ValueError(f"{account!r} is not of the Telegram and the Twitch of this offer")
        return owner

    def _knows(self, owner: TokenOwner) -> bool:
        known: list[object] = []
        if self._telegram:
            known += self._telegram._world.accounts.values()
        if self._twitch:
            known += [*self._twitch._world.users.values(), *self._twitch._world.apps.values()]
        return owner in known

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
            return await handler(request)

        return check

    def _open_platforms(self, owners: Sequence[TokenOwner]) -> list[str]:
        """Return the platforms to which a code for these accounts opens the way."""
        named = {"telegram" if isinstance(one, BotAccount) else "twitch" for one in owners}
        return [each for each in self._proxy.platforms if each in named or not named]

    async def _serve_program(self, request: web.Request) -> web.WebSocketResponse:
        """GET /join: a WebSocket for an offer, or for the bytes of one connection."""
        tunnel = web.WebSocketResponse(
            compress=False, timeout=CLOSE_TIMEOUT_S, max_msg_size=LARGEST_MESSAGE
        )
        await tunnel.prepare(request)
        self._tunnels.add(tunnel)
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                owners, ask, key = await hear_program(tunnel, self._codes)
                place, answer = self._answer(owners, ask)
                await tunnel.send_json({"sealed": seal(key, json.dumps(answer))})
            if place:
                await self._serve_tunnel(tunnel, owners, *place)
        except JoinError as refused:
            self._note(f"a program was refused: this sandbox {refused}")
            with suppress(OSError):  # it may have gone
                await tunnel.send_json({"refused": str(refused)})
        except OSError:
            pass  # it has gone, or takes too long
        finally:
            self._tunnels.discard(tunnel)
            await tunnel.close()
        return tunnel

    def _answer(
        self, owners: tuple[TokenOwner, ...], ask: str
    ) -> tuple[tuple[str, int] | None, dict[str, Any]]:
        """Return where a tunnel leads, and what to tell the program; raises JoinError.

        It asks for nothing: what do you offer? Or for HOST:PORT and the hash of our certificate: a
        tunnel.
        """
        for owner in owners:
            if not self._knows(owner):
                raise JoinError(GONE_ACCOUNT.format(name_of(owner)))
        if not ask:
            return None, self._offer_for(owners)
        asked, _, certificate = ask.partition(" ")
        place = next((each for each in ADDRESSES if "{}:{}".format(*each) == asked), None)
        if place is None:
            raise JoinError(f"leads to {', '.join(HOSTS)}, and not to {asked[:100]}")
        if certificate != hash_of(self._proxy.certificate):
            raise JoinError(CHANGED)
        if (platform := ADDRESSES[place].platform) not in self._open_platforms(owners):
            raise JoinError(f"opens no {platform.title()} with this code")
        return place, {}

    def _offer_for(self, owners: Sequence[TokenOwner]) -> dict[str, Any]:
        """Return the public certificate, the platforms, and the only bot with its token."""
        offer: dict[str, Any] = {"certificate": self._proxy.certificate.decode()}
        offer["platforms"] = self._open_platforms(owners)
        bots = [one for one in owners if isinstance(one, BotAccount)]
        if len(bots) == 1:
            offer |= {"bot": bots[0].username, "token": bots[0].token}
        return offer

    async def _serve_tunnel(
        self, tunnel: web.WebSocketResponse, owners: tuple[TokenOwner, ...], host: str, port: int
    ) -> None:
        loop = asyncio.get_running_loop()

        def note(words: str) -> None:  # on the loop of the server that refuses
            loop.call_soon_threadsafe(self._pass_on_note, words, tunnel)

        guest = Guest(owners, ", ".join(map(name_of, owners)), note) if owners else None
        here, there = socket.socketpair()
        serving = asyncio.create_task(self._proxy.serve_client(there, host, port, note, guest))
        try:
            await pass_through_tunnel(await streams_of(here), tunnel)
        finally:
            await serving

    def _pass_on_note(self, words: str, tunnel: web.WebSocketResponse) -> None:
        """Keep what a program was refused, and tell the other end of its tunnel."""
        self._note(words)
        self._sending.start(send_note(tunnel, words))

    def _note(self, words: str) -> None:
        if words not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(words)
            self._runner.changes.changed()


class JoinedProxy(ProgramProxy):
    """Real addresses lead through tunnels to a sandbox that runs elsewhere.

    `address` is that of a `JoinOffer`. `warn` receives at once why the sandbox opens no tunnel
    anymore. Raises ValueError if the address is wrong or the sandbox refuses, OSError if no sandbox
    answers there, and ImportError without cryptography. No event loop may run in this thread.
    """

    def __init__(self, address: str, warn: Callable[[str], object] = str) -> None:
        import_cryptography()
        self.place, self._code = split_address(address)  # the place is no secret
        offer = asyncio.run(ask_for_offer(self.place, self._code))
        self.bot: str = offer.bot  # if the code is for one
        self._token = offer.token
        self._warn = warn
        self._session: ClientSession | None = None  # made on the loop
        host = urlsplit(f"//{self.place}").hostname or ""
        super().__init__("joined-proxy", offer.platforms, offer.certificate, [host])

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that lead a program here, with the token if the code is for one bot.

        Any other token would be refused, so it replaces one that is there.
        """
        token = {"TELEGRAM_TOKEN": self._token} if self._token else {}
        return super().variables(environment) | token

    async def _shutdown(self) -> None:
        await super()._shutdown()
        if self._session:
            await self._session.close()

    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        """Open a tunnel for a client that wants a real address."""
        self._session = self._session or new_session()
        ask = f"{host}:{port} {hash_of(self.certificate)}"
        try:
            tunnel, _ = await connect_sandbox(self._session, self.place, self._code, ask)
        except (JoinError, OSError) as error:
            self._note_closed(str(error))
            reset_connection(client)
            return
        await pass_through_tunnel(await streams_of(client), tunnel, self._add_note)

    def _note_closed(self, words: str) -> None:
        if words not in self.notes:
            self._warn(words)
        self._add_note(words)


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


class OfferDetails(NamedTuple):
    """What a sandbox offers: its public certificate, its platforms, and perhaps one bot."""

    certificate: bytes
    platforms: list[str]
    bot: str
    token: str


def hash_of(certificate: bytes) -> str:
    """Return what tells two public certificates apart."""
    return hashlib.sha256(certificate).hexdigest()


def name_of(owner: TokenOwner) -> str:
    """Return an account's name for people."""
    if isinstance(owner, BotAccount):
        return f"@{owner.username}"
    return owner.login if isinstance(owner, TwitchUser) else owner.name


def id_of(owner: TokenOwner) -> str:
    """Return an account's id, or an application's client id."""
    return owner.client_id if isinstance(owner, Application) else str(owner.id)


def new_session() -> ClientSession:
    """Return a session with the system's own resolver, which also knows a local network's names."""
    return ClientSession(connector=TCPConnector(resolver=ThreadedResolver(), limit=0))


async def ask_for_offer(place: str, code: str) -> OfferDetails:
    """Ask a sandbox what it offers; JoinError if it refuses, OSError if none answers."""
    async with new_session() as session:
        connection, answer = await connect_sandbox(session, place, code, "")
        await connection.close()
    try:
        offer = json.loads(answer)
        certificate = checked_certificate(str(offer["certificate"]).encode())
        platforms = [each for each in PLATFORMS if each in offer["platforms"]]
        bot, token = (
            escape_control_characters(str(offer.get(name, ""))) for name in ("bot", "token")
        )
    except (LookupError, TypeError, AttributeError, RecursionError):
        raise JoinError(f"the sandbox at {place} {NO_HANDSHAKE}") from None
    except ValueError as error:
        raise JoinError(f"the sandbox at {place} is not to be trusted: {error}") from None
    return OfferDetails(certificate, platforms, bot, token)


async def connect_sandbox(
    session: ClientSession, place: str, code: str, ask: str
) -> tuple[ClientWebSocketResponse, str]:
    """Connect with a sandbox that knows the code; return the connection and its answer.

    Raises JoinError if it refuses, and OSError if none answers.
    """
    try:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
            connection = await session.ws_connect(
                f"http://{place}/join",
                timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
                max_msg_size=LARGEST_MESSAGE,
            )
            try:
                return connection, await ask_sandbox(connection, code, ask)
            except BaseException:
                await connection.close()
                raise
    except WSServerHandshakeError as error:
        host = urlsplit(f"//{place}").hostname or ""
        why = OTHER_HOST.format(host) if error.status == HTTPStatus.FORBIDDEN else NO_HANDSHAKE
        raise JoinError(f"the sandbox at {place} {why}") from None
    except JoinError as refused:
        raise JoinError(f"the sandbox at {place} {refused}") from None
    except (ClientError, OSError) as error:  # TimeoutError is one, too
        why = getattr(error, "strerror", "") or str(error) or "it takes too long"
        raise OSError(f"no sandbox answers at {place} ({why}). Does it run?") from None


async def send_note(tunnel: Tunnel, words: str) -> None:
    """Send words for people through a tunnel, as text; its bytes are binary."""
    with suppress(OSError):  # it may have ended
        await tunnel.send_str(words)


async def pass_through_tunnel(
    streams: Streams, tunnel: Tunnel, note: Callable[[str], None] | None = None
) -> None:
    """Pass on all bytes both ways until one side ends or breaks; then the other does the same.

    `note` receives what the sandbox says to people.
    """
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
            elif message.type is WSMsgType.TEXT and note:
                note(message.data[:LONGEST_NOTE])
        if tunnel.close_code != WSCloseCode.OK:
            writer.transport.abort()
    except OSError:
        pass  # the other half notices it, too
    finally:
        writer.close()
    await sending
