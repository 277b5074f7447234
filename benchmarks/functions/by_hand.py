"""The Telegram bot as an Application of python-telegram-bot, in a function without botlib.

It checks no secret, answers an update that comes twice twice, and fails if a handler does.
"""

import asyncio
import json
import os
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def hello(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Greet whoever writes."""
    if update.message and update.message.from_user and update.message.text == "!hello":
        await update.message.reply_text(f"hello {update.message.from_user.first_name}!")


builder = Application.builder().token(os.environ["TELEGRAM_TOKEN"])
app = builder.base_url(f"{os.environ['TELEGRAM_API']}/bot").build()
app.add_handler(MessageHandler(filters.TEXT, hello))
loop = asyncio.new_event_loop()


async def answer(update: dict[str, Any]) -> None:
    """Process an update to its end."""
    await app.initialize()  # the first time
    await app.process_update(Update.de_json(update, app.bot))


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Answer, then acknowledge."""
    loop.run_until_complete(answer(json.loads(event["body"])))
    return {"statusCode": 200}
