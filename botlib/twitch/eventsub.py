"""The webhook function for Twitch: EventSub calls it, and it answers in the chat by Helix.

The reply is a call to Helix, because Twitch reads only the status of the response. Events other
than chat messages are acknowledged and ignored. Source of the rules:
dev.twitch.tv/docs/eventsub/handling-webhook-events.
"""

import hashlib
import hmac
import logging
import re
import time
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from botlib.bot import Bot, Message, TryAgain
from botlib.details.http import NoAnswer, Unreachable
from botlib.details.slow_answers import SlowAnswer
from botlib.function import (
    Handler,
    Request,
    Response,
    constant_time_equal,
    http_function,
    work_deadline,
)
from botlib.store import Store
from botlib.store.memory import MemoryStore
from botlib.twitch.details.helix import CHAT_MESSAGE, ApiRefused, Helix, checked_id, checked_secret
from botlib.twitch.details.texts import LONGEST_TEXT, clean_incoming, split_reply

MESSAGE_ID = "twitch-eventsub-message-id"
MESSAGE_TYPE = "twitch-eventsub-message-type"
SIGNATURE = "twitch-eventsub-message-signature"
TIMESTAMP = "twitch-eventsub-message-timestamp"

LONGEST_AGE_S = 600  # Twitch's advice: refuse messages that are more than ten minutes old
REPLIES_TIMEOUT_S = 4.0  # for one message's replies: Twitch wants its answer within a few seconds
EVENTSUB_LIMIT_S = 3.0  # of a function, if the cloud tells none
LONGEST_REPLY = LONGEST_TEXT - 30  # Twitch itself puts "@NAME " before a reply

ACKNOWLEDGED = Response(status=204)
TRY_LATER = Response({"error": "not answered now, please deliver again"}, status=503)

log = logging.getLogger(__name__)


def webhook(
    bot: Bot,
    secret: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    bot_id: str | None = None,
    api: str | None = None,
    store: Store | None = None,
    as_reply: bool = False,
) -> Handler:
    """Make the handler of an EventSub webhook.

    Arguments that are not given come from the environment: TWITCH_EVENTSUB_SECRET,
    TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET, TWITCH_BOT_ID (the id of the bot's account) and, for
    another Twitch than the real one, TWITCH_API.
    A message that is delivered again is answered once: by this instance, or with `store` by all
    instances. If a later try may help (Twitch or the store is out of reach, a TryAgain), the
    response is 503, and Twitch delivers again. Nothing that may be in the chat is sent again; what
    doesn't get through within the function's time limit is logged. A command that fails is logged,
    with an apology in the chat, because Twitch ends a subscription that fails too often.
    With `as_reply`, the answer is a reply to the message, and Twitch puts "@Viktor " before it.
    """
    secret, me = checked_secret(secret), checked_id(bot_id)
    helix = Helix(client_id, client_secret, api)
    is_shared = store is not None
    store = store or MemoryStore()  # of this instance alone

    @http_function
    def handler(http: Request) -> Response:
        until = work_deadline(http.seconds_left, EVENTSUB_LIMIT_S)
        if http.method != "POST":
            return Response({"error": "expected a POST"}, 405, {"Allow": "POST"})
        if refused := refusal(http, secret, time.time()):
            return refused
        try:
            body = read_body(http)
        except ValueError as error:
            return Response({"error": str(error)}, status=400)

        kind = http.headers.get(MESSAGE_TYPE)
        if kind == "webhook_callback_verification":
            return challenge(body)
        if kind == "revocation":
            what, why = body["subscription"].get("type"), body["subscription"].get("status")
            words = "Fix the cause, then subscribe again."
            log.error("Twitch ended the subscription to %.100r: %.100r. %s", what, why, words)
        incoming = read_chat_message(body, me) if kind == "notification" else None
        if incoming is None or bot.command_in(incoming.message.text) is None:
            return ACKNOWLEDGED

        message_id = http.headers[MESSAGE_ID]
        key, work = f"twitch:{message_id}", partial(answer, incoming, until)
        try:  # what is older than LONGEST_AGE_S is refused anyway, and what claims to be newer, too
            with SlowAnswer(f"message {message_id!a}", http.seconds_left, is_shared):
                state, _ = store.once(key, work, http.seconds_left, done_s=2 * LONGEST_AGE_S)
        except (TryAgain, Unreachable) as error:
            log.warning("not answered now: %s", error)
            return TRY_LATER
        return TRY_LATER if state == "busy" else ACKNOWLEDGED

    def answer(incoming: ReceivedMessage, until: float) -> None:
        """Send all replies; raises Unreachable if none was sent and a later try may help."""
        replies = bot.safe_replies(incoming.message)
        until = min(until, time.monotonic() + REPLIES_TIMEOUT_S)
        texts = [part for reply in replies for part in split_reply(reply, LONGEST_REPLY)]
        parent = incoming.message_id if as_reply else ""
        for number, text in enumerate(texts):
            try:
                dropped = helix.say(incoming.channel_id, me, text, parent, until)
            except (ApiRefused, Unreachable, NoAnswer) as error:
                if number == 0 and isinstance(error, Unreachable):
                    raise  # delivered again, it may be answered whole
                log.error("only %d of %d messages were sent: %s", number, len(texts), error)
                return
            if dropped:
                log.warning("Twitch dropped a reply in %s: %s", incoming.message.chat, dropped)

    return handler


