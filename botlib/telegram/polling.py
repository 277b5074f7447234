"""Long polling: a program that stays alive and keeps asking Telegram "anything new?".

It needs no public address. Only one program may poll for a bot; starting one removes the
bot's webhook, because Telegram gives each update to one door only.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

import telegram
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ContextTypes, MessageHandler
from telegram.request import HTTPXRequest

from botlib.bot import Bot, TryAgain, split
from botlib.settings import setting
from botlib.telegram import LONGEST_TEXT, UNKNOWN_TO_TELEGRAM
from botlib.telegram.webhook import TEXT_MESSAGE, App, builder_for, line_in_handler, message_for

HandOver = Callable[[asyncio.AbstractEventLoop, Callable[[], object]], object]

COMMAND_S = 60.0  # for a command to reply; meanwhile everybody waits

log = logging.getLogger(__name__)


def poll(
    bot: Bot, token: str | None = None, api: str | None = None, hand_over: HandOver | None = None
) -> None:
    """Answer until the program is stopped by Ctrl-C or SIGTERM; ValueError for a wrong token.

    Who minds the signals itself gives `hand_over`, and gets an event loop and what to call on it
    to stop. A webhook that is set is removed, with a warning.
    """
    updates = UpdatesRequest(on_refused=lambda: app.stop_running())
    app = application(bot, token, api, updates)
    app.post_init = warn_of_webhook
    stop_signals: dict[str, Any] = {}
    if hand_over:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # python-telegram-bot takes it and closes it
        hand_over(loop, leave)
        stop_signals = {"stop_signals": None}
    try:
        app.run_polling(**stop_signals)
    except InvalidToken:
        raise ValueError(UNKNOWN_TO_TELEGRAM) from None  # the original error quotes the token
    if updates.refused:
        raise ValueError(UNKNOWN_TO_TELEGRAM)


def leave() -> NoReturn:
    """Stop in good order, wherever python-telegram-bot is: its own signal handlers do the same."""
    raise SystemExit


async def warn_of_webhook(app: App) -> None:
    """Say which webhook is removed by polling: the function there becomes deaf."""
    info = await app.bot.get_webhook_info()
    if info.url:
        url = info.url.replace(app.bot.token, "TOKEN")
        log.warning(
            "the webhook %s is removed; the function there hears nothing more. Set it again: "
            "python3 start.py webhook %s", url, url,
        )  # fmt: skip


class UpdatesRequest(HTTPXRequest):
    """Asks for updates and notices when the token is refused: it was revoked in the meantime.

    python-telegram-bot would stop asking and stay alive, deaf. It is told "no updates" instead,
    so that it can be stopped in good order.
    """

    def __init__(self, on_refused: Callable[[], None]) -> None:
        super().__init__()
        self.refused = False
        self._on_refused = on_refused

    async def do_request(self, *request: Any, **options: Any) -> tuple[int, bytes]:
        """Send the request; 401 and 404 are Telegram's words for a wrong token."""
        if not self.refused:
            status, body = await super().do_request(*request, **options)
            if status not in (401, 404):
                return status, body
            self.refused = True
            self._on_refused()
        await asyncio.sleep(0.1)  # Telegram is not asked again
        return 200, b'{"ok": true, "result": []}'


def application(brain: Bot, token: str | None, api: str | None, updates: UpdatesRequest) -> App:
    """Make an Application that answers with the brain; it is patient, for nothing comes again."""
    builder = builder_for(setting("TELEGRAM_TOKEN", token), api)
    app: App = builder.get_updates_request(updates).build()

    async def reply(update: telegram.Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = await message_for(brain, update, app.bot)
        if message is None:
            return
        try:
            async with asyncio.timeout(COMMAND_S):
                replies = await brain.respond(message)
        except TryAgain as error:
            replies = brain.failed(message, error)
        except TimeoutError:
            late = TimeoutError(f"no reply within {COMMAND_S:g} s")
            replies = brain.failed(message, late)
        for part in [part for text in replies for part in split(text, LONGEST_TEXT)]:
            while not await sent(int(message.chat), part):
                pass

    async def sent(chat: int, text: str) -> bool:
        """Send a text; False after a pause, if Telegram was asked too often."""
        try:
            await app.bot.send_message(chat, text)
        except RetryAfter as error:
            pause = error.retry_after
            seconds = pause.total_seconds() if isinstance(pause, timedelta) else pause
            for _ in range(int(seconds) + 1):
                if not app.running:  # a stop is not held up
                    raise
                await asyncio.sleep(1)
            return False
        return True

    app.add_handler(MessageHandler(TEXT_MESSAGE, reply))
    app.add_error_handler(log_error)
    return app


async def log_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what went wrong outside a command, such as a reply that could not be sent; go on."""
    if update is None and isinstance(context.error, TelegramError):
        log_polling_error(context.error)
    elif context.error:
        log.error("a reply is lost: %r%s", context.error, line_in_handler(context.error))


def log_polling_error(error: TelegramError) -> None:
    """Log why a question to Telegram failed; python-telegram-bot asks again by itself."""
    log.error("polling: %s", error)
