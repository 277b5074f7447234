"""The square: Telegram and Twitch, each from a function and from a program, all with one brain.

The learner's folder holds the brain and one file for each corner, named after it, such as
telegram_function.py and twitch_program.py. Square makes the accounts, tokens and webhooks around
them. The brain knows `!hello`, and `!echo`, by which lost messages are counted.
"""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean
from typing import Self, TypeVar

from bot_sandbox import Telegram, Twitch
from bot_sandbox.cloud.prices import functions, servers
from bot_sandbox.hello_bot import USERNAME, agreed
from bot_sandbox.page import Page
from bot_sandbox.randomness import Randomness
from botlib.twitch.helix import Helix
from lessons.cloud import Cloud
from lessons.corner import (
    PATIENCE_S,
    Corner,
    FunctionHome,
    ProgramHome,
    TelegramChat,
    TwitchChat,
)
from lessons.costs import Cost, Work, function_cost, server_cost

T = TypeVar("T")
RETRIES = 8  # of a Twitch notification; the real number is not published
PAUSE_S = 1.3  # between two questions: the IRC bot says at most one thing a second
CALLS = {"Telegram": 1, "Twitch": 2}  # of a function for one answer: Twitch reports it as well


class Square:
    """All four corners, running, until `close()` or the end of its `with`."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).resolve()
        self._open = ExitStack()
        self._is_closed = False
        try:
            self.cloud = self._open.enter_context(Cloud())
            self.telegram = self._open.enter_context(Telegram())
            self.twitch = self._open.enter_context(Twitch(webhook_retries=RETRIES))
            self._corners = self._on_telegram() | self._on_twitch()
        except BaseException:
            self.close()
            raise

    @property
    def corners(self) -> dict[str, Corner]:
        """The four, by name; RuntimeError once the square is closed."""
        if self._is_closed:
            raise RuntimeError("this square is closed. Run the cell that makes it again.")
        return self._corners

    def ask(self, text: str) -> dict[str, str]:
        """Viktor writes in all four chats at the same time; returns the answers."""
        return self._all(lambda corner: corner.chat.ask(text))

    def window(self, corner: str) -> Page:
        """A page to chat in, as Viktor, in the chat of one corner."""
        return self.corners[corner].chat.window()

    def lose(self, messages: int) -> dict[str, int]:
        """All homes go down, Viktor writes, all come back: how many messages are lost where?"""
        return self._all(lambda corner: corner.lose(messages))

    def first_reply_ms(self) -> dict[str, float]:
        """How long Viktor waits when nobody has written for a while."""
        self.memory_mb()  # when it has been read, idle functions have been stopped
        return {name: corner.reply_ms() for name, corner in self.corners.items()}

    def next_reply_ms(self) -> dict[str, float]:
        """How long Viktor waits when he has just had an answer."""
        waited: dict[str, float] = {}
        for name, corner in self.corners.items():
            corner.reply_ms()
            time.sleep(PAUSE_S)
            waited[name] = corner.reply_ms()
        return waited

    def memory_mb(self) -> dict[str, float]:
        """What each home holds when nobody has written for a while."""
        return self._all(lambda corner: corner.home.memory_mb())

    def month(self, messages: int) -> dict[str, Cost]:
        """What a month with so many questions costs: AWS's function, or a small server of theirs.

        The functions' times are those measured so far, and every call is taken for a cold one.
        """
        rent = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]])
        costs = dict.fromkeys(self.corners, rent)
        for name, corner in self.corners.items():
            if isinstance(corner.home, FunctionHome):
                requests = messages * CALLS[name.split()[0]]
                costs[name] = function_cost(functions()["aws"], requests, work(corner.home))
        return costs

    def close(self) -> None:
        """Stop the four bots and the world around them; a second call does nothing."""
        self._is_closed = True
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _all(self, act: Callable[[Corner], T]) -> dict[str, T]:
        with ThreadPoolExecutor(len(self.corners)) as threads:
            return dict(zip(self.corners, threads.map(act, self.corners.values()), strict=True))

    def _on_telegram(self) -> dict[str, Corner]:
        telegram, secret = self.telegram, secrets.token_urlsafe(32)
        viktor = telegram.person("Viktor")
        called = telegram.new_bot("Hello bot", "hello_function_bot")
        asking = telegram.new_bot("Hello bot", "hello_program_bot")
        place = {"TELEGRAM_API": telegram.url}
        settings = place | {"TELEGRAM_TOKEN": called.token, "TELEGRAM_SECRET": secret}
        function = self._function("telegram_function", settings)
        telegram.call(called, "setWebhook", url=function.function.url, secret_token=secret)
        program = self._program("telegram_program", place | {"TELEGRAM_TOKEN": asking.token})
        return {
            "Telegram function": Corner(TelegramChat(telegram, viktor, called), function),
            "Telegram program": Corner(TelegramChat(telegram, viktor, asking), program),
        }

    def _on_twitch(self) -> dict[str, Corner]:
        twitch = self.twitch
        viktor, anna = twitch.account("viktor", "Viktor"), twitch.account("anna", "Anna")
        bot = twitch.account(USERNAME)
        settings = agreed(twitch, bot, viktor, Randomness())
        for owner in (viktor, anna):
            owner.mod(bot)  # may enter without channel:bot, and say the same thing twice
        function = self._function("twitch_function", settings)
        helix = Helix(settings["TWITCH_CLIENT_ID"], settings["TWITCH_CLIENT_SECRET"], twitch.url)
        secret = settings["TWITCH_EVENTSUB_SECRET"]
        helix.subscribe(anna.id, function.function.url, secret, bot.id)
        program = self._program(
            "twitch_program",
            settings,
            lambda: twitch.wait_for(bot, viktor, PATIENCE_S),
            lambda: twitch.wait_gone(bot, PATIENCE_S),
        )
        program.ready()
        twitch.wait_for(bot, anna, PATIENCE_S)
        return {
            "Twitch function": Corner(TwitchChat(twitch, viktor, anna), function),
            "Twitch program": Corner(TwitchChat(twitch, viktor, viktor), program),
        }

    def _function(self, name: str, environment: dict[str, str]) -> FunctionHome:
        memory = {"STORE_URL": f"sqlite:///{self.cloud.folder / f'{name}.sqlite3'}"}
        return FunctionHome(self.cloud, name, self.folder, environment | memory)

    def _program(
        self, name: str, environment: dict[str, str], *waits: Callable[[], None]
    ) -> ProgramHome:
        home = ProgramHome(self.folder / f"{name}.py", environment, *waits)
        self._open.callback(home.stop)
        return home


def work(home: FunctionHome) -> Work:
    """What one call takes when it starts cold, from those measured; ValueError if none was."""
    calls = home.function.invocations
    if not calls:
        raise ValueError(f"{home.function.name} has not been called yet. First: square.ask(…)")
    return Work(
        duration_ms=fmean(call.duration_ms for call in calls),
        memory_mb=home.function.settings.memory_mb,
        cold_share=1.0,
        init_ms=max(call.init_ms for call in calls),
    )
