"""EventSub by WebSocket: welcome, 10 seconds to subscribe, keepalive, reconnect, close codes.

The client only listens; what it subscribes to it asks Helix for (eventsub.py).
"""

import asyncio
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from sandbox.twitch.duplex import read_until_the_end
from sandbox.twitch.errors import HelixError
from sandbox.twitch.eventsub_events import Subscription, envelope
from sandbox.twitch.eventsub_session import EventSession
from sandbox.twitch.tokens import Grant, random_text
from sandbox.twitch.world import World

GONE = "websocket transport session does not exist or has already disconnected"
OTHERS = "websocket transport cannot have subscriptions created by different users"


class Sessions:
    """Every EventSub WebSocket."""

    def __init__(self, world: World, subscriptions: dict[str, Subscription]) -> None:
        self._world = world
        self._subscriptions = subscriptions
        self._base = ""
        self.open: dict[str, EventSession] = {}
        self.all: dict[EventSession, set[asyncio.Task[None]]] = {}
        world.presence.ears.append(self.hears)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """GET /ws: one client, from welcome to close."""
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        await socket.prepare(request)
        assert request.transport is not None
        self._base = f"ws://{request.host}/ws"
        session = self._welcome(request, EventSession(self._world, socket, request.transport))
        try:
            await read_until_the_end(session.read(), session.writer)
        except (ConnectionError, OSError):
            pass
        finally:
            await self._closed(session)
        return socket

    def check(self, session_id: str, grant: Grant) -> EventSession:
        """The open session a subscription is for; HelixError when it cannot take it."""
        session = self.open.get(session_id)
        if session is None or not session.record.open:
            raise HelixError(400, GONE)
        if session.user not in (None, grant.user):
            raise HelixError(400, OTHERS)
        settings = self._world.settings
        theirs = [s for s in self.open.values() if s.user == grant.user and s is not session]
        if session.user is None and len(theirs) >= settings.sessions_a_user:
            raise HelixError(429, "number of websocket transports limit exceeded")
        if len(self._of(session)) >= settings.subscriptions_a_session:
            raise HelixError(429, "number of subscriptions limit exceeded")
        return session

    def subscribed(self, subscription: Subscription) -> None:
        """A subscription was made for a session."""
        session = self.open[subscription.transport["session_id"]]
        session.user = subscription.reader
        login = subscription.reader.login
        session.record.login = login
        session.record.joined.append(subscription.channel.name)
        self._world.presence.homes[login].add(subscription.channel.name)

    def notify(self, subscription: Subscription, event: dict[str, Any]) -> None:
        """Send an event."""
        payload = {"subscription": subscription.as_json(), "event": event}
        self._send(subscription, "notification", payload)

    def revoked(self, subscription: Subscription) -> None:
        """Tell the client that a subscription ended."""
        self._send(subscription, "revocation", {"subscription": subscription.as_json()})

    def reconnect(self, session: EventSession) -> None:
        """Ask the client to come back by another address (session_reconnect)."""
        session.challenge = random_text(30)
        url = f"{self._base}?{urlencode({'challenge': session.challenge, 'id': session.id})}"
        session.send(envelope("session_reconnect", session.describe(url), self._now()))
        self._start(session, self._leave_in_time(session))

    def of(self, login: str) -> list[EventSession]:
        """The open sessions with subscriptions of this login."""
        return [s for s in self.all if s.record.login == login and s.record.open]

    def hears(self, login: str, channel: str) -> bool:
        """Whether a live session of this login is subscribed to the channel."""
        return any(
            subscription.enabled and subscription.channel.name == channel
            for session in self.of(login)
            if session.live
            for subscription in self._of(session)
        )

    def _welcome(self, request: web.Request, session: EventSession) -> EventSession:
        self._world.records.append(session.record)
        self.all[session] = set()
        session.keepalive_s = keepalive(
            request.query.get("keepalive_timeout_seconds", ""), self._world.settings.keepalive_s
        )
        if "challenge" in request.query:
            old = self.open.get(request.query.get("id", ""))
            if old is None or not old.asked_back(request.query["challenge"]):
                session.end("the reconnect address is not valid", 4007)
                return session
            session.take_over(old)
        else:
            self._start(session, self._subscribe_in_time(session))
        self.open[session.id] = session
        session.send(envelope("session_welcome", session.describe(), self._now()))
        self._start(session, session.keep_alive())
        self._world.watch.changed()
        return session

    async def _closed(self, session: EventSession) -> None:
        session.end("the client closed the connection")
        for task in self.all.pop(session, set()):
            task.cancel()
        if self.open.get(session.id) is session:
            del self.open[session.id]
            for subscription in self._of(session):
                if subscription.enabled:
                    subscription.status = session.lost_status
                subscription.transport["disconnected_at"] = self._now()
        self._world.watch.changed()
        await session.finish()

    async def _subscribe_in_time(self, session: EventSession) -> None:
        await self._world.clock.sleep(self._world.settings.subscribe_within_s)
        if not self._of(session):
            session.end("nothing was subscribed to in time", 4003)

    async def _leave_in_time(self, session: EventSession) -> None:
        await self._world.clock.sleep(self._world.settings.reconnect_within_s)
        session.lost_status = "websocket_failed_to_reconnect"
        session.end("the client did not follow session_reconnect in time", 4004)

    def _of(self, session: EventSession) -> list[Subscription]:
        return [
            s for s in self._subscriptions.values() if s.transport.get("session_id") == session.id
        ]

    def _send(self, subscription: Subscription, kind: str, payload: dict[str, Any]) -> None:
        session = self.open.get(subscription.transport["session_id"])
        if session:
            session.send(envelope(kind, payload, self._now(), subscription))

    def _start(self, session: EventSession, work: Coroutine[Any, Any, None]) -> None:
        self.all[session].add(asyncio.ensure_future(work))

    def _now(self) -> str:
        return self._world.clock.timestamp()


def keepalive(asked: str, default: int) -> int:
    """The nearest allowed keepalive: 10 to 600 seconds.

    >>> keepalive("", 10), keepalive("5", 10), keepalive("30", 10), keepalive("9999", 10)
    (10, 10, 30, 600)
    """
    return min(600, max(10, int(asked))) if asked.isascii() and asked.isdigit() else default
