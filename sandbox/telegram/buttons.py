"""Inline buttons: a person presses one, the bot answers the callback query.

The texts and data of buttons come from `content.py`; here they are pressed.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sandbox.no_reply import NoReply
from sandbox.telegram.botfather import Account
from sandbox.telegram.errors import bad_request
from sandbox.telegram.model import Json, Message

if TYPE_CHECKING:
    from sandbox.telegram.people import Person
    from sandbox.telegram.plain import PlainServer

OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


class Press:
    """A pressed button: what the bot answered to it."""

    def __init__(self, telegram: PlainServer, button: str) -> None:
        self.button = button
        self.text: str | None = None  # None until the bot calls answerCallbackQuery
        self.alert = False
        self._telegram = telegram

    def __repr__(self) -> str:
        return f"Press({self.button!r})"

    def answer(self, timeout: float = 5.0) -> str:
        """Wait for the bot's notification and return its text; NoReply when none comes."""
        if not self._telegram.wait_until(lambda: self.text is not None, timeout):
            raise NoReply(
                f"No answer to the button {self.button!r} within {timeout:g} s. Expected: the bot "
                "calls answerCallbackQuery with the callback query's id. What to do: handle "
                "updates that hold a callback_query."
            )
        return self.text or ""


class Buttons:
    """The callback queries that were not answered yet."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Account, Press]] = {}
        self._ids = itertools.count(1)

    def press(self, person: Person, message: Message, press: Press) -> None:
        """Send a bot the callback query; ValueError when there is no such button."""
        buttons = [item for row in message.keyboard for item in row]
        found = next((item for item in buttons if item["text"] == press.button), None)
        bot = message.sender
        if found is None or "callback_data" not in found or not isinstance(bot, Account):
            raise ValueError(f"no button {press.button!r} to press; there are {message.buttons}")
        key = str(next(self._ids))
        self._open[key] = (bot, press)
        query: Json = {
            "id": key,
            "from": person.json,
            "message": message.to_json(),
            "chat_instance": str(message.chat.id),
            "data": found["callback_data"],
        }
        bot.updates.add(bot, "callback_query", query, message.chat)

    def answer(self, account: Account, key: str, text: str, alert: bool) -> None:
        """What answerCallbackQuery does: once for each query, and only by its bot."""
        owner, press = self._open.get(key, (None, None))
        if press is None or owner is not account:
            raise bad_request(OLD_QUERY)
        if len(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        del self._open[key]
        press.text, press.alert = text, alert
