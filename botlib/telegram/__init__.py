"""The Telegram doors: how a message from Telegram reaches the brain, and its replies the chat.

`webhook.py` is a function that Telegram calls, `light.py` the same without python-telegram-bot,
`polling.py` a program that asks Telegram. Here is what they have in common. Standard library only:
what a function imports it pays for at each cold start.
"""

import re
from collections.abc import Callable
from typing import Any

from botlib.bot import Bot
from botlib.function import Handler, Request, Response, http_function, same
from botlib.store import Seen, Store

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name, no secret)
LONGEST_TEXT = 4096  # code points in one message, Telegram's message_length_max
UNKNOWN_TO_TELEGRAM = (
    "Telegram does not know this token. Expected the one BotFather wrote for this bot; "
    "a new one that was made since makes the old one useless. Set TELEGRAM_TOKEN again."
)

Update = dict[str, Any]
Call = dict[str, Any]  # a Bot API call, as it stands in the response's body


def telegram_function(
    answer: Callable[[Update], Call | None], bot_id: int, secret: str, store: Store | None
) -> Handler:
    """Make the handler of a webhook: check the secret, read the update, answer it only once.

    `answer` gives the call for the response's body, or None.
    """
    seen = Seen()  # this instance's answers: Telegram may send an update twice

    @http_function
    def handler(http: Request) -> Response:
        if not same(http.headers.get(SECRET_HEADER, ""), secret):
            return Response({"error": "wrong or missing secret"}, status=403)
        try:
            update = http.json()
        except ValueError:
            update = None
        if not isinstance(update, dict) or type(update.get("update_id")) is not int:
            error = "expected an update: a JSON object with an update_id"
            return Response({"error": error}, status=400)
        number = update["update_id"]
        if number in seen:
            return Response("")
        if store is None:
            call = answer(update)
        else:
            state, call = store.once(f"telegram:{bot_id}:{number}", lambda: answer(update))
            if state == "busy":
                return Response({"error": "another instance is at this update"}, status=503)
        seen.add(number)
        return Response(call or "")

    return handler


def bot_id(token: str) -> int:
    """Read the bot's number, which stands before the colon of its token.

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


def addressee(text: str) -> tuple[str, str]:
    """Take the bot's name out of a command, as groups write it; no name is "".

    >>> addressee("/hello@my_bot there"), addressee("/hello")
    (('/hello there', 'my_bot'), ('/hello', ''))
    """
    match = re.match(r"(/\w+)@(\w+)", text)
    return (match[1] + text[match.end() :], match[2]) if match else (text, "")


def start_is_help(brain: Bot, text: str) -> str:
    """Telegram's Start button sends /start: a brain without that command shows its help."""
    start = brain.called(text) == "start" and "start" not in brain.commands
    return "/help" if start else text
