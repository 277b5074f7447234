"""The webhook function for Twitch: EventSub calls it, and it answers in the chat by Helix.

What Telegram always could, Twitch can since 2024: no connection to hold. The reply is a call
of its own, because Twitch reads nothing from the response but its status. Chat only: other
events are acknowledged and left alone.
"""

import inspect
import logging
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

from botlib.bot import Bot, Message, as_list
from botlib.function import Handler, Request, Response, http_function
from botlib.store import BusyError, Once, Store, open_store
from botlib.twitch.errors import LoginRefused, Unreachable
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
from botlib.twitch.helix import ApiRefused, Helix, setting
from botlib.twitch.wording import distinct, parts

PATIENCE_S = 4.0  # for one message's replies: Twitch wants its answer within a few seconds
GAP_S = 1.05  # Twitch takes one message a second from a bot that is no moderator

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
) -> Handler:
    """Make the handler of an EventSub webhook; what is not given comes from the environment.

    TWITCH_EVENTSUB_SECRET, TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET, TWITCH_BOT_ID (the number of
    the bot's account) and, for another Twitch than the real one, TWITCH_API.
    A message delivered again is answered once: by this instance, or with `store` by all of them.
    Where Twitch cannot be reached the function answers 503, and Twitch delivers again. A command
    that raises is only logged: Twitch would end a subscription whose function fails too often.
    """
    secret = checked_secret(setting("TWITCH_EVENTSUB_SECRET", secret))
    chat = Chat(bot, Helix(client_id, client_secret, api), account_id(bot_id))
    once = Once(store or open_store("sqlite://"), done_s=2 * FRESH_S)  # older ones are refused

    @http_function
    def handler(http: Request) -> Response:
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
            return chat.notified(body, once, f"twitch:{http.headers[MESSAGE_ID]}")
        return Response(status=204)

    return handler


class Chat:
    """The brain and its mouth: a notification comes in, replies go out by Helix."""

    def __init__(self, brain: Bot, helix: Helix, bot_id: str) -> None:
        self._brain, self._helix, self._bot_id = brain, helix, bot_id

    def notified(self, body: dict[str, Any], once: Once, key: str) -> Response:
        """Answer a notification once; 503 asks Twitch to deliver it again."""
        heard = read_chat_message(body, self._bot_id)
        if heard is None or self._brain.called(heard.message.text) is None:
            return Response(status=204)
        try:
            once.run(key, lambda: self._answer(heard))
        except (BusyError, Unreachable) as error:
            log.warning("not answered now: %s", error)
            return Response({"error": "not answered now, please deliver again"}, status=503)
        return Response(status=204)

    def _answer(self, heard: ChatMessage) -> None:
        try:
            replies = answer(self._brain, heard.message)
        except Exception:
            log.exception("a command failed")
            return
        until = time.monotonic() + PATIENCE_S
        texts = [part for reply in replies for part in parts(reply)]
        for said, text in enumerate(texts):
            try:
                self._say(heard, text, until)
            except (ApiRefused, LoginRefused) as error:
                log.error("%s", error)
                return
            except Unreachable as error:
                if said == 0:
                    raise  # delivered again, it may be answered whole
                log.error("only %d of %d messages were sent: %s", said, len(texts), error)
                return

    def _say(self, heard: ChatMessage, text: str, until: float) -> None:
        """Say one message; what Twitch drops for a reason that passes is said again in time."""
        first = text
        while True:
            code, reason = self._helix.send(heard.channel_id, self._bot_id, text, heard.message_id)
            if code == "msg_duplicate" and text == first:
                text = distinct(text, last=first)
            elif code == "msg_ratelimit" and time.monotonic() + GAP_S < until:
                time.sleep(GAP_S)
            else:
                break
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


def answer(brain: Bot, message: Message) -> list[str]:
    """All replies to a message, in order."""
    reply = brain.call(message)
    return as_list(wait_for(reply) if inspect.isawaitable(reply) else reply)


def wait_for(reply: Awaitable[T]) -> T:
    """Finish an `async def` command; on a thread, since a notebook's own already runs a loop."""
    import asyncio  # here, because few bots wait for anything: it takes 25 ms to load
    from concurrent.futures import ThreadPoolExecutor

    async def finish() -> T:
        return await reply

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, finish()).result()


def account_id(bot_id: str | None) -> str:
    """The bot's own account, by number; ValueError if it is something else."""
    found = setting("TWITCH_BOT_ID", bot_id)
    if not (found.isascii() and found.isdecimal()):
        raise ValueError(
            f"TWITCH_BOT_ID is {found!r}. Expected the number of the bot's account, not its "
            "login; the token clinic shows it."
        )
    return found
