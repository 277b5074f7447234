"""Who may subscribe to what, and how: the checks before a subscription is made.

A webhook takes an app token and the consents of the bot and the broadcaster; a WebSocket takes
the bot's user token (dev.twitch.tv/docs/eventsub/manage-subscriptions).
"""

from typing import Any
from urllib.parse import urlsplit

from sandbox.twitch.chat import Channel
from sandbox.twitch.errors import HelixError
from sandbox.twitch.eventsub_events import CHAT_MESSAGE, Subscription
from sandbox.twitch.eventsub_websocket import Sessions
from sandbox.twitch.model import User
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World

FORBIDDEN = "subscription missing proper authorization"
WRONG_COMBINATION = "invalid transport and auth combination"


def check(world: World, sessions: Sessions, grant: Grant, body: dict[str, Any]) -> Subscription:
    """The subscription a request asks for; HelixError when it may not be."""
    for name in ("type", "version", "condition", "transport"):
        if not body.get(name):
            raise HelixError(400, f"missing required field: {name}")
    if (body["type"], body["version"]) != CHAT_MESSAGE:
        raise HelixError(400, "invalid subscription type and version")
    channel, reader = people(world, body["condition"])
    transport = body["transport"]
    method = transport.get("method") if isinstance(transport, dict) else None
    subscription = Subscription(
        type=body["type"],
        version=body["version"],
        condition={
            "broadcaster_user_id": channel.owner.id,
            "user_id": reader.id,
        },
        transport={},
        created_at=world.clock.timestamp(),
        app=grant.app,
        channel=channel,
        reader=reader,
        grant=grant,
    )
    if method == "webhook":
        check_webhook(world, grant, subscription, transport)
    elif method == "websocket":
        check_websocket(sessions, grant, subscription, transport)
    else:
        raise HelixError(400, "unsupported transport method")
    if reader.id in channel.banned:
        raise HelixError(403, FORBIDDEN)
    return subscription


def people(world: World, condition: object) -> tuple[Channel, User]:
    """The channel to listen in and the user to listen as."""
    if not isinstance(condition, dict):
        raise HelixError(400, "invalid condition")
    owner = world.users.get(str(condition.get("broadcaster_user_id")))
    reader = world.users.get(str(condition.get("user_id")))
    if owner is None or reader is None:
        raise HelixError(400, "condition does not contain valid user IDs")
    return world.chat.channels[owner.login], reader


def check_webhook(
    world: World, grant: Grant, subscription: Subscription, transport: dict[str, Any]
) -> None:
    """An app token, a good callback and secret, and both consents."""
    if grant.user is not None:
        raise HelixError(400, WRONG_COMBINATION)
    callback, secret = str(transport.get("callback", "")), str(transport.get("secret", ""))
    if not valid_callback(callback, https_only=world.settings.https_only):
        raise HelixError(400, "invalid callback url")
    if not 10 <= len(secret) <= 100:
        raise HelixError(400, "secret must be between 10 and 100 characters")
    channel, reader = subscription.channel, subscription.reader
    allows = world.tokens.allows
    read = allows(grant.app, reader, "user:read:chat", "user:bot")
    enter = channel.is_mod(reader) or allows(grant.app, channel.owner, "channel:bot")
    if not (read and enter):
        raise HelixError(403, FORBIDDEN)
    subscription.transport = {"method": "webhook", "callback": callback}
    subscription.secret = secret
    subscription.status = "webhook_callback_verification_pending"


def check_websocket(
    sessions: Sessions, grant: Grant, subscription: Subscription, transport: dict[str, Any]
) -> None:
    """The reader's own user token and an open session that is theirs."""
    if grant.user is None:
        raise HelixError(400, WRONG_COMBINATION)
    if subscription.reader != grant.user or "user:read:chat" not in grant.scopes:
        raise HelixError(403, FORBIDDEN)
    session = sessions.check(str(transport.get("session_id", "")), grant)
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
