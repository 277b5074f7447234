"""The chat server like irc.chat.twitch.tv: connections, commands, and delivery.

A line's way: a socket (`IrcServer.serve_tcp` or `serve_websocket`) → `IrcConnection.receive` →
the command's method → `IrcServer` and the chat → `IrcServer._deliver` → everyone else's socket.
The exact texts of the server are in irc_lines.py.
"""

import asyncio
import re
from collections import defaultdict
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web

from bot_sandbox.twitch import irc_lines
from bot_sandbox.twitch.chat import (
    PERMANENT,
    REFUSALS,
    SILENT_REFUSAL,
    Channel,
    ChatMessage,
    refused_command,
)
from bot_sandbox.twitch.connection import (
    SPEAKS_HTTP,
    SPEAKS_TLS,
    HeldConnection,
    TcpTransport,
    Transport,
    WebSocketTransport,
)
from bot_sandbox.twitch.irc_grammar import IrcLine, LineSplitter, parse_line
from bot_sandbox.twitch.tokens import TokenRecord
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

CRLF = "\r\n"
WELCOME_END = f":{irc_lines.HOST} 376 "
ANONYMOUS = re.compile(r"justinfan\d+")
HTTP_REQUEST = re.compile(r"[A-Z]+ \S+ HTTP/1\.[01]")
TLS_HANDSHAKE = b"\x16"  # the type of the first record
CAPABILITIES = ("commands", "membership", "tags")
BEFORE_LOGIN = {"CAP", "PASS", "NICK", "USER", "PING", "PONG", "QUIT"}

# What a refused client reads; the true reason is in the connection's record.
LOGIN_FAILED = "Login authentication failed"
MALFORMED_LOGIN = "Improperly formatted auth"
TOO_MANY_LOGINS = "Login unsuccessful"

NETWORK_DELAY_S = 0.5  # real seconds that an answer may need to get here


