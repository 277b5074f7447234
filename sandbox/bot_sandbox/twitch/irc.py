"""The chat server behind irc.chat.twitch.tv: connections, commands, who hears what.

A line's way: a socket (`IrcServer.serve_tcp` or `serve_websocket`) → `IrcConnection.receive` →
the command's method → `IrcServer` and the chat → `IrcServer._deliver` → everyone else's socket.
What the server says, word for word, is in irc_lines.py.
"""

import asyncio
import re
from collections import defaultdict

from aiohttp import WSCloseCode, WSMsgType, web

from bot_sandbox.twitch import irc_lines
from bot_sandbox.twitch.chat import (
    FOR_GOOD,
    REFUSALS,
    SILENT,
    Channel,
    ChatMessage,
    User,
    slash_command,
)
from bot_sandbox.twitch.connection import HeldConnection, TcpWire, WebSocketWire, Wire
from bot_sandbox.twitch.irc_grammar import IrcLine, LineSplitter, read
from bot_sandbox.twitch.tokens import Grant
from bot_sandbox.twitch.world import TwitchWorld

CRLF = "\r\n"
ANONYMOUS = re.compile(r"justinfan\d+")
CAPABILITIES = ("commands", "membership", "tags")
BEFORE_LOGIN = {"CAP", "PASS", "NICK", "USER", "PING", "PONG", "QUIT"}

# What a refused client hears; the true reason is kept in the connection's record.
FAILED = "Login authentication failed"
MALFORMED = "Improperly formatted auth"
TOO_MANY = "Login unsuccessful"


