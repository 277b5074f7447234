"""Answer a message: in its own chat or in another one, with a quoted part or without.

A bot says so in `reply_parameters`. What a message then shows is the Bot API's `reply_to_message`,
or for a message of another chat its `external_reply`, and `quote`. The rules and refusals are those
of `check_reply_parameters` in `Client.cpp` of tdlib/telegram-bot-api, and of `MessageQuote.cpp` and
`RepliedMessageInfo.cpp` in tdlib/td.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import UnsupportedError, bad_request
from bot_sandbox.telegram.formatting import formatted
from bot_sandbox.telegram.json_fields import (
    bad_field_error,
    boolean_field,
    integer_field,
    text_field,
)
from bot_sandbox.telegram.types import Chat, Json, Message

MAX_QUOTE = 1024  # characters
MAX_POSITION = 1_000_000  # a larger quote_position counts as 0
QUOTE_FORMATTING = (  # the formatting that a quote keeps
    "bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time",
)  # fmt: skip
SHOWN_OUTSIDE = (  # what an external_reply shows of its message
    "contact", "dice", "has_media_spoiler", "link_preview_options", "location",
)  # fmt: skip


@dataclass(frozen=True)
class Quote:
    """A part of a message that a reply quotes; `position` is in UTF-16 code units."""

    text: str
    entities: list[Json] = field(default_factory=list)
    position: int = 0


@dataclass(frozen=True)
class ReplyParameters:
    """What a bot asks for; `chat_id` is "" for the same chat."""

    message_id: int = 0
    chat_id: str = ""
    lenient: bool = False  # allow_sending_without_reply
    quote: Quote | None = None

    def find_original(self, chat: Chat, other_chat: Callable[[str], Chat]) -> Message | None:
        """Return the message to answer, or None for no reply; 400 if it is gone."""
        if self.message_id <= 0:
            return None
        where = other_chat(self.chat_id) if self.chat_id else chat
        message = where.find(self.message_id)
        if message is None and not self.lenient:
            raise bad_request("message to be replied not found")
        return message


def read_reply_parameters(arguments: Arguments) -> ReplyParameters:
    """Read `reply_parameters`, or the older `reply_to_message_id`; 400 if they are invalid."""
    if "reply_parameters" not in arguments:
        number = arguments.integer("reply_to_message_id")
        return ReplyParameters(number, lenient=arguments.boolean("allow_sending_without_reply"))
    given = arguments.json("reply_parameters", "reply parameters")
    if given is None and not arguments.text("reply_parameters"):
        return ReplyParameters()
    if not isinstance(given, dict):
        raise bad_request("object expected as reply parameters")
    if not given:
        return ReplyParameters()
    if given.get("ephemeral_message_id"):
        raise UnsupportedError("replies to ephemeral messages", "Give a message_id.")
    try:
        chat_id = text_field(given, "chat_id")
        number = integer_field(given, "message_id", required=True)
        lenient = boolean_field(given, "allow_sending_without_reply")
        quoted, mode = text_field(given, "quote"), text_field(given, "quote_parse_mode")
        position = integer_field(given, "quote_position")
        task = integer_field(given, "checklist_task_id")
        option = text_field(given, "poll_option_id")
    except ValueError as problem:
        raise bad_field_error(problem) from None
    if task or option:
        raise UnsupportedError("replies to a part of a checklist or a poll", "Leave it out.")
    text, entities = formatted(quoted, mode, given.get("quote_entities"))
    if not 0 <= position <= MAX_POSITION:
        position = 0
    quote = Quote(text, kept_entities(entities), position) if text else None
    return ReplyParameters(number, chat_id, lenient, quote)


def reply_fields(
    chat: Chat, original: Message | None, quote: Quote | None = None
) -> dict[str, Any]:
    """Return what a message in `chat` gets from the message that it answers.

    400 QUOTE_TEXT_INVALID if the quote is not a part of it, formatting included.
    """
    if original is None:
        return {}
    more: Json = {}
    outside = original.chat is not chat
    if outside:
        if original.event or original.more.get("has_protected_content"):
            return {}  # it can't be forwarded, so it can't be shown elsewhere
        more["external_reply"] = external_reply(original)
    if quote:
        if len(quote.text) > MAX_QUOTE or not contains_quote(quote, original):
            raise bad_request("QUOTE_TEXT_INVALID")
        shown: Json = {"text": quote.text, "position": quote.position, "is_manual": True}
    elif outside and original.words:  # Telegram quotes its beginning
        quote = make_quote(original, 0, MAX_QUOTE)
        shown = {"text": quote.text, "position": 0}
    if quote:
        more["quote"] = shown | ({"entities": quote.entities} if quote.entities else {})
    return {"reply_to": None if outside else original, "more": more}


def make_quote(original: Message, start: int, end: int) -> Quote:
    """Return a part of a message as a quote; `start` and `end` count characters."""
    part, position = original.words[start:end], _utf16_units(original.words[:start])
    return Quote(part, _clip_entities(original, position, _utf16_units(part)), position)


def external_reply(original: Message) -> Json:
    """Return the Bot API's ExternalReplyInfo, about a message of another chat."""
    origin, chat = origin_of(original), original.chat._json
    shown: Json = {"origin": origin}
    if origin["type"] == "channel":
        shown |= {"chat": origin["chat"], "message_id": origin["message_id"]}
    elif original.chat.kind == "supergroup":
        shown |= {"chat": chat, "message_id": original.message_id}
    if original.file:
        shown[original.file.kind] = original.file.to_json()
    content = original.to_json(with_reply=False)
    return shown | {name: content[name] for name in SHOWN_OUTSIDE if name in content}


def origin_of(message: Message) -> Json:
    """Return the Bot API's MessageOrigin; of a forwarded message it is the first one."""
    if "forward_origin" in message.more:
        found: Json = message.more["forward_origin"]
        return found
    if message.chat.kind == "channel":
        post = {"chat": message.chat._json, "message_id": message.message_id}
        return {"type": "channel"} | post | {"date": message.date}
    if "sender_chat" in message.more:
        return {"type": "chat", "sender_chat": message.more["sender_chat"], "date": message.date}
    return {"type": "user", "sender_user": message.sender._json, "date": message.date}


def kept_entities(entities: list[Json]) -> list[Json]:
    """Return the formatting that a quote keeps."""
    return [entity for entity in entities if entity["type"] in QUOTE_FORMATTING]


def contains_quote(quote: Quote, original: Message) -> bool:
    """Return whether a message has this text somewhere, with this formatting."""
    text, part = original.words.encode("utf-16-le"), quote.text.encode("utf-16-le")
    wanted, start = _comparable(quote.entities), text.find(part)
    while start >= 0:
        found = _clip_entities(original, start // 2, len(part) // 2)
        if start % 2 == 0 and _comparable(found) == wanted:
            return True
        start = text.find(part, start + 1)
    return False


def _clip_entities(original: Message, start: int, length: int) -> list[Json]:
    """Return the formatting of a part of a message, with offsets from its start."""
    clipped = []
    for entity in kept_entities(original.marks):
        begin = max(entity["offset"], start)
        end = min(entity["offset"] + entity["length"], start + length)
        if begin < end:
            clipped.append(entity | {"offset": begin - start, "length": end - begin})
    return clipped


def _comparable(entities: list[Json]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, str(value)) for name, value in one.items()) for one in entities)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
