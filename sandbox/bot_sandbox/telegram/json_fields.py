"""Read the fields of a JSON object that a bot sends, as strictly as the real server.

The rules and words are those of `tdutils/td/utils/JsonBuilder.cpp` in tdlib/td: a String may be a
number, an Integer may be a text of digits, and a Boolean is nothing but true or false. A wrong
field raises ValueError; the caller says what it was reading.
"""

import re
from typing import Any, TypeVar

from bot_sandbox.telegram.errors import TelegramError, bad_request

Json = dict[str, Any]
T = TypeVar("T")


def text_field(value: Json, name: str, required: bool = False) -> str:
    """Return a String.

    >>> text_field({"text": 5}, "text"), text_field({}, "text")
    ('5', '')
    """
    if name not in value:
        return _absent(name, required, "")
    found = value[name]
    if isinstance(found, str):
        return found
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f'Field "{name}" must be of type String')
    return str(found)


def integer_field(value: Json, name: str, required: bool = False, bits: int = 32) -> int:
    """Return an Integer of so many bits, 0 if it is absent.

    >>> integer_field({"message_id": "5"}, "message_id")
    5
    """
    if name not in value:
        return _absent(name, required, 0)
    found = value[name]
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise ValueError(f'Field "{name}" must be a Number')
    number = strict_integer(str(found), bits)
    if number is None:
        raise ValueError(f'Field "{name}" must be a valid Number')
    return number


def strict_integer(text: str, bits: int) -> int | None:
    """Return the number that a text is, or None.

    >>> strict_integer("-12", 32), strict_integer("012", 32), strict_integer("99999999999", 32)
    (-12, None, None)
    """
    number = int(text) if re.fullmatch("0|-?[1-9][0-9]{0,18}", text) else 1 << bits
    return number if -(1 << (bits - 1)) <= number < 1 << (bits - 1) else None


def boolean_field(value: Json, name: str) -> bool:
    """Return a Boolean, False if it is absent."""
    found = value.get(name, False)
    if not isinstance(found, bool):
        raise ValueError(f'Field "{name}" must be of type Boolean')
    return found


def object_field(value: Json, name: str) -> Json:
    """Return an object, which must be there."""
    found = value[name] if name in value else _absent(name, required=True, default=None)
    if not isinstance(found, dict):
        raise ValueError(f'Field "{name}" must be of type Object')
    return found


def array_field(value: Json, name: str) -> list[Any]:
    """Return an array, [] if it is absent."""
    found = value.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f'Field "{name}" must be of type Array')
    return found


def bad_field_error(problem: ValueError) -> TelegramError:
    """Return the 400 for a wrong field; the real server begins its texts with a small letter."""
    words = str(problem)
    return bad_request(words[:1].lower() + words[1:])


def _absent(name: str, required: bool, default: T) -> T:
    if required:
        raise ValueError(f'Can\'t find field "{name}"')
    return default
