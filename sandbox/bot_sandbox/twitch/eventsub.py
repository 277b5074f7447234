"""EventSub: who may subscribe to what; subscriptions are made, listed, deleted, and fed.

A webhook takes an app token and the consents of the bot and the broadcaster; a WebSocket takes
the bot's user token (dev.twitch.tv/docs/eventsub/manage-subscriptions). How events get to a
program: eventsub_webhook.py and eventsub_websocket.py.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot_sandbox.twitch.chat import FOR_GOOD, Channel, ChatMessage, User
from bot_sandbox.twitch.eventsub_events import (
    TYPES,
    EventType,
    Subscription,
    announcement_event,
    channel_event,
    chat_event,
)
from bot_sandbox.twitch.eventsub_webhook import Webhooks
from bot_sandbox.twitch.eventsub_websocket import EventSubSockets
from bot_sandbox.twitch.helix import HelixError, HelixGate, json_body
from bot_sandbox.twitch.tokens import Application, Grant
from bot_sandbox.twitch.world import TwitchWorld

REAL_TYPES = frozenset(
    Path(__file__).with_name("eventsub_types.txt").read_text(encoding="utf-8").splitlines()
)
FORBIDDEN = "subscription missing proper authorization"
WRONG_COMBINATION = "invalid transport and auth combination"
# "max_total_cost" (dev.twitch.tv/docs/eventsub/manage-subscriptions)
MOST_COST_A_USER, MOST_COST_AN_APP = 10, 10_000


class EventSub:
    """Every subscription and its endpoints under /helix/eventsub/subscriptions."""

    def __init__(self, world: TwitchWorld, gate: HelixGate) -> None:
        self._world = world
        self._gate = gate
        self._subscriptions = world.subscriptions
        self.webhooks = Webhooks(world)
        self.sockets = EventSubSockets(world)
        world.chat.listeners.append(self._said)
        world.on_event.append(self._happened)
        world.chat.on_banned.append(self._banned)
        world.chat.on_unmodded.append(self._unmodded)
        world.tokens.on_revoked.append(self._revoked)
        world.tokens.on_withdrawn.append(self._withdrawn)

    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        gate = self._gate.endpoint
        path = "/helix/eventsub/subscriptions"
        return [
            web.post(path, gate(self.create)),
            web.get(path, gate(self.show)),
            web.delete(path, gate(self.delete)),
            web.get("/ws", self.sockets.serve),
        ]

    async def create(self, request: web.Request, grant: Grant) -> web.Response:
        """POST: subscribe; a webhook is asked to prove itself before events come."""
        subscription = check(self._world, self.sockets, grant, await json_body(request))
        if any(same(subscription, other) for other in self._subscriptions.values()):
            raise HelixError(409, "subscription already exists")
        mine = [other for other in self._subscriptions.values() if owns(grant, other)]
        most = MOST_COST_A_USER if grant.user else MOST_COST_AN_APP
        if cost(mine) + subscription.cost > most:
            raise HelixError(429, "cost exceeded")
        self._subscriptions[subscription.id] = subscription
        answer = self._answer(grant, [subscription])
        if subscription.transport["method"] == "webhook":
            self.webhooks.verify(subscription)
        else:
            self.sockets.subscribed(subscription)
        self._world.changes.changed()
        return web.json_response(answer, status=202)

    async def show(self, request: web.Request, grant: Grant) -> web.Response:
        """GET: the application's own subscriptions, all or by status, type or user_id."""
        mine = [s for s in self._subscriptions.values() if owns(grant, s)]
        for name in ("status", "type"):
            if name in request.query:
                mine = [s for s in mine if getattr(s, name) == request.query[name]]
        if "user_id" in request.query:
            mine = [s for s in mine if request.query["user_id"] in s.condition.values()]
        return web.json_response(self._answer(grant, mine) | {"pagination": {}})

    async def delete(self, request: web.Request, grant: Grant) -> web.Response:
        """DELETE ?id=…: no more events."""
        subscription = self._subscriptions.get(request.query.get("id", ""))
        if "id" not in request.query:
            raise HelixError(400, 'Missing required parameter "id"')
        if subscription is None or not owns(grant, subscription):
            raise HelixError(404, "subscription not found")
        del self._subscriptions[subscription.id]
        self.webhooks.forget(subscription)
        self._world.changes.changed()
        return web.Response(status=204)

    def _answer(self, grant: Grant, subscriptions: list[Subscription]) -> dict[str, Any]:
        mine = [other for other in self._subscriptions.values() if owns(grant, other)]
        return {
            "data": [subscription.as_json() for subscription in subscriptions],
            "total": len(mine),
            "total_cost": cost(mine),
            "max_total_cost": MOST_COST_A_USER if grant.user else MOST_COST_AN_APP,
        }

    def _said(self, message: ChatMessage, _origin: object) -> None:
        channel = self._world.chat.channels[message.channel]
        if message.announcement:
            if heard := self._to("channel.chat.notification", channel):
                self._send(heard, announcement_event(message, channel))
        elif heard := self._to("channel.chat.message", channel):
            self._send(heard, chat_event(message, channel))

    def _happened(self, type: str, channel: Channel, user: User) -> None:
        self._send(self._to(type, channel), channel_event(type, channel, user))

    def _to(self, type: str, channel: Channel) -> list[Subscription]:
        """Who subscribed to this on a channel."""
        every = self._subscriptions.values()
        return [s for s in every if s.enabled and s.type == type and s.channel is channel]

    def _send(self, subscriptions: list[Subscription], event: dict[str, Any]) -> None:
        for subscription in subscriptions:
            if subscription.transport["method"] == "webhook":
                self.webhooks.notify(subscription, event)
            else:
                self.sockets.notify(subscription, event)

    def _banned(self, channel: Channel, user: User, seconds: float) -> None:
        """Whoever is banned for good reads the chat no longer."""
        for subscription in list(self._subscriptions.values()):
            theirs = subscription.channel is channel and subscription.reader == user
            in_chat = subscription.kind.in_chat and seconds == FOR_GOOD
            if theirs and in_chat and subscription.standing:
                self._end(subscription, "chat_user_banned")

    def _unmodded(self, channel: Channel, user: User) -> None:
        """What only a moderator may read ends with being one."""
        for subscription in list(self._subscriptions.values()):
            theirs = subscription.channel is channel and subscription.reader == user
            if theirs and not subscription.kind.in_chat and subscription.standing:
                self._end(subscription, "moderator_removed")

    def _revoked(self, grant: Grant) -> None:
        for subscription in list(self._subscriptions.values()):
            by_socket = subscription.transport["method"] == "websocket"
            if by_socket and subscription.grant is grant and subscription.standing:
                self._end(subscription, "authorization_revoked")

    def _withdrawn(self, app: Application, user: User) -> None:
        """A user took their consent back: what rested on it ends."""
        for subscription in list(self._subscriptions.values()):
            let_in = subscription.kind.in_chat and user == subscription.channel.owner
            rested = let_in or user == subscription.reader
            if subscription.app == app and rested and subscription.standing:
                self._end(subscription, "authorization_revoked")

    def _end(self, subscription: Subscription, status: str) -> None:
        subscription.status = status
        if subscription.transport["method"] == "webhook":
            self.webhooks.revoked(subscription)
        else:
            self.sockets.revoked(subscription)
        self._world.changes.changed()


