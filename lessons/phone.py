"""The chat of notebook 02: on your own phone once there is a token, in the sandbox until then.

The same cells then reach another Telegram. Nothing here waits for an answer typed into the
notebook, except before a real bot's webhook would be taken away.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from botlib.settings import settings, telegram_api
from botlib.telegram.light import BotApi
from botlib.tokens import telegram_slips
from lessons.home import Home
from sandbox.page import Page
from sandbox.telegram import BotAccount, Person, Telegram

READY = "Application started"  # python-telegram-bot's word that it asks for updates


class Link:
    """The way to a real bot, as a notebook shows it."""

    def __init__(self, username: str) -> None:
        self.url = f"https://t.me/{username}"

    def __repr__(self) -> str:
        return self.url

    def _repr_html_(self) -> str:
        url = escape(self.url)
        return f'Chat with your bot on your phone: <a href="{url}" target="_blank">{url}</a>'


class Phone:
    """Whoever writes to your bot: you, on your phone; or the sandbox's person, in its window.

    A token in `.env` or the environment decides. ValueError if Telegram does not take it.
    """

    def __init__(
        self,
        telegram: Telegram,
        account: BotAccount,
        person: Person,
        confirm: Callable[[str], str] = lambda question: input(question),  # a kernel has its own
    ) -> None:
        self._found = settings("telegram")
        self.is_real = self._found.world == "real"
        self._telegram, self._account, self._person = telegram, account, person
        self._confirm = confirm
        self.username = str(self.call("getMe")["username"])

    def __repr__(self) -> str:
        if self.is_real:
            return f"your REAL bot @{self.username}: write to it on your phone, at {self.link}"
        return (
            f"the SANDBOX's bot @{self.username}, to which {self._person.name} writes. "
            "Nothing leaves this machine."
        )

    @property
    def link(self) -> str:
        """The address to give to a friend."""
        if self.is_real:
            return Link(self.username).url
        return "https://t.me/ and your bot's username, as soon as it is a real one"

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of Telegram's Bot API for your bot; RuntimeError in Telegram's words."""
        for problem in telegram_slips(self._token):  # a sick address in an error would show it
            raise ValueError(f"TELEGRAM_TOKEN: {problem}")
        try:
            return BotApi(self._token, self._api).call(method, parameters)
        except RuntimeError as refusal:
            words = re.search(r': (\d+) .*"description": ?"([^"]*)"', str(refusal))
            if not words:
                raise
            raise RuntimeError(f"{words[1]} {words[2]}") from None

    def start(self, file: str | Path) -> Home:
        """Start the program that answers with this file's brain; it stays alive until stopped.

        FileNotFoundError without the file, RuntimeError with the program's last words.
        """
        if self.is_real and self.call("getWebhookInfo")["url"]:
            question = "A function answers for your real bot, and would be cut off. Type yes: "
            if self._confirm(question).strip().lower() != "yes":
                raise RuntimeError("nothing was started, because the answer was not yes")
        self._person.wait(len(self._person.inbox))  # answers in the window before are read
        world = "" if self.is_real else "sandbox"
        found = {"TELEGRAM_TOKEN": self._token, "TELEGRAM_API": self._api, "COURSE_WORLD": world}
        home = Home("telegram", file, found)
        home.wait_line(READY)
        return home

    def window(self) -> Page | Link:
        """Where one chats with the bot."""
        if self.is_real:
            return Link(self.username)
        return self._telegram.window(self._person, self._account)

    def ask(self, text: str, timeout: float = 5.0) -> str:
        """Have the sandbox's person write, and return the answer; on your phone, write yourself."""
        if self.is_real:
            return self._your_turn(text)
        return self._person.ask(text, to=self._account, timeout=timeout)

    def send(self, text: str) -> str:
        """The same without waiting for an answer."""
        if self.is_real:
            return self._your_turn(text)
        self._person.send(text, to=self._account)
        return f"{self._person.name} wrote {text}"

    def answers(self, number: int) -> list[str]:
        """The answers of the program that was started last, as many as that."""
        if self.is_real:
            return ["look at your phone"]
        return [message.shown for message in self._person.wait(number, timeout=20)]

    def waiting(self) -> int:
        """How many messages wait at Telegram for a program that asks for them."""
        return int(self.call("getWebhookInfo")["pending_update_count"])

    def _your_turn(self, text: str) -> str:
        return f"now you: write {text} to @{self.username} on your phone"

    @property
    def _token(self) -> str:
        return self._found.token if self.is_real else self._account.token

    @property
    def _api(self) -> str:
        real = self._found.values.get("TELEGRAM_API")
        return telegram_api(real) if self.is_real else self._telegram.url