class IrcConnection(HeldConnection):
    """One client of the chat."""

    def __init__(self, server: "IrcServer", wire: Transport, kind: str) -> None:
        self.world = server.world
        super().__init__(wire, kind, self.world.settings, self.world.clock, self.world.changes)
        self.user: TwitchUser | None = None
        self.token: TokenRecord | None = None
        self.joined: dict[str, float] = {}  # channel → when it joined
        # Faults of IRC (faults.py)
        self.half_line = False
        self.split_lines = False
        self._server = server
        self._password = ""
        self._last_line = ""  # as it came
        self._capabilities: set[str] = set()
        self._pong = asyncio.Event()
        self._commands = {
            "CAP": self._cap,
            "PASS": self._pass,
            "NICK": self._nick,
            "USER": self._ignore,
            "PING": self._ping,
            "PONG": self._ponged,
            "JOIN": self._join,
            "PART": self._part,
            "PRIVMSG": self._privmsg,
            "QUIT": self._quit,
        }

    @property
    def login(self) -> str:
        """The login; "" before login, `justinfan…` for an anonymous reader."""
        return self.record.login if self.user or self._anonymous else ""

    @property
    def may_speak(self) -> bool:
        """Whether its token allows it to send messages."""
        return self.has_scope("chat:edit")

    def hears_since(self, channel: str) -> float | None:
        """Return when it joined the channel, or None."""
        return self.joined.get(channel)

    def has_scope(self, scope: str) -> bool:
        """Return whether the token has this scope; an anonymous reader may only read."""
        if self.token is None:
            return self._anonymous and scope == "chat:read"
        return scope in self.token.scopes

    def has_capability(self, capability: str) -> bool:
        """Return whether the client has requested this capability (CAP REQ)."""
        return capability in self._capabilities

    def receive(self, text: str) -> None:
        """Handle a line; ignore an invalid one."""
        if not self.record.open or self.silent:
            return
        self.record.lines_in += 1
        if self.record.lines_in == 1 and HTTP_REQUEST.fullmatch(text):
            # A web page made a browser send it; a later line of it could be a command.
            self.end(SPEAKS_HTTP, abort=True)
            return
        self._last_line = text
        line = parse_line(text)
        name = line.command.upper()
        if not name or (not self.login and name not in BEFORE_LOGIN):
            return  # Twitch says nothing before login
        if command := self._commands.get(name):
            command(line)
        else:
            unknown = irc_lines.server_line("421", self.login, name[:100], text="Unknown command")
            self.send(unknown)
        self.world.changes.changed()

    @property
    def _anonymous(self) -> bool:
        return self.user is None and self.record.login.startswith("justinfan")

    def tell(self, message: ChatMessage, line: str) -> None:
        """Send a line about a chat message, and record it."""
        if self.live:
            self.world.chat.trace.record_text(message.id, "to", "IRC", self.login, line)
        self.send(line)

    # Logging in: CAP, PASS, NICK

    def _cap(self, line: IrcLine) -> None:
        """CAP LS lists capabilities; CAP REQ requests them, all or none."""
        step = parameter_at(line, 0).upper()
        if step == "LS":
            offered = " ".join(f"twitch.tv/{name}" for name in CAPABILITIES)
            self.send(irc_lines.server_line("CAP", "*", "LS", text=offered))
        elif step == "REQ":
            asked = " ".join(line.params[1:])
            wanted = [name.removeprefix("twitch.tv/") for name in asked.split()]
            known = all(name in CAPABILITIES for name in wanted)
            if known:
                self._capabilities.update(wanted)
            self.send(irc_lines.server_line("CAP", "*", "ACK" if known else "NAK", text=asked))

    def _pass(self, line: IrcLine) -> None:
        """PASS oauth:<token> is kept until NICK comes."""
        if not self.login:
            self._password = parameter_at(line, 0)

    def _nick(self, line: IrcLine) -> None:
        """NICK <login> logs in, or refuses and closes.

        Only here does Twitch look at the token. A connection outlives a token that expires, and the
        next login fails (Chatterino/chatterino2#1762, TwitchLib/TwitchLib#1038).
        """
        if self.login:
            return
        login = self.record.login = parameter_at(line, 0).lower()
        words, why = self._login_refusal(login)
        if words:
            self.send(irc_lines.server_line("NOTICE", "*", text=words))
            self.end(f"login refused: {why}")
            return
        self._password = ""
        for number, text in irc_lines.WELCOME:
            self.send(irc_lines.server_line(number, login, text=text))
        if self.user and self.has_capability("commands") and self.has_capability("tags"):
            self.send(irc_lines.global_user_state(self.user))
        self.start(self._keep_alive())

    def _login_refusal(self, login: str) -> tuple[str, str]:
        """Return the client's text and the true reason; two "" if it is logged in."""
        world, settings, password = self.world, self.world.settings, self._password
        if self._server.refuse_logins[login] > 0:
            self._server.refuse_logins[login] -= 1
            world.note_fault(login, f"the login of {login} was refused")
            return LOGIN_FAILED, "refused by the fault refuse_login"
        tried = world.window.add_and_count(f"login {login}", settings.join_window_s)
        if settings.limits and tried > settings.logins:
            return (
                TOO_MANY_LOGINS,
                f"more than {settings.logins} logins in {settings.join_window_s:g} s",
            )
        if ANONYMOUS.fullmatch(login):
            return "", ""
        if not password:
            return MALFORMED_LOGIN, "NICK came without a PASS before it"
        if not password.startswith("oauth:"):
            return MALFORMED_LOGIN, "PASS must be oauth:<token>; the oauth: was missing"
        access_token = password.removeprefix("oauth:")
        token = world.tokens.find(access_token)
        if token is None:
            doubled = access_token.startswith("oauth:")
            return LOGIN_FAILED, "oauth: is doubled" if doubled else world.tokens.why_invalid(
                access_token
            )
        if token.user is None:
            return LOGIN_FAILED, "an app token; chat needs a user token"
        if token.user.login != login:
            return LOGIN_FAILED, f"the token is {token.user.login}'s, but NICK says {login}"
        if not {"chat:read", "chat:edit"} & set(token.scopes):
            return LOGIN_FAILED, "the token has neither chat:read nor chat:edit"
        self.user, self.token = token.user, token
        return "", ""

    # Presence: PING, PONG, JOIN, PART, QUIT

    def _ping(self, line: IrcLine) -> None:
        """PING is answered with PONG and the same words, if there were any."""
        if self.answers_ping:
            self.send(irc_lines.pong_line(line.params[-1] if line.params else None))

    def _ponged(self, line: IrcLine) -> None:
        """The client answers the server's PING."""
        self._pong.set()

    def _join(self, line: IrcLine) -> None:
        """JOIN channels; above the limit (20 in 10 seconds) Twitch says nothing.

        A banned user can't join and gets the reason; a user in a timeout joins but can't write.
        """
        settings = self.world.settings
        for name in parameter_at(line, 0).lower().split(","):
            if not name.startswith("#"):
                continue  # Twitch does not answer
            tried = self.world.window.add_and_count(f"join {self.login}", settings.join_window_s)
            if settings.limits and tried > settings.joins:
                return
            channel = self.world.find_channel(name)
            if channel is None:
                text = "This channel does not exist or has been suspended."
                self._notice(name, text, "msg_channel_suspended")
            elif self.user and channel.banned.get(self.user.id) == PERMANENT:
                code, words = self.world.chat.ban_reason(channel, self.user)
                self._notice(name, words, code)
            elif channel.name not in self.joined:
                self.send(*irc_lines.join_answer(self.login, channel.name))
                if self.has_capability("commands"):
                    tags = self.has_capability("tags")
                    if self.user:
                        self.send(irc_lines.user_state(self.user, channel, {}, with_tags=tags))
                    self.send(irc_lines.room_state(channel, with_tags=tags))
                self._server.join(self, channel.name)

    def _part(self, line: IrcLine) -> None:
        """PART channels."""
        for name in parameter_at(line, 0).lower().split(","):
            channel = name.removeprefix("#")
            if channel in self.joined:
                self.remove_from(channel)
                self.world.expected_channels[self.login].discard(channel)

    def remove_from(self, channel: str) -> None:
        """Remove the client from a channel, and tell it."""
        self.send(
            irc_lines.server_line("PART", f"#{channel}", source=irc_lines.user_mask(self.login))
        )
        self._server.leave(self, channel)

    def _quit(self, line: IrcLine) -> None:
        """QUIT ends the connection."""
        self.end("the client said QUIT")

    def _ignore(self, line: IrcLine) -> None:
        """Ignore what older IRC clients send and Twitch does not need."""

    # Chat: PRIVMSG

    def _privmsg(self, line: IrcLine) -> None:
        """PRIVMSG #channel :text, with @reply-parent-msg-id to answer a message.

        The sender gets USERSTATE, never an echo of its message.
        """
        world, user = self.world, self.user
        to, text = parameter_at(line, 0), parameter_at(line, 1)
        channel = world.find_channel(to) if to.startswith("#") else None
        if channel is None or user is None or not world.chat.clean(text)[0]:
            return
        name = f"#{channel.name}"
        if not self.has_scope("chat:edit"):
            words = "You don't have permission to perform that action."
            world.rules.note_refusal(user, channel.name, "no_permission", words)
            self._notice(name, words, "no_permission")
            return
        code, words = world.chat.ban_reason(channel, user)
        if code:
            world.rules.note_refusal(user, channel.name, code, words)
            self._notice(name, words, code)
            return
        code, words = refused_command(text)
        if code:
            world.rules.note_refusal(user, channel.name, code, words)
            self._notice(name, words, code)
            return
        mod = channel.is_mod(user)
        if code := world.rules.refuse(user, channel.name, text, mod=mod, irc=True):
            if code != SILENT_REFUSAL:
                self._notice(name, REFUSALS[code], code)
            return
        parent = world.chat.message(line.tags.get("reply-parent-msg-id", ""))
        came_as = ("IRC", self._last_line)
        message = world.chat.post(channel, user, text, parent, self, came_as=came_as)
        if self.has_capability("commands"):
            own = {"client-nonce": line.tags.get("client-nonce", ""), "id": message.id}
            state = irc_lines.user_state(user, channel, own, with_tags=self.has_capability("tags"))
            self.tell(message, state)

    def _notice(self, channel: str, text: str, msg_id: str) -> None:
        """Send a NOTICE for a channel, if the client requested twitch.tv/commands."""
        if self.has_capability("commands"):
            tags = {"msg-id": msg_id} if self.has_capability("tags") else {}
            self.send(irc_lines.server_line("NOTICE", channel, text=text, tags=tags))

    # Background tasks

    async def _keep_alive(self) -> None:
        """Send PING at the interval; end the connection if no PONG comes in time."""
        settings, clock = self.world.settings, self.world.clock
        due = clock.now() + settings.ping_interval_s
        while True:
            await clock.sleep_until(due)
            due = clock.now() + settings.ping_interval_s  # counted from PING to PING
            if self.silent:
                continue
            self._pong.clear()
            patience = asyncio.ensure_future(
                clock.sleep_until(clock.now() + settings.pong_timeout_s)
            )
            self.send("PING :tmi.twitch.tv")
            answer = asyncio.ensure_future(self._pong.wait())
            try:
                await asyncio.wait({patience, answer}, return_when=asyncio.FIRST_COMPLETED)
            finally:  # even if the connection ends during the wait
                patience.cancel()
                answer.cancel()
            if not self._pong.is_set():  # however far the clock jumped, an answer needs real time
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._pong.wait(), NETWORK_DELAY_S)
            if not self._pong.is_set():
                self.end("the client did not answer PING with PONG")
                return

    def end_faults(self) -> None:
        """Let everything through again, in one piece."""
        super().end_faults()
        self.half_line = self.split_lines = False

    def faults(self) -> list[tuple[str, str]]:
        """Return the faults that it has now, also those of IRC."""
        found = super().faults()
        if self.half_line:
            found.append(("half_line", f"only half of the next line will reach {self.login}"))
        if self.split_lines:
            found.append(("split_lines", f"everything reaches {self.login} in two pieces"))
        return found

    async def _transmit(self, lines: list[str]) -> None:
        """Send several lines in one piece, unless a fault breaks them.

        The welcome comes alone, as on Twitch, where JOIN is answered later.
        """
        end = next((i for i, line in enumerate(lines, 1) if line.startswith(WELCOME_END)), 0)
        if 0 < end < len(lines):
            await self._transmit(lines[:end])
            lines = lines[end:]
        text = "".join(line + CRLF for line in lines)
        middle = len(text) // 2
        if self.half_line:
            self.half_line, self.silenced_by = False, "half_line"
            self.world.note_fault(self.login, f"only half of a line reached {self.login}")
            await self._wire.send(text[:middle])
        elif self.split_lines:
            await self._wire.send(text[:middle])
            await asyncio.sleep(0.05)  # so that it arrives in two reads
            await self._wire.send(text[middle:])
        else:
            await self._wire.send(text)


