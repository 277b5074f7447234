"""Ask a bot that lives in a function, by the update that Telegram would send."""

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function

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