def check(
    world: TwitchWorld, sockets: EventSubSockets, grant: Grant, body: dict[str, Any]
) -> Subscription:
    """The subscription a request asks for; HelixError when it may not be."""
    for name in ("type", "version", "condition", "transport"):
        if not body.get(name):
            raise HelixError(400, f"missing required field: {name}")
    kind = find_type(world, str(body["type"]), str(body["version"]))
    channel, reader = people(world, kind, body["condition"])
    transport = body["transport"]
    method = transport.get("method") if isinstance(transport, dict) else None
    # What a user has not allowed the application to know counts towards its limit.
    allowed = (grant.app.client_id, channel.owner.id) in world.tokens.consents
    subscription = Subscription(
        kind=kind,
        condition={
            "broadcaster_user_id": channel.owner.id,
            **({kind.reader: reader.id} if reader else {}),
        },
        transport={},
        created_at=world.clock.timestamp(),
        app=grant.app,
        channel=channel,
        reader=reader,
        grant=grant,
        id=world.randomness.uuid("subscription"),
        made_at=world.clock.now(),
        cost=0 if reader or allowed else 1,
    )
    if method == "webhook":
        check_webhook(world, grant, kind, subscription, transport)
    elif method == "websocket":
        check_websocket(sockets, grant, kind, subscription, transport)
    elif method == "conduit":
        world.lacks("EventSub by conduit")
        raise HelixError(400, "This sandbox has no conduits. It has webhook and websocket.")
    else:
        raise HelixError(400, "unsupported transport method")
    banned = reader is not None and channel.banned.get(reader.id) == FOR_GOOD
    if kind.in_chat and banned:
        raise HelixError(403, FORBIDDEN)
    if reader and not kind.in_chat and not channel.is_mod(reader):
        raise HelixError(403, FORBIDDEN)
    return subscription


