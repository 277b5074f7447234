"""What both webhook functions know of Telegram: its secret header, its updates, its limits.

Standard library only: a function that needs no more than this starts in a quarter of the time
that python-telegram-bot takes to load. Nothing here sends or answers anything.
"""

import hmac
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botlib.bot import Bot
from botlib.function import Request, Response

if TYPE_CHECKING:
    from botlib.store import Store

REAL_API = "https://api.telegram.org"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name, no secret)
LONGEST_TEXT = 4096  # code points in one message, Telegram's message_length_max
REMEMBERED = 10_000  # update numbers an instance keeps, to answer a repeated one only once


def setting(name: str, value: str | None) -> str:
    """Return the value given, else the environment's; raise ValueError that names the fix."""
    found = value or os.environ.get(name, "")
    if not found:
        raise ValueError(
            f"{name} is not set. Expected it as an argument or in the environment. "
            f'Add it where the bot runs: environment={{"{name}": …}}.'
        )
    return found


def api_root(api: str | None) -> str:
    """Choose the Bot API: the one given, else the environment's, else the real one."""
    return (api or os.environ.get("TELEGRAM_API") or REAL_API).rstrip("/")


def bot_id(token: str) -> int:
    """Read the bot's number, which stands before the colon of its token.

    >>> bot_id("42:secret")
    42
    """
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise ValueError(
            "TELEGRAM_TOKEN is no bot token: expected digits, a colon and letters, as BotFather "
            "writes it. Copy the whole token, without quotes or spaces."
        )
    return int(number)


def refusal(http: Request, secret: str) -> Response | None:
    """Answer a request that does not carry the secret; None if it does, so is from Telegram."""
    if same(http.headers.get(SECRET_HEADER, ""), secret):
        return None
    return Response({"error": "wrong or missing secret"}, status=403)


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time: how long it takes tells nothing about them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def read_update(http: Request) -> dict[str, Any]:
    """Read an update's JSON; raises ValueError for what Telegram never sends."""
    try:
        update = http.json()
    except ValueError:
        raise ValueError("expected an update as JSON") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise ValueError("expected an update: an object with an update_id")
    return update


def respond(
    answer: Callable[[], dict[str, Any] | None],
    store: "Store | None",
    bot_id: int,
    update: dict[str, Any],
) -> Response:
    """Answer an update; with a store, only if no other instance has.

    While another one is at it, 503 makes Telegram send the update again.
    """
    if store is None:
        return Response(answer() or "")
    state, call = store.once(f"telegram:{bot_id}:{update['update_id']}", answer)
    if state == "busy":
        return Response({"error": "another instance is at this update"}, status=503)
    return Response(call or "")


class Seen:
    """The numbers of the latest updates answered: Telegram may send an update twice."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, update_id: int) -> bool:
        return update_id in self._numbers

    def add(self, update_id: int) -> None:
        """Remember one more, and forget the oldest of too many."""
        self._numbers[update_id] = None
        if len(self._numbers) > REMEMBERED:
            self._numbers.popitem(last=False)


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
