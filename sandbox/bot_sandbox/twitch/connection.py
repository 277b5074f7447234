"""A connection that a client holds, for IRC or EventSub: a queue of lines, and its end.

The meaning of the lines is in irc.py and eventsub_websocket.py.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from aiohttp import web

from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.world.clock import Clock

SPEAKS_HTTP = "the client speaks HTTP, not IRC"  # on the port for plain IRC
SPEAKS_TLS = "the client speaks TLS, which this port lacks"
GOODBYE_S = 2.0  # how long the last lines may take


@dataclass
class ConnectionRecord:
    """The record of one connection; `closed` is "" while it is open."""

    NOT_RESTORED: ClassVar = ("*",)  # it tells what really happened

    kind: str
    login: str = ""
    connected_at: float = field(default=0.0, repr=False)
    joined: list[str] = field(default_factory=list)
    lines_in: int = 0
    lines_out: int = 0
    closed: str = ""

    @property
    def open(self) -> bool:
        """Whether the connection is still open."""
        return not self.closed


class Transport(Protocol):
    """Carries a connection's text."""

    async def send(self, text: str) -> None:
        """Send text; raise ConnectionError or OSError if the other side is gone."""

    async def close(self, code: int) -> None:
        """Say goodbye and close."""

    def abort(self) -> None:
        """Break the connection without a goodbye."""


class WebSocketTransport:
    """A WebSocket: text is sent in frames; `reasons` has a text for each close code."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.BaseTransport,
        reasons: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._reasons = reasons

    async def send(self, text: str) -> None:
        """Send one frame; on IRC it may hold several lines."""
        await self._socket.send_str(text)

    async def close(self, code: int) -> None:
        """Send a close frame."""
        await self._socket.close(code=code, message=self._reasons.get(code, "").encode())

    def abort(self) -> None:
        """Break the connection without a close frame."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()


class TcpTransport:
    """Plain TCP: text is sent as bytes, which may arrive in pieces."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, text: str) -> None:
        """Write, and wait for a client that reads slowly."""
        self._writer.write(text.encode("utf-8", "replace"))
        await self._writer.drain()

    async def close(self, code: int) -> None:
        """End the stream; TCP has no close code."""
        self._writer.close()

    def abort(self) -> None:
        """Reset the connection."""
        self._writer.transport.abort()


class HeldConnection:
    """What all held connections do, whatever their protocol."""

    RESTORED = ("joined", "answers_ping", "silenced_by", "delay_s", "half_line", "split_lines")

    def __init__(
        self,
        wire: Transport,
        kind: str,
        settings: TwitchSettings,
        clock: Clock,
        changes: ChangeNotifier,
    ) -> None:
        self.record = ConnectionRecord(kind, connected_at=clock.now())
        # Faults of this connection (faults.py)
        self.answers_ping = True
        self.silenced_by = ""  # the name of a fault
        self.delay_s = 0.0
        self._wire = wire
        self._settings = settings
        self._clock = clock
        self._changes = changes
        self._out: list[str] = []
        self._wake = asyncio.Event()
        self._close_code = 0  # not 0: close once everything is written
        self._tasks = BackgroundTasks()
        self._writer = asyncio.ensure_future(self._write())

    def end_faults(self) -> None:
        """Let everything through again."""
        self.answers_ping, self.silenced_by, self.delay_s = True, "", 0.0

    @property
    def silent(self) -> bool:
        """Whether a fault lets nothing through."""
        return bool(self.silenced_by)

    def faults(self) -> list[tuple[str, str]]:
        """Return the faults that it has now: the name of each, and what it does."""
        found = []
        if self.silent:
            found.append((self.silenced_by, f"nothing goes through {self.login}'s connection"))
        if not self.answers_ping:
            found.append(("stop_pong", f"the PINGs of {self.login} are not answered"))
        if self.delay_s:
            found.append(("delay", f"everything reaches {self.login} {self.delay_s:g} s late"))
        return found

    @property
    def login(self) -> str:
        """The login of the connection's owner; "" before login."""
        return self.record.login

    @property
    def live(self) -> bool:
        """Whether the client still receives what is sent to it."""
        return self.record.open and not self.silent

    @property
    def may_speak(self) -> bool:
        """Whether it may send chat messages."""
        return False

    def hears(self, channel: str) -> bool:
        """Return whether it receives messages of the channel."""
        return self.hears_since(channel) is not None

    def hears_since(self, channel: str) -> float | None:
        """Return since when it receives messages of the channel, or None."""
        raise NotImplementedError

    def send(self, *lines: str) -> None:
        """Queue lines for the client."""
        if not self.record.open:
            return
        self._out.extend(lines)
        self.record.lines_out += len(lines)
        if len(self._out) > self._settings.pending_lines:
            self.end("the client did not read what was sent", abort=True)
        self._wake.set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a background task that ends with the connection."""
        self._tasks.start(work)

    def end(self, why: str, code: int = 1000, *, abort: bool = False) -> None:
        """End the connection; queued lines are still sent, unless it is aborted."""
        if not self.record.open:
            return
        self.record.closed = why
        self._close_code = code
        if abort:
            self._out.clear()
            self._wire.abort()
        self._wake.set()
        self._changes.changed()

    async def read_until_closed(self, reading: Coroutine[Any, Any, None]) -> None:
        """Read until the client is gone or the last line to it is sent.

        The reader must stop before a WebSocket's closing handshake. Otherwise aiohttp closes the
        TCP connection at once, and the client never sees the close code.
        """
        reader = asyncio.ensure_future(reading)
        try:
            await asyncio.wait({reader, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reader.cancel()
            await asyncio.wait({reader})
        if not reader.cancelled() and (problem := reader.exception()):
            raise problem

    async def finish(self) -> None:
        """Send the last lines within GOODBYE_S, and close."""
        self._tasks.cancel()
        await asyncio.wait({self._writer}, timeout=GOODBYE_S)
        self._writer.cancel()
        await self._wire.close(self._close_code)

    async def _write(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self.delay_s and self._out:
                    await asyncio.sleep(self.delay_s)
                lines, self._out = self._out, []
                if lines and not self.silent:
                    await self._transmit(lines)
                if self._close_code:
                    return
        except (ConnectionError, OSError):
            self.end("the connection broke", abort=True)

    async def _transmit(self, lines: list[str]) -> None:
        """Send some lines, each in a frame of its own."""
        for line in lines:
            await self._wire.send(line)
