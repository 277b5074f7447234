"""The webhook function for a `Bot`: Telegram's update comes in, the reply goes out as response.

The same handler runs in any cloud that calls `handler(event, context)`. It uses the standard
library alone, so it starts fast. It only reads text messages and sends texts. For buttons, pictures
and everything else of the Bot API, use `botlib.telegram.application`.
"""

import os
import time

from botlib.bot import Bot
from botlib.details.settings import require_setting, telegram_api
from botlib.details.slow_answers import LATE_S
from botlib.function import Handler, work_deadline
from botlib.store import Store
from botlib.telegram.details.bot_api import BotApi, message_calls, send_all
from botlib.telegram.updates import Json, message_from, update_handler


def webhook(
    bot: Bot,
    token: str | None = None,
    secret: str | None = None,
    api: str | None = None,
    store: Store | None = None,
) -> Handler:
    """Make the handler of a Telegram webhook; what you leave out comes from the environment.

    The settings are TELEGRAM_TOKEN, TELEGRAM_SECRET and, for another Bot API than the real one,
    TELEGRAM_API. If TELEGRAM_USERNAME is set, a command such as /hello@my_bot needs no call to ask
    for the bot's name.

    If a command fails, the error is logged, the chat gets an apology, and the update counts as
    answered. The function itself fails only if a retry can help: after a TryAgain, such as a store
    that cannot be reached, or if Telegram cannot be reached. Then Telegram sends the update again.
    Once a part of the reply may be in the chat, the function doesn't fail any more. It tries the
    rest again while it has time.

    A command may take its time: a reply that comes late goes out by a call, since Telegram may not
    listen to the response any more (`LATE_S`).

    This instance answers an update once, even if it comes twice. With a `store`, all instances that
    share it answer it once, but for the case that `Store.once` names. An update counts as answered
    when the function returns. If the response is lost on its way, nothing repeats its message.
    Telegram does not tell the function if it refuses that message.
    """
    if not isinstance(bot, Bot):
        raise TypeError(
            f"this webhook needs a Bot, found {type(bot).__name__}. For an Application of "
            "python-telegram-bot write: from botlib.telegram.application import webhook"
        )
    token = require_setting("TELEGRAM_TOKEN", token)
    secret = require_setting("TELEGRAM_SECRET", secret)
    telegram = BotApi(token, telegram_api(api), os.environ.get("TELEGRAM_USERNAME", ""))

    def answer(update: Json, seconds_left: float | None) -> Json | None:
        began, until = time.monotonic(), work_deadline(seconds_left)
        message = message_from(update, bot, telegram.username)
        if message is None:
            return None
        calls = message_calls(int(message.chat), bot.safe_replies(message))
        if not calls or not send_all(telegram, calls[:-1], until):
            return None  # the rest of a reply that has begun is lost, and logged
        if began + LATE_S < time.monotonic() < until:  # Telegram may not listen; a call arrives
            send_all(telegram, calls[-1:], until, sent=len(calls) - 1)
            return None
        # The last message goes out in the response, so it needs no call.
        return {"method": "sendMessage"} | calls[-1]

    return update_handler(answer, token, secret, store)
