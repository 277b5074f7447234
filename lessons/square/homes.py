"""The five homes: each makes its own sandbox, accounts and tokens around a copy of her bot.

with TwitchProgram("workshop/my_bot") as home:
    home.chat.ask("!help")
"""

import secrets
import tempfile
from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar, Self

from bot_sandbox import Clock, Telegram, Twitch
from bot_sandbox.command.hello_bot import authorize_bot
from bot_sandbox.world.randomness import Randomness
from botlib.twitch.details.helix import Helix
from lessons.cloud import Cloud
from lessons.learner_bot import bot_login, bot_name
from lessons.square import places
from lessons.square.bot_copy import copy_function, copy_program
from lessons.square.chat_with_bot import TIMEOUT_S, TelegramChat, TwitchChat
from lessons.square.hosts import FunctionHost, IrcFunctionHost, ProgramHost

RETRIES = 8  # of a Twitch notification; the real number is not published


class SquareHome(ABC):
    """A bot in one corner of the square; it runs inside a `with`.

    `folder` is the bot's. Homes with the same `clock` share time, and with the same `store_url`
    one memory; without, each has a store of its own. Nothing in `folder` is changed.
    """

    name: ClassVar[str]  # of its numbers' file
    title: ClassVar[str]
    calls: ClassVar[str]  # who calls whom
    notebook: ClassVar[str]  # where the course measures it
    is_called: ClassVar[bool]  # by its platform

    chat: TelegramChat | TwitchChat
    host: ProgramHost | FunctionHost | IrcFunctionHost

    def __init__(self, folder: str | Path, clock: Clock | None = None, store_url: str = "") -> None:
        self.folder = Path(folder).resolve()
        self._clock, self._store_url = clock or Clock(), store_url

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            place = opened.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self._place = Path(place).resolve()
            self._open(opened)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @abstractmethod
    def _open(self, opened: ExitStack) -> None:
        """Set `chat` and `host`; `opened` closes whatever was started."""

    @property
    def _store(self) -> dict[str, str]:
        url = self._store_url or f"sqlite:///{self._place / 'store.sqlite3'}"
        return {"STORE_URL": url}

    def _program(self) -> Path:
        return copy_program(self.folder, self._place / self.folder.name)

    def _function(self, opened: ExitStack, entry: str, settings: dict[str, str]) -> FunctionHost:
        cloud = opened.enter_context(Cloud(clock=self._clock))
        folder = self._place / self.folder.name
        module = copy_function(self.folder, folder, entry)
        return FunctionHost(cloud, entry, folder, module, settings | self._store)


class TelegramHome(SquareHome):
    """A bot on Telegram, by itself in a Telegram."""

    def _telegram(self, opened: ExitStack) -> dict[str, str]:
        self.telegram = opened.enter_context(Telegram(limits=None, clock=self._clock))
        self.account = self.telegram.new_bot(bot_name(), "my_square_bot")
        viktor = self.telegram.person("Viktor")
        self.chat = TelegramChat(self.telegram, viktor, self.account)
        return {"TELEGRAM_API": self.telegram.url, "TELEGRAM_TOKEN": self.account.token}


class TelegramProgram(TelegramHome):
    """A program that asks Telegram, again and again, for what is new."""

    name, title, notebook = places.TELEGRAM_PROGRAM
    calls, is_called = "the bot asks Telegram", False

    def _open(self, opened: ExitStack) -> None:
        settings = self._telegram(opened) | self._store
        self.host = ProgramHost("telegram", self._program(), settings, gone=lambda: None)
        opened.callback(self.host.stop)
        self.host.start()


class TelegramFunction(TelegramHome):
    """A function that Telegram calls: telegram_function.py."""

    name, title, notebook = places.TELEGRAM_FUNCTION
    calls, is_called = "Telegram calls the bot", True

    def _open(self, opened: ExitStack) -> None:
        secret = secrets.token_urlsafe(32)
        settings = self._telegram(opened) | {"TELEGRAM_SECRET": secret}
        self.host = self._function(opened, "telegram_function", settings)
        url = self.host.function.url
        self.telegram.call(self.account, "setWebhook", url=url, secret_token=secret)


