"""The sandbox in a terminal: what happens is shown line by line, and what is typed is said.

Each kind of news looks at its server whenever the server's bell rings, and gives what it has not
shown yet. Whoever is looked at knows nothing of it.
"""

import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function
from bot_sandbox.diagnosis import NoReply, visible
from bot_sandbox.server import LocalServer
from bot_sandbox.telegram.diagnosis import SET_WEBHOOK, address, without_secrets
from bot_sandbox.telegram.errors import LACKING
from bot_sandbox.telegram.people import Person, line
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.types import Chat, Message
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.twitch.chat import REFUSALS
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.diagnosis import NOBODY
from bot_sandbox.twitch.eventsub_events import Subscription
from bot_sandbox.twitch.people import Account
from bot_sandbox.twitch.service import Twitch

T = TypeVar("T")
NEWEST = 200  # messages of a chat, in which an edit is still noticed
LOOKED_AT = 100  # of a bot's calls, the newest, for those that were refused
HELP = """
Chat here: type
  telegram !hello      you are Viktor, in a chat with the bot
  telegram press Yes   presses the button Yes under the newest message that has one
  twitch !hello        you are Anna, in the channel of Viktor"""
READ_LOG = 'print(*function.logs, sep="\\n")'  # as errors say it to Python programmers
_printing = threading.Lock()  # several servers have news


def show(text: str) -> None:
    """Print a text as one piece; further lines of it are set in."""
    with _printing, suppress(OSError):  # the terminal may be gone; the sandbox works on
        print(visible(text).replace("\n", "\n    "), flush=True)


class News(ABC):
    """What is new in one server, as lines."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self._shown: dict[Hashable, str] = {}  # what stands there of each thing
        self._read: dict[Hashable, int] = {}  # how far lists are read

    @abstractmethod
    def lines(self) -> Iterator[str]:
        """What was not given yet; called on the server's loop."""

    def new(self, key: Hashable, text: str) -> Iterator[str]:
        """What is to be said of one thing now, unless just that was said last."""
        if self._shown.get(key, "") != text:
            self._shown[key] = text
            if text:
                yield text

    def _unread(self, key: Hashable, all_of_it: Sequence[T]) -> Sequence[T]:
        """What has come into a list that only grows since this was last called."""
        start, self._read[key] = self._read.get(key, 0), len(all_of_it)
        return all_of_it[start:]

    def follow(self) -> None:
        """Show everything new until the server is closed, on a thread of its own."""
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        changes, seen = self.server.changes, -1

        def look() -> tuple[int, list[str]]:
            return changes.count, list(self.lines())

        with suppress(RuntimeError, CancelledError):  # the server is closed
            while True:
                self.server.wait_until(lambda: changes.count != seen, 3600.0)  # noqa: B023
                seen, lines = self.server.do(look)
                for each in lines:
                    show(each)


class TelegramNews(News):
    """What is said in a Telegram, by whomever; how bots get their updates; what they lack here."""

    def __init__(self, telegram: Telegram, you: Person, bot: BotAccount) -> None:
        super().__init__(telegram)
        self.world = telegram.world
        self.ours = [you, bot]  # in the chat that is typed in

    def lines(self) -> Iterator[str]:
        for account in self.world.accounts.values():
            for key, text in self._state(account):
                yield from self.new((account.id, key), text and f"[telegram] {text}")
        for chat in (*self.world.private.values(), *self.world.groups.values()):
            unread = min(self._read.get(chat.key, 0), max(0, len(chat.messages) - NEWEST))
            self._read[chat.key] = len(chat.messages)
            for message in chat.messages[unread:]:
                yield from self.new((chat.key, message.message_id), self._said(chat, message))

    def _said(self, chat: Chat, message: Message) -> str:
        ours = chat.kind == "private" and chat.members == self.ours
        names = [chat.title] if chat.title else [member.name for member in chat.members]
        where = "" if ours else f" {' and '.join(names)}"
        if message.deleted:
            return f"[telegram{where}] (deleted) {line(message)}"
        buttons = [
            button for row in message.keyboard for button in row if "callback_data" in button
        ]
        how = f"\n(to press it: telegram press {buttons[0]['text']})" if ours and buttons else ""
        reactions = "".join(f" ({emoji})" for emoji in message.reactions.values())
        return f"[telegram{where}] {line(message)}{reactions}{how}"

    def _state(self, account: BotAccount) -> Iterator[tuple[str, str]]:
        name, webhook = f"@{account.username}", account.webhook
        yield "polls", f"{name} asks for updates with getUpdates" if account.updates.polled else ""
        yield "webhook", f"{name}: its webhook is {address(account)}" if webhook else ""
        error = webhook.last_error_message if webhook else ""
        yield "error", f"{name}: {without_secrets(account, error)}" if error else ""
        for method in account.lacking:
            yield method, f"{name} called {method}: Telegram has it, this sandbox has not"
        for called in islice(reversed(account.calls), LOOKED_AT):
            if called.error and not called.error.startswith(LACKING):
                error = without_secrets(account, called.error)
                yield error, f"{name} called {called.method}, refused: {error}"


