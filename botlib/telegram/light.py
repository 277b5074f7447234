"""The webhook function without python-telegram-bot: for a bot that only ever replies.

What `botlib.telegram.webhook` does for a Bot, from the standard library alone, so it starts
several times sooner. It knows text messages and sendMessage, nothing else of the Bot API.
"""

import json
from typing import Any

from botlib.bot import Bot, Message, split
from botlib.function import Handler
from botlib.settings import setting, telegram_api
from botlib.store import Store
from botlib.telegram import (
    LONGEST_TEXT,
    Call,
    Update,
    addressee,
    bot_id,
    start_is_help,
    telegram_function,
)

Json = dict[str, Any]
TIMEOUT = 5.0  # seconds to wait for Telegram, as httpx does


def webhook(
    bot: Bot,
    token: str | None = None,
    secret: str | None = None,
    api: str | None = None,
    store: Store | None = None,
) -> Handler:
    """Make the handler of a Telegram webhook; what is not given comes from the environment.

    TELEGRAM_TOKEN, TELEGRAM_SECRET and, for another Bot API than the real one, TELEGRAM_API.
    A command that fails is logged and apologised for, and its update acknowledged. What may be
    mended (a TryAgain, such as a store out of reach; Telegram itself out of reach) makes the
    function fail, so that Telegram sends the update again, unless that would say something twice.
    An update delivered twice is answered once by this instance, and with `store` once by all that
    share it. It counts as answered when the function returns: a response lost on its way is not
    repeated.
    """
    token, secret = setting("TELEGRAM_TOKEN", token), setting("TELEGRAM_SECRET", secret)
    me = bot_id(token)
    telegram = BotApi(token, telegram_api(api))

    def answer(update: Update) -> Call | None:
        messages = replies(bot, telegram, update)
        for sent, message in enumerate(messages[:-1]):
            try:
                telegram.call("sendMessage", message)
            except (OSError, RuntimeError) as error:
                if not sent and not isinstance(error, FinalError):
                    raise
                import logging  # here, because few functions need it

                logging.getLogger(__name__).error("the rest of a reply is lost: %r", error)
                return None
        return {"method": "sendMessage"} | messages[-1] if messages else None

    return telegram_function(answer, me, secret, store)


def replies(brain: Bot, telegram: "BotApi", update: Json) -> list[Json]:
    """All messages to send for an update, in order; none for what is not a text message."""
    incoming = update.get("message")
    if not isinstance(incoming, dict):
        return []
    chat, text = field(incoming, "chat", "id"), incoming.get("text")
    if not isinstance(text, str) or type(chat) is not int:
        return []
    text, name = addressee(text)
    if name and name.lower() != telegram.username().lower():
        return []  # a command for another bot of the group
    writer = field(incoming, "from", "id")
    message = Message(
        start_is_help(brain, text),
        user=name_of(incoming),
        chat=str(chat),
        user_id="" if writer is None else str(writer),
    )
    parts = [part for reply in brain.respond_now(message) for part in split(reply, LONGEST_TEXT)]
    return [{"chat_id": chat, "text": part} for part in parts]


class FinalError(RuntimeError):
    """A refusal that stays the same however often one tries: no such chat, the bot is blocked."""


class BotApi:
    """The Bot API over HTTP, for what the webhook's response has no room for."""

    def __init__(self, token: str, root: str) -> None:
        self._address = f"{root}/bot{token}/"
        self._username = ""

    def username(self) -> str:
        """Return the bot's own name, asked once."""
        if not self._username:
            self._username = str(self.call("getMe", {})["username"])
        return self._username

    def call(self, method: str, parameters: Json) -> Any:
        """Call a method; raises OSError, and RuntimeError for a refusal or a broken answer."""
        import http.client  # here, because most updates need no call: they take 40 ms to load
        import urllib.error
        import urllib.request

        request = urllib.request.Request(  # noqa: S310  (the address is the Bot API's)
            self._address + method,
            json.dumps(parameters).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            words = error.read().decode("utf-8", "replace")
            kind = FinalError if error.code in (400, 403) else RuntimeError
            raise kind(f"Telegram refused {method}: {error.code} {words}") from None
        except (http.client.HTTPException, KeyError, TypeError, ValueError) as error:
            raise RuntimeError(f"{method} got a broken answer: {type(error).__name__}") from None


def name_of(incoming: Json) -> str:
    """Whoever wrote it: a person's first name, or the group that an admin hides behind."""
    name = field(incoming, "from", "first_name")
    name = field(incoming, "sender_chat", "title") if name is None else name
    return name if isinstance(name, str) else "someone"


def field(data: Json, *names: str) -> Any:
    """Follow names into nested objects; None where one is missing.

    >>> field({"chat": {"id": 7}}, "chat", "id"), field({"chat": 5}, "chat", "id")
    (7, None)
    """
    value: Any = data
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
