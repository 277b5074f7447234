"""The webhook function for Twitch: EventSub calls it, and it answers in the chat by Helix.

What Telegram always could, Twitch can since 2024: no connection to hold. The reply is a call
of its own, because Twitch reads nothing from the response but its status. Chat only: other
events are acknowledged and left alone. The rules are those of
dev.twitch.tv/docs/eventsub/handling-webhook-events.
"""

import hashlib
import hmac
import logging
import re
import time
from datetime import datetime
from typing import Any, NamedTuple

from botlib.bot import Bot, Message, TryAgain
from botlib.function import Handler, Request, Response, http_function, same
from botlib.settings import Unreachable
from botlib.store import SqliteStore, Store
from botlib.twitch.helix import (
    CHAT_MESSAGE,
    ApiRefused,
    Helix,
    NoAnswer,
    checked_id,
    checked_secret,
)
from botlib.twitch.irc import LONGEST_TEXT, heard, parts

MESSAGE_ID = "twitch-eventsub-message-id"
MESSAGE_TYPE = "twitch-eventsub-message-type"
SIGNATURE = "twitch-eventsub-message-signature"
TIMESTAMP = "twitch-eventsub-message-timestamp"

FRESH_S = 600  # Twitch's advice: refuse messages that are more than ten minutes old
PATIENCE_S = 4.0  # for one message's replies: Twitch wants its answer within a few seconds
USUAL_LIMIT_S = 3.0  # a function's time, where the cloud does not say
SPARE_S = 0.5  # of it, to remember that the message is answered, and to answer Twitch
LONGEST_REPLY = LONGEST_TEXT - 30  # Twitch itself puts "@NAME " before a reply

ACKNOWLEDGED = Response(status=204)
LATER = Response({"error": "not answered now, please deliver again"}, status=503)

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
    """Make the handler of an EventSub webhook; what is not given comes from the environment.

    TWITCH_EVENTSUB_SECRET, TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET, TWITCH_BOT_ID (the number of
    the bot's account) and, for another Twitch than the real one, TWITCH_API.
    A message delivered again is answered once: by this instance, or with `store` by all of them.
    What a later try may mend (Twitch or the store out of reach, a TryAgain) is answered 503, and
    Twitch delivers again; but nothing that may have been said is said twice, and what does not
    get through before the function's time limit is only logged. A command that fails is logged
    and apologised for: Twitch would end a subscription whose function fails too often.
    With `as_reply`, the answer hangs on the question, and Twitch puts "@Viktor " before its text.
    """
    secret, me = checked_secret(secret), checked_id(bot_id)
    helix = Helix(client_id, client_secret, api)
    store = store or SqliteStore(None)  # this instance's own memory

    @http_function
    def handler(http: Request) -> Response:
        limit_s = USUAL_LIMIT_S if http.seconds_left is None else http.seconds_left
        until = time.monotonic() + min(PATIENCE_S, limit_s - SPARE_S)
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
            words = "Mend the cause, then subscribe again."
            log.error("Twitch ended the subscription to %.100r: %.100r. %s", what, why, words)
        said = read_chat_message(body, me) if kind == "notification" else None
        if said is None or bot.called(said.message.text) is None:
            return ACKNOWLEDGED

        key = f"twitch:{http.headers[MESSAGE_ID]}"
        try:  # what is older than FRESH_S is refused anyway, and so is what claims to be newer
            state, _ = store.once(key, lambda: answer(said, until), done_s=2 * FRESH_S)
        except (TryAgain, Unreachable) as error:
            log.warning("not answered now: %s", error)
            return LATER
        return LATER if state == "busy" else ACKNOWLEDGED

    def answer(said: ChatMessage, until: float) -> None:
        """Say all replies; raises Unreachable where nothing is said yet and a later try may be."""
        replies = bot.respond_now(said.message)
        texts = [part for reply in replies for part in parts(reply, LONGEST_REPLY)]
        parent = said.message_id if as_reply else ""
        for number, text in enumerate(texts):
            try:
                dropped = helix.say(said.channel_id, me, text, parent, until)
            except (ApiRefused, Unreachable) as error:
                was_not_said = isinstance(error, Unreachable) and not isinstance(error, NoAnswer)
                if number == 0 and was_not_said:
                    raise  # delivered again, it may be answered whole
                log.error("only %d of %d messages were sent: %s", number, len(texts), error)
                return
            if dropped:
                log.warning("Twitch dropped a reply in %s: %s", said.message.chat, dropped)

    return handler


def refusal(http: Request, secret: str, now: float) -> Response | None:
    """Answer what is not signed with the secret, or not from now; None for what is Twitch's."""
    message_id, timestamp = http.headers.get(MESSAGE_ID, ""), http.headers.get(TIMESTAMP, "")
    expected = sign(secret, message_id, timestamp, http.body)
    if not same(http.headers.get(SIGNATURE, ""), expected):
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


def challenge(body: dict[str, Any]) -> Response:
    """Prove that this function wants the subscription: give the challenge back as it came."""
    if not isinstance(body.get("challenge"), str):
        return Response({"error": "expected a challenge"}, status=400)
    return Response(body["challenge"], headers={"Content-Type": "text/plain"})


class ChatMessage(NamedTuple):
    """Something said in a channel: what the brain needs, and where the answer goes."""

    message: Message
    channel_id: str
    message_id: str


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
