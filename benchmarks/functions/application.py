"""The Telegram bot as an Application of python-telegram-bot."""

import os

from telegram import Update
from telegram.ext import ContextTypes, MessageHandler, filters

from botlib.telegram.application import builder_for, webhook


async def hello(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Greet whoever writes."""
    if update.message and update.message.from_user and update.message.text == "!hello":
        await update.message.reply_text(f"hello {update.message.from_user.first_name}!")


app = builder_for(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(MessageHandler(filters.TEXT, hello))
handler = webhook(app)
