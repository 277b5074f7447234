"""What carries IRC: a WebSocket (as browsers and most bots use) or plain TCP.

It turns bytes into lines and lines into bytes. Broken UTF-8, half lines, lines without an end
and lines too long are dealt with here, so the rest never sees them.
"""

import asyncio

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.twitch.duplex import read_until_the_end
from sandbox.twitch.irc_hub import Hub
from sandbox.twitch.irc_session import Session


class LineBuffer:
    r"""Bytes in, whole lines out; a line longer than `limit` bytes is thrown away.

    >>> buffer = LineBuffer(20)
    >>> buffer.feed(b"PING :a\r\nPI"), buffer.feed(b"NG :b\n")
    (['PING :a'], ['PING :b'])
    >>> buffer.feed(b"x" * 30), buffer.feed(b"\r\nPING\r\n")
    ([], ['PING'])
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[str]:
        """Add what was read and take the lines that are complete."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if whole and self._skipping:
            self._skipping = False
            whole = whole[1:]
        if len(self._rest) > self._limit:
            self._rest, self._skipping = b"", True
        return [decode(line) for line in whole if len(line) <= self._limit]


def decode(line: bytes) -> str:
    """A line's text; bytes that are not UTF-8 become the replacement character."""
    return line.decode("utf-8", "replace").strip("\r\n")


class WebSocketWire:
    """IRC over a WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport) -> None:
        self._socket = socket
        self._transport = transport

    async def send(self, text: str) -> None:
        """One frame; it may hold several lines."""
        await self._socket.send_str(text)

    async def close(self, code: int) -> None:
        """A close frame."""
        await self._socket.close(code=code)

    def abort(self) -> None:
        """No close frame: the connection just breaks."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()


class TcpWire:
    """IRC over plain TCP."""

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


async def serve_websocket(hub: Hub, request: web.Request) -> web.WebSocketResponse:
    """GET /irc: one WebSocket client, from first to last line."""
    limit = hub.world.settings.line_bytes
    socket = web.WebSocketResponse(
        protocols=("irc",), autoping=False, max_msg_size=64 * limit, timeout=1.0
    )
    await socket.prepare(request)
    assert request.transport is not None
    session = hub.open(WebSocketWire(socket, request.transport), "IRC over WebSocket")
    why = "the connection broke"
    try:
        await read_until_the_end(_read_frames(hub, session, socket), session.writer)
        if socket.close_code not in (None, WSCloseCode.ABNORMAL_CLOSURE):
            why = "the client closed the connection"
    except (ConnectionError, OSError):
        pass
    finally:
        await hub.closed(session, why)
    return socket


async def serve_tcp(hub: Hub, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One TCP client, from first to last line."""
    session = hub.open(TcpWire(writer), "IRC over TCP")
    why = "the client closed the connection"
    try:
        await read_until_the_end(_read_bytes(hub, session, reader), session.writer)
    except (ConnectionError, OSError):
        why = "the connection broke"
    finally:
        await hub.closed(session, why)


async def _read_frames(hub: Hub, session: Session, socket: web.WebSocketResponse) -> None:
    limit = hub.world.settings.line_bytes
    async for frame in socket:
        if frame.type is WSMsgType.PING:
            if session.answers_ping and not session.silent:
                await socket.pong(frame.data)
        elif frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            data = frame.data.encode() if isinstance(frame.data, str) else frame.data
            for line in LineBuffer(limit).feed(data + b"\n"):
                hub.receive(session, line)


async def _read_bytes(hub: Hub, session: Session, reader: asyncio.StreamReader) -> None:
    buffer = LineBuffer(hub.world.settings.line_bytes)
    while data := await reader.read(65_536):
        for line in buffer.feed(data):
            hub.receive(session, line)
