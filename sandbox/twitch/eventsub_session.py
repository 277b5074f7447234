"""One EventSub WebSocket: messages queue up to go out, and it ends.

What is sent, and when, is decided in eventsub_websocket.py.
"""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.twitch.duplex import finish
from sandbox.twitch.eventsub_events import envelope
from sandbox.twitch.model import ConnectionRecord, User
from sandbox.twitch.tokens import digest, random_text
from sandbox.twitch.world import World

REASONS = {
    4000: "internal server error",
    4001: "sent inbound traffic",
    4002: "failed ping-pong",
    4003: "connection unused",
    4004: "reconnect grace time expired",
    4005: "network timeout",
    4006: "network error",
    4007: "invalid reconnect",
}


class EventSession:
    """The state of one connection."""

    def __init__(
        self, world: World, socket: web.WebSocketResponse, transport: asyncio.BaseTransport
    ) -> None:
        self.id = random_text(40)
        self.connected_at = world.clock.timestamp()
        self.record = ConnectionRecord("EventSub WebSocket", connected_at=world.clock.now())
        self.user: User | None = None
        self.keepalive_s = world.settings.keepalive_s
        self.challenge = ""
        self.lost_status = "websocket_disconnected"
        # Faults (faults.py)
        self.silent = False
        self.delay_s = 0.0
        self._world = world
        self._socket = socket
        self._transport = transport
        self._out: list[dict[str, Any]] = []
        self._wake = asyncio.Event()
        self._sent_at = world.clock.now()
        self._close_code = 0
        self.writer = asyncio.ensure_future(self.write())

    @property
    def live(self) -> bool:
        """Whether the client still hears what is sent to it."""
        return self.record.open and not self.silent

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message for the client."""
        if self.record.open:
            self._out.append(message)
            self.record.lines_out += 1
            self._sent_at = self._world.clock.now()
            self._wake.set()

    def end(self, why: str, code: int = 1000, *, abort: bool = False) -> None:
        """End the connection: what is queued still goes out, unless it is aborted."""
        if not self.record.open:
            return
        self.record.closed = why
        self._close_code = code
        if abort and isinstance(self._transport, asyncio.Transport):
            self._out.clear()
            self._transport.abort()
        self._wake.set()
        self._world.watch.changed()

    def asked_back(self, challenge: str) -> bool:
        """Whether this is the challenge of the session_reconnect that was sent."""
        return bool(self.challenge) and digest(self.challenge) == digest(challenge)

    def take_over(self, old: "EventSession") -> None:
        """Become the session another connection had: the same id, the same subscriptions."""
        self.id, self.user = old.id, old.user
        self.record.login = old.record.login
        self.record.joined = list(old.record.joined)
        old.challenge = ""

    def describe(self, reconnect_url: str | None = None) -> dict[str, Any]:
        """The payload of session_welcome, or of session_reconnect with its address."""
        session = {
            "id": self.id,
            "status": "reconnecting" if reconnect_url else "connected",
            "connected_at": self.connected_at,
            "keepalive_timeout_seconds": None if reconnect_url else self.keepalive_s,
            "reconnect_url": reconnect_url,
        }
        return {"session": session}

    async def read(self) -> None:
        """Nothing may come in but PING and PONG."""
        async for frame in self._socket:
            if frame.type is WSMsgType.PING:
                if not self.silent:
                    await self._socket.pong(frame.data)
            elif frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self.end("the client sent something", 4001)

    async def write(self) -> None:
        """Carry queued messages to the client until the end."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self.delay_s and self._out:
                    await asyncio.sleep(self.delay_s)
                messages, self._out = self._out, []
                for message in messages if not self.silent else []:
                    await self._socket.send_str(json.dumps(message, ensure_ascii=False))
                if self._close_code:
                    return
        except (ConnectionError, OSError):
            self.end("the connection broke", abort=True)

    async def keep_alive(self) -> None:
        """A session_keepalive whenever nothing else was sent for the agreed time."""
        clock = self._world.clock
        while self.record.open:
            left = self._sent_at + self.keepalive_s - clock.now()
            await clock.sleep(left)
            if self._sent_at + self.keepalive_s <= clock.now():
                self.send(envelope("session_keepalive", {}, clock.timestamp()))

    async def finish(self) -> None:
        """Say the last words and close."""
        await finish(self.writer)
        reason = REASONS.get(self._close_code, "").encode()
        await self._socket.close(code=self._close_code, message=reason)