class TwitchHome(SquareHome):
    """A bot on Twitch, in Viktor's channel; as a moderator, it may speak more often."""

    def _twitch(self, opened: ExitStack) -> dict[str, str]:
        twitch = Twitch(webhook_retries=RETRIES, clock=self._clock)
        self.twitch = opened.enter_context(twitch)
        self.viktor, self.bot = twitch.account("viktor", "Viktor"), twitch.account(bot_login())
        self.viktor.mod(self.bot)
        self.chat = TwitchChat(twitch, self.viktor)
        return authorize_bot(twitch, self.bot, self.viktor, Randomness())

    def _wait_there(self) -> None:
        self.twitch.wait_for(self.bot, self.viktor, TIMEOUT_S)

    def _wait_gone(self) -> None:
        self.twitch.wait_gone(self.bot, TIMEOUT_S)


class TwitchProgram(TwitchHome):
    """A program that holds a line to Twitch's chat, by IRC."""

    name, title, notebook = places.TWITCH_PROGRAM
    calls, is_called = "the bot holds a line to Twitch", False

    def _open(self, opened: ExitStack) -> None:
        settings = self._twitch(opened) | self._store
        self.host = ProgramHost("twitch", self._program(), settings, self._wait_gone)
        opened.callback(self.host.stop)
        self.host.start()


class TwitchIrcFunction(TwitchHome):
    """A function that holds the line, until the cloud kills it at its limit: irc_function.py.

    Twitch doesn't call it, so a caller does. Nobody has called it yet when it is opened.
    """

    name, title, notebook = places.TWITCH_IRC_FUNCTION
    calls, is_called = "somebody awake must call the bot", False

    def _open(self, opened: ExitStack) -> None:
        settings = self._twitch(opened) | self._store
        folder = self._place / self.folder.name
        module = copy_function(self.folder, folder, "irc_function")
        cloud = opened.enter_context(Cloud(clock=self._clock))
        host = IrcFunctionHost(cloud, folder, module, settings, self._wait_there, self._wait_gone)
        self.host = host
        opened.callback(host.close)


class TwitchFunction(TwitchHome):
    """A function that Twitch calls, by EventSub: twitch_function.py."""

    name, title, notebook = places.TWITCH_FUNCTION
    calls, is_called = "Twitch calls the bot", True

    def _open(self, opened: ExitStack) -> None:
        self._settings = self._twitch(opened)
        self.host = self._function(opened, "twitch_function", self._settings)
        self.url = self.host.function.url
        self.subscribe()

    def subscribe(self) -> None:
        """Ask Twitch to call the function for each message in Viktor's channel."""
        settings, url = self._settings, self.url
        helix = Helix(
            settings["TWITCH_CLIENT_ID"], settings["TWITCH_CLIENT_SECRET"], self.twitch.url
        )
        for old in helix.subscriptions():
            helix.unsubscribe(old["id"])
        helix.subscribe(self.viktor.id, url, settings["TWITCH_EVENTSUB_SECRET"], self.bot.id)
        self._wait_there()

    @property
    def is_subscribed(self) -> bool:
        """Return whether Twitch still calls."""
        return any(each.enabled for each in self.twitch.subscriptions())

    def wait_delivered(self) -> None:
        """Wait until Twitch has delivered the last message, which may be the bot's own answer.

        Else a break could begin before that, and the next messages would wait behind it.
        """
        if self.is_subscribed and (said := self.twitch.messages(self.viktor)):
            self.twitch.wait_deliveries(message=said[-1], timeout=TIMEOUT_S)

    def pass_time(self, seconds: float, unanswered: int) -> None:
        """Move the clock, while Twitch tries to deliver Viktor's last messages to a broken home.

        Step by step, because the pause before an attempt begins only when the one before has ended.
        """
        settings = self.twitch.settings
        for message in self.twitch.messages(self.viktor)[-unanswered:]:
            for attempt in range(settings.webhook_retries + 1):
                self.twitch.wait_deliveries(attempt + 1, message, timeout=TIMEOUT_S)
                pause = settings.webhook_retry_s * 2**attempt
                if pause > seconds:
                    self._clock.advance(seconds)
                    return
                if attempt < settings.webhook_retries:
                    self._clock.advance(pause)
                    seconds -= pause
        self._clock.advance(seconds)


HOMES: tuple[type[SquareHome], ...] = (
    TelegramProgram,
    TelegramFunction,
    TwitchProgram,
    TwitchIrcFunction,
    TwitchFunction,
)
