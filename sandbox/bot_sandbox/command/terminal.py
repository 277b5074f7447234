"""The sandbox in a terminal: show what happens, line by line.

Each News class looks at its server after every change, and yields what it has not shown yet. The
servers don't know about it.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function
from bot_sandbox.diagnosis.clean_text import escape_control_characters, hide_secrets
from bot_sandbox.http.local_server import LocalServer
from bot_sandbox.programs.join import JoinOffer
from bot_sandbox.telegram.calls import FaultHit
from bot_sandbox.telegram.diagnosis import webhook_address, without_secrets
from bot_sandbox.telegram.errors import UNSUPPORTED
from bot_sandbox.telegram.people import transcript_line
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.types import Chat, Message
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.eventsub_events import Subscription
from bot_sandbox.twitch.service import Twitch

if TYPE_CHECKING:  # aiosmtpd is optional
    from bot_sandbox.mail import Mail

T = TypeVar("T")
WATCHED_MESSAGES = 200  # messages of a chat whose edits are noticed
SEARCHED_CALLS = 100  # newest calls of a bot, to find the refused ones
_printing = threading.Lock()  # several threads print


def print_with_time(text: str, settings: Mapping[str, str]) -> None:
    """Print a text after the time of day, in one piece; indent its further lines.

    Tokens are hidden, and so are secrets that are among the bot's `settings`.
    """
    now = f"{datetime.now():%H:%M:%S.%f}"[:-3]
    shown = escape_control_characters(hide_secrets(text, settings)).replace("\n", "\n    ")
    with _printing, suppress(OSError):  # the terminal may be gone
        print(now, shown, flush=True)


class News(ABC):
    """Yields what is new in one server, as lines."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self._shown: dict[Hashable, str] = {}  # the last line for each key
        self._read: dict[Hashable, int] = {}  # how far each list was read

    @abstractmethod
    def lines(self) -> Iterator[str]:
        """Yield what was not shown yet; called on the server's loop."""

    def new(self, key: Hashable, text: str) -> Iterator[str]:
        """Yield the text for a key, unless it was the last one shown for it."""
        if self._shown.get(key, "") != text:
            self._shown[key] = text
            if text:
                yield text

    def _unread(self, key: Hashable, all_of_it: Sequence[T]) -> Sequence[T]:
        """Return what a growing list has got since the last call."""
        start, self._read[key] = self._read.get(key, 0), len(all_of_it)
        return all_of_it[start:]

    def faults(self) -> Iterator[tuple[float, str]]:
        """Yield the faults that somebody has asked for since, and when."""
        yield from self._unread("faults", self.server._asked_faults)

    def follow(self, say: Callable[[str], None]) -> None:
        """Say everything new on a thread until the server is closed."""
        threading.Thread(target=self._follow, args=(say,), daemon=True).start()

    def _follow(self, say: Callable[[str], None]) -> None:
        changes, seen = self.server._runner.changes, -1

        def read_new_lines() -> tuple[int, list[str]]:
            return changes.count, list(self.lines())

        with suppress(RuntimeError, CancelledError):  # the server is closed
            while True:
                self.server.wait_until(lambda: changes.count != seen, 3600.0)  # noqa: B023
                seen, lines = self.server._runner.do(read_new_lines)
                for each in lines:
                    say(each)