def find_type(world: TwitchWorld, name: str, version: str) -> EventType:
    """The type of event that is asked for; HelixError when there is none, here or at all."""
    for kind in TYPES:
        if (kind.name, kind.version) == (name, version):
            return kind
    if f"{name} {version}" in REAL_TYPES:
        world.lacks(f"EventSub {name} {version}")
        mine = ", ".join(f"{kind.name} {kind.version}" for kind in TYPES)
        raise HelixError(400, f"This sandbox has no {name} {version}. It has {mine}.")
    if (name, version) == ("channel.follow", "1"):
        raise HelixError(410, "")  # twitchdev/issues#1018
    raise HelixError(400, "invalid subscription type and version")


def people(world: TwitchWorld, kind: EventType, condition: object) -> tuple[Channel, User | None]:
    """The channel to hear of and, where it matters, the user to read as."""
    if not isinstance(condition, dict):
        raise HelixError(400, "invalid condition")
    owner = world.users.get(str(condition.get("broadcaster_user_id")))
    reader = world.users.get(str(condition.get(kind.reader)))
    if owner is None or (kind.reader and reader is None):
        raise HelixError(400, "condition does not contain valid user IDs")
    return world.chat.channels[owner.login], reader


def check_webhook(
    world: TwitchWorld,
    grant: Grant,
    kind: EventType,
    subscription: Subscription,
    transport: dict[str, Any],
) -> None:
    """An app token, a good callback and secret, and the consents."""
    if grant.user is not None:
        raise HelixError(400, WRONG_COMBINATION)
    callback, secret = str(transport.get("callback", "")), str(transport.get("secret", ""))
    if not valid_callback(callback, https_only=world.settings.https_only):
        raise HelixError(400, "invalid callback url")
    if not 10 <= len(secret) <= 100:
        raise HelixError(400, "secret must be between 10 and 100 characters")
    channel, reader = subscription.channel, subscription.reader
    allows = world.tokens.allows
    if reader and not allows(grant.app, reader, kind.scope):
        raise HelixError(403, FORBIDDEN)
    if reader and kind.in_chat:  # a bot that may sit in this chat
        enter = channel.is_mod(reader) or allows(grant.app, channel.owner, "channel:bot")
        if not (allows(grant.app, reader, "user:bot") and enter):
            raise HelixError(403, FORBIDDEN)
    subscription.transport = {"method": "webhook", "callback": callback}
    subscription.secret = secret
    subscription.status = "webhook_callback_verification_pending"


def check_websocket(
    sockets: EventSubSockets,
    grant: Grant,
    kind: EventType,
    subscription: Subscription,
    transport: dict[str, Any],
) -> None:
    """The reader's own user token, or any user's for what all may know, and a session of theirs."""
    if grant.user is None:
        raise HelixError(400, WRONG_COMBINATION)
    reader = subscription.reader
    if reader and (reader != grant.user or kind.scope not in grant.scopes):
        raise HelixError(403, FORBIDDEN)
    session = sockets.check(str(transport.get("session_id", "")), grant)
    subscription.transport = {
        "method": "websocket",
        "session_id": session.id,
        "connected_at": session.connected_at,
    }


def valid_callback(callback: str, *, https_only: bool) -> bool:
    """Whether events can be sent there.

    >>> valid_callback("http://127.0.0.1:8000/x", https_only=False)
    True
    >>> valid_callback("http://127.0.0.1:8000/x", https_only=True)
    False
    """
    try:
        parts = urlsplit(callback)
        port = parts.port
    except ValueError:
        return False
    if https_only and (parts.scheme != "https" or port not in (None, 443)):
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def owns(grant: Grant, subscription: Subscription) -> bool:
    """An app token owns its application's webhooks; a user token the user's WebSocket ones."""
    if subscription.app != grant.app:
        return False
    by_socket = subscription.transport["method"] == "websocket"
    return by_socket and subscription.grant.user == grant.user if grant.user else not by_socket


def cost(subscriptions: list[Subscription]) -> int:
    """What subscriptions count towards the limit."""
    return sum(each.cost for each in subscriptions if each.standing)


def same(one: Subscription, other: Subscription) -> bool:
    """Whether two subscriptions ask for the same thing at the same place."""
    place = "callback" if one.transport["method"] == "webhook" else "session_id"
    return (
        other.standing
        and one.app == other.app
        and (one.type, one.version, one.condition) == (other.type, other.version, other.condition)
        and one.transport.get(place) == other.transport.get(place)
    )
