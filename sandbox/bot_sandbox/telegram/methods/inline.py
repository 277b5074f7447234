"""Answer inline queries: read the results, and what each of them sends when somebody chooses it.

The order of the checks and their words are those of `get_inline_query_results` in `Client.cpp` of
tdlib/telegram-bot-api. A file is read again when it is chosen, because the web file of an address
may come later.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot_sandbox.telegram.api_object import fields_of
from bot_sandbox.telegram.arguments import Arguments, encode_form_value, leading_integer
from bot_sandbox.telegram.errors import TelegramError, UnsupportedError, bad_request
from bot_sandbox.telegram.formatting import read_caption, read_text
from bot_sandbox.telegram.inline_results import MAX_RESULTS, InlineAnswer, InlineResult
from bot_sandbox.telegram.json_fields import (
    boolean_field,
    integer_field,
    object_field,
    text_field,
)
from bot_sandbox.telegram.markup import Markup, read_markup
from bot_sandbox.telegram.media_kinds import KINDS
from bot_sandbox.telegram.methods.base import MethodGroup
from bot_sandbox.telegram.methods.content import (
    inner_problem,
    read_contact,
    read_file,
    read_link_preview,
    read_location,
)
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import BotAccount

CACHE_S = 300  # unless a bot says another cache_time
MAX_CACHE_S = 86_400
FILES = {  # the type of a result: the kind of its file, how its own fields begin
    "audio": ("audio", "audio_"), "document": ("document", "document_"),
    "gif": ("animation", "gif_"), "mpeg4_gif": ("animation", "mpeg4_"),
    "photo": ("photo", "photo_"), "sticker": ("sticker", "sticker_"),
    "video": ("video", "video_"), "voice": ("voice", "voice_"),
}  # fmt: skip
TITLED = ("article", "document", "video", "voice", "location")
WITH_MIME_TYPE = ("document", "video")  # if they come from an address
LACKED = ("venue", "game")
READERS: dict[str, Callable[[Json, str], Any]] = {
    "String": text_field, "Integer": integer_field, "Boolean": boolean_field,
    "InputMessageContent": object_field, "InlineKeyboardMarkup": object_field,
}  # fmt: skip
Read = Callable[[], dict[str, Any]]


class InlineMode(MethodGroup):
    """The method that answers inline queries."""

    async def answer_inline_query(self, account: BotAccount, arguments: Arguments) -> bool:
        """Answer a query with at most 50 results, and say how long the answer is kept."""
        button = _read_button(arguments)
        read = self._read_results(arguments)
        results = [InlineResult(item, markup.inline("supergroup"), r) for item, markup, r in read]
        answer = InlineAnswer(results, button, arguments.text("next_offset"))
        answer.check()
        for item, _, content in read:
            if not any(name.endswith("_url") for name in item):
                content()  # refuses a file_id that isn't one
        cache_s = min(max(arguments.integer("cache_time", CACHE_S), 0), MAX_CACHE_S)
        key = str(leading_integer(arguments.text("inline_query_id")))
        until = self._world.clock.now() + cache_s
        personal = arguments.boolean("is_personal")
        self._world.inline.answer(account, key, answer, personal, until)
        return True

    def _read_results(self, arguments: Arguments) -> list[tuple[Json, Markup, Read]]:
        try:
            given = arguments.json("results", "inline query results")
        except TelegramError:
            raise bad_request("can't parse JSON encoded inline query results") from None
        if given is None:
            return []
        if not isinstance(given, list):
            raise bad_request("expected an Array of inline query results")
        if len(given) > MAX_RESULTS:
            raise bad_request("too many inline query results specified")
        try:
            return [self._read_result(item) for item in given]
        except ValueError as problem:
            raise bad_request(f"can't parse inline query result: {problem}") from None

    def _read_result(self, item: Any) -> tuple[Json, Markup, Read]:
        """Return a result, its keyboard, and what reads its message; ValueError as there."""
        if not isinstance(item, dict):
            raise ValueError("Inline query result must be an object")
        kind = text_field(item, "type", required=True).lower()
        item = item | {"id": text_field(item, "id", required=True)}
        for name, of in RESULT_FIELDS.items():
            if name in item:
                READERS[of](item, name)
        try:
            content = self._read_content(item, kind)
            read_caption(_arguments(item))
            markup = read_markup(_arguments(item))
        except UnsupportedError:
            raise
        except TelegramError as refusal:
            raise inner_problem(refusal) from None
        is_from_web = kind in FILES and bool(text_field(item, f"{FILES[kind][1]}url"))
        needed = ["title"] if kind in TITLED or (kind == "audio" and is_from_web) else []
        needed += ["mime_type"] if kind in WITH_MIME_TYPE and is_from_web else []
        needed += [f"{FILES[kind][1]}file_id"] if kind in FILES and not is_from_web else []
        needed += ["phone_number", "first_name"] if kind == "contact" else []
        needed += ["latitude", "longitude"] if kind == "location" else []
        for name in needed:
            if name not in item:
                raise ValueError(f'Can\'t find field "{name}"')
        if kind in LACKED:
            raise UnsupportedError(f"an inline result of type {kind}", "It has the others.")
        own = self._own_content(item, kind)
        if own is None and kind != "article":
            raise ValueError(f'type "{kind}" is unsupported for the inline query result')
        read = content or own
        assert read  # an article has content
        return item, markup, read

    def _read_content(self, item: Json, kind: str) -> Read | None:
        """Return what reads the content that a result names; None if it sends itself."""
        if "input_message_content" in item:
            content = item["input_message_content"]
        elif kind == "article" or item.get("message_text"):  # the older way
            content = {"message_text": text_field(item, "message_text", required=True)}
            kept = ("parse_mode", "entities", "disable_web_page_preview")
            content |= {name: item[name] for name in kept if name in item}
        else:
            return None
        read: Read
        if "message_text" in content:
            given = _arguments(content | {"text": text_field(content, "message_text")})
            read = partial(_text, given)
        elif "payload" in content or "rich_message" in content or "address" in content:
            raise UnsupportedError("such an input_message_content", "It has text, place, contact.")
        elif "latitude" in content and "longitude" in content:
            read = partial(_location, _arguments(content))
        elif "phone_number" in content:
            read = partial(self._contact, _arguments(content))
        elif kind == "article":
            raise ValueError("Input message content is not specified")
        else:
            return None
        read()
        return read

    def _own_content(self, item: Json, kind: str) -> Read | None:
        """Return what reads the message of a result without other content."""
        if kind == "contact":
            return partial(self._contact, _arguments(item))
        if kind == "location":
            return partial(_location, _arguments(item))
        if kind not in FILES:
            return None
        file, prefix = FILES[kind]
        named = {name.removeprefix(prefix): value for name, value in item.items()}
        value = named.get("url") or named.get("file_id")
        given = _arguments(named | {file: value})
        return lambda: read_file(self._world.files, given, KINDS[file])

    def _contact(self, arguments: Arguments) -> dict[str, Any]:
        return _only({"contact": read_contact(self._world, arguments)})


def _text(arguments: Arguments) -> dict[str, Any]:
    words, marks = read_text(arguments)
    return {"words": words, "marks": marks, "more": read_link_preview(arguments)}


def _location(arguments: Arguments) -> dict[str, Any]:
    return _only({"location": read_location(arguments)})


def _only(more: Json) -> dict[str, Any]:
    return {"words": "", "marks": [], "more": more}


def _arguments(values: Json) -> Arguments:
    """Return the fields of an object as the arguments of a call, which our readers take."""
    return Arguments([(name, encode_form_value(value)) for name, value in values.items()])


def _read_button(arguments: Arguments) -> Json:
    """Return the button above the results, {} if there is none."""
    given = arguments.json("button", "inline query results button")
    if given is None and not arguments.text("button"):
        words = arguments.text("switch_pm_text")  # the older way
        start = {"text": words, "start_parameter": arguments.text("switch_pm_parameter")}
        return start if words else {}
    try:
        if not isinstance(given, dict):
            raise ValueError("InlineQueryResultsButton must be an Object")
        button: Json = {"text": text_field(given, "text", required=True)}
        if "start_parameter" in given:
            return button | {"start_parameter": text_field(given, "start_parameter")}
        if "web_app" in given:
            url = text_field(object_field(given, "web_app"), "url", required=True)
            return button | {"web_app": {"url": url}}
        raise ValueError("InlineQueryResultsButton must have exactly one optional field")
    except ValueError as problem:
        raise bad_request(f"can't parse inline query results button: {problem}") from None


RESULT_FIELDS = {
    name: kind for name, kind in fields_of("InlineQueryResult").items() if kind in READERS
}
