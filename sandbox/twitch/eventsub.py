"""EventSub: subscriptions are made, listed, deleted, and fed with what happens in chat.

Carrying events to a program is the business of eventsub_webhook.py and eventsub_websocket.py;
who may subscribe to what is decided in eventsub_rules.py.
"""

from typing import Any

from aiohttp import web

from sandbox.twitch.errors import HelixError
from sandbox.twitch.eventsub_events import Subscription, chat_event
from sandbox.twitch.eventsub_rules import check
from sandbox.twitch.eventsub_webhook import Webhooks
from sandbox.twitch.eventsub_websocket import Sessions
from sandbox.twitch.helix import Helix, json_body
from sandbox.twitch.model import ChatMessage
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World


class EventSub:
    """Every subscription and its endpoints under /helix/eventsub/subscriptions."""

    def __init__(self, world: World, helix: Helix) -> None:
        self._world = world
        self._helix = helix
        self.subscriptions: dict[str, Subscription] = {}
        self.webhooks = Webhooks(world)
        self.sessions = Sessions(world, self.subscriptions)
        world.chat.listeners.append(self._said)
        world.tokens.on_revoked.append(self._revoked)

    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        gate = self._helix.endpoint
        path = "/helix/eventsub/subscriptions"
        return [
            web.post(path, gate(self.create)),
            web.get(path, gate(self.show)),
            web.delete(path, gate(self.delete)),
            web.get("/ws", self.sessions.serve),
        ]

    async def create(self, request: web.Request, grant: Grant) -> web.Response:
        """POST: subscribe; a webhook is asked to prove itself before events come."""
        subscription = check(self._world, self.sessions, grant, await json_body(request))
        if any(same(subscription, other) for other in self.subscriptions.values()):
            raise HelixError(409, "subscription already exists")
        self.subscriptions[subscription.id] = subscription
        answer = self._answer(grant, [subscription])
        if subscription.transport["method"] == "webhook":
            self.webhooks.verify(subscription)
        else:
            self.sessions.subscribed(subscription)
        self._world.watch.changed()
        return web.json_response(answer, status=202)

    async def show(self, request: web.Request, grant: Grant) -> web.Response:
        """GET: the application's own subscriptions, all or by status, type or user_id."""
        mine = [s for s in self.subscriptions.values() if owns(grant, s)]
        for name in ("status", "type"):
            if name in request.query:
                mine = [s for s in mine if getattr(s, name) == request.query[name]]
        if "user_id" in request.query:
            mine = [s for s in mine if request.query["user_id"] in s.condition.values()]
        return web.json_response(self._answer(grant, mine) | {"pagination": {}})

    async def delete(self, request: web.Request, grant: Grant) -> web.Response:
        """DELETE ?id=…: no more events."""
        subscription = self.subscriptions.get(request.query.get("id", ""))
        if "id" not in request.query:
            raise HelixError(400, 'Missing required parameter "id"')
        if subscription is None or not owns(grant, subscription):
            raise HelixError(404, "subscription not found")
        del self.subscriptions[subscription.id]
        self.webhooks.forget(subscription)
        self._world.watch.changed()
        return web.Response(status=204)

    def withdraw(self, client_id: str, user_id: str) -> None:
        """A user took their consent back: what rested on it ends."""
        for subscription in list(self.subscriptions.values()):
            rested = user_id in (subscription.reader.id, subscription.channel.owner.id)
            if subscription.app.client_id == client_id and rested and subscription.standing:
                self._end(subscription, "authorization_revoked")

    def _answer(self, grant: Grant, subscriptions: list[Subscription]) -> dict[str, Any]:
        total = sum(owns(grant, other) for other in self.subscriptions.values())
        return {
            "data": [subscription.as_json() for subscription in subscriptions],
            "total": total,
            "total_cost": 0,
            "max_total_cost": 10 if grant.user else 10_000,
        }

    def _said(self, message: ChatMessage, _origin: object) -> None:
        heard = [
            s
            for s in self.subscriptions.values()
            if s.enabled and s.channel.name == message.channel
        ]
        if not heard:
            return
        event = chat_event(message, heard[0].channel)
        for subscription in heard:
            if subscription.transport["method"] == "webhook":
                self.webhooks.notify(subscription, event)
            else:
                self.sessions.notify(subscription, event)

    def _revoked(self, grant: Grant) -> None:
        for subscription in list(self.subscriptions.values()):
            by_socket = subscription.transport["method"] == "websocket"
            if by_socket and subscription.grant is grant and subscription.standing:
                self._end(subscription, "authorization_revoked")

    def _end(self, subscription: Subscription, status: str) -> None:
        subscription.status = status
        if subscription.transport["method"] == "webhook":
            self.webhooks.revoked(subscription)
        else:
            self.sessions.revoked(subscription)
        self._world.watch.changed()


def owns(grant: Grant, subscription: Subscription) -> bool:
    """An app token owns its application's webhooks; a user token the user's WebSocket ones."""
    if subscription.app != grant.app:
        return False
    by_socket = subscription.transport["method"] == "websocket"
    return by_socket and subscription.reader == grant.user if grant.user else not by_socket


def same(one: Subscription, other: Subscription) -> bool:
    """Whether two subscriptions ask for the same thing at the same place."""
    place = "callback" if one.transport["method"] == "webhook" else "session_id"
    return (
        other.standing
        and one.app == other.app
        and (one.type, one.version, one.condition) == (other.type, other.version, other.condition)
        and one.transport.get(place) == other.transport.get(place)
    )
