"""What a bot wants to say: the text and the buttons of a call, checked as Telegram checks them.

Text limits count characters after the markup was taken out. Reply keyboards are checked to be
objects and otherwise ignored, since nobody here has a keyboard; inline buttons are kept.
"""

from typing import Any

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.entities import detect, utf16_length
from sandbox.telegram.errors import TelegramError, bad_request
from sandbox.telegram.html_markup import parse_html
from sandbox.telegram.markdown_markup import parse_markdown, parse_markdown_v2
from sandbox.telegram.model import Json

MAX_TEXT = 4096  # characters, after the markup was taken out
MAX_MARKUP = 1 << 15  # bytes, before
MAX_BUTTON_DATA = 64  # bytes
PARSERS = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}


def read_text(arguments: Arguments) -> tuple[str, list[Json]]:
    """The text and its entities; 400 when it is empty, too long or cannot be parsed."""
    text = arguments.text("text")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT and len(text.encode()) > MAX_MARKUP:
        raise bad_request("text is too long")
    mode = arguments.text("parse_mode").lower()
    entities: list[Json] = []
    if mode in PARSERS:
        text, entities = PARSERS[mode](text)
    elif mode and mode != "none":
        raise bad_request("unsupported parse_mode")
    elif "entities" in arguments:
        entities = _given_entities(arguments)
    stripped = text.lstrip()
    cut = utf16_length(text) - utf16_length(stripped)
    text = stripped.rstrip()
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, _fit(entities, cut, utf16_length(text)) if entities else detect(text)


def _given_entities(arguments: Arguments) -> list[Json]:
    try:
        given = arguments.json("entities", "entities")
    except TelegramError:  # the real server takes what is not JSON for no entities
        return []
    entities = []
    for entity in given if isinstance(given, list) else []:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        for key in ("offset", "length"):
            if not isinstance(entity.get(key), int):
                raise bad_request(
                    f'can\'t parse MessageEntity: Field "{key}" must be of type Number'
                )
        if not isinstance(entity.get("type"), str):
            raise bad_request('can\'t parse MessageEntity: Field "type" must be of type String')
        entities.append(entity)
    return entities


def _fit(entities: list[Json], cut: int, length: int) -> list[Json]:
    """Move the entities as the text moved when its blank edges were cut off."""
    fitted = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] + entity["length"] - cut)
        if start < end:
            fitted.append(entity | {"offset": start, "length": end - start})
    return fitted


def read_keyboard(arguments: Arguments) -> list[list[Json]]:
    """The inline buttons, row by row; 400 when reply_markup is not what it should be."""
    markup = arguments.json("reply_markup", "reply keyboard markup")
    if markup is None and not arguments.text("reply_markup"):
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    return [[_button(button) for button in row] for row in rows if row]


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
    if not (set(button) - {"text", "style", "icon_custom_emoji_id"}):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data", "")
    if len(data.encode("utf-8", "surrogatepass")) > MAX_BUTTON_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return button
