"""One IRC connection: lines come in, lines queue up to go out, and it ends.

It does not know whether a WebSocket or a TCP socket carries it (irc_wire.py), nor what the
commands mean (irc_commands.py).
"""

import asyncio
from typing import Protocol

from sandbox.twitch.model import ConnectionRecord, User
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World

CRLF = "\r\n"


class Wire(Protocol):
    """What carries a session's text."""

    async def send(self, text: str) -> None:
        """Send text; ConnectionError or OSError when the other side is gone."""

    async def close(self, code: int) -> None:
        """Say goodbye and close."""

    def abort(self) -> None:
        """Break the connection without a word."""


class Session:
    """The state of one connection to the chat."""

    def __init__(self, world: World, wire: Wire, kind: str) -> None:
        self.world = world
        self.wire = wire
        self.record = ConnectionRecord(kind, connected_at=world.clock.now())
        self.password = ""
        self.user: User | None = None
        self.grant: Grant | None = None
        self.capabilities: set[str] = set()
        self.joined: set[str] = set()
        self.pong = asyncio.Event()
        self.close_code = 0  # not 0: the connection ends once everything is written
        # Faults (faults.py): what a lesson makes this connection suffer from.
        self.answers_ping = True
        self.silent = False
        self.half_line = False
        self.split_lines = False
        self.delay_s = 0.0
        self.writer = asyncio.ensure_future(self.write())
        self._out: list[str] = []
        self._wake = asyncio.Event()

    @property
    def login(self) -> str:
        """Who is logged in here; empty before login, `justinfan…` for an anonymous reader."""
        return self.record.login if self.user or self.anonymous else ""

    @property
    def anonymous(self) -> bool:
        """Whether this is a reader without an account."""
        return self.user is None and self.record.login.startswith("justinfan")

    @property
    def live(self) -> bool:
        """Whether the client still hears what is sent to it."""
        return self.record.open and not self.silent

    def may(self, scope: str) -> bool:
        """Whether the token allows this; an anonymous reader may only read."""
        if self.grant is None:
            return self.anonymous and scope == "chat:read"
        return scope in self.grant.scopes

    def has(self, capability: str) -> bool:
        """Whether the client asked for this capability (CAP REQ)."""
        return capability in self.capabilities

    def send(self, *lines: str) -> None:
        """Queue lines for the client."""
        if not self.record.open:
            return
        self._out.extend(lines)
        self.record.lines_out += len(lines)
        if len(self._out) > self.world.settings.pending_lines:
            self.end("the client did not read what was sent", abort=True)
        self._wake.set()

    def end(self, why: str, code: int = 1000, *, abort: bool = False) -> None:
        """End the connection: what is queued still goes out, unless it is aborted."""
        if not self.record.open:
            return
        self.record.closed = why
        self.close_code = code
        if abort:
            self._out.clear()
            self.wire.abort()
        self._wake.set()
        self.world.watch.changed()

    async def write(self) -> None:
        """Carry queued lines to the client until the end; several go out in one piece."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self.delay_s and self._out:
                    await asyncio.sleep(self.delay_s)
                lines, self._out = self._out, []
                if lines and not self.silent:
                    await self._send("".join(line + CRLF for line in lines))
                if self.close_code:
                    return
        except (ConnectionError, OSError):
            self.end("the connection broke", abort=True)

    async def _send(self, text: str) -> None:
        middle = len(text) // 2
        if self.half_line:
            self.half_line, self.silent = False, True
            await self.wire.send(text[:middle])
        elif self.split_lines:
            await self.wire.send(text[:middle])
            await asyncio.sleep(0.05)  # so that it comes as two reads
            await self.wire.send(text[middle:])
        else:
            await self.wire.send(text)

    async def keep_alive(self) -> None:
        """PING at the interval; no PONG in time ends the connection."""
        settings, clock = self.world.settings, self.world.clock
        due = clock.now() + settings.ping_interval_s
        while True:
            await clock.sleep(due - clock.now())
            due = clock.now() + settings.ping_interval_s  # from PING to PING, however PONG comes
            if self.silent:
                continue
            self.pong.clear()
            self.send("PING :tmi.twitch.tv")
            patience = asyncio.ensure_future(clock.sleep(settings.pong_timeout_s))
            answer = asyncio.ensure_future(self.pong.wait())
            try:
                await asyncio.wait({patience, answer}, return_when=asyncio.FIRST_COMPLETED)
            finally:  # also when the connection ends during the wait
                patience.cancel()
                answer.cancel()
            if not self.pong.is_set():
                self.end("the client did not answer PING with PONG")
                return

    async def expire(self) -> None:
        """End the connection when its token runs out."""
        clock = self.world.clock
        while self.grant and (left := self.grant.expires_at - clock.now()) > 0:
            await clock.sleep(left)
        if self.grant:
            self.end("its token expired")
