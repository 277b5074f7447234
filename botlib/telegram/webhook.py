"""The webhook function: Telegram's update comes in as an event, the reply goes out as response.

The same handler runs in any cloud that calls `handler(event, context)`. It takes a `Bot`, or an
`Application` of python-telegram-bot's that you made yourself, with buttons, conversations, photos.
"""

import asyncio
import json
import logging
import threading
import time
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.warnings import PTBUserWarning

from botlib.bot import Bot, Message, TryAgain, line_of, split
from botlib.function import Handler
from botlib.settings import setting, telegram_api
from botlib.store import Store
from botlib.telegram import (
    LONGEST_TEXT,
    UNKNOWN_TO_TELEGRAM,
    Call,
    Update,
    addressee,
    bot_id,
    start_is_help,
    telegram_function,
)

App = Application[Any, Any, Any, Any, Any, Any]

# Only what people write as text in a message reaches the brain. Edits, stickers, channel posts and
# everything else are left alone.
TEXT_MESSAGE = filters.UpdateType.MESSAGE & filters.TEXT
UNREADABLE = (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError)
FINAL = (BadRequest, ChatMigrated, Forbidden)  # refusals that stay the same however often one tries
# The calls that can wait for the response. Not those that one makes to learn something, nor those
# that Telegram often refuses, such as an edit that changes nothing: of a refused call in a
# response nobody is told.
IN_RESPONSE = {"sendMessage", "answerCallbackQuery", "sendChatAction"}
LIBRARIES = {"asyncio", "botlib", "telegram"}  # where a learner's own lines do not stand

log = logging.getLogger(__name__)
# httpx logs each address it calls, and Telegram's addresses hold the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


def webhook(
    bot: Bot | App,
    token: str | None = None,
    secret: str | None = None,
    api: str | None = None,
    store: Store | None = None,
) -> Handler:
    """Make the handler of a Telegram webhook; what is not given comes from the environment.

    TELEGRAM_TOKEN, TELEGRAM_SECRET and, for another Bot API than the real one, TELEGRAM_API. An
    Application brings its own token and addresses.

    A command or handler that fails is logged and its update acknowledged: sent again, it would
    fail again. What may be mended until then (a TryAgain, such as a store out of reach; Telegram
    itself out of reach) makes the function fail, so that Telegram sends the update again, unless
    that would say something twice.
    An update delivered twice is answered once by this instance, and with `store` once by all that
    share it. It counts as answered when the function returns: a response lost on its way is not
    repeated.

    The last message that an update is answered with goes out in the response. What it becomes
    there, nobody is told: an Application's handler gets a Message whose number is none (below 0).
    To edit, quote or delete it while the update lasts is possible, for it is then sent at once; to
    keep its number for later is not.
    """
    secret = setting("TELEGRAM_SECRET", secret)
    if isinstance(bot, Bot):
        token = setting("TELEGRAM_TOKEN", token)
        me = {"id": bot_id(token), "is_bot": True, "first_name": "bot", "username": ""}
        request = ReplyInResponse(me=me)
        updates = Updates(application(bot, token, api, request), request)
    else:
        token = bot.bot.token
        updates = Updates(bot, ReplyInResponse(bot.bot))
    return telegram_function(updates.answer, bot_id(token), secret, store)


