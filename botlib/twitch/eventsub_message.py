"""EventSub's webhook messages: is it Twitch's, is it fresh, and what was said in it.

The rules are those of dev.twitch.tv/docs/eventsub/handling-webhook-events. Nothing here
answers a message or remembers one.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botlib.bot import Message
from botlib.function import Request, Response, same
from botlib.twitch.wording import heard

MESSAGE_ID = "twitch-eventsub-message-id"
MESSAGE_TYPE = "twitch-eventsub-message-type"
SIGNATURE = "twitch-eventsub-message-signature"
TIMESTAMP = "twitch-eventsub-message-timestamp"

FRESH_S = 600  # Twitch's advice: refuse messages that are more than ten minutes old
CHAT_MESSAGE = "channel.chat.message"


@dataclass(frozen=True)
class ChatMessage:
    """Something said in a channel: what the brain needs, and where the answer goes."""

    message: Message
    channel_id: str
    message_id: str


def checked_secret(secret: str) -> str:
    """Give the secret back; ValueError for one that Twitch does not take."""
    if not (10 <= len(secret) <= 100 and secret.isascii()):
        raise ValueError(
            f"the EventSub secret has {len(secret)} characters. Expected 10 to 100 ASCII ones, "
            "made up by you: python -c 'import secrets; print(secrets.token_hex())'."
        )
    return secret


def refusal(http: Request, secret: str, now: float) -> Response | None:
    """Answer what is not signed with the secret, or not from now; None for what is Twitch's."""
    message_id, timestamp = http.headers.get(MESSAGE_ID, ""), http.headers.get(TIMESTAMP, "")
    expected = sign(secret, message_id, timestamp, http.body)
    given = http.headers.get(SIGNATURE, "")
    if not same(given, expected):
        return Response({"error": "wrong or missing signature"}, status=403)
    sent = read_time(timestamp)
    if sent is None or not message_id:
        return Response({"error": f"expected {MESSAGE_ID} and {TIMESTAMP}"}, status=400)
    if abs(now - sent) > FRESH_S:
        return Response({"error": "this message is not from the last ten minutes"}, status=403)
    return None


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message.

    >>> sign("0123456789", "id", "2026-01-01T00:00:00Z", b"{}")[:20]
    'sha256=338fcffb7c617'
    """
    signed = f"{message_id}{timestamp}".encode("utf-8", "replace") + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def read_time(timestamp: str) -> float | None:
    """Read Twitch's time, as seconds since 1970; None for anything else.

    Exactly this form: the signature does not say where the id ends and the time begins.

    >>> read_time("2023-07-19T14:56:51.616329898Z"), read_time("2023-07-19")
    (1689778611.616329, None)
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", timestamp, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:  # February 30th
        return None


def read_body(http: Request) -> dict[str, Any]:
    """Read a message's JSON; ValueError for what is no message."""
    body = http.json()
    if not isinstance(body, dict) or not isinstance(body.get("subscription"), dict):
        raise ValueError("expected a message of EventSub: an object with a subscription")
    return body


def read_chat_message(body: dict[str, Any], bot_id: str) -> ChatMessage | None:
    """Read a notification; None unless it is what someone else said in this channel."""
    event = body.get("event")
    if body["subscription"].get("type") != CHAT_MESSAGE or not isinstance(event, dict):
        return None
    names = ("broadcaster_user_id", "broadcaster_user_login", "chatter_user_id",
             "chatter_user_name", "message_id")  # fmt: skip
    channel_id, channel, user_id, user, message_id = (event.get(name) for name in names)
    said = event.get("message")
    text = said.get("text") if isinstance(said, dict) else None
    if not all(isinstance(each, str) for each in (channel_id, user_id, message_id, text)):
        return None
    if user_id == bot_id or event.get("source_broadcaster_user_id") not in (None, channel_id):
        return None  # its own words, or, in a shared chat, another channel's viewers
    message = Message(
        text=heard(str(text), is_reply=bool(event.get("reply"))),
        user=str(user or "someone"),
        chat=str(channel or channel_id),
        user_id=str(user_id),
    )
    return ChatMessage(message, str(channel_id), str(message_id))
