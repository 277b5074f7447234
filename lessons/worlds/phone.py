"""The chat of notebook 02: on your own phone once there is a token, in the sandbox until then.

The same cells then reach another Telegram. Nothing here waits for an answer typed into the
notebook: a real bot that a function answers for is refused unless it is said in the call.
"""

import re
from html import escape
from typing import Any

from bot_sandbox.http.page import Page
from bot_sandbox.telegram import BotAccount, Person, Telegram
from botlib.bot import Bot
from lessons.alone.open_sandbox import offer_sandbox
from lessons.worlds.world import telegram_world


class RealBotLink:
    """The way to a real bot, as a notebook shows it."""

    def __init__(self, username: str) -> None:
        self.url = f"https://t.me/{username}"

    def __repr__(self) -> str:
        return self.url

    def _repr_html_(self) -> str:
        url = escape(self.url)
        return f'Chat with your bot on your phone: <a href="{url}" target="_blank">{url}</a>'


class Phone:
    """The person who writes to your bot: you, on your phone, or somebody in the sandbox.

    A token in `.env` or the environment decides. ValueError if Telegram does not take it.
    A program with its `settings` is the bot. It removes a webhook: so RuntimeError if a real bot
    has one, unless `cut_off`.
    """

    def __init__(
        self, telegram: Telegram, account: BotAccount, person: Person, *, cut_off: bool = False
    ) -> None:
        self._world = telegram_world(telegram, account, secret="", real=True)
        self.is_real = self._world.is_real
        self._telegram, self._account, self._person = telegram, account, person
        self.username = str(self.call("getMe")["username"])
        if self.is_real and not cut_off and self.call("getWebhookInfo")["url"]:
            raise RuntimeError(
                "a function answers for your real bot, and a program would cut it off. "
                "If that is meant, write Phone(telegram, account, viktor, cut_off=True)"
            )
        self.settings = {"TELEGRAM_TOKEN": self._world.token, "TELEGRAM_API": self._world.api}
        self.settings["BOT_WORLD"] = "" if self.is_real else "sandbox"

    def __repr__(self) -> str:
        if self.is_real:
            return f"your REAL bot @{self.username}: write to it on your phone, at {self.link}"
        return (
            f"the SANDBOX's bot @{self.username}, to which {self._person.name} writes. "
            "Nothing leaves this machine."
        )

    @property
    def link(self) -> str:
        """Return the address to give to a friend."""
        if self.is_real:
            return RealBotLink(self.username).url
        return "https://t.me/ and your bot's username, as soon as it is a real one"

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of Telegram's Bot API for your bot; RuntimeError in Telegram's words."""
        try:
            return self._world.call(method, **parameters)
        except RuntimeError as refusal:
            words = re.search(r': (\d+) .*"description": ?"([^"]*)"', str(refusal))
            if not words:
                raise
            raise RuntimeError(f"{words[1]} {words[2]}") from None

    def offer(self) -> None:
        """Let a program in a terminal be the sandbox's bot. First stop what was started here."""
        if not self.is_real:
            offer_sandbox(self, self._telegram, TELEGRAM_TOKEN=self._account.token)

    def window(self) -> Page | RealBotLink:
        """Return the page to chat with the bot in."""
        if self.is_real:
            return RealBotLink(self.username)
        return self._telegram.window(self._person, self._account)

    def ask(self, text: str, timeout: float = 5.0) -> str:
        """Have the sandbox's person write, and return the answer; on your phone, write yourself."""
        if self.is_real:
            return self._your_turn(text)
        return self._person.ask(text, to=self._account, timeout=timeout)

    def send(self, text: str) -> str:
        """Have the sandbox's person write, without waiting for an answer."""
        if self.is_real:
            return self._your_turn(text)
        self._person.send(text, to=self._account)
        return f"{self._person.name} wrote: {text}"

    def waiting(self) -> int:
        """Count the person's commands that wait at Telegram; of a real bot, all that waits."""
        if self.is_real:
            return int(self.call("getWebhookInfo")["pending_update_count"])
        self._person.wait(len(self._person.inbox))  # answers in the window before are read
        # Talk waits, too, but the bot will say nothing to it.
        texts = [
            update["message"].get("text", "")
            for update in self._telegram.pending_updates(self._account)
            if update.get("message", {}).get("chat", {}).get("id") == self._person.id
        ]
        return sum(Bot().command_in(text) is not None for text in texts)

    def answers(self, number: int) -> list[str]:
        """Return that many answers that came after `waiting`."""
        if self.is_real:
            return ["look at your phone"]
        return [message.shown for message in self._person.wait(number, timeout=20)]

    def _your_turn(self, text: str) -> str:
        return f"now you: write {text} to @{self.username} on your phone"
