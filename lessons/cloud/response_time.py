"""How long somebody waits for a bot that lives in a function, cold and warm.

The function is called with the update that Telegram would send. Times are those of the whole call,
from the caller's side; Telegram's own network is not among them.
"""

import itertools
import json
import random
import statistics
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function

PATIENCE_S = 10.0  # for an instance to be stopped
# An update with a known number would not be answered again, on another day neither.
update_numbers = itertools.count(random.randrange(2**30))  # noqa: S311


def telegram_event(text: str, name: str, secret: str, chat: int = 7) -> dict[str, Any]:
    """Make the event for a new message to the bot, as far as a bot reads AWS's (version 2.0)."""
    person = {"id": chat, "is_bot": False, "first_name": name}
    message = {"message_id": 1, "date": 0, "text": text, "from": person}
    message["chat"] = {"id": chat, "type": "private"}
    update = {"update_id": next(update_numbers), "message": message}
    return {
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-telegram-bot-api-secret-token": secret},
        "body": json.dumps(update),
    }


def ask(function: "Function", text: str = "!hello", name: str = "Viktor", chat: int = 7) -> str:
    """Call a Telegram webhook function as Telegram does; return the text in its response."""
    event = telegram_event(text, name, function.settings.environment["TELEGRAM_SECRET"], chat)
    reply: dict[str, Any] = json.loads(function.invoke(event)["body"] or "{}")
    return str(reply.get("text", ""))


def cold_ms(*functions: "Function", times: int = 5, chat: int = 7) -> list[float]:
    """Measure each function's median wait if every call is cold; deploy them with idle_s=0.

    `chat` is who asks. An Application answers by a call, so it must be somebody whom its Telegram
    knows.

    They are asked in turn, so that a busy moment of this machine lengthens the waits of all.
    """
    waits: list[list[float]] = [[] for _ in functions]
    for _ in range(times):
        for function, own in zip(functions, waits, strict=True):
            function.wait_stopped(PATIENCE_S)
            own.append(timed_ask_ms(function, chat))
    return [statistics.median(own) for own in waits]


def warm_ms(function: "Function", times: int = 20) -> float:
    """Measure the median wait if an instance is ready."""
    ask(function)
    return statistics.median(timed_ask_ms(function) for _ in range(times))


def timed_ask_ms(function: "Function", chat: int = 7) -> float:
    """Ask once; return the milliseconds it took."""
    began = time.perf_counter()
    ask(function, chat=chat)
    return (time.perf_counter() - began) * 1000
