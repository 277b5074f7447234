"""EventSub by WebSocket: welcome, 10 seconds to subscribe, keepalive, reconnect, close codes.

The client only listens; it subscribes with Helix (eventsub.py).
"""

import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from bot_sandbox.twitch.connection import HeldConnection, Transport, WebSocketTransport
from bot_sandbox.twitch.eventsub_events import Conduit, Subscription, websocket_message
from bot_sandbox.twitch.helix import HelixError
from bot_sandbox.twitch.tokens import TokenRecord, digest_secret
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

SESSION_GONE = "websocket transport session does not exist or has already disconnected"
REAL_HOST = "eventsub.wss.twitch.tv"  # programs reach it by TLS, through programs/
ANOTHER_USERS_SESSION = "websocket transport cannot have subscriptions created by different users"

CLOSE_REASONS = {
    4000: "internal server error",
    4001: "sent inbound traffic",
    4002: "failed ping-pong",
    4003: "connection unused",
    4004: "reconnect grace time expired",
    4005: "network timeout",
    4006: "network error",
    4007: "invalid reconnect",
}


class EventSubSession(HeldConnection):
    """One client's connection, which Twitch calls a session."""

    def __init__(self, world: TwitchWorld, wire: Transport, host: str) -> None:
        super().__init__(wire, "EventSub WebSocket", world.settings, world.clock, world.changes)
        self.id = world.randomness.text(40, "session")
        self.address = f"{'wss' if host == REAL_HOST else 'ws'}://{host}/ws"
        self.connected_at = world.clock.timestamp()
        self.user: TwitchUser | None = None
        self.keepalive_s = world.settings.keepalive_s
        self.challenge = ""  # of the session_reconnect that was sent
        self.lost_status = "websocket_disconnected"
        self._world = world
        self._sent_at = world.clock.now()

    def subscriptions(self) -> list[Subscription]:
        """The subscriptions of this session."""
        every = self._world.subscriptions.values()
        return [s for s in every if s.transport.get("session_id") == self.id]

    def shards(self) -> list[tuple[Conduit, dict[str, Any]]]:
        """Return the shards of conduits that this session is."""
        return [
            (conduit, shard)
            for conduit in self._world.conduits.values()
            for shard in conduit.shards.values()
            if shard["transport"]["session_id"] == self.id
        ]

    def hears_since(self, channel: str) -> float | None:
        """Return when it subscribed to the channel, or None."""
        shared = {conduit.id for conduit, _ in self.shards()}
        every = self._world.subscriptions.values()
        heard = [s for s in every if s.transport.get("conduit_id") in shared]
        chat = [s for s in self.subscriptions() + heard if s.enabled and s.hears_chat]
        return min((s.made_at for s in chat if s.channel.name == channel), default=None)

    def tell(
        self, kind: str, payload: dict[str, Any], subscription: Subscription | None = None
    ) -> None:
        """Queue a message for the client; record it if it is about a chat message."""
        message_id = self._world.randomness.uuid("EventSub message")
        message = websocket_message(
            kind, payload, message_id, self._world.clock.timestamp(), subscription
        )
        self._sent_at = self._world.clock.now()
        text = json.dumps(message, ensure_ascii=False)
        about = payload.get("event", {}).get("message_id", "")
        if about and self.live:
            self._world.chat.trace.record_text(about, "to", "EventSub WebSocket", self.login, text)
        self.send(text)

    def take_over(self, old: "EventSubSession") -> None:
        """Take over another connection's session: its id and its subscriptions."""
        self.id, self.user = old.id, old.user
        self.record.login = old.record.login
        self.record.joined = list(old.record.joined)
        old.challenge = ""

    def describe(self, reconnect_url: str | None = None) -> dict[str, Any]:
        """Return the payload of session_welcome, or of session_reconnect with its address."""
        session = {
            "id": self.id,
            "status": "reconnecting" if reconnect_url else "connected",
            "connected_at": self.connected_at,
            "keepalive_timeout_seconds": None if reconnect_url else self.keepalive_s,
            "reconnect_url": reconnect_url,
        }
        return {"session": session}

    async def keep_alive(self) -> None:
        """Send session_keepalive whenever nothing else was sent for the agreed time."""
        clock = self._world.clock
        while self.record.open:
            await clock.sleep_until(self._sent_at + self.keepalive_s)
            if self._sent_at + self.keepalive_s <= clock.now():
                self.tell("session_keepalive", {})

    async def subscribe_in_time(self, until: float) -> None:
        """Close a connection that has no subscription at a time of the clock."""
        await self._world.clock.sleep_until(until)
        if not self.subscriptions() and not self.shards():
            self.end("nothing was subscribed to in time", 4003)

    async def leave_in_time(self, until: float) -> None:
        """Close a connection that did not follow session_reconnect by a time of the clock."""
        await self._world.clock.sleep_until(until)
        self.lost_status = "websocket_failed_to_reconnect"
        self.end("the client did not follow session_reconnect in time", 4004)


