"""The Bot API's methods and types, with the parameters and fields of each.

`bot_api.json` is generated from Telegram's manual by `tools/bot_api_table.py`; nobody edits it. A
type is written as in the manual: "Integer", "Array of String", "InputFile or String", the name of
another type. "Array of" holds for all alternatives after it.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A method with its parameters, or a type with its fields."""

    fields: dict[str, str] = field(default_factory=dict)  # types by name
    required: list[str] = field(default_factory=list)
    deprecated: list[str] = field(default_factory=list)  # in the manual's past, still accepted
    constants: dict[str, str] = field(default_factory=dict)  # fields with only one value
    returns: str = ""  # of a method
    any_of: list[str] = field(default_factory=list)  # of a type that is one of several others


_TABLE: dict[str, Any] = json.loads(
    Path(__file__).with_name("bot_api.json").read_text(encoding="utf-8")
)
BOT_API_VERSION: str = _TABLE["version"]
METHODS = {name: Entry(**entry) for name, entry in _TABLE["methods"].items()}
TYPES = {name: Entry(**entry) for name, entry in _TABLE["types"].items()}
# Former names that the real server also accepts (Client.cpp in tdlib/telegram-bot-api)
OLD_NAMES = {
    "getChatMembersCount": "getChatMemberCount",
    "kickChatMember": "banChatMember",
    "setStickerSetThumb": "setStickerSetThumbnail",
}
