"""A bot that asks Telegram on a thread of its own, while the test goes on.

A program doesn't need it: there, `poll(bot)` is its whole life.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from typing import Any, Self

from telegram.error import InvalidToken

from botlib.bot import Bot
from botlib.details.settings import require_setting
from botlib.telegram.application import App
from botlib.telegram.details.bot_api import UNKNOWN_TO_TELEGRAM
from botlib.telegram.details.updates_request import UpdatesRequest
from botlib.telegram.polling import polling_application

log = logging.getLogger(__name__)


class ThreadedPolling:
    """Long polling on a thread of its own: `with ThreadedPolling(bot, token): …`.

    An Application of the learner's own brings its token and its addresses with it.
    """

    def __init__(self, bot: Bot | App, token: str | None = None, api: str | None = None) -> None:
        if isinstance(bot, Bot):
            token = require_setting("TELEGRAM_TOKEN", token)
            updates = UpdatesRequest(token, lambda: log.error("polling: %s", UNKNOWN_TO_TELEGRAM))
            self._app = polling_application(bot, token, api, updates)
        else:
            self._app = bot
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="polling", daemon=True)
        self._thread.start()
        try:
            self._run(self._start())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Finish the update at hand, then stop asking; a second call does nothing."""
        if self._loop.is_closed():
            return
        try:
            self._run(self._finish())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _start(self) -> None:
        try:
            await self._app.initialize()
        except InvalidToken:
            raise ValueError(UNKNOWN_TO_TELEGRAM) from None
        await self._app.start()
        if self._app.updater:
            await self._app.updater.start_polling(
                error_callback=lambda error: log.error("polling: %s", error)
            )

    async def _finish(self) -> None:
        if self._app.updater and self._app.updater.running:
            await self._app.updater.stop()
        if self._app.running:
            await self._app.stop()
            if self._app.post_stop:
                await self._app.post_stop(self._app)
        await self._app.shutdown()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
