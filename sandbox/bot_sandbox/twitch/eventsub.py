"""EventSub: create, list and delete subscriptions, and send events to them.

A webhook needs an app token and the consent of the bot and the broadcaster; a WebSocket needs the
bot's user token (dev.twitch.tv/docs/eventsub/manage-subscriptions). eventsub_webhook.py and
eventsub_websocket.py send the events.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot_sandbox.twitch.chat import PERMANENT, Channel, ChatMessage
from bot_sandbox.twitch.eventsub_conduits import Conduits
from bot_sandbox.twitch.eventsub_events import (
    EVENT_TYPES,
    EventType,
    Subscription,
    announcement_event,
    channel_event,
    chat_event,
)
from bot_sandbox.twitch.eventsub_webhook import Webhooks
from bot_sandbox.twitch.eventsub_websocket import EventSubSockets
from bot_sandbox.twitch.helix import USE_CANNED, HelixError, HelixGate, json_body, paginate
from bot_sandbox.twitch.tokens import Application, TokenRecord
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

REAL_TYPES = frozenset(
    Path(__file__).with_name("eventsub_types.txt").read_text(encoding="utf-8").splitlines()
)
FORBIDDEN = "subscription missing proper authorization"
TRANSPORT_FIELDS = {"method", "callback", "secret", "session_id", "conduit_id"}
WRONG_COMBINATION = "invalid transport and auth combination"
# "max_total_cost" (dev.twitch.tv/docs/eventsub/manage-subscriptions)
MOST_COST_A_USER, MOST_COST_AN_APP = 10, 10_000


class EventSub:
    """All subscriptions, and the endpoints at /helix/eventsub/subscriptions."""

    def __init__(self, world: TwitchWorld, gate: HelixGate) -> None:
        self._world = world
        self._gate = gate
        self._subscriptions = world.subscriptions
        self.webhooks = Webhooks(world)
        self.sockets = EventSubSockets(world)
        self.conduits = Conduits(world, gate, self.sockets)
        world.chat.listeners.append(self._notify_of_message)
        world.on_event.append(self._notify_of_event)
        world.chat.on_banned.append(self._end_for_banned_user)
        world.chat.on_unmodded.append(self._end_for_former_moderator)
        world.tokens.on_revoked.append(self._end_for_revoked_token)
        world.tokens.on_withdrawn.append(self._end_for_withdrawn_consent)

    def begin_again(self) -> None:
        """Deliver for the subscriptions that there are, after a restore."""
        webhooks = []
        for subscription in self._subscriptions.values():
            if subscription.transport["method"] == "webhook":
                webhooks.append(subscription)
            elif subscription.transport.get("session_id") not in (None, *self.sockets.open):
                subscription.status = "websocket_disconnected"
        self.webhooks.begin_again(webhooks)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        gate = self._gate.guard_endpoint
        path = "/helix/eventsub/subscriptions"
        return [
            web.post(path, gate(self.create_subscription, "type version condition transport")),
            web.get(
                path,
                gate(
                    self.list_subscriptions,
                    "status type user_id subscription_id conduit_id after",
                ),
            ),
            web.delete(path, gate(self.delete_subscription, "id")),
            *self.conduits.routes(),
            web.get("/ws", self.sockets.serve_client),
        ]

    async def create_subscription(self, request: web.Request, token: TokenRecord) -> web.Response:
        """POST: subscribe; a webhook must answer a challenge before events come."""
        subscription = requested_subscription(
            self._world, self.sockets, self.conduits, token, await json_body(request)
        )
        if any(is_duplicate(subscription, other) for other in self._subscriptions.values()):
            raise HelixError(409, "subscription already exists")
        owned = [other for other in self._subscriptions.values() if owns_subscription(token, other)]
        most = MOST_COST_A_USER if token.user else MOST_COST_AN_APP
        if total_cost(owned) + subscription.cost > most:
            raise HelixError(429, "cost exceeded")
        self._subscriptions[subscription.id] = subscription
        answer = self._answer(token, [subscription])
        if subscription.transport["method"] == "webhook":
            self.webhooks.verify(subscription)
        elif subscription.transport["method"] == "conduit":
            self.conduits.note_readers(self._world.conduits[subscription.transport["conduit_id"]])
        else:
            self.sockets.add_subscription(subscription)
        self._world.changes.changed()
        return web.json_response(answer, status=202)

    async def list_subscriptions(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET: the application's subscriptions, all or by status, type, user_id or their id."""
        owned = [s for s in self._subscriptions.values() if owns_subscription(token, s)]
        for name in ("status", "type"):
            if name in request.query:
                owned = [s for s in owned if getattr(s, name) == request.query[name]]
        if "user_id" in request.query:
            owned = [s for s in owned if request.query["user_id"] in s.condition.values()]
        if "conduit_id" in request.query:
            wanted = request.query["conduit_id"]
            owned = [s for s in owned if s.transport.get("conduit_id") == wanted]
        if "subscription_id" in request.query:
            owned = [s for s in owned if s.id == request.query["subscription_id"]]
        shown = [subscription.as_json() for subscription in owned]
        after = {name: value for name, value in request.query.items() if name == "after"}
        return web.json_response(self._answer(token, owned) | paginate(shown, after, 100, 100))

    async def delete_subscription(self, request: web.Request, token: TokenRecord) -> web.Response:
        """DELETE ?id=…: end a subscription."""
        subscription = self._subscriptions.get(request.query.get("id", ""))
        if "id" not in request.query:
            raise HelixError(400, 'Missing required parameter "id"')
        if subscription is None or not owns_subscription(token, subscription):
            raise HelixError(404, "subscription not found")
        del self._subscriptions[subscription.id]
        self.webhooks.drop_queue(subscription)
        self._world.changes.changed()
        return web.Response(status=204)

    def _answer(self, token: TokenRecord, subscriptions: list[Subscription]) -> dict[str, Any]:
        owned = [other for other in self._subscriptions.values() if owns_subscription(token, other)]
        return {
            "data": [subscription.as_json() for subscription in subscriptions],
            "total": len(owned),
            "total_cost": total_cost(owned),
            "max_total_cost": MOST_COST_A_USER if token.user else MOST_COST_AN_APP,
        }

    def _notify_of_message(self, message: ChatMessage, _origin: object) -> None:
        channel = self._world.chat.channels[message.channel]
        if message.announcement:
            if readers := self._subscriptions_to("channel.chat.notification", channel):
                self._send_event(readers, announcement_event(message, channel))
        elif readers := self._subscriptions_to("channel.chat.message", channel):
            self._send_event(readers, chat_event(message, channel))

    def _notify_of_event(self, type: str, channel: Channel, user: TwitchUser) -> None:
        self._send_event(self._subscriptions_to(type, channel), channel_event(type, channel, user))

    def _subscriptions_to(self, type: str, channel: Channel) -> list[Subscription]:
        """Return the subscriptions to a type on a channel."""
        every = self._subscriptions.values()
        return [s for s in every if s.enabled and s.type == type and s.channel is channel]

    def _send_event(self, subscriptions: list[Subscription], event: dict[str, Any]) -> None:
        for subscription in subscriptions:
            if subscription.transport["method"] == "webhook":
                self.webhooks.notify(subscription, event)
            elif subscription.transport["method"] == "conduit":
                payload = {"subscription": subscription.as_json(), "event": event}
                self.conduits.send(subscription, "notification", payload)
            else:
                self.sockets.notify(subscription, event)

    def _end_for_banned_user(self, channel: Channel, user: TwitchUser, seconds: float) -> None:
        """End the chat subscriptions of a permanently banned user."""
        for subscription in list(self._subscriptions.values()):
            theirs = subscription.channel is channel and subscription.reader == user
            in_chat = subscription.kind.in_chat and seconds == PERMANENT
            if theirs and in_chat and subscription.is_active:
                self._end_subscription(subscription, "chat_user_banned")

    def _end_for_former_moderator(self, channel: Channel, user: TwitchUser) -> None:
        """End the subscriptions that need a moderator."""
        for subscription in list(self._subscriptions.values()):
            theirs = subscription.channel is channel and subscription.reader == user
            if theirs and not subscription.kind.in_chat and subscription.is_active:
                self._end_subscription(subscription, "moderator_removed")

    def _end_for_revoked_token(self, token: TokenRecord) -> None:
        for subscription in list(self._subscriptions.values()):
            by_socket = subscription.transport["method"] == "websocket"
            if by_socket and subscription.token is token and subscription.is_active:
                self._end_subscription(subscription, "authorization_revoked")

    def _end_for_withdrawn_consent(self, app: Application, user: TwitchUser) -> None:
        """End the subscriptions that needed a withdrawn consent."""
        for subscription in list(self._subscriptions.values()):
            let_in = subscription.kind.in_chat and user == subscription.channel.owner
            rested = let_in or user == subscription.reader
            if subscription.app == app and rested and subscription.is_active:
                self._end_subscription(subscription, "authorization_revoked")

    def _end_subscription(self, subscription: Subscription, status: str) -> None:
        subscription.status = status
        if subscription.transport["method"] == "webhook":
            self.webhooks.send_revocation(subscription)
        elif subscription.transport["method"] == "conduit":
            payload = {"subscription": subscription.as_json()}
            self.conduits.send(subscription, "revocation", payload)
        else:
            self.sockets.send_revocation(subscription)
        self._world.changes.changed()


