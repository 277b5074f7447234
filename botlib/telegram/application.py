"""The brain as a python-telegram-bot `Application`, the same for both doors.

Only what people write as text in a message reaches the brain. Edits, stickers, channel
posts and everything else are acknowledged and left alone.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import telegram
from telegram.error import RetryAfter
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import BaseRequest

from botlib.bot import Bot, Message, split
from botlib.settings import setting, telegram_api
from botlib.telegram.update import LONGEST_TEXT, addressee, start_is_help

COMMAND_S = 60.0  # for a command to reply to a program; meanwhile everybody waits

App = Application[Any, Any, Any, Any, Any, Any]

# httpx logs each address it calls, and Telegram's addresses hold the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


def application(
    bot: Bot,
    token: str | None = None,
    request: BaseRequest | None = None,
    api: str | None = None,
    updates: BaseRequest | None = None,
) -> App:
    """Make an Application that answers with the brain; add more handlers to it if you like.

    All calls go through `request`, or the polling alone through `updates`, if given.
    """
    base = telegram_api(api)
    builder = Application.builder().token(setting("TELEGRAM_TOKEN", token))
    builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    if request is not None:
        builder = builder.request(request).get_updates_request(request).updater(None)
    elif updates is not None:
        builder = builder.get_updates_request(updates)

    async def reply(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await answer_update(bot, update, app, patient=request is None)

    app: App = builder.build()
    app.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT, reply))
    return app


async def answer_update(brain: Bot, update: telegram.Update, app: App, patient: bool) -> None:
    """Let the brain answer one message and send its replies, in order, to the same chat."""
    incoming = update.message
    if incoming is None or not isinstance(incoming.text, str):
        return
    if not isinstance(incoming.chat, telegram.Chat):  # never from Telegram itself
        return
    text = await without_own_name(incoming.text, app.bot)
    if text is None:
        return
    message = Message(
        start_is_help(brain, text),
        user=name_of(incoming),
        chat=str(incoming.chat.id),
        user_id=id_of(incoming),
    )
    async with asyncio.timeout(COMMAND_S if patient else None):  # a function has its own limit
        replies = await brain.answer(message)
    for reply in replies:
        for part in split(reply, LONGEST_TEXT):
            await say(app, incoming.chat.id, part, patient)


async def say(app: App, chat: int, text: str, patient: bool) -> None:
    """Send a text; a program waits when Telegram is asked too often, a function pays for that."""
    while True:
        try:
            await app.bot.send_message(chat, text)
            return
        except RetryAfter as error:
            pause = error.retry_after
            seconds = pause.total_seconds() if isinstance(pause, timedelta) else pause
            for _ in range(int(seconds) + 1):
                if not patient or not app.running:  # a stop is not held up
                    raise
                await asyncio.sleep(1)


async def without_own_name(text: str, bot: telegram.Bot) -> str | None:
    """Turn "/hello@my_bot" into "/hello"; None if the command is for another bot of the group."""
    text, name = addressee(text)
    if name and not bot.username:  # a webhook function asks for its own name only when needed
        await bot.get_me()
    return text if not name or name.lower() == bot.username.lower() else None


def name_of(message: telegram.Message) -> str:
    """Whoever wrote it: a person's first name, or the group that an admin hides behind."""
    if message.from_user:
        return message.from_user.first_name
    return (message.sender_chat and message.sender_chat.effective_name) or "someone"


def id_of(message: telegram.Message) -> str:
    """The writer's id as text, empty where Telegram does not say."""
    return str(message.from_user.id) if message.from_user else ""
