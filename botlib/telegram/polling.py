"""Long polling: a program that stays alive and keeps asking Telegram "anything new?".

It needs no public address. Only one program may poll for a bot. When it starts, the bot's webhook
is removed, because Telegram gives each update to one place only.

Plain `def` commands run one after the other, beside the loop. `async def` ones run side by side,
those of a chat in their order, and have a time limit. Their replies wait in a queue for each chat
(`details/send_queue.py`).

- Telegram forgets an update when the program asks for the next ones. So the program does that only
  when the update's command has ended, or many newer ones are done (`details/confirming_bot.py`).
- A crash loses the replies that wait. Updates whose command had not ended come again, and so do
  all after them.
- A stop answers what waits, and sends for `CLOSING_TIMEOUT_S` more. `botlib/run.py` allows it
  `GRACE_S`.
- A message that may have arrived is never sent again.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NoReturn
from weakref import WeakValueDictionary

from botlib.details.extras import extra

with extra("telegram"):
    import telegram
    from telegram.error import InvalidToken, TelegramError
    from telegram.ext import Application, ContextTypes, TypeHandler

from botlib.bot import Bot
from botlib.details.settings import require_setting, telegram_api
from botlib.details.texts import split_text
from botlib.telegram.application import App
from botlib.telegram.details.bot_api import LONGEST_TEXT, UNKNOWN_TO_TELEGRAM
from botlib.telegram.details.confirming_bot import MOST_AT_ONCE, ConfirmingBot
from botlib.telegram.details.send_queue import SendQueues
from botlib.telegram.details.updates_request import UpdatesRequest
from botlib.telegram.details.verified_request import VerifiedRequest
from botlib.telegram.updates import message_from

OnLoopReady = Callable[[asyncio.AbstractEventLoop, Callable[[], object]], object]

COMMAND_TIMEOUT_S = 60.0  # for an `async def` command to reply; meanwhile its chat waits

log = logging.getLogger(__name__)


def poll(
    bot: Bot,
    token: str | None = None,
    api: str | None = None,
    on_loop_ready: OnLoopReady | None = None,
    set_webhook: str = "setWebhook",
) -> None:
    """Answer until the program is stopped by Ctrl-C or SIGTERM; ValueError for a wrong token.

    If you handle the signals yourself, give `on_loop_ready`. It gets an event loop and what to call
    on it to stop. If a webhook is set, it is removed with a warning. The warning says to set it
    again with `set_webhook` and the address.
    """
    token = require_setting("TELEGRAM_TOKEN", token)
    updates = UpdatesRequest(token, lambda: app.stop_running())
    app = polling_application(bot, token, api, updates)

    async def warn_of_webhook(_: App) -> None:
        if url := (await app.bot.get_webhook_info()).url:
            log.warning(
                "the webhook %s is removed, so the function there gets no updates any more. "
                "To set it again: %s %s", hide_token(url), set_webhook, hide_token(url)
            )  # fmt: skip

    def hide_token(url: str) -> str:
        return url.replace(app.bot.token, "TOKEN")

    app.post_init = warn_of_webhook
    stop_signals: dict[str, Any] = {}
    if on_loop_ready:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # python-telegram-bot takes it and closes it
        on_loop_ready(loop, stop_polling)
        stop_signals = {"stop_signals": None}
    try:
        app.run_polling(**stop_signals)
    except InvalidToken:
        raise ValueError(UNKNOWN_TO_TELEGRAM) from None  # the original error quotes the token
    if updates.refused:
        raise ValueError(UNKNOWN_TO_TELEGRAM)


def stop_polling() -> NoReturn:
    """Stop in good order, wherever python-telegram-bot is: its own signal handlers do the same."""
    raise SystemExit


def polling_application(bot: Bot, token: str, api: str | None, updates: UpdatesRequest) -> App:
    """Make an Application that answers with the bot.

    It tries for long to send a reply, because an update that was taken seldom comes again.
    """
    telegram_bot = ConfirmingBot(token, telegram_api(api), VerifiedRequest(token), updates)
    builder = Application.builder().bot(telegram_bot).concurrent_updates(MOST_AT_ONCE)
    app: App = builder.update_queue(asyncio.Queue(MOST_AT_ONCE)).build()
    queues = SendQueues(lambda chat, text: app.bot.send_message(chat, text))
    turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of the chats

    async def reply_to_update(update: telegram.Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        with telegram_bot.confirmed_at_end(update.update_id):
            message = message_from(update.to_dict(), bot, lambda: app.bot.username)
            if message is None or bot.command_in(message.text) is None:
                return
            async with turns.setdefault(message.chat, asyncio.Lock()):
                replies = await bot.safe_replies_async(message, COMMAND_TIMEOUT_S)
                if parts := [part for text in replies for part in split_text(text, LONGEST_TEXT)]:
                    queues.put(int(message.chat), parts)

    async def finish(_: App) -> None:
        await queues.close()
        await telegram_bot.confirm()

    app.add_handler(TypeHandler(telegram.Update, reply_to_update))
    app.add_error_handler(log_error)
    app.post_stop = finish
    return app


async def log_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what went wrong outside a command."""
    if update is None and isinstance(context.error, TelegramError):
        log.error("polling: %s", context.error)  # python-telegram-bot asks again by itself
    elif context.error:
        log.error("an update was ignored: %r", context.error)
