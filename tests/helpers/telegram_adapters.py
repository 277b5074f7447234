"""Both Telegram functions of the same bot: of the `Bot`, and of an `Application` around it."""

import json
from collections.abc import Callable
from typing import Any

from events import event
from telegram import Update
from telegram.ext import TypeHandler

from botlib.bot import Bot
from botlib.details.texts import split_text
from botlib.function import Handler
from botlib.store import Store
from botlib.telegram import application, webhook
from botlib.telegram.application import App, builder_for
from botlib.telegram.details.bot_api import LONGEST_TEXT
from botlib.telegram.updates import message_from

SECRET = "correct-horse-battery"


def application_of(bot: Bot, token: str, api: str | None = None) -> App:
    """Make an Application whose one handler says what the bot says."""
    app = builder_for(token, api).build()

    async def reply(update: Update, _: object) -> None:
        if message := message_from(update.to_dict(), bot, lambda: app.bot.username):
            for text in await bot.safe_replies_async(message):
                for part in split_text(text, LONGEST_TEXT):
                    await app.bot.send_message(int(message.chat), part)

    app.add_handler(TypeHandler(Update, reply))
    return app


def of_bot(
    bot: Bot, token: str, secret: str = SECRET, api: str | None = None, store: Store | None = None
) -> Handler:
    """The function of a Bot."""
    return webhook.webhook(bot, token, secret, api, store)


def of_application(
    bot: Bot, token: str, secret: str = SECRET, api: str | None = None, store: Store | None = None
) -> Handler:
    """The function of an Application that answers as the bot does."""
    return application.webhook(application_of(bot, token, api), secret, store)


ADAPTERS: dict[str, Callable[..., Handler]] = {"webhook": of_bot, "application": of_application}


def post(
    handler: Handler,
    update: Any,
    secret: str | None = SECRET,
    shape: str = "aws_v2",
    context: object = None,
) -> tuple[int, Any]:
    """Call the function as a cloud does; its status, and its body read as JSON."""
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    answer = handler(event(shape, headers=headers, body=body), context)
    return answer["statusCode"], answer["body"] and json.loads(answer["body"])