class IrcConnection(HeldConnection):
    """One client of the chat."""

    def __init__(self, server: "IrcServer", wire: Wire, kind: str) -> None:
        self.world = server.world
        super().__init__(wire, kind, self.world.settings, self.world.clock, self.world.changes)
        self.user: User | None = None
        self.grant: Grant | None = None
        self.joined: dict[str, float] = {}  # channels, and since when
        # Faults (faults.py), beside those of every held connection
        self.half_line = False
        self.split_lines = False
        self._server = server
        self._password = ""
        self._heard = ""  # the line that came in last, as it came
        self._capabilities: set[str] = set()
        self._pong = asyncio.Event()
        self._commands = {
            "CAP": self._cap,
            "PASS": self._pass,
            "NICK": self._nick,
            "USER": self._nothing,
            "PING": self._ping,
            "PONG": self._ponged,
            "JOIN": self._join,
            "PART": self._part,
            "PRIVMSG": self._privmsg,
            "QUIT": self._quit,
        }

    @property
    def login(self) -> str:
        """Who is logged in here; empty before login, `justinfan…` for an anonymous reader."""
        return self.record.login if self.user or self._anonymous else ""

    @property
    def may_speak(self) -> bool:
        """Whether its token allows it to send messages."""
        return self.may("chat:edit")

    def hears_since(self, channel: str) -> float | None:
        """When it joined the channel; None when it is not in it."""
        return self.joined.get(channel)

    def may(self, scope: str) -> bool:
        """Whether the token allows this; an anonymous reader may only read."""
        if self.grant is None:
            return self._anonymous and scope == "chat:read"
        return scope in self.grant.scopes

    def has(self, capability: str) -> bool:
        """Whether the client asked for this capability (CAP REQ)."""
        return capability in self._capabilities

    def receive(self, text: str) -> None:
        """A line came in; one that makes no sense does no harm."""
        if not self.record.open or self.silent:
            return
        self.record.lines_in += 1
        self._heard = text
        line = read(text)
        name = line.command.upper()
        if not name or (not self.login and name not in BEFORE_LOGIN):
            return  # before login Twitch says nothing
        if command := self._commands.get(name):
            command(line)
        else:
            unknown = irc_lines.line("421", self.login, name[:100], text="Unknown command")
            self.send(unknown)
        self.world.changes.changed()

    @property
    def _anonymous(self) -> bool:
        return self.user is None and self.record.login.startswith("justinfan")

    def tell(self, message: ChatMessage, line: str) -> None:
        """Send a line about a chat message, and remember that it travelled."""
        if self.live:
            self.world.chat.travels.note(message.id, "to", "IRC", self.login, line)
        self.send(line)

    # Logging in: CAP, PASS, NICK

    def _cap(self, line: IrcLine) -> None:
        """CAP LS lists what there is; CAP REQ asks for it, all or nothing."""
        step = param(line, 0).upper()
        if step == "LS":
            offered = " ".join(f"twitch.tv/{name}" for name in CAPABILITIES)
            self.send(irc_lines.line("CAP", "*", "LS", text=offered))
        elif step == "REQ":
            asked = " ".join(line.params[1:])
            wanted = [name.removeprefix("twitch.tv/") for name in asked.split()]
            known = all(name in CAPABILITIES for name in wanted)
            if known:
                self._capabilities.update(wanted)
            self.send(irc_lines.line("CAP", "*", "ACK" if known else "NAK", text=asked))

    def _pass(self, line: IrcLine) -> None:
        """PASS oauth:<token> is kept until NICK comes."""
        if not self.login:
            self._password = param(line, 0)

    def _nick(self, line: IrcLine) -> None:
        """NICK <login> logs in, or refuses and closes."""
        if self.login:
            return
        login = self.record.login = param(line, 0).lower()
        words, why = self._login_refusal(login)
        if words:
            self.send(irc_lines.line("NOTICE", "*", text=words))
            self.end(f"login refused: {why}")
            return
        self._password = ""
        for number, text in irc_lines.WELCOME:
            self.send(irc_lines.line(number, login, text=text))
        if self.user and self.has("commands") and self.has("tags"):
            self.send(irc_lines.global_user_state(self.user))
        self.start(self._keep_alive())
        if self.grant:
            self.start(self._expire(self.grant))

    def _login_refusal(self, login: str) -> tuple[str, str]:
        """What to tell the client and why; two empty strings when it is logged in."""
        world, settings, password = self.world, self.world.settings, self._password
        if self._server.refuse_logins[login] > 0:
            self._server.refuse_logins[login] -= 1
            return FAILED, "refused on demand (faults.refuse_login)"
        tried = world.window.count(f"login {login}", settings.join_window_s)
        if settings.limits and tried > settings.logins:
            return TOO_MANY, f"more than {settings.logins} logins in {settings.join_window_s:g} s"
        if ANONYMOUS.fullmatch(login):
            return "", ""
        if not password:
            return MALFORMED, "NICK came without a PASS before it"
        if not password.startswith("oauth:"):
            return MALFORMED, "PASS must be oauth:<token>; the oauth: was missing"
        token = password.removeprefix("oauth:")
        grant = world.tokens.find(token)
        if grant is None:
            doubled = token.startswith("oauth:")
            return FAILED, "oauth: is doubled" if doubled else world.tokens.why_invalid(token)
        if grant.user is None:
            return FAILED, "an app token; chat needs a user token"
        if grant.user.login != login:
            return FAILED, f"the token is {grant.user.login}'s, but NICK says {login}"
        if not {"chat:read", "chat:edit"} & set(grant.scopes):
            return FAILED, "the token has neither chat:read nor chat:edit"
        self.user, self.grant = grant.user, grant
        return "", ""

    # Being there: PING, PONG, JOIN, PART, QUIT

    def _ping(self, line: IrcLine) -> None:
        """PING is answered with PONG and the same words, if there were any."""
        if self.answers_ping:
            self.send(irc_lines.pong(line.params[-1] if line.params else None))

    def _ponged(self, line: IrcLine) -> None:
        """The client answers the server's PING."""
        self._pong.set()

    def _join(self, line: IrcLine) -> None:
        """JOIN one channel or several; past the limit (20 in 10 seconds) Twitch says nothing.

        Whoever is banned is not let in and hears why; a timeout only keeps one from speaking.
        """
        settings = self.world.settings
        for name in param(line, 0).lower().split(","):
            if not name.startswith("#"):
                continue  # Twitch does not answer
            tried = self.world.window.count(f"join {self.login}", settings.join_window_s)
            if settings.limits and tried > settings.joins:
                return
            channel = self.world.find_channel(name)
            if channel is None:
                text = "This channel does not exist or has been suspended."
                self._notice(name, text, "msg_channel_suspended")
            elif self.user and channel.banned.get(self.user.id) == FOR_GOOD:
                code, words = self.world.chat.barred(channel, self.user)
                self._notice(name, words, code)
            elif channel.name not in self.joined:
                self.send(*irc_lines.names(self.login, channel.name))
                if self.has("commands"):
                    tags = self.has("tags")
                    if self.user:
                        self.send(irc_lines.user_state(self.user, channel, {}, tags=tags))
                    self.send(irc_lines.room_state(channel, tags=tags))
                self._server.join(self, channel.name)

    def _part(self, line: IrcLine) -> None:
        """PART one channel or several."""
        for name in param(line, 0).lower().split(","):
            channel = name.removeprefix("#")
            if channel in self.joined:
                self.put_out(channel)
                self.world.homes[self.login].discard(channel)

    def put_out(self, channel: str) -> None:
        """It hears the channel no longer, and is told so."""
        self.send(irc_lines.line("PART", f"#{channel}", source=irc_lines.mask(self.login)))
        self._server.leave(self, channel)

    def _quit(self, line: IrcLine) -> None:
        """QUIT ends the connection."""
        self.end("the client said QUIT")

    def _nothing(self, line: IrcLine) -> None:
        """What older IRC clients say and Twitch does not need."""

    # Speaking: PRIVMSG

    def _privmsg(self, line: IrcLine) -> None:
        """PRIVMSG #channel :text, with @reply-parent-msg-id to answer a message.

        The sender hears USERSTATE, never an echo of its own message.
        """
        world, user = self.world, self.user
        to, text = param(line, 0), param(line, 1)
        channel = world.find_channel(to) if to.startswith("#") else None
        if channel is None or user is None or not text.strip():
            return
        name = f"#{channel.name}"
        if not self.may("chat:edit"):
            words = "You don't have permission to perform that action."
            self._notice(name, words, "no_permission")
            return
        code, words = world.chat.barred(channel, user)
        if code:
            self._notice(name, words, code)
            return
        if command := slash_command(text):
            self._notice(name, f"Unrecognized command: /{command}", "unrecognized_cmd")
            return
        mod = channel.is_mod(user)
        if code := world.rules.refuse(user, channel.name, text, mod=mod, irc=True):
            if code != SILENT:
                self._notice(name, REFUSALS[code], code)
            return
        parent = world.chat.message(line.tags.get("reply-parent-msg-id", ""))
        came_as = ("IRC", self._heard)
        message = world.chat.post(channel, user, text, parent, self, came_as=came_as)
        if self.has("commands"):
            own = {"client-nonce": line.tags.get("client-nonce", ""), "id": message.id}
            state = irc_lines.user_state(user, channel, own, tags=self.has("tags"))
            self.tell(message, state)

    def _notice(self, channel: str, text: str, msg_id: str) -> None:
        """A NOTICE in a channel, for those who asked for twitch.tv/commands."""
        if self.has("commands"):
            tags = {"msg-id": msg_id} if self.has("tags") else {}
            self.send(irc_lines.line("NOTICE", channel, text=text, tags=tags))

    # What goes on beside

    async def _keep_alive(self) -> None:
        """PING at the interval; no PONG in time ends the connection."""
        settings, clock = self.world.settings, self.world.clock
        due = clock.now() + settings.ping_interval_s
        while True:
            await clock.sleep(due - clock.now())
            due = clock.now() + settings.ping_interval_s  # from PING to PING, however PONG comes
            if self.silent:
                continue
            self._pong.clear()
            self.send("PING :tmi.twitch.tv")
            patience = asyncio.ensure_future(clock.sleep(settings.pong_timeout_s))
            answer = asyncio.ensure_future(self._pong.wait())
            try:
                await asyncio.wait({patience, answer}, return_when=asyncio.FIRST_COMPLETED)
            finally:  # also when the connection ends during the wait
                patience.cancel()
                answer.cancel()
            if not self._pong.is_set():
                self.end("the client did not answer PING with PONG")
                return

    async def _expire(self, grant: Grant) -> None:
        """End the connection when its token runs out."""
        clock = self.world.clock
        while (left := grant.expires_at - clock.now()) > 0:
            await clock.sleep(left)
        self.end("its token expired")

    async def _carry(self, lines: list[str]) -> None:
        """Several lines go out in one piece, unless a lesson wants them broken."""
        text = "".join(line + CRLF for line in lines)
        middle = len(text) // 2
        if self.half_line:
            self.half_line, self.silent = False, True
            await self._wire.send(text[:middle])
        elif self.split_lines:
            await self._wire.send(text[:middle])
            await asyncio.sleep(0.05)  # so that it comes as two reads
            await self._wire.send(text[middle:])
        else:
            await self._wire.send(text)