class IrcServer:
    """All connections to the chat, and the members of each channel."""

    def __init__(self, world: TwitchWorld) -> None:
        self.world = world
        self.members: dict[str, dict[IrcConnection, None]] = defaultdict(dict)  # by channel
        self.refuse_logins: dict[str, int] = defaultdict(int)  # faults.refuse_login
        world.chat.listeners.append(self._deliver)
        world.chat.on_banned.append(self._clear_banned_user)
        world.tokens.on_revoked.append(self._end_clients_of_token)

    def correct_members(self) -> None:
        """Make the members of channels those of the connections that there are, after a restore."""
        self.members.clear()
        for connection in self.world.connections:
            if isinstance(connection, IrcConnection) and connection.record.open:
                for name in list(connection.joined):
                    if name in self.world.chat.channels:
                        self.members[name][connection] = None
                    else:
                        del connection.joined[name]

    async def serve_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """GET /irc: serve one WebSocket client."""
        limit = self.world.settings.line_bytes
        socket = web.WebSocketResponse(
            protocols=("irc",), autoping=False, max_msg_size=64 * limit, timeout=1.0
        )
        await socket.prepare(request)
        assert request.transport is not None
        wire = WebSocketTransport(socket, request.transport)
        client = self._register_client(IrcConnection(self, wire, "IRC over WebSocket"))

        async def receive_all() -> None:
            async for frame in socket:
                if frame.type is WSMsgType.PING:
                    if client.answers_ping and not client.silent:
                        await socket.pong(frame.data)
                elif frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    data = frame.data.encode() if isinstance(frame.data, str) else frame.data
                    for line in LineSplitter(limit).feed(data + b"\n"):  # a frame ends its line
                        client.receive(line)

        why = "the connection broke"
        try:
            await client.read_until_closed(receive_all())
            if socket.close_code not in (None, WSCloseCode.ABNORMAL_CLOSURE):
                why = "the client closed the connection"
        except (ConnectionError, OSError):
            pass
        finally:
            await self._forget_client(client, why)
        return socket

    async def serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one TCP client."""
        client = self._register_client(IrcConnection(self, TcpTransport(writer), "IRC over TCP"))

        async def receive_all() -> None:
            splitter = LineSplitter(self.world.settings.line_bytes)
            while data := await reader.read(65_536):
                if data.startswith(TLS_HANDSHAKE) and not client.record.lines_in:
                    client.end(SPEAKS_TLS, abort=True)
                    return
                for line in splitter.feed(data):
                    client.receive(line)

        why = "the client closed the connection"
        try:
            await client.read_until_closed(receive_all())
        except (ConnectionError, OSError):
            why = "the connection broke"
        finally:
            await self._forget_client(client, why)

    def join(self, client: IrcConnection, channel: str) -> None:
        """Add a client to a channel."""
        client.joined[channel] = self.world.clock.now()
        client.record.joined.append(channel)
        self.world.expected_channels[client.login].add(channel)
        self._tell_members(client, channel, "JOIN")
        self.members[channel][client] = None

    def leave(self, client: IrcConnection, channel: str) -> None:
        """Remove a client from a channel."""
        client.joined.pop(channel, None)
        self.members[channel].pop(client, None)
        self._tell_members(client, channel, "PART")

    def _tell_members(self, client: IrcConnection, channel: str, command: str) -> None:
        if any(other.login == client.login for other in self.members[channel]):
            return  # somebody with two connections comes once and leaves once
        line = irc_lines.server_line(
            command, f"#{channel}", source=irc_lines.user_mask(client.login)
        )
        for other in self.members[channel]:
            if other is not client and other.has_capability("membership"):
                other.send(line)

    def _deliver(self, message: ChatMessage, origin: object) -> None:
        """Send a chat message to all in its channel except the connection it came from.

        An announcement is a USERNOTICE, for clients that requested twitch.tv/commands.
        """
        channel = self.world.chat.channels[message.channel]
        lines: dict[bool, str] = {}  # with and without tags
        for client in list(self.members[message.channel]):
            tags = client.has_capability("tags")
            if client is origin or not client.has_scope("chat:read"):
                continue
            if message.announcement:
                if client.has_capability("commands"):
                    client.tell(message, irc_lines.user_notice(message, channel, with_tags=tags))
                continue
            if tags not in lines:
                given = irc_lines.message_tags(message, channel) if tags else {}
                lines[tags] = irc_lines.privmsg(message, given)
            client.tell(message, lines[tags])

    def _clear_banned_user(self, channel: Channel, user: TwitchUser, seconds: float) -> None:
        """Clear a banned user's messages for everyone; a permanent ban removes the user.

        They get no NOTICE, only this and a PART (Chatterino/chatterino2#2110).
        """
        at = channel.cleared[user.id]  # the same time in everybody's line
        for client in list(self.members[channel.name]):
            if client.has_capability("commands"):
                tags = client.has_capability("tags")
                client.send(irc_lines.clear_chat(channel, user, seconds, at, with_tags=tags))
        for client in list(self.members[channel.name]):
            if client.user == user and seconds == PERMANENT:
                client.remove_from(channel.name)

    def _end_clients_of_token(self, token: TokenRecord) -> None:
        for client in list(self.world.connections):
            if isinstance(client, IrcConnection) and client.token is token:
                client.end("its token was revoked")

    def _register_client(self, client: IrcConnection) -> IrcConnection:
        self.world.record_opened(client)
        return client

    async def _forget_client(self, client: IrcConnection, why: str) -> None:
        """Forget a connection that ends, and send its last lines."""
        client.end(why)
        for channel in list(client.joined):
            self.leave(client, channel)
        self.world.record_closed(client)
        await client.finish()


def parameter_at(line: IrcLine, index: int) -> str:
    """Return the parameter at this index, or "".

    >>> parameter_at(parse_line("JOIN #viktor"), 0), parameter_at(parse_line("JOIN #viktor"), 1)
    ('#viktor', '')
    """
    return line.params[index] if index < len(line.params) else ""