def refusal(http: Request, secret: str, now: float) -> Response | None:
    """Answer a request that is not signed with the secret, or too old; None for Twitch's own."""
    message_id, timestamp = http.headers.get(MESSAGE_ID, ""), http.headers.get(TIMESTAMP, "")
    expected = sign(secret, message_id, timestamp, http.body)
    if not constant_time_equal(http.headers.get(SIGNATURE, ""), expected):
        return Response({"error": "wrong or missing signature"}, status=403)
    sent = read_time(timestamp)
    if sent is None or not message_id:
        return Response({"error": f"expected {MESSAGE_ID} and {TIMESTAMP}"}, status=400)
    if abs(now - sent) > LONGEST_AGE_S:
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

    Only exactly this form, because the signature does not tell where the id ends.

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
    """Read a message's JSON; ValueError if it is not a message of EventSub."""
    body = http.json()
    if not isinstance(body, dict) or not isinstance(body.get("subscription"), dict):
        raise ValueError("expected a message of EventSub: an object with a subscription")
    return body


def challenge(body: dict[str, Any]) -> Response:
    """Prove that this function wants the subscription: return the challenge as it came."""
    if not isinstance(body.get("challenge"), str):
        return Response({"error": "expected a challenge"}, status=400)
    return Response(body["challenge"], headers={"Content-Type": "text/plain"})


class ReceivedMessage(NamedTuple):
    """A message in a channel: what the bot needs, and where the answer goes."""

    message: Message
    channel_id: str
    message_id: str


def read_chat_message(body: dict[str, Any], bot_id: str) -> ReceivedMessage | None:
    """Read a notification; None unless it is a viewer's message in this channel."""
    event = body.get("event")
    if body["subscription"].get("type") != CHAT_MESSAGE or not isinstance(event, dict):
        return None
    names = ("broadcaster_user_id", "broadcaster_user_login", "chatter_user_id",
             "chatter_user_name", "message_id")  # fmt: skip
    channel_id, channel, user_id, user, message_id = (event.get(name) for name in names)
    content = event.get("message")
    text = content.get("text") if isinstance(content, dict) else None
    if not all(isinstance(each, str) for each in (channel_id, user_id, message_id, text)):
        return None
    if user_id == bot_id or event.get("source_broadcaster_user_id") not in (None, channel_id):
        return None  # its own message, or, in a shared chat, one from another channel
    message = Message(
        text=clean_incoming(str(text), is_reply=bool(event.get("reply"))),
        user=str(user or "someone"),
        chat=str(channel or channel_id),
        user_id=str(user_id),
    )
    return ReceivedMessage(message, str(channel_id), str(message_id))
