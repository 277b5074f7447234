"""Buttons: a bot puts them under a message, a person presses one, the bot answers.

A reply keyboard is another thing: it offers what people could say, and who presses it says that.
"""

import itertools
from collections.abc import Callable
from typing import Any

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.runner import Runner
from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Choices, Json, Message, User

MAX_BUTTON_DATA = 64  # bytes
MAX_IN_A_ROW = 12  # buttons; the real server leaves out the others
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


def read_keyboard(arguments: Arguments) -> list[list[Json]]:
    """The inline buttons, row by row; 400 for any other keyboard, or when it is none."""
    keyboard, choices = read_markup(arguments)
    if choices:
        raise bad_request("inline keyboard expected")
    return keyboard


def read_markup(arguments: Arguments) -> tuple[list[list[Json]], Choices | None]:
    """The inline buttons, row by row, and what is offered to be said, if that changes.

    400 when reply_markup is not what it should be: td/telegram/ReplyMarkup.cpp of tdlib/td.
    """
    markup = arguments.json("reply_markup", "reply keyboard markup")
    if markup is None and not arguments.text("reply_markup"):
        return [], None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    offered = [[_offered(button) for button in row] for row in _rows(markup, "keyboard")]
    read = [[_button(button) for button in row] for row in _rows(markup, "inline_keyboard")]
    if offered:
        rows = [[text for text in row if text][:MAX_IN_A_ROW] for row in offered]
        return [], Choices([row for row in rows if row], markup.get("one_time_keyboard") is True)
    # A button without a text is left out, as are those too far to the right.
    kept = [[button for button in row if button["text"]][:MAX_IN_A_ROW] for row in read]
    keyboard = [row for row in kept if row]
    gone = not keyboard and markup.get("remove_keyboard") is True
    return keyboard, Choices([], False) if gone else None


def _rows(markup: Json, field: str) -> list[list[Any]]:
    rows = markup.get(field, [])
    if not isinstance(rows, list):
        raise bad_request(f'field "{field}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        of = " of the InlineKeyboardMarkup" if field == "inline_keyboard" else ""
        raise bad_request(f'field "{field}"{of} must be an Array of Arrays')
    return rows


def _offered(button: Any) -> str:
    """The text of a button of a reply keyboard."""
    text = button.get("text") if isinstance(button, dict) else button
    if isinstance(button, dict) and text is None:
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if isinstance(button, dict) and not isinstance(text, str):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    if not isinstance(text, str):
        problem = "KeyboardButton must be a String or an Object"
        raise bad_request(f"can't parse keyboard button: {problem}")
    return text


def _has_kind(button: Json) -> bool:
    """Whether a button does something; an empty url or callback_data is none."""
    if button.get("url") or button.get("callback_data"):
        return True
    return bool(set(button) - {"text", "style", "icon_custom_emoji_id", "url", "callback_data"})


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    if "text" not in button:
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    for key in ("text", "callback_data", "url"):
        if not isinstance(button.get(key, ""), str):
            raise bad_request(
                f'can\'t parse inline keyboard button: Field "{key}" must be of type String'
            )
    if not _has_kind(button):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data", "")
    if len(data.encode("utf-8", "surrogatepass")) > MAX_BUTTON_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return button


class Press:
    """A pressed button: what the bot answered to it."""

    def __init__(self, runner: Runner, button: str, why: Callable[[], str]) -> None:
        self.button = button
        self.text: str | None = None  # None until the bot calls answerCallbackQuery
        self.alert = False
        self._runner = runner
        self._why = why  # what was found, and what to do, when no answer comes

    def __repr__(self) -> str:
        return f"Press({self.button!r})"

    def answer(self, timeout: float = 5.0) -> str:
        """Wait for the bot's notification and return its text; NoReply when none comes."""
        if not self._runner.wait_until(lambda: self.text is not None, timeout):
            raise NoReply(
                f"No answer to the button {self.button!r} within {timeout:g} s. Expected: a "
                "handler of callback_query that calls answerCallbackQuery with the query's id.\n"
                f"{self._why()}"
            )
        return self.text or ""


class CallbackQueries:
    """The presses that were not answered yet."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[User, Press]] = {}
        self._ids = itertools.count(1)

    def open(self, person: User, message: Message, press: Press) -> Json:
        """The callback query of a press; ValueError when there is no such button."""
        buttons = [item for row in message.keyboard for item in row]
        found = next((item for item in buttons if item["text"] == press.button), None)
        if found is None or "callback_data" not in found:
            raise ValueError(f"no button {press.button!r} to press; there are {message.buttons}")
        key = str(next(self._ids))
        self._open[key] = (message.sender, press)
        return {
            "id": key,
            "from": person.json,
            "message": message.to_json(),
            "chat_instance": str(message.chat.id),
            "data": found["callback_data"],
        }

    def answer(self, account: User, key: str, text: str, alert: bool) -> None:
        """What answerCallbackQuery does: once for each query, and only by its bot."""
        owner, press = self._open.get(key, (None, None))
        if press is None or owner is not account:
            raise bad_request(OLD_QUERY)
        if len(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        del self._open[key]
        press.text, press.alert = text, alert
