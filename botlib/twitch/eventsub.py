"""The webhook function for Twitch: EventSub calls it, and it answers in the chat by Helix.

What Telegram always could, Twitch can since 2024: no connection to hold. The reply is a call
of its own, because Twitch reads nothing from the response but its status. Chat only: other
events are acknowledged and left alone.
"""

import logging
import time
from typing import Any, TypeVar

from botlib.bot import Bot, split
from botlib.function import Event, Handler, Request, Response, http_function
from botlib.settings import Unreachable, setting
from botlib.store import SqliteStore, Store
from botlib.twitch.errors import LoginRefused
from botlib.twitch.eventsub_message import (
    FRESH_S,
    MESSAGE_ID,
    MESSAGE_TYPE,
    ChatMessage,
    checked_secret,
    read_body,
    read_chat_message,
    refusal,
)
from botlib.twitch.helix import ApiRefused, Helix
from botlib.twitch.irc import LONGEST_TEXT
from botlib.twitch.request import NoAnswer
from botlib.twitch.wording import distinct, parts

LONGEST_REPLY = LONGEST_TEXT - 30  # Twitch itself puts "@NAME " before a reply
PATIENCE_S = 4.0  # for one message's replies: Twitch wants its answer within a few seconds
USUAL_LIMIT_S = 3.0  # a function's time, where the cloud does not say
SPARE_S = 0.5  # of it, to remember that the message is answered, and to answer Twitch
GAP_S = 1.05  # Twitch takes one message a second from a bot that is no moderator
LATER = Response({"error": "not answered now, please deliver again"}, status=503)

T = TypeVar("T")
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
    Where Twitch cannot be reached the function answers 503, and Twitch delivers again; but
    nothing that may have been said is said twice, and what does not get through before the
    function's time limit is only logged. A command that raises is only logged: Twitch
    would end a subscription whose function fails too often.
    With `as_reply`, the answer hangs on the question, and Twitch puts "@Viktor " before its text.
    """
    secret = checked_secret(setting("TWITCH_EVENTSUB_SECRET", secret))
    chat = Chat(bot, Helix(client_id, client_secret, api), account_id(bot_id), as_reply)
    store = store or SqliteStore(None)  # this instance's own memory

    def answer(http: Request, until: float) -> Response:
        refused = refusal(http, secret, time.time())
        if refused:
            return refused
        try:
            body = read_body(http)
        except ValueError as error:
            return Response({"error": str(error)}, status=400)
        kind = http.headers.get(MESSAGE_TYPE, "")
        if kind == "webhook_callback_verification":
            return challenge(body)
        if kind == "revocation":
            log_revocation(body["subscription"])
        if kind == "notification":
            return chat.notified(body, store, f"twitch:{http.headers[MESSAGE_ID]}", until)
        return Response(status=204)

    def handler(event: Event, context: object = None) -> dict[str, Any]:
        until = deadline(context)
        return http_function(lambda http: answer(http, until))(event, context)

    return handler


def deadline(context: object) -> float:
    """When all must be said, as a time of `time.monotonic`: the context may know the limit."""
    tell = getattr(context, "get_remaining_time_in_millis", None)
    limit_s = tell() / 1000 if callable(tell) else USUAL_LIMIT_S
    return time.monotonic() + min(PATIENCE_S, limit_s - SPARE_S)


class Chat:
    """The brain and its mouth: a notification comes in, replies go out by Helix."""

    def __init__(self, brain: Bot, helix: Helix, bot_id: str, as_reply: bool) -> None:
        self._brain, self._helix = brain, helix
        self._bot_id, self._as_reply = bot_id, as_reply

    def notified(self, body: dict[str, Any], store: Store, key: str, until: float) -> Response:
        """Answer a notification once; 503 asks Twitch to deliver it again."""
        heard = read_chat_message(body, self._bot_id)
        if heard is None or self._brain.called(heard.message.text) is None:
            return Response(status=204)
        try:  # what is older than FRESH_S is refused anyway, and so is what claims to be newer
            state, _ = store.once(key, lambda: self._answer(heard, until), done_s=2 * FRESH_S)
        except Unreachable as error:
            log.warning("not answered now: %s", error)
            return LATER
        return LATER if state == "busy" else Response(status=204)

    def _answer(self, heard: ChatMessage, until: float) -> None:
        try:
            replies = self._brain.replies(heard.message)
        except Exception:
            log.exception("a command failed")
            return
        texts = [
            part
            for reply in replies
            for piece in split(reply, LONGEST_REPLY)
            for part in parts(piece)
        ]
        for said, text in enumerate(texts):
            try:
                self._say(heard, text, until)
            except (ApiRefused, LoginRefused, Unreachable) as error:
                was_not_said = isinstance(error, Unreachable) and not isinstance(error, NoAnswer)
                if said == 0 and was_not_said:
                    raise  # delivered again, it may be answered whole
                log.error("only %d of %d messages were sent: %s", said, len(texts), error)
                return

    def _say(self, heard: ChatMessage, text: str, until: float) -> None:
        """Say one message; what Twitch drops for a reason that passes is said again in time."""
        first, parent = text, heard.message_id if self._as_reply else ""
        while True:
            code, reason = self._helix.send(heard.channel_id, self._bot_id, text, parent, until)
            if code == "msg_duplicate" and text == first:
                text = distinct(text, last=first)
            elif code != "msg_ratelimit":
                break
            elif time.monotonic() + GAP_S < until:
                time.sleep(GAP_S)
            else:
                raise Unreachable(f"Twitch takes no more in the function's time: {code} {reason}")
        if code:
            log.warning("Twitch dropped a reply in %s: %s %s", heard.message.chat, code, reason)


def challenge(body: dict[str, Any]) -> Response:
    """Prove that this function wants the subscription: give the challenge back as it came."""
    if not isinstance(body.get("challenge"), str):
        return Response({"error": "expected a challenge"}, status=400)
    return Response(body["challenge"], headers={"Content-Type": "text/plain"})


def log_revocation(subscription: dict[str, Any]) -> None:
    """Log that Twitch will send no more, and why (its words, such as authorization_revoked)."""
    log.error(
        "Twitch ended the subscription to %.100r: %.100r. Mend the cause, then subscribe again.",
        subscription.get("type"),
        subscription.get("status"),
    )


def account_id(bot_id: str | None) -> str:
    """The bot's own account, by number; ValueError if it is something else."""
    found = setting("TWITCH_BOT_ID", bot_id)
    if not (found.isascii() and found.isdecimal()):
        raise ValueError(
            f"TWITCH_BOT_ID is {found!r}. Expected the number of the bot's account, not its "
            "login; the token clinic shows it."
        )
    return found
