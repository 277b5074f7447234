"""The webhook function: Telegram's update comes in as an event, the reply goes out as response.

The same handler runs in any cloud that calls `handler(event, context)`.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden
from telegram.ext import ContextTypes

from botlib.bot import Bot
from botlib.function import Handler
from botlib.settings import setting
from botlib.telegram.application import App, application
from botlib.telegram.handler import Call, Update, telegram_function
from botlib.telegram.reply import ReplyInResponse
from botlib.telegram.update import bot_id

if TYPE_CHECKING:
    from botlib.store import Store

T = TypeVar("T")
FINAL = (BadRequest, ChatMigrated, Forbidden)  # refusals that stay the same however often one tries
UNREADABLE = (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError)
log = logging.getLogger(__name__)


def webhook(
    bot: Bot,
    token: str | None = None,
    secret: str | None = None,
    api: str | None = None,
    store: "Store | None" = None,
) -> Handler:
    """Make the handler of a Telegram webhook; what is not given comes from the environment.

    TELEGRAM_TOKEN, TELEGRAM_SECRET and, for another Bot API than the real one, TELEGRAM_API.
    A command that raises makes the function fail, so that Telegram sends the update again. Where
    that would help nobody (the bot was blocked) or say something twice, the error is only logged.
    An update delivered twice is answered once by this instance, and with `store` once by all that
    share it; where the store cannot be used, the function fails and Telegram tries again later.
    It counts as answered when the function returns: a response lost on its way is not repeated.
    """
    token, secret = setting("TELEGRAM_TOKEN", token), setting("TELEGRAM_SECRET", secret)
    me = bot_id(token)
    request = ReplyInResponse(bot_id=me)
    updates = Updates(application(bot, token, request, api), request)

    return telegram_function(updates.answer, me, secret, store)


class Updates:
    """Takes updates one at a time, on one event loop that lives as long as the instance."""

    def __init__(self, app: App, request: ReplyInResponse) -> None:
        self.app, self.request = app, request
        self.error: Exception | None = None
        self._turn = threading.Lock()  # some clouds call a function from several threads
        self._thread = ThreadPoolExecutor(1)
        app.add_error_handler(self._keep_error)

    def answer(self, data: Update) -> Call | None:
        """Answer an update; give the call for the response's body, None if there is none."""
        return self._run(self._answer(data))

    async def _answer(self, data: Update) -> Call | None:
        await self.app.initialize()
        try:
            update = telegram.Update.de_json(data, self.app.bot)
        except UNREADABLE as error:
            log.warning("an update that nobody can read was put aside: %s", type(error).__name__)
            return None  # acknowledged: sent again, it would be no more readable
        self.error, self.request.sent = None, 0
        await self.app.process_update(update)
        reply = self.request.take()
        if self.error is None:
            return reply
        if not self.request.sent and not isinstance(self.error, FINAL):
            raise self.error
        log.error("the rest of a reply is lost: %r", self.error)
        return None

    async def _keep_error(self, _: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.error = context.error

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """Made with the first update: a snapshot of a loaded function must hold no loop."""
        return asyncio.new_event_loop()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._run_in_turn(coroutine)
        # A notebook's own thread already runs a loop: another thread waits for this one.
        return self._thread.submit(self._run_in_turn, coroutine).result()

    def _run_in_turn(self, coroutine: Coroutine[Any, Any, T]) -> T:
        with self._turn:
            return self._loop.run_until_complete(coroutine)
