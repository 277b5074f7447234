"""The webhook function: Telegram's update comes in as an event, the reply goes out as response.

The same handler runs in any cloud that calls `handler(event, context)`.
"""

import asyncio
import hmac
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import telegram
from telegram.ext import ContextTypes

from botlib.bot import Bot
from botlib.function import Handler, Request, Response, http_function
from botlib.telegram.application import App, application, setting
from botlib.telegram.reply import ReplyInResponse

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name, no secret)
REMEMBERED = 10_000  # update numbers an instance keeps, to answer a repeated one only once

T = TypeVar("T")
log = logging.getLogger(__name__)


def webhook(
    bot: Bot, token: str | None = None, secret: str | None = None, api: str | None = None
) -> Handler:
    """Make the handler of a Telegram webhook; what is not given comes from the environment.

    TELEGRAM_TOKEN, TELEGRAM_SECRET and, for another Bot API than the real one, TELEGRAM_API.
    A command that raises makes the function fail, so that Telegram sends the update again.
    """
    token, secret = setting("TELEGRAM_TOKEN", token), setting("TELEGRAM_SECRET", secret)
    request = ReplyInResponse(bot_id=bot_id(token))
    updates = Updates(application(bot, token, request, api), request)

    @http_function
    def handler(http: Request) -> Response:
        if not same(http.headers.get(SECRET_HEADER, ""), secret):
            return Response({"error": "wrong or missing secret"}, status=403)
        try:
            update = read_update(http)
        except ValueError as error:
            return Response({"error": str(error)}, status=400)
        reply = updates.answer(update)
        return Response(reply) if reply else Response("")

    return handler


class Updates:
    """Takes updates one at a time, on one event loop that lives as long as the instance."""

    def __init__(self, app: App, request: ReplyInResponse) -> None:
        self.app, self.request = app, request
        self.seen: OrderedDict[int, None] = OrderedDict()
        self.error: Exception | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(1)  # a notebook's own thread already runs a loop
        app.add_error_handler(self._keep_error)

    def answer(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Answer an update; give the call for the response's body, None if there is none."""
        return self._run(self._answer(data))

    async def _answer(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if data["update_id"] in self.seen:
            return None
        await self.app.initialize()
        try:
            update = telegram.Update.de_json(data, self.app.bot)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            log.warning("an update that nobody can read was put aside: %s", type(error).__name__)
            return None  # acknowledged: sent again, it would be no more readable
        self.error = None
        await self.app.process_update(update)
        reply = self.request.take()
        if self.error:
            raise self.error
        self._remember(data["update_id"])
        return reply

    async def _keep_error(self, _: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.error = context.error

    def _remember(self, update_id: int) -> None:
        self.seen[update_id] = None
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._loop.run_until_complete, coroutine).result()


def read_update(http: Request) -> dict[str, Any]:
    """Read an update's JSON; raises ValueError for what Telegram never sends."""
    try:
        update = http.json()
    except ValueError:
        raise ValueError("expected an update as JSON") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise ValueError("expected an update: an object with an update_id")
    return update


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time: how long it takes tells nothing about them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def bot_id(token: str) -> int:
    """Read the bot's number, which stands before the colon of its token.

    >>> bot_id("42:secret")
    42
    """
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise ValueError(
            "TELEGRAM_TOKEN is no bot token: expected digits, a colon and letters, as BotFather "
            "writes it. Copy the whole token, without quotes or spaces."
        )
    return int(number)