class TelegramNews(News):
    """All messages in a Telegram, how bots get their updates, and what they miss here."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(telegram)
        self.telegram, self.world = telegram, telegram._world

    def lines(self) -> Iterator[str]:
        for _, text in sorted(self._timed_lines(), key=lambda timed: timed[0]):
            yield text

    def _timed_lines(self) -> Iterator[tuple[float, str]]:
        """Yield each line with the time when it happened, so that causes come before effects."""
        for at, text in self.faults():
            yield at, f"[telegram] fault: {text}"
        for account in self.world.accounts.values():
            for key, at, text in self._state_lines(account):
                for new in self.new((account.id, key), text and f"[telegram] {text}"):
                    yield at, new
        for what in self.world.refused:
            for new in self.new(what, f"[telegram] refused: {what}"):
                yield self.world.clock.now(), new
        for hit in self._new_hits():
            yield hit.at, f"[telegram] @{hit.bot}: {hit.text}"
        for chat in (*self.world.private.values(), *self.world.groups.values()):
            unread = min(
                self._read.get(chat._key, 0), max(0, len(chat.messages) - WATCHED_MESSAGES)
            )
            self._read[chat._key] = len(chat.messages)
            for message in chat.messages[unread:]:
                said = self._message_line(chat, message)
                for new in self.new((chat._key, message.message_id), said):
                    yield message.changed_at, new

    def _new_hits(self) -> list[FaultHit]:
        faults = self.telegram.faults
        seen, self._read["hits"] = self._read.get("hits", 0), faults.hit_count
        new = faults.hit_count - seen  # fewer than none after a reset
        return faults.hits[-new:] if new > 0 else []

    def _message_line(self, chat: Chat, message: Message) -> str:
        where = chat.title or " and ".join(member.name for member in chat.members)
        if message.deleted:
            return f"[telegram {where}] (deleted) {transcript_line(message)}"
        reactions = "".join(f" ({emoji})" for emoji in message.reactions.values())
        return f"[telegram {where}] {transcript_line(message)}{reactions}"

    def _state_lines(self, account: BotAccount) -> Iterator[tuple[str, float, str]]:
        """Yield what is to know about a bot: a key, when it happened, and the words."""
        name, webhook, now = f"@{account.username}", account._webhook, self.world.clock.now()
        polls = f"{name} asks for updates with getUpdates" if account._updates.polls else ""
        yield "polls", 0.0, polls
        yield (
            "webhook",
            0.0,
            f"{name}: its webhook is {webhook_address(account)}" if webhook else "",
        )
        error = webhook.last_error_message if webhook else ""
        yield "error", now, f"{name}: {without_secrets(account, error)}" if error else ""
        for method in account._unsupported:
            yield method, now, f"{name} called {method}: Telegram has it, this sandbox has not"
        for what in account._canned:
            yield what, now, f"{name}: canned answer to {what}, which this sandbox lacks"
        for words in account._ignored.values():
            yield words, now, f"{name}: {without_secrets(account, words)}"
        for called in islice(reversed(account.calls), SEARCHED_CALLS):
            if called.error and not (called.fault or called.error.startswith(UNSUPPORTED)):
                error = without_secrets(account, called.error)
                yield error, called.at, f"{name} called {called.method}, refused: {error}"


class TwitchNews(News):
    """All messages on a Twitch, who comes and goes, and the state of EventSub."""

    def __init__(self, twitch: Twitch) -> None:
        super().__init__(twitch)
        self.world = twitch._world

    def lines(self) -> Iterator[str]:
        for _, what in self.faults():
            yield f"[twitch] fault: {what}"
        for number, record in enumerate(self.world.records):
            yield from self.new(number, describe_connection(record))
        for subscription in self.world.subscriptions.values():
            yield from self.new(subscription.id, describe_subscription(subscription))
        for channel in self.world.chat.channels.values():
            for message in self._unread(channel.name, channel.history):
                text = f"* {message.user}" if message.action else f"{message.user}:"
                text = f"(announced) {text}" if message.announcement else text
                yield f"[twitch #{channel.name}] {text} {message.text}"
        for user_id, refusal in self.world.rules.last_refusal.items():
            why = refusal.words or "it sent too much, so it is ignored without a word"
            text = f"[twitch] not taken from {self.world.users[user_id].login}: {why}"
            yield from self.new(("refused", user_id, refusal.at), text)
        for what in self.world.refused:
            yield from self.new(what, f"[twitch] refused: {what}")
        for what in self._unread("unsupported", self.world.unsupported):
            yield f"[twitch] asked for {what}: Twitch has it, this sandbox has not"
        for what in self.world.canned_calls:
            text = f"[twitch] canned answer to {what}, which this sandbox lacks"
            yield from self.new(("canned", what), text)
        for what in self._unread("ignored", self.world.ignored):
            yield f"[twitch] ignored, because Twitch does not know it: {what}"
        for delivery in self._unread("deliveries", self.world.deliveries):
            if not delivery.ok:
                what = f"{delivery.message_type}, attempt {delivery.attempt}"
                yield f"[twitch] {what}: {delivery.callback} {delivery.error}"


def describe_connection(record: ConnectionRecord) -> str:
    """Describe a connection; "" before its login."""
    if not record.login:
        return ""
    who = f"[twitch] {record.login} ({record.kind})"
    if record.closed:
        return f"{who} is gone: {record.closed}"
    rooms = ", ".join(f"#{name}" for name in record.joined)
    return f"{who} is in {rooms}" if rooms else f"{who} is connected"


def describe_subscription(subscription: Subscription) -> str:
    """Describe an EventSub subscription."""
    where = subscription.transport.get("callback", "a WebSocket")
    return f"[twitch] {subscription.type} to {where}: {subscription.status}"


class CloudNews(News):
    """All that functions print, line by line."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.cloud = cloud
        self._functions: set[Function] = set()  # replaced ones may still finish a call

    def lines(self) -> Iterator[str]:
        self._functions |= set(self.cloud.functions())
        for function in self._functions:
            for number, text in function._history.log.after(self._read.get(function, 0)):
                self._read[function] = number
                yield f"[{function.name}] {text}"


class JoinNews(News):
    """What programs that have joined were refused."""

    def __init__(self, offer: JoinOffer) -> None:
        super().__init__(offer)
        self.offer = offer

    def lines(self) -> Iterator[str]:
        for words in self._unread("notes", self.offer.notes):
            yield f"[join] {words}"


class MailNews(News):
    """All letters that were caught."""

    def __init__(self, mail: "Mail") -> None:
        super().__init__(mail)
        self.mail = mail

    def lines(self) -> Iterator[str]:
        for number, letter in self.mail._numbered_letters():
            if number > self._read.get("letters", 0):
                self._read["letters"] = number
                yield f"[mail] to {', '.join(letter.recipients)}: {letter.subject}"
