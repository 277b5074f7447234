"""A small Telegram in which people chat with a bot of this Python: the chat of notebooks 00 and 01.

Telegram calls the bot as it calls any webhook. But the call stays in this Python: no cloud, no
process and no network is between them.
"""

import asyncio
import io
import json
import linecache
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot_sandbox.cloud.history import History
from bot_sandbox.diagnosis.bot_log import add_bot_logger, capture_bot_logs
from bot_sandbox.diagnosis.function_registry import register_cloud, unregister_cloud
from bot_sandbox.http.messages import Response
from bot_sandbox.http.page import Page
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.telegram import BotAccount, Person
from botlib.bot import Bot, TryAgain
from botlib.telegram.details.bot_api import message_calls
from botlib.telegram.updates import Json, message_from
from lessons.in_a_tab import IN_A_TAB
from lessons.learner_bot import BOT_FOLDER, DEFAULT_BOT_NAME, keep_name, username_for
from lessons.tab_telegram import TabTelegram
from lessons.workshop import workshop

if TYPE_CHECKING:
    from bot_sandbox import Telegram

ADDRESS = "http://my_bot.localhost/"

_open_chats: "weakref.WeakSet[Chat]" = weakref.WeakSet()


class NotConnectedError(RuntimeError):
    """Somebody asks a bot that isn't in the chat yet."""


class Chat:
    """A Telegram with an account for one bot, and Viktor, who chats with it.

    `name` is the bot's name in the chat; the other notebooks use it, too. A second Chat closes the
    first, so that a cell that runs twice leaves no old window that still answers.
    """

    def __init__(self, name: str = DEFAULT_BOT_NAME) -> None:
        for chat in list(_open_chats):
            chat.close()
        self._caller = BotCaller()
        self.telegram = start_telegram(self._caller)
        self.account: BotAccount = self.telegram.new_bot(name, username_for(name))
        self.viktor: Person = self.telegram.person("Viktor")
        self._caller.join(self.telegram, self.account)
        self._people = {"Viktor": self.viktor}
        keep_name(name)
        _open_chats.add(self)

    def __repr__(self) -> str:
        return f"Chat({self.account.name!r})"

    def connect(self, bot: Bot) -> None:
        """Let this bot answer from now on; people see no difference in the chat."""
        if not isinstance(bot, Bot):
            raise TypeError(f"connect takes a bot: chat.connect(my_bot()). Found {bot!r:.60}")
        if self._caller.bot is None:
            self.telegram.call(self.account, "setWebhook", url=ADDRESS)
        self._caller.bot = bot

    def ask(self, text: str, person: str = "Viktor") -> str:
        """Write to the bot and return its answer; NoReply if none comes."""
        if self._caller.bot is None:
            raise NotConnectedError("no bot is in this chat yet. Run: chat.connect(my_bot())")
        return self._person(person).ask(text, to=self.account)

    def window(self, person: str = "Viktor") -> Page:
        """Return a window to chat with the bot as this person."""
        return self.telegram.window(self._person(person), self.account)

    def close(self) -> None:
        """Close the Telegram and its windows; a second call does nothing."""
        _open_chats.discard(self)
        unregister_cloud(self._caller.functions)
        self.telegram.close()

    def _person(self, name: str) -> Person:
        if name not in self._people:
            self._people[name] = self.telegram.person(name)
        return self._people[name]


def start_telegram(sender: Sender) -> "Telegram | TabTelegram":
    """Start a Telegram; in a browser's tab, which has no threads, one without a server."""
    if IN_A_TAB:
        return TabTelegram(sender)
    from bot_sandbox import Telegram

    return Telegram(sender=sender)


class BotCaller:
    """Calls the bot of a chat, as Telegram's sender of webhooks; the sandbox can read its log."""

    url = host_url = ADDRESS

    def __init__(self) -> None:
        self.bot: Bot | None = None
        self.history = History()
        self._in_turn = threading.Lock()

    def join(self, telegram: "Telegram | TabTelegram", account: BotAccount) -> None:
        """Learn which Telegram calls, and whom."""
        self._telegram, self._account = telegram, account
        register_cloud(self.functions)
        add_bot_logger("botlib.bot")  # its errors go into the log below, and are not printed

    def functions(self) -> "list[BotCaller]":
        """Return what the sandbox may ask for a log."""
        return [self]

    def line(self, file: str, number: int) -> str:
        """Return a line of the learner's bot; "" if there is none."""
        folder = workshop().resolve() / BOT_FOLDER
        found = next(iter(sorted(folder.rglob(file))), folder / file)
        linecache.checkcache(str(found))
        return linecache.getline(str(found), number).strip()

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Give an update to the bot; the last message of its reply goes into the response."""
        try:
            # On a thread, so that a slow command doesn't stop the window.
            call = await asyncio.to_thread(self._answer, json.loads(body))
        except TryAgain:
            return Response(500, [], b"", "Internal Server Error")
        if call is None:
            return Response(200, [], b"", "OK")
        content = json.dumps({"method": "sendMessage"} | call).encode()
        return Response(200, [("Content-Type", "application/json")], content, "OK")

    async def resolve(self, host: str, port: int) -> list[str]:
        """The bot is on this machine."""
        return ["127.0.0.1"]

    def _answer(self, update: Json) -> Json | None:
        """Send the bot's reply to an update, but for its last message: that one is returned.

        What the bot prints and logs goes into its log.
        """
        assert self.bot is not None  # or no webhook would be set
        message = message_from(update, self.bot, lambda: self._account.username)
        if message is None:
            return None
        log = self.history.log
        with self._in_turn, capture_bot_logs() as logged, capture_printed() as lines:
            log.add(f"START RequestId: {update['update_id']}")
            try:
                calls = message_calls(int(message.chat), self.bot.safe_replies(message))
            finally:
                for line in [*lines.getvalue().splitlines(), *logged]:
                    log.add(line)
                log.add(f"END RequestId: {update['update_id']}")
        for call in calls[:-1]:
            self._telegram.call(self._account, "sendMessage", **call)
        return calls[-1] if calls else None


@contextmanager
def capture_printed() -> Iterator[io.StringIO]:
    """Collect what this thread prints; cells of the notebook may print meanwhile."""
    kept, before, mine = io.StringIO(), sys.stdout, threading.get_ident()

    class Output(io.TextIOBase):
        def write(self, text: str) -> int:
            return (kept if threading.get_ident() == mine else before).write(text)

        def flush(self) -> None:
            before.flush()

    sys.stdout = Output()
    try:
        yield kept
    finally:
        sys.stdout = before