class IrcServer:
    """Every connection to the chat, and who hears which channel."""

    def __init__(self, world: TwitchWorld) -> None:
        self.world = world
        self.members: dict[str, dict[IrcConnection, None]] = defaultdict(dict)  # by channel
        self.refuse_logins: dict[str, int] = defaultdict(int)  # faults.refuse_login
        world.chat.listeners.append(self._deliver)
        world.chat.on_banned.append(self._banned)
        world.tokens.on_revoked.append(self._revoked)

    async def serve_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """GET /irc: one WebSocket client, from first to last line."""
        limit = self.world.settings.line_bytes
        socket = web.WebSocketResponse(
            protocols=("irc",), autoping=False, max_msg_size=64 * limit, timeout=1.0
        )
        await socket.prepare(request)
        assert request.transport is not None
        wire = WebSocketWire(socket, request.transport)
        client = self._open(IrcConnection(self, wire, "IRC over WebSocket"))

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
            await client.read_until_the_end(receive_all())
            if socket.close_code not in (None, WSCloseCode.ABNORMAL_CLOSURE):
                why = "the client closed the connection"
        except (ConnectionError, OSError):
            pass
        finally:
            await self._closed(client, why)
        return socket

    async def serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP client, from first to last line."""
        client = self._open(IrcConnection(self, TcpWire(writer), "IRC over TCP"))

        async def receive_all() -> None:
            splitter = LineSplitter(self.world.settings.line_bytes)
            while data := await reader.read(65_536):
                for line in splitter.feed(data):
                    client.receive(line)

        why = "the client closed the connection"
        try:
            await client.read_until_the_end(receive_all())
        except (ConnectionError, OSError):
            why = "the connection broke"
        finally:
            await self._closed(client, why)

    def join(self, client: IrcConnection, channel: str) -> None:
        """The client hears this channel from now on."""
        client.joined[channel] = self.world.clock.now()
        client.record.joined.append(channel)
        self.world.homes[client.login].add(channel)
        self._tell_members(client, channel, "JOIN")
        self.members[channel][client] = None

    def leave(self, client: IrcConnection, channel: str) -> None:
        """The client no longer hears this channel."""
        client.joined.pop(channel, None)
        self.members[channel].pop(client, None)
        self._tell_members(client, channel, "PART")

    def _tell_members(self, client: IrcConnection, channel: str, command: str) -> None:
        line = irc_lines.line(command, f"#{channel}", source=irc_lines.mask(client.login))
        for other in self.members[channel]:
            if other is not client and other.has("membership"):
                other.send(line)

    def _deliver(self, message: ChatMessage, origin: object) -> None:
        """Carry a chat message to everyone in its channel but the connection it came from.

        An announcement is a USERNOTICE, for those who asked for twitch.tv/commands.
        """
        channel = self.world.chat.channels[message.channel]
        lines: dict[bool, str] = {}  # with tags and without
        for client in list(self.members[message.channel]):
            tags = client.has("tags")
            if client is origin or not client.may("chat:read"):
                continue
            if message.announcement:
                if client.has("commands"):
                    client.tell(message, irc_lines.user_notice(message, channel, tags=tags))
                continue
            if tags not in lines:
                given = irc_lines.message_tags(message, channel) if tags else {}
                lines[tags] = irc_lines.privmsg(message, given)
            client.tell(message, lines[tags])

    def _banned(self, channel: Channel, user: User, seconds: float) -> None:
        """Everyone sees what they said cleared; whoever is banned for good must leave.

        They get no NOTICE of it, only this and a PART (Chatterino/chatterino2#2110).
        """
        at = channel.cleared[user.id]  # one event, so one time in everybody's line
        for client in list(self.members[channel.name]):
            if client.has("commands"):
                tags = client.has("tags")
                client.send(irc_lines.clear_chat(channel, user, seconds, at, tags=tags))
        for client in list(self.members[channel.name]):
            if client.user == user and seconds == FOR_GOOD:
                client.put_out(channel.name)

    def _revoked(self, grant: Grant) -> None:
        for client in list(self.world.connections):
            if isinstance(client, IrcConnection) and client.grant is grant:
                client.end("its token was revoked")

    def _open(self, client: IrcConnection) -> IrcConnection:
        self.world.opened(client)
        return client

    async def _closed(self, client: IrcConnection, why: str) -> None:
        """The connection ends: forget it, and let it say its last words."""
        client.end(why)
        for channel in list(client.joined):
            self.leave(client, channel)
        self.world.closed(client)
        await client.finish()


def param(line: IrcLine, index: int) -> str:
    """The parameter at this place, or an empty string.

    >>> param(read("JOIN #viktor"), 0), param(read("JOIN #viktor"), 1)
    ('#viktor', '')
    """
    return line.params[index] if index < len(line.params) else ""
