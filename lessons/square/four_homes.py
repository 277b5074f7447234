"""All four homes at once, with one clock and one store: the course's one experiment.

homes = FourHomes("workshop/my_bot")
homes.ask("!help")
homes.everybody_sleeps()
homes.break_for(3600)
"""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar
from weakref import WeakSet

from bot_sandbox import Clock
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.http.page import Page
from lessons.square.bot_copy import COMMAND
from lessons.square.chat_with_bot import TIMEOUT_S
from lessons.square.homes import (
    SquareHome,
    TelegramFunction,
    TelegramProgram,
    TwitchFunction,
    TwitchProgram,
)
from lessons.square.hosts import wait_until

T = TypeVar("T")
HOMES: dict[str, type[SquareHome]] = {
    "Telegram calls": TelegramFunction,
    "Telegram is asked": TelegramProgram,
    "Twitch calls": TwitchFunction,
    "Twitch by IRC": TwitchProgram,
}
MESSAGES = 3
MESSAGE_INTERVAL_S = 1.5  # two messages of Viktor's
RETRY_S = 20.0  # after a break, by the clock: longer than any pause before a next attempt here


@dataclass(frozen=True)
class Said:
    """A message of Viktor's: when he wrote it, and when its answer came, if it ever did."""

    at: float
    answered: float | None
    woke_at: float  # an answer after this is late; one from a slow cold start isn't

    def __str__(self) -> str:
        if self.answered is None:
            return "lost"
        return "late" if self.answered > self.woke_at else "at once"


@dataclass(frozen=True)
class Night:
    """What came of the messages in each chat; times in seconds since the first message."""

    chats: dict[str, list[Said]]
    woke_at: float  # when the programs were started again

    def is_called(self, name: str) -> bool:
        """Return whether the platform calls the bot in this chat, so that it needs no laptop."""
        return HOMES[name].is_called


_running: "WeakSet[FourHomes]" = WeakSet()


class FourHomes:
    """One bot in four homes, running until `close()` or the end of its `with`.

    A cell that is run twice leaves four bots, not eight: earlier ones are closed first.
    """

    def __init__(self, folder: str | Path) -> None:
        for earlier in list(_running):
            earlier.close()
        _running.add(self)
        self._opened = ExitStack()
        self.clock = Clock()
        self._rounds = 0
        try:
            place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            store = Path(self._opened.enter_context(place)).resolve() / "store.sqlite3"
            url = f"sqlite:///{store}"
            self.homes = {name: home(folder, self.clock, url) for name, home in HOMES.items()}
            for home in self.homes.values():
                self._opened.enter_context(home)
        except BaseException:
            self.close()
            raise

    def ask(self, text: str) -> dict[str, str]:
        """Write in all four chats, one after the other, as Viktor; return the answers."""
        return {name: home.chat.ask(text) for name, home in self.homes.items()}

    def window(self, name: str) -> Page:
        """Return a page to chat in, as Viktor, with one of the four."""
        return self.homes[name].chat.window()

    def everybody_sleeps(self) -> Night:
        """Let everybody sleep, write three times in each chat, then wake the programs up.

        The laptop is closed, so the two programs are stopped. The cloud has unloaded the functions.
        """
        self._rounds += 1
        texts = [f"night {self._rounds}, message {number + 1}" for number in range(MESSAGES)]
        self._all(fall_asleep)
        began = time.monotonic()
        heard: dict[str, dict[str, float]] = {name: {} for name in self.homes}
        written = []
        for number, text in enumerate(texts):
            self._listen_until(began + number * MESSAGE_INTERVAL_S, heard)
            written.append(time.monotonic() - began)
            for home in self.homes.values():
                home.chat.say(f"{COMMAND} {text}")
        self._listen_until(began + MESSAGES * MESSAGE_INTERVAL_S, heard)
        woke_at = time.monotonic() - began
        self._all(wake_up)
        back = f"night {self._rounds} is over"
        for home in self.homes.values():
            home.chat.say(f"{COMMAND} {back}")  # answered in order: after this comes no other
        until = time.monotonic() + TIMEOUT_S
        while not all(back in answers for answers in heard.values()):
            self._listen_until(time.monotonic() + 0.02, heard)
            if time.monotonic() > until:
                raise NoReply(f"a bot did not come back within {TIMEOUT_S:g} s")
        chats = {
            name: [
                Said(at, answers[text] - began if text in answers else None, woke_at)
                for at, text in zip(written, texts, strict=True)
            ]
            for name, answers in heard.items()
        }
        return Night(chats, woke_at)

    def break_for(self, seconds: float) -> dict[str, str]:
        """Break all homes for so long by the sandbox's clock; return what Viktor gets in each chat.

        He writes three messages as soon as they are broken, and one more when they are whole again.
        """
        self._rounds += 1
        texts = [f"break {self._rounds}, message {number + 1}" for number in range(MESSAGES)]
        called = self.homes["Twitch calls"]
        assert isinstance(called, TwitchFunction)
        called.wait_delivered()
        self._all(lambda home: home.host.stop())
        for home in self.homes.values():
            home.chat.say(*[f"{COMMAND} {text}" for text in texts])
        called.pass_time(seconds, MESSAGES)  # for all of them: they share the clock
        self._all(lambda home: home.host.start())
        self.clock.advance(RETRY_S)
        return self._all(lambda home: describe_return(home, texts, f"break {self._rounds} is over"))

    def close(self) -> None:
        """Stop the four bots and their sandboxes; a second call does nothing."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen_until(self, due: float, heard: dict[str, dict[str, float]]) -> None:
        """Note when each answer is there, until a time on the clock of this machine."""
        while True:
            for name, home in self.homes.items():
                for text in home.chat.answers():
                    heard[name].setdefault(text, time.monotonic())
            if time.monotonic() >= due:
                return
            time.sleep(0.02)

    def _all(self, act: Callable[[SquareHome], T]) -> dict[str, T]:
        with ThreadPoolExecutor(len(self.homes)) as threads:
            return dict(zip(self.homes, threads.map(act, self.homes.values()), strict=True))


def fall_asleep(home: SquareHome) -> None:
    """Wait until a function is unloaded; stop a program."""
    if home.is_called:
        home.host.wait_idle()
    else:
        home.host.stop()


def wake_up(home: SquareHome) -> None:
    """Start a program; a function wakes up when it is called."""
    if not home.is_called:
        home.host.start()


def describe_return(home: SquareHome, texts: list[str], back: str) -> str:
    """Write once more, and return what came of the texts, in words."""
    is_deaf = False
    if isinstance(home, TwitchFunction) and not home.is_subscribed:
        is_deaf = True
        home.chat.say(f"{COMMAND} is anybody there?")
        home.subscribe()
    home.chat.say(f"{COMMAND} {back}")  # answered in order: after this comes no other
    wait_until(lambda: back in home.chat.answers(), "an answer after the break")
    late = len(set(texts) & set(home.chat.answers()))
    words = "late" if late == len(texts) else "lost" if not late else f"{late} of {len(texts)} late"
    return f"{words}, and deaf until it subscribes again" if is_deaf else words
