"""A bot with python-telegram-bot, as its own examples begin."""

import os

from telegram.ext import Application, MessageHandler, filters


async def echo(update, context):
    if update.message.photo:
        file = await update.message.photo[-1].get_file()
        await update.message.reply_text(f"{len(await file.download_as_bytearray())} bytes")
    else:
        await update.message.reply_text(f"you said {update.message.text}")


application = Application.builder().token(os.environ["BOT_TOKEN"]).build()
application.add_handler(MessageHandler(filters.ALL, echo))
application.run_polling()
