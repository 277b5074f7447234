"""A corner of the square: a chat where Viktor meets the bot, and the home where the bot lives.

Both platforms' chats and both kinds of home are here, each with the same few calls, so that any
pair of them can be measured in the same way. Accounts and tokens are made elsewhere.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import psutil

import botlib
from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.diagnosis import NoReply
from bot_sandbox.page import Page
from bot_sandbox.telegram import BotAccount, Person, Telegram
from bot_sandbox.twitch import Account as TwitchUser
from bot_sandbox.twitch import Twitch
from lessons.program import Program

IDLE_S = 2.0  # the sandbox's own: a real cloud keeps an idle instance for minutes
PATIENCE_S = 20.0  # a busy machine starts a program slowly
COURSE = Path(botlib.__file__).parents[1]


class Chat(Protocol):
    """Where Viktor meets the bot."""

    def ask(self, text: str) -> str:
        """Write a message and return the bot's answer; NoReply if there is none."""

    def say(self, texts: list[str]) -> None:
        """Write messages and wait for nothing."""

    def answers(self) -> list[str]:
        """Everything the bot has said so far."""

    def window(self) -> Page:
        """A page to chat in, as Viktor."""


class Home(Protocol):
    """Where the bot lives."""

    def start(self) -> None:
        """Bring it up."""

    def stop(self) -> None:
        """Take it down: from now on nobody answers."""

    def memory_mb(self) -> float:
        """The memory that is held while nobody writes."""


class Corner:
    """One chat and one home."""

    def __init__(self, chat: Chat, home: Home) -> None:
        self.chat, self.home = chat, home

    def reply_ms(self) -> float:
        """How many milliseconds Viktor waits for an answer."""
        began = time.perf_counter()
        self.chat.ask("!hello")
        return (time.perf_counter() - began) * 1000

    def lose(self, messages: int) -> int:
        """Write so many messages while the home is down; how many are never answered?"""
        before = len(self.chat.answers())
        texts = [f"message {number}" for number in range(1, messages + 1)]
        self.home.stop()
        self.chat.say([f"!echo {text}" for text in texts])
        self.home.start()
        self.chat.say(["!echo the last"])  # answered in order: after this comes no other
        wait_until(lambda: "the last" in self.chat.answers()[before:], "an answer to '!echo …'")
        return len(set(texts) - set(self.chat.answers()[before:]))


class TelegramChat:
    """Viktor's private chat with a Telegram bot."""

    def __init__(self, telegram: Telegram, viktor: Person, bot: BotAccount) -> None:
        self._telegram, self._viktor, self._bot = telegram, viktor, bot

    def ask(self, text: str) -> str:
        """Write a message and return the bot's answer; NoReply if there is none."""
        return self._viktor.ask(text, to=self._bot, timeout=PATIENCE_S)

    def say(self, texts: list[str]) -> None:
        """Write messages and wait for nothing."""
        self._viktor.send_all(texts, to=self._bot)

    def answers(self) -> list[str]:
        """Everything the bot has said so far."""
        lines = self._telegram.transcript(self._viktor, self._bot).lines
        return [line.text for line in lines if line.is_bot]

    def window(self) -> Page:
        """A page to chat in, as Viktor."""
        return self._telegram.window(self._viktor, self._bot)


class TwitchChat:
    """A Twitch channel in which Viktor and the bot chat."""

    def __init__(self, twitch: Twitch, viktor: TwitchUser, channel: TwitchUser) -> None:
        self._twitch, self._viktor, self._channel = twitch, viktor, channel

    def ask(self, text: str) -> str:
        """Write a message and return the bot's answer; NoReply if there is none."""
        return self._viktor.ask(text, channel=self._channel, timeout=PATIENCE_S)

    def say(self, texts: list[str]) -> None:
        """Write messages and wait for nothing."""
        self._viktor.say_all(texts, channel=self._channel)

    def answers(self) -> list[str]:
        """Everything the bot has said so far."""
        return [each.text for each in self._twitch.messages(self._channel) if each.by_program]

    def window(self) -> Page:
        """A page to chat in, as Viktor."""
        return self._twitch.window(self._viktor, self._channel)


class FunctionHome:
    """A function in the cloud; the file is named after it and makes `handler`."""

    def __init__(self, cloud: Cloud, name: str, folder: Path, environment: dict[str, str]) -> None:
        self._deploy = partial(cloud.deploy, name, folder, environment=environment, idle_s=IDLE_S)
        self._name = name
        self.function = self._deploy(handler=f"{name}.handler")

    def start(self) -> None:
        """Deploy the good version again, once the broken one has failed a call."""
        wait_until(lambda: bool(self.function.invocations), "a call of the broken version")
        self.function = self._deploy(handler=f"{self._name}.handler")

    def stop(self) -> None:
        """Deploy a broken version: its handler does not exist."""
        self.function = self._deploy(handler=f"{self._name}.nothing")

    def memory_mb(self) -> float:
        """What its instances hold once the cloud has stopped the idle ones."""
        self.function.wait_stopped(PATIENCE_S)
        return sum(rss_mb(each.pid) for each in self.function.instances if each.stopped is None)


class ProgramHome:
    """A program that stays alive; `ready` and `gone` wait until it is in its chat, or out of it."""

    def __init__(
        self,
        file: Path,
        environment: dict[str, str],
        ready: Callable[[], None] = lambda: None,
        gone: Callable[[], None] = lambda: None,
    ) -> None:
        path = filter(None, [str(COURSE), os.environ.get("PYTHONPATH")])
        settings = environment | {"PYTHONPATH": os.pathsep.join(path)}
        self._run = partial(Program, file, settings)
        self.ready, self.gone = ready, gone
        self.program = self._run()

    def start(self) -> None:
        """Start the program and wait until it is there; RuntimeError says what is wrong with it."""
        self.program = self._run()
        self.ready()

    def stop(self) -> None:
        """End the program at once, as a power cut would."""
        self.program.close()
        self.gone()

    def memory_mb(self) -> float:
        """What the process holds, whether it works or waits."""
        return self.program.measure().memory_mb


def rss_mb(pid: int) -> float:
    """The memory of one process; 0 for one that has just ended."""
    try:
        return float(psutil.Process(pid).memory_info().rss) / 1_000_000
    except psutil.NoSuchProcess:
        return 0.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so; NoReply names what did not come in time."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            raise NoReply(f"{what} did not come within {PATIENCE_S:g} s")
        time.sleep(0.01)