def requested_subscription(
    world: TwitchWorld,
    sockets: EventSubSockets,
    conduits: Conduits,
    token: TokenRecord,
    body: dict[str, Any],
) -> Subscription:
    """Return the requested subscription; raise HelixError if it isn't allowed."""
    for name in ("type", "version", "condition", "transport"):
        if not body.get(name):
            raise HelixError(400, f"missing required field: {name}")
    kind = find_type(world, str(body["type"]), str(body["version"]))
    channel, reader = channel_and_reader(world, kind, body["condition"])
    transport = body["transport"]
    note_unknown_names(world, kind, body["condition"], transport)
    method = transport.get("method") if isinstance(transport, dict) else None
    read = {"broadcaster_user_id": channel.owner.id, **({kind.reader: reader.id} if reader else {})}
    # Events without a user's consent count towards the application's limit.
    allowed = (token.app.client_id, channel.owner.id) in world.tokens.consents
    subscription = Subscription(
        kind=kind,
        condition=body["condition"] if kind.canned else read,
        transport={},
        created_at=world.clock.timestamp(),
        app=token.app,
        channel=channel,
        reader=reader,
        token=token,
        id=world.randomness.uuid("subscription"),
        made_at=world.clock.now(),
        cost=0 if reader or allowed else 1,
    )
    if method == "webhook":
        set_webhook_transport(world, token, subscription, transport)
    elif method == "websocket":
        set_websocket_transport(sockets, token, subscription, transport)
    elif method == "conduit":
        check_consents(world, token, subscription)
        conduit = conduits.find_conduit(token, str(transport.get("conduit_id", "")))
        subscription.transport = {"method": "conduit", "conduit_id": conduit.id}
    else:
        raise HelixError(400, "unsupported transport method")
    banned = reader is not None and channel.banned.get(reader.id) == PERMANENT
    if kind.in_chat and banned:
        raise HelixError(403, FORBIDDEN)
    if reader and not kind.in_chat and not channel.is_mod(reader):
        raise HelixError(403, FORBIDDEN)
    return subscription