class EventSubSockets:
    """All EventSub WebSockets."""

    NOT_RESTORED = ("open",)  # the sessions that there are

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self.open: dict[str, EventSubSession] = {}  # id → the connection that gets the events

    async def serve_client(self, request: web.Request) -> web.WebSocketResponse:
        """GET /ws: serve one client, from welcome to close."""
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        await socket.prepare(request)
        assert request.transport is not None
        wire = WebSocketTransport(socket, request.transport, CLOSE_REASONS)
        session = EventSubSession(self._world, wire, request.host)
        self._world.record_opened(session)
        self._welcome(session, request)

        async def read_messages() -> None:
            async for frame in socket:  # a client may send only PING and PONG
                if frame.type is WSMsgType.PING:
                    if not session.silent:
                        await socket.pong(frame.data)
                elif frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    session.end("the client sent something", 4001)

        try:
            await session.read_until_closed(read_messages())
        except (ConnectionError, OSError):
            pass
        finally:
            session.end("the client closed the connection")
            self._end_session(session)
            self._world.record_closed(session)
            await session.finish()
        return socket

    def find_session(self, session_id: str, token: TokenRecord) -> EventSubSession:
        """Return the open session for a subscription; raise HelixError if it can't have one."""
        session = self.open.get(session_id)
        if session is None or not session.record.open:
            raise HelixError(400, SESSION_GONE)
        if session.user not in (None, token.user):
            raise HelixError(400, ANOTHER_USERS_SESSION)
        settings = self._world.settings
        theirs = [s for s in self.open.values() if s.user == token.user and s is not session]
        if session.user is None and len(theirs) >= settings.sessions_a_user:
            raise HelixError(429, "number of websocket transports limit exceeded")
        if len(session.subscriptions()) >= settings.subscriptions_a_session:
            raise HelixError(429, "number of subscriptions limit exceeded")
        return session

    def add_subscription(self, subscription: Subscription) -> None:
        """Add a subscription to its session."""
        session = self.open[subscription.transport["session_id"]]
        assert subscription.token.user is not None  # an app token cannot subscribe here
        session.user = subscription.token.user
        login = session.record.login = session.user.login
        if subscription.hears_chat:
            session.record.joined.append(subscription.channel.name)
            self._world.expected_channels[login].add(subscription.channel.name)

    def notify(self, subscription: Subscription, event: dict[str, Any]) -> None:
        """Send an event."""
        payload = {"subscription": subscription.as_json(), "event": event}
        self._tell(subscription, "notification", payload)

    def send_revocation(self, subscription: Subscription) -> None:
        """Tell the client that a subscription ended."""
        self._tell(subscription, "revocation", {"subscription": subscription.as_json()})

    def reconnect(self, session: EventSubSession) -> None:
        """Ask the client to reconnect at another address (session_reconnect)."""
        session.challenge = self._world.randomness.text(30, "reconnect")
        url = f"{session.address}?{urlencode({'challenge': session.challenge, 'id': session.id})}"
        # Counted from before the client knows: it may move the clock as soon as it does.
        until = self._world.clock.now() + self._world.settings.reconnect_within_s
        session.tell("session_reconnect", session.describe(url))
        session.start(session.leave_in_time(until))

    def _welcome(self, session: EventSubSession, request: web.Request) -> None:
        asked = request.query.get("keepalive_timeout_seconds", "")
        session.keepalive_s = keepalive(asked, self._world.settings.keepalive_s)
        if "challenge" in request.query:  # it follows session_reconnect
            old = self.open.get(request.query.get("id", ""))
            challenge = digest_secret(request.query["challenge"])
            if old is None or not old.challenge or digest_secret(old.challenge) != challenge:
                session.end("the reconnect address is not valid", 4007)
                return
            session.take_over(old)
        else:
            # Counted from before the welcome: a client may move the clock as soon as it has that.
            until = self._world.clock.now() + self._world.settings.subscribe_within_s
            session.start(session.subscribe_in_time(until))
        self.open[session.id] = session
        session.tell("session_welcome", session.describe())
        session.start(session.keep_alive())

    def _end_session(self, session: EventSubSession) -> None:
        """End a session's subscriptions, unless another connection took it over."""
        if self.open.get(session.id) is not session:
            return
        del self.open[session.id]
        for _, shard in session.shards():
            shard["status"] = session.lost_status
            shard["transport"]["disconnected_at"] = self._world.clock.timestamp()
        for subscription in session.subscriptions():
            if subscription.enabled:
                subscription.status = session.lost_status
            subscription.transport["disconnected_at"] = self._world.clock.timestamp()

    def _tell(self, subscription: Subscription, kind: str, payload: dict[str, Any]) -> None:
        session = self.open.get(subscription.transport["session_id"])
        if session:
            session.tell(kind, payload, subscription)


def keepalive(asked: str, default: int) -> int:
    """Return the nearest allowed keepalive: 10 to 600 seconds.

    >>> keepalive("", 10), keepalive("5", 10), keepalive("30", 10), keepalive("9999", 10)
    (10, 10, 30, 600)
    """
    return min(600, max(10, int(asked))) if asked.isascii() and asked.isdigit() else default