def application(brain: Bot, token: str, api: str | None, request: BaseRequest) -> App:
    """Make an Application that answers with the brain, and sends by `request` alone."""
    builder = builder_for(token, api).request(request).get_updates_request(request).updater(None)
    app: App = builder.build()

    async def reply(update: telegram.Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if message := await message_for(brain, update, app.bot):
            for text in await brain.respond(message):
                for part in split(text, LONGEST_TEXT):
                    await app.bot.send_message(int(message.chat), part)

    app.add_handler(MessageHandler(TEXT_MESSAGE, reply))
    return app


def builder_for(
    token: str, api: str | None = None
) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    """Begin an Application at the Bot API that is given, or set in the environment."""
    root = telegram_api(api)
    builder = Application.builder().token(token)
    return builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")


async def message_for(brain: Bot, update: telegram.Update, bot: telegram.Bot) -> Message | None:
    """What an update says to the brain; None for a command for another bot of the group."""
    incoming = update.message
    if incoming is None or not isinstance(incoming.text, str):
        return None
    if not isinstance(incoming.chat, telegram.Chat) or type(incoming.chat.id) is not int:
        return None  # never from Telegram itself
    text, name = addressee(incoming.text)
    if name and not bot.username:  # a function asks for its own name only when needed
        await bot.get_me()
    if name and name.lower() != bot.username.lower():
        return None
    if incoming.from_user:
        user, user_id = incoming.from_user.first_name, str(incoming.from_user.id)
    else:  # a group that an admin hides behind
        sender = incoming.sender_chat
        user, user_id = (sender and sender.effective_name) or "someone", ""
    return Message(start_is_help(brain, text), user, str(incoming.chat.id), user_id)


class Updates:
    """Answers updates one at a time, on one event loop that lives as long as the instance."""

    def __init__(self, app: App, request: "ReplyInResponse") -> None:
        self.app, self.request = app, request
        self.errors: list[Exception] = []  # of the update at hand, those that a retry may mend
        self._started = False
        self._turn = threading.Lock()  # some clouds call a function from several threads
        self._thread = ThreadPoolExecutor(1)

    def answer(self, data: Update) -> Call | None:
        """Answer an update; give the call for the response's body, None if there is none."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._answer_in_turn(data)
        # A notebook's own thread already runs a loop: another thread waits for this one.
        return self._thread.submit(self._answer_in_turn, data).result()

    def _answer_in_turn(self, data: Update) -> Call | None:
        with self._turn:
            return self._loop.run_until_complete(self._answer(data))

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """Made with the first update: a snapshot of a loaded function must hold no loop."""
        return asyncio.new_event_loop()

    async def _answer(self, data: Update) -> Call | None:
        app, request = self.app, self.request
        if not self._started:
            await self._start()
            self._started = True
        try:
            update = telegram.Update.de_json(data, app.bot)
        except UNREADABLE as error:
            log.warning("an update that nobody can read was put aside: %s", type(error).__name__)
            return None  # acknowledged: sent again, it would be no more readable
        self.errors, request.sent = [], 0
        request.take()  # what an update that was broken off left behind is not sent with this one
        await app.process_update(update)
        if request.bot:  # a handler with block=False is a task, and would freeze with the instance
            while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(tasks)
        if app.persistence:
            await app.update_persistence()  # a program does so every minute
        call = request.take()
        for lost in self.errors:
            if not request.sent and not isinstance(lost, FINAL):
                raise lost
            log.error("the rest of a reply is lost: %r%s", lost, line_in_handler(lost))
        return call

    async def _start(self) -> None:
        """Do what python-telegram-bot's own `run_webhook` does before the first update."""
        app = self.app
        if bot := self.request.bot:
            app.bot, app.updater = answering_in_response(bot, self.request), None
            if app.persistence:
                app.persistence.set_bot(app.bot)
        # Here they are: `_answer` waits for what a handler with block=False began.
        warnings.filterwarnings("ignore", "Tasks created via", PTBUserWarning)
        try:
            await app.initialize()
        except InvalidToken:  # its text quotes the token, and a cloud logs what a function raises
            raise ValueError(UNKNOWN_TO_TELEGRAM) from None
        if app.post_init:
            await app.post_init(app)
        app_has_its_own = bool(app.error_handlers)

        async def note(_: object, context: ContextTypes.DEFAULT_TYPE) -> None:
            error = context.error
            if isinstance(error, TryAgain):
                self.errors.append(error)
            elif app_has_its_own or error is None:
                pass
            elif isinstance(error, TelegramError):
                self.errors.append(error)
            else:
                what, line = type(error).__name__, line_in_handler(error)
                log.error("a handler failed: %s: %s%s", what, error, line)

        app.add_error_handler(note)  # last: a start that failed is tried again with the next update


def answering_in_response(bot: telegram.Bot, request: BaseRequest) -> ExtBot[Any]:
    """Make the same bot once more, with another way for its calls."""
    own = bot if isinstance(bot, ExtBot) else None
    cache = own.callback_data_cache if own else None
    return ExtBot(
        bot.token,
        base_url=lambda _: bot.base_url,
        base_file_url=lambda _: bot.base_file_url,
        request=request,
        get_updates_request=request,
        defaults=own.defaults if own else None,
        rate_limiter=own.rate_limiter if own else None,
        arbitrary_callback_data=cache.maxsize if cache else False,
        local_mode=bot.local_mode,
    )


def line_in_handler(error: Exception) -> str:
    """Say where in the learner's own file a handler failed, as " (main.py, line 7)"."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if str(frame.f_globals.get("__name__")).partition(".")[0] not in LIBRARIES:
            return line_of(error, frame.f_code.co_filename, line)
    return ""


class ReplyInResponse(BaseRequest):
    """Keeps the latest call for the response; sends the one before it, so that order is kept.

    python-telegram-bot cannot answer in the response by itself. But all its calls pass through the
    request object, as HTTP requests: `do_request` is the one place that is public and sees every
    call. There a method's name stands in the address only, so it is read from there.
    """

    def __init__(self, bot: telegram.Bot | None = None, me: dict[str, Any] | None = None) -> None:
        self.bot = bot  # of a learner's own Application: its handlers may use what a call gives
        self.sent = 0  # calls of this update that went out and changed something
        self._me = me  # the answer to a bot's first getMe, where Telegram need not be asked
        self._http: BaseRequest | None = None
        self._kept: tuple[str, RequestData | None, int] | None = None
        self._numbers: dict[int, int] = {}  # of this update's messages: stand-in, and the true one

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Keep the call, or answer the first getMe from what is known, or send it for real."""
        name = url.rpartition("/")[2]
        if name == "getMe" and self._me:
            me, self._me = self._me, None
            return succeeded(me)
        if self._kept:
            (kept_url, kept_data, stand_in), self._kept = self._kept, None
            status, body = await self._send(kept_url, "POST", kept_data)
            if status != 200:
                return status, body  # told to the call that made it go out
            if stand_in:
                self._numbers[stand_in] = json.loads(body)["result"]["message_id"]
        if name not in IN_RESPONSE or (request_data and request_data.contains_files):
            return await self._send(url, method, request_data, *timeouts, **more)
        stand_in = -time.time_ns() if self.bot and name == "sendMessage" else 0
        self._kept = (url, request_data, stand_in)
        if not stand_in or not request_data:
            return succeeded(True)
        return succeeded(not_yet_sent(request_data.parameters, stand_in))

    def take(self) -> Call | None:
        """Give the kept call as Telegram expects it in the body, or None; it is kept no more."""
        kept, self._kept = self._kept, None
        call = None
        if kept:
            url, data, _ = kept
            call = {"method": url.rpartition("/")[2]} | (self._true_numbers(data) if data else {})
        self._numbers.clear()
        return call

    def _true_numbers(self, data: RequestData) -> dict[str, Any]:
        """A call's parameters, with the numbers that Telegram gave to messages of this update."""
        if not self._numbers:
            return data.parameters
        text = json.dumps(data.parameters)
        for stand_in, number in self._numbers.items():
            text = text.replace(str(stand_in), str(number))
        parameters: dict[str, Any] = json.loads(text)
        return parameters

    async def _send(
        self, url: str, method: str, data: RequestData | None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        if self._http is None:
            self._http = self.bot.request if self.bot else HTTPXRequest()
            await self._http.initialize()
        name = url.rpartition("/")[2]
        if self.bot and data and (true := self._true_numbers(data)) != data.parameters:
            # Telegram takes method names in any case; as they stand, do_api_request warns of them.
            answer = await self.bot.do_api_request(name[0].upper() + name[1:], true)
            status, body = succeeded(answer)
        else:
            status, body = await self._http.do_request(url, method, data, *timeouts, **more)
        if status == 200 and method == "POST" and not name.startswith("get"):
            self.sent += 1
        return status, body

    async def initialize(self) -> None:
        """Nothing to open yet: most updates need no call at all."""

    async def shutdown(self) -> None:
        """Close the connection, if one was needed."""
        if self._http:
            await self._http.shutdown()

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer: httpx's own choice."""
        return 5.0


def succeeded(result: Any) -> tuple[int, bytes]:
    """Write what the Bot API answers when all is well."""
    return 200, json.dumps({"ok": True, "result": result}).encode()


def not_yet_sent(parameters: dict[str, Any], number: int) -> dict[str, Any]:
    """The message that a kept sendMessage will become, as far as it is known."""
    chat = parameters["chat_id"]
    kind = "private" if isinstance(chat, int) and chat > 0 else "supergroup"
    message = {"message_id": number, "date": int(time.time()), "text": parameters["text"]}
    return message | {"chat": {"id": chat, "type": kind}}