def note_unknown_names(
    world: TwitchWorld, kind: EventType, condition: dict[str, Any], transport: object
) -> None:
    """Record fields of a request that Twitch does not know."""
    known = {"broadcaster_user_id", kind.reader, *(condition if kind.canned else ())}
    for name in condition.keys() - known:
        world.note_ignored(f"the condition's {name} of {kind.name}")
    if isinstance(transport, dict):
        for name in transport.keys() - TRANSPORT_FIELDS:
            world.note_ignored(f"the transport's {name} of {kind.name}")


def find_type(world: TwitchWorld, name: str, version: str) -> EventType:
    """Return the requested type of event; raise HelixError if it is unsupported or unknown."""
    for kind in EVENT_TYPES:
        if (kind.name, kind.version) == (name, version):
            return kind
    if f"{name} {version}" in REAL_TYPES:
        if world.is_canned(f"EventSub {name} {version}"):
            return EventType(name, version, canned=True)
        supported = ", ".join(f"{kind.name} {kind.version}" for kind in EVENT_TYPES)
        words = f"This sandbox has no {name} {version}. {USE_CANNED} It has {supported}."
        raise HelixError(400, words)
    if (name, version) == ("channel.follow", "1"):
        raise HelixError(410, "")  # twitchdev/issues#1018
    raise HelixError(400, "invalid subscription type and version")


