"""The webhook function for an `Application` of python-telegram-bot that you made yourself.

Telegram's update comes in as an event, and your handlers' calls go out as ordinary calls. So you
can use all of the library: buttons, conversations, photos. For a `Bot`, take
`botlib.telegram.webhook`: it starts faster.
"""

import asyncio
import logging
import threading
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ApplicationHandlerStop, ContextTypes
from telegram.warnings import PTBUserWarning

from botlib.bot import Bot, TryAgain
from botlib.details.failures import error_location
from botlib.details.settings import require_setting, telegram_api
from botlib.function import Handler, work_deadline
from botlib.store import Store
from botlib.telegram.details.bot_api import UNKNOWN_TO_TELEGRAM
from botlib.telegram.details.verified_request import VerifiedRequest
from botlib.telegram.updates import Json, update_handler

App = Application[Any, Any, Any, Any, Any, Any]

PERMANENT_ERRORS = (BadRequest, ChatMigrated, Forbidden)  # refusals that a retry does not change
LIBRARIES = {"asyncio", "botlib", "telegram"}  # where your own lines are not

log = logging.getLogger(__name__)


def webhook(application: App, secret: str | None = None, store: Store | None = None) -> Handler:
    """Make the handler of a Telegram webhook; without `secret` it takes TELEGRAM_SECRET.

    The Application brings its own token and addresses, persistence, error handlers and `post_init`.
    A handler with `block=False` has ended before the function returns.

    If a handler fails, the error is logged and the update counts as answered: sent again, it would
    fail again. If a retry can fix it (a TryAgain, such as a store that cannot be reached, or
    Telegram itself cannot be reached), the function fails, so that Telegram sends the update again.
    It never does after something may have been said. Then a call that Telegram surely did not do is
    tried again while there is time.
    This instance answers an update once, even if it comes twice. With a `store`, all instances that
    share it answer it once.
    """
    if isinstance(application, Bot) or not isinstance(application, Application):
        raise TypeError(
            "this webhook needs an Application of python-telegram-bot, found "
            f"{type(application).__name__}. For a Bot write: from botlib.telegram.webhook import "
            "webhook"
        )
    secret = require_setting("TELEGRAM_SECRET", secret)
    updates = UpdateLoop(application)
    return update_handler(updates.answer, application.bot.token, secret, store)


def builder_for(
    token: str, api: str | None = None
) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    """Begin an Application at the given Bot API, or at the one that the environment sets."""
    root = telegram_api(api)
    builder = Application.builder().token(token)
    return builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")


class UpdateLoop:
    """Processes updates one at a time, on one event loop that lives as long as the instance."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._request = count_messages(app.bot)
        self._errors: list[Exception] = []  # of this update, those that a retry may fix
        self._started = False
        self._turn = threading.Lock()  # some clouds call a function from several threads
        self._thread = ThreadPoolExecutor(1)

    def answer(self, data: Json, seconds_left: float | None) -> None:
        """Process an update; its handlers make their calls themselves."""
        until = work_deadline(seconds_left)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._process_in_turn(data, until)
        else:  # a notebook's own thread already runs a loop, so another thread waits for this one
            self._thread.submit(self._process_in_turn, data, until).result()

    def _process_in_turn(self, data: Json, until: float) -> None:
        with self._turn:
            self._loop.run_until_complete(self._process(data, until))

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """Made with the first update: a snapshot of a loaded function must hold no loop."""
        return asyncio.new_event_loop()

    async def _process(self, data: Json, until: float) -> None:
        app = self._app
        self._request.begin_update(until)
        if not self._started:
            await self._start_application()
            self._started = True
            self._request.begin_update(until)
        try:
            update = telegram.Update.de_json(data, app.bot)
        except Exception as error:  # acknowledged: sent again, it would be just as unreadable
            log.error("an update was ignored: it cannot be read: %s", type(error).__name__)
            return
        self._errors = []
        await app.process_update(update)
        # A handler with block=False is a task, and would freeze with the instance.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks)
        if app.persistence:
            await app.update_persistence()  # a program does so every minute
        for lost in self._errors:
            if not self._request.sent and not isinstance(lost, PERMANENT_ERRORS):
                raise lost
            log_handler_error(lost)

    async def _start_application(self) -> None:
        """Do what python-telegram-bot's own `run_webhook` does before the first update."""
        app = self._app
        app.updater = None  # nobody polls here
        # They are tracked: `_process` waits for what a handler with block=False began.
        warnings.filterwarnings("ignore", "Tasks created via", PTBUserWarning)
        try:
            await app.initialize()
        except InvalidToken:  # its text quotes the token, and a cloud logs what a function raises
            raise ValueError(UNKNOWN_TO_TELEGRAM) from None
        if app.post_init:
            await app.post_init(app)
        own_handlers = dict(app.error_handlers)

        async def keep_error(_: object, context: ContextTypes.DEFAULT_TYPE) -> None:
            error = context.error
            if isinstance(error, TryAgain):
                self._errors.append(error)
                if not self._request.sent:  # answered later, so there is nothing to say now
                    raise ApplicationHandlerStop
            elif own_handlers or error is None:
                pass
            elif isinstance(error, TelegramError):
                self._errors.append(error)
            else:
                log_handler_error(error)

        # Added last, because a failed start is tried again. It comes before the handlers that the
        # Application has: they hear nothing of what Telegram sends again.
        for handler in own_handlers:
            app.remove_error_handler(handler)
        app.add_error_handler(keep_error)
        for handler, block in own_handlers.items():
            app.add_error_handler(handler, block)


def count_messages(bot: telegram.Bot) -> VerifiedRequest:
    """Put a VerifiedRequest around the bot's own request object, which keeps its options."""
    # python-telegram-bot takes a request object only when a bot is built, and this one is.
    polling, sending = bot._request  # noqa: SLF001
    verified = VerifiedRequest(bot.token, sending)
    bot._request = (polling, verified)  # noqa: SLF001
    return verified


def log_handler_error(error: Exception) -> None:
    """Log why a handler failed; what it still wanted to say is lost."""
    what = type(error).__name__
    log.error("a handler failed: %s: %s%s", what, error, line_in_handler(error))


def line_in_handler(error: Exception) -> str:
    """Say where in your own file a handler failed, as " (main.py, line 7)"."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if str(frame.f_globals.get("__name__")).partition(".")[0] not in LIBRARIES:
            return error_location(error, frame.f_code.co_filename, line)
    return ""
