"""Telegram's updates: a webhook checks each and answers it once; a text in one is a `Message`.

All adapters share this. It uses the standard library only, because a function pays for each import
at each cold start.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from botlib.bot import Bot, Message
from botlib.details.slow_answers import SlowAnswer
from botlib.function import Handler, Request, Response, constant_time_equal, http_function
from botlib.store import Store
from botlib.store.memory import MemoryStore

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name, no secret)

Json = dict[str, Any]


def update_handler(
    answer: Callable[[Json, float | None], Json | None],
    token: str,
    secret: str,
    store: Store | None,
) -> Handler:
    """Make the handler of a webhook: it checks the secret, reads the update, answers it only once.

    `answer` gets the update and the seconds left of the function's time limit, if the cloud tells
    them. It returns the Bot API call that goes into the response, or None. ValueError for a token
    or a secret that cannot be one.
    """
    bot_number, secret = bot_id(token), checked_secret(secret)
    is_shared = store is not None
    store = store or MemoryStore()  # of this instance alone

    @http_function
    def handler(http: Request) -> Response:
        if not constant_time_equal(http.headers.get(SECRET_HEADER, ""), secret):
            return Response({"error": "wrong or missing secret"}, status=403)
        try:
            update = json.loads(http.body)
        except RecursionError:  # after any status but 200, Telegram would send it for a day
            log_error("an update was ignored: it is nested too deeply")
            return Response("")
        except ValueError:
            update = None
        if not isinstance(update, dict) or type(update.get("update_id")) is not int:
            error = "expected an update: a JSON object with an update_id"
            return Response({"error": error}, status=400)
        # Telegram may send an update twice. It is new if `answer` was never called for it, or
        # failed, or was cut off; then the store calls it. Otherwise `answer` succeeded before
        # (done), or another instance is at work on it (busy).
        key, left = f"telegram:{bot_number}:{update['update_id']}", http.seconds_left
        with SlowAnswer(f"update {update['update_id']}", left, is_shared):
            state, call = store.once(key, partial(answer, update, left), left)
        if state == "done":
            log_repeat(update["update_id"])
        if state == "busy":  # another instance is answering it, and may fail: let it come again
            return Response({"error": "this update is being answered now"}, status=503)
        return Response(call or "")  # no call if it was answered before

    return handler


def log_repeat(update_id: int) -> None:
    """Log that Telegram did not get the response to an update; a reply in it is lost."""
    import logging  # here, because few updates come twice

    logging.getLogger(__name__).warning(
        "update %d came again. It was answered before, but that response did not arrive", update_id
    )


def log_error(text: str, *values: object) -> None:
    """Log what went wrong with an update."""
    import logging  # here, because few updates need it

    logging.getLogger(__name__).error(text, *values)


def bot_id(token: str) -> int:
    """Read the bot's number, which is before the colon of its token; ValueError for no token.

    >>> bot_id("42:secret")
    42
    """
    parts = re.fullmatch(r"(\d+):[\w-]+", token, re.ASCII)
    if not parts:
        raise ValueError(
            "TELEGRAM_TOKEN is no bot token: expected digits, a colon and letters, as BotFather "
            "writes it. Copy the whole token, without quotes or spaces."
        )
    return int(parts[1])


def checked_secret(secret: str) -> str:
    """Return a webhook's secret; ValueError if it is easy to guess or Telegram would refuse it.

    Telegram allows 1 to 256 characters. A secret of fewer than 16 could be guessed.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise ValueError(
            "TELEGRAM_SECRET must have 16 to 256 characters of A-Z, a-z, 0-9, _ and -. Make one "
            'with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return secret


def message_from(update: Json, bot: Bot, username: Callable[[], str]) -> Message | None:
    """Turn an update into a message; None for edits, stickers and all else but a text for this bot.

    `username` returns the bot's own name. It is called only if the text names a bot.
    """
    incoming = update.get("message")
    chat, text = get_nested(incoming, "chat", "id"), get_nested(incoming, "text")
    if not isinstance(text, str) or type(chat) is not int:
        return None
    text, bot_name = split_bot_name(text)
    if bot_name and bot_name.lower() != username().lower():
        return None  # a command for another bot of the group
    if bot.command_in(text) == "start" and "start" not in bot.commands:
        text = "/help"  # Telegram's Start button sends /start
    user_id = get_nested(incoming, "from", "id")
    user = get_nested(incoming, "from", "first_name")
    if user is None:  # an admin may write in the name of the group
        user = get_nested(incoming, "sender_chat", "title")
    return Message(
        text,
        user=user if isinstance(user, str) else "someone",
        chat=str(chat),
        user_id="" if user_id is None else str(user_id),
    )


def split_bot_name(text: str) -> tuple[str, str]:
    """Split the bot's name from a command, as it is written in groups; "" if there is no name.

    >>> split_bot_name("/hello@my_bot there"), split_bot_name("/hello")
    (('/hello there', 'my_bot'), ('/hello', ''))
    """
    match = re.match(r"(/\w+)@(\w+)", text)
    return (match[1] + text[match.end() :], match[2]) if match else (text, "")


def get_nested(data: Any, *names: str) -> Any:
    """Follow names into nested objects; None where one is missing.

    >>> get_nested({"chat": {"id": 7}}, "chat", "id"), get_nested({"chat": 5}, "chat", "id")
    (7, None)
    """
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data