def channel_and_reader(
    world: TwitchWorld, kind: EventType, condition: object
) -> tuple[Channel, TwitchUser | None]:
    """Return the channel and, if the type needs one, the user to read as."""
    if not isinstance(condition, dict):
        raise HelixError(400, "invalid condition")
    named = [condition.get("broadcaster_user_id"), *(condition.values() if kind.canned else ())]
    owner = next((world.users[str(one)] for one in named if str(one) in world.users), None)
    reader = world.users.get(str(condition.get(kind.reader)))
    if owner is None or (kind.reader and reader is None):
        raise HelixError(400, "condition does not contain valid user IDs")
    return world.chat.channels[owner.login], reader


def set_webhook_transport(
    world: TwitchWorld,
    token: TokenRecord,
    subscription: Subscription,
    transport: dict[str, Any],
) -> None:
    """Check app token, callback, secret and consents; then fill in the subscription."""
    check_app_token(token)
    given = (transport.get("callback"), transport.get("secret"))
    callback, secret = (one if isinstance(one, str) else "" for one in given)
    if not is_valid_callback(callback, https_only=world.settings.https_only):
        raise HelixError(400, "invalid callback url")
    if not 10 <= len(secret) <= 100:
        raise HelixError(400, "secret must be between 10 and 100 characters")
    if not (secret.isascii() and secret.isprintable()):
        raise HelixError(400, "secret must be printable ASCII")
    check_consents(world, token, subscription)
    subscription.transport = {"method": "webhook", "callback": callback}
    subscription.secret = secret
    subscription.status = "webhook_callback_verification_pending"


def check_app_token(token: TokenRecord) -> None:
    """Refuse a user's token, with which only a WebSocket can subscribe."""
    if token.user is not None:
        raise HelixError(400, WRONG_COMBINATION)


def check_consents(world: TwitchWorld, token: TokenRecord, subscription: Subscription) -> None:
    """Refuse an application that the reader or the broadcaster has not allowed."""
    check_app_token(token)
    channel, reader, kind = subscription.channel, subscription.reader, subscription.kind
    allows = world.tokens.allows
    if reader and not allows(token.app, reader, kind.scope):
        raise HelixError(403, FORBIDDEN)
    if reader and kind.in_chat:  # the bot must be allowed in this chat
        enter = channel.is_mod(reader) or allows(token.app, channel.owner, "channel:bot")
        if not (allows(token.app, reader, "user:bot") and enter):
            raise HelixError(403, FORBIDDEN)


def set_websocket_transport(
    sockets: EventSubSockets,
    token: TokenRecord,
    subscription: Subscription,
    transport: dict[str, Any],
) -> None:
    """Check that the user token is the reader's, or the data public, and the session theirs.

    Then fill in the subscription's transport.
    """
    if token.user is None:
        raise HelixError(400, WRONG_COMBINATION)
    reader = subscription.reader
    if reader and (reader != token.user or subscription.kind.scope not in token.scopes):
        raise HelixError(403, FORBIDDEN)
    session = sockets.find_session(str(transport.get("session_id", "")), token)
    subscription.transport = {
        "method": "websocket",
        "session_id": session.id,
        "connected_at": session.connected_at,
    }


def is_valid_callback(callback: str, *, https_only: bool) -> bool:
    """Return whether events can be sent to a callback.

    >>> is_valid_callback("http://127.0.0.1:8000/x", https_only=False)
    True
    >>> is_valid_callback("http://127.0.0.1:8000/x", https_only=True)
    False
    """
    try:
        callback.encode()  # fails for half of a surrogate pair, which JSON can hold
        parts = urlsplit(callback)
        port = parts.port
    except ValueError:
        return False
    if https_only and (parts.scheme != "https" or port not in (None, 443)):
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def owns_subscription(token: TokenRecord, subscription: Subscription) -> bool:
    """Return whether a token owns a subscription: app tokens webhooks, user tokens WebSockets."""
    if subscription.app != token.app:
        return False
    by_socket = subscription.transport["method"] == "websocket"
    return by_socket and subscription.token.user == token.user if token.user else not by_socket


def total_cost(subscriptions: list[Subscription]) -> int:
    """Return how much subscriptions count towards the limit."""
    return sum(each.cost for each in subscriptions if each.is_active)


def is_duplicate(one: Subscription, other: Subscription) -> bool:
    """Return whether two subscriptions have the same type, condition and target."""
    place = {"webhook": "callback", "websocket": "session_id", "conduit": "conduit_id"}[
        one.transport["method"]
    ]
    return (
        other.is_active
        and one.app == other.app
        and (one.type, one.version, one.condition) == (other.type, other.version, other.condition)
        and one.transport.get(place) == other.transport.get(place)
    )
