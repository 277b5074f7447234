"""A connection that a client holds, by IRC or to EventSub: lines queue up to go out, and it ends.

It does not know what the lines mean (irc.py, eventsub_websocket.py).
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from aiohttp import web

from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.tasks import BackgroundTasks
from bot_sandbox.twitch.clock import Clock
from bot_sandbox.twitch.settings import TwitchSettings

GOODBYE_S = 2.0  # how long the last words may take


@dataclass
class ConnectionRecord:
    """What became of one connection; `closed` stays empty while it is open."""

    kind: str
    login: str = ""
    connected_at: float = field(default=0.0, repr=False)
    joined: list[str] = field(default_factory=list)
    lines_in: int = 0
    lines_out: int = 0
    closed: str = ""

    @property
    def open(self) -> bool:
        """Whether the connection still stands."""
        return not self.closed


class Wire(Protocol):
    """What carries a connection's text."""

    async def send(self, text: str) -> None:
        """Send text; ConnectionError or OSError when the other side is gone."""

    async def close(self, code: int) -> None:
        """Say goodbye and close."""

    def abort(self) -> None:
        """Break the connection without a word."""


class WebSocketWire:
    """A WebSocket: text travels in frames; `reasons` says a close code in words."""

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
        """One frame; on IRC it may hold several lines."""
        await self._socket.send_str(text)

    async def close(self, code: int) -> None:
        """A close frame."""
        await self._socket.close(code=code, message=self._reasons.get(code, "").encode())

    def abort(self) -> None:
        """No close frame: the connection just breaks."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()


class TcpWire:
    """Plain TCP: text travels as bytes, cut anywhere."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, text: str) -> None:
        """Write, and wait while the client is slow to read."""
        self._writer.write(text.encode("utf-8", "replace"))
        await self._writer.drain()

    async def close(self, code: int) -> None:
        """End of stream; TCP has no close code."""
        self._writer.close()

    def abort(self) -> None:
        """The connection is reset."""
        self._writer.transport.abort()


class HeldConnection:
    """What every held connection does, whatever it carries."""

    def __init__(
        self, wire: Wire, kind: str, settings: TwitchSettings, clock: Clock, changes: ChangeNotifier
    ) -> None:
        self.record = ConnectionRecord(kind, connected_at=clock.now())
        # Faults (faults.py): what a lesson makes this connection suffer from.
        self.answers_ping = True
        self.silent = False
        self.delay_s = 0.0
        self._wire = wire
        self._settings = settings
        self._clock = clock
        self._changes = changes
        self._out: list[str] = []
        self._wake = asyncio.Event()
        self._close_code = 0  # not 0: the connection ends once everything is written
        self._tasks = BackgroundTasks()
        self._writer = asyncio.ensure_future(self._write())

    @property
    def login(self) -> str:
        """Whose connection it is; empty as long as it is nobody's."""
        return self.record.login

    @property
    def live(self) -> bool:
        """Whether the client still hears what is sent to it."""
        return self.record.open and not self.silent

    @property
    def may_speak(self) -> bool:
        """Whether chat messages may be sent through it."""
        return False

    def hears(self, channel: str) -> bool:
        """Whether what is said in the channel goes out here."""
        return self.hears_since(channel) is not None

    def hears_since(self, channel: str) -> float | None:
        """Since when what is said in the channel goes out here; None when it does not."""
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
        """Start something that goes on beside reading and writing, until the connection ends."""
        self._tasks.start(work)

    def end(self, why: str, code: int = 1000, *, abort: bool = False) -> None:
        """End the connection: what is queued still goes out, unless it is aborted."""
        if not self.record.open:
            return
        self.record.closed = why
        self._close_code = code
        if abort:
            self._out.clear()
            self._wire.abort()
        self._wake.set()
        self._changes.changed()

    async def read_until_the_end(self, reading: Coroutine[Any, Any, None]) -> None:
        """Read until the client is gone or the last word to it is said.

        A WebSocket's closing handshake needs the reader to have stopped first: aiohttp closes
        the TCP connection at once otherwise, and the client never sees the close code.
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
        """Let it say its last words, but not for long, and close."""
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
                    await self._carry(lines)
                if self._close_code:
                    return
        except (ConnectionError, OSError):
            self.end("the connection broke", abort=True)

    async def _carry(self, lines: list[str]) -> None:
        """Send a few lines; here each by itself."""
        for line in lines:
            await self._wire.send(line)