class TwitchNews(News):
    """What is said on a Twitch, who comes and goes, and how EventSub is doing."""

    def __init__(self, twitch: Twitch) -> None:
        super().__init__(twitch)
        self.world = twitch.world

    def lines(self) -> Iterator[str]:
        for number, record in enumerate(self.world.records):
            yield from self.new(number, connection(record))
        for subscription in self.world.subscriptions.values():
            yield from self.new(subscription.id, subscribed(subscription))
        for channel in self.world.chat.channels.values():
            for message in self._unread(channel.name, channel.history):
                text = f"* {message.user}" if message.action else f"{message.user}:"
                text = f"(announced) {text}" if message.announcement else text
                yield f"[twitch #{channel.name}] {text} {message.text}"
        for user_id, (code, at) in self.world.rules.last_refusal.items():
            why = REFUSALS.get(code, "it sent too much, so it is ignored without a word")
            text = f"[twitch] not taken from {self.world.users[user_id].login}: {why}"
            yield from self.new(("refused", user_id, at), text)
        for what in self._unread("lacking", self.world.lacking):
            yield f"[twitch] asked for {what}: Twitch has it, this sandbox has not"
        for delivery in self._unread("deliveries", self.world.deliveries):
            if not delivery.ok:
                what = f"{delivery.message_type}, attempt {delivery.attempt}"
                yield f"[twitch] {what}: {delivery.callback} {delivery.error}"


def connection(record: ConnectionRecord) -> str:
    """What to say of a connection now; nothing before its login."""
    if not record.login:
        return ""
    who = f"[twitch] {record.login} ({record.kind})"
    if record.closed:
        return f"{who} is gone: {record.closed}"
    rooms = ", ".join(f"#{name}" for name in record.joined)
    return f"{who} is in {rooms}" if rooms else f"{who} is connected"


def subscribed(subscription: Subscription) -> str:
    """What to say of an EventSub subscription now."""
    where = subscription.transport.get("callback", "a WebSocket")
    return f"[twitch] {subscription.type} to {where}: {subscription.status}"


class CloudNews(News):
    """What functions print, line by line."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.cloud = cloud
        self._functions: set[Function] = set()  # those replaced may still finish a call

    def lines(self) -> Iterator[str]:
        self._functions |= set(self.cloud.functions())
        for function in self._functions:
            for number, text in function.history.log.after(self._read.get(function, 0)):
                self._read[function] = number
                yield f"[{function.name}] {text}"


def talk(
    telegram: Telegram,
    viktor: Person,
    bot: BotAccount,
    anna: Account,
    set_webhook: str,
    subscribe: str,
) -> None:
    """Say what is typed until it ends; the replies come with the news.

    `set_webhook` and `subscribe` ("" where no function is for Twitch) are the lines to type where
    an error names a call in Python, or nobody was there to answer.
    """
    print(HELP, flush=True)
    for typed in sys.stdin:
        platform, _, text = typed.strip().partition(" ")
        button = text.removeprefix("press ").strip() if text.startswith("press ") else ""
        try:
            if platform == "telegram" and button:
                press(telegram, viktor, bot, button)
            elif platform == "telegram" and text:
                viktor.ask(text, to=bot)
            elif platform == "twitch" and text:
                anna.ask(text, channel="viktor")
            else:
                print(HELP, flush=True)
        except (NoReply, ValueError) as error:
            told = str(error).replace(READ_LOG, "shown above")
            if SET_WEBHOOK in told:
                told = told.replace(SET_WEBHOOK, "call setWebhook by the line below")
                told += f"\n{set_webhook}"
            if NOBODY in told and subscribe:
                told += f"\nOr subscribe your function, by the line below:\n{subscribe}"
            show(told)


def press(telegram: Telegram, person: Person, bot: BotAccount, button: str) -> None:
    """Press a button under the newest message of the chat that has it; show what Telegram shows."""
    chat = telegram.do(telegram.world.private_chat, person, bot)
    messages = [message for message in list(chat.messages) if not message.deleted]
    found = next((each for each in reversed(messages) if button in each.buttons), None)
    if found is None:
        there = ", ".join(dict.fromkeys(text for each in messages for text in each.buttons))
        raise ValueError(f"No button {button!r} is there to press; there are: {there or 'none'}")
    answer = person.press(found, button).answer()
    if answer:
        show(f"[telegram] (shown to {person.name}) {answer}")
