"""A bot with python-telegram-bot's own `run_webhook`: it sends its reply by a call of its own.

TELEGRAM_TOKEN, TELEGRAM_SECRET, TELEGRAM_API as usual, CONCURRENT for concurrent_updates.
"""

import os
import socket

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

HOST = "127.0.0.1"


async def hello(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Greet whoever writes."""
    if update.message and update.message.from_user and update.message.text == "!hello":
        await context.bot.send_message(
            update.message.chat.id, f"hello {update.message.from_user.first_name}!"
        )


with socket.socket() as free:
    free.bind((HOST, 0))
    port = free.getsockname()[1]
api = os.environ["TELEGRAM_API"]
builder = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(f"{api}/bot")
if os.environ.get("CONCURRENT"):
    builder = builder.concurrent_updates(True)
application = builder.build()
application.add_handler(MessageHandler(filters.TEXT, hello))
url = f"http://{HOST}:{port}/"
print(url, flush=True)
application.run_webhook(
    HOST, port, webhook_url=url, secret_token=os.environ["TELEGRAM_SECRET"], max_connections=40
)
