"""Check values against the Bot API's table, and complete them by it.

What a value must have and doesn't is filled with what the sandbox knows: who it is from, in which
chat, when. Everything else becomes the plainest value of its type.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.telegram.api_object import ApiFields
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.types import Json

WORDS = {"Boolean": "true or false", "True": "true"}
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which no UTF-8 has
PLAIN_TYPE_CHECKS: dict[str, Callable[[Any], bool]] = {  # what JSON has, and the Bot API's numbers
    "Integer": lambda value: type(value) is int and -(1 << 63) <= value < 1 << 63,
    "Float": lambda value: type(value) in (int, float) and -1e308 < value < 1e308,
    "String": lambda value: isinstance(value, str) and not SURROGATE.search(value),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}
OLD_FIELDS = {  # the real server adds them to its own, and the manual lacks them; they are dropped
    "accepted_gift_types", "all_members_are_administrators", "left_chat_participant",
    "new_chat_participant",
}  # fmt: skip
DEFAULT_TEXTS = {"currency": "XTR", "invite_link": "https://t.me/+sandbox"}  # nobody's is empty


@dataclass(frozen=True)
class ValueContext:
    """What the sandbox knows about a value: its `objects` by type, the time, and unused numbers.

    `find` returns the object of a type with an id, if the sandbox has it.
    """

    objects: Mapping[str, Json]
    now: int  # seconds since 1970
    new_number: Callable[[], int]
    find: Callable[[str, int], Json] = lambda _, __: {}
    drop_misfits: bool = False  # leave out what doesn't fit, instead of a ValueError


def complete_value(kind: str, value: Any, known: ValueContext, place: str) -> Any:
    """Return a value of a type with all fields that it must have; ValueError if it doesn't fit.

    `place` is where the value is, for the error.
    """
    if isinstance(value, ApiFields):
        return value.to_json()
    if inner := _inner(kind):
        if not isinstance(value, list):
            raise _misfit(place, f"a list, an {kind}", value)
        return [complete_value(inner, each, known, f"{place}[{n}]") for n, each in enumerate(value)]
    if kind in PLAIN_TYPE_CHECKS:
        if not PLAIN_TYPE_CHECKS[kind](value):
            raise _misfit(place, WORDS.get(kind) or _with_article(kind), value)
        return value
    if others := alternatives(kind):
        fitting = next((one for one in others if _may_be(one, value)), None)
        if fitting is None:
            raise _misfit(place, f"one of {', '.join(others)}", value)
        return complete_value(fitting, value, known, place)
    if not isinstance(value, dict):
        raise _misfit(place, f"an object, {_with_article(kind)}", value)
    return _complete_object(kind, value, known, place)


def alternatives(kind: str) -> list[str]:
    """Return the types of which a value has one, [] if its type is a single one."""
    return kind.split(" or ") if " or " in kind else TYPES[kind].any_of if kind in TYPES else []


def _complete_object(kind: str, value: Json, known: ValueContext, place: str) -> Json:
    entry = TYPES[kind]
    prefix = "" if kind == "Update" else f"{place}."
    result: Json = {}
    for name, each in value.items():
        try:
            if name in entry.fields:
                result[name] = complete_value(entry.fields[name], each, known, f"{prefix}{name}")
            elif name not in OLD_FIELDS:
                where = "" if kind == "Update" else place
                raise ValueError(_describe_unknown(kind, name, where))
        except (ValueError, RecursionError):
            if not known.drop_misfits:
                raise
    for name, only in entry.constants.items():
        if result.get(name, only) != only:
            raise _misfit(f"{prefix}{name}", repr(only), result[name])
    if kind in known.objects and "id" in result:
        result = known.find(kind, result["id"]) | result
    elif not result and kind in known.objects:
        return known.objects[kind]
    for name in entry.required:
        if name not in result:
            filled = entry.constants.get(name)
            place = f"{prefix}{name}"
            result[name] = filled or default_value(entry.fields[name], name, known, place)
    return result


def default_value(kind: str, name: str, known: ValueContext, place: str) -> Any:
    """Return a value for a field that is missing."""
    if kind in ("User", "Chat"):
        if kind not in known.objects:
            what = "who it is from" if kind == "User" else "the group where it happens"
            raise ValueError(f"{place} is missing; say {what}")
        return known.objects[kind]
    if _inner(kind):
        return []
    if others := alternatives(kind):
        return default_value(others[0], name, known, place)
    if kind == "Integer":
        owner = {"user_id": "User", "user_chat_id": "User", "chat_id": "Chat"}.get(name, "")
        if owner in known.objects:
            return known.objects[owner]["id"]
        is_id = name == "id" or name.endswith("_id")
        return known.new_number() if is_id else known.now if name.endswith("date") else 0
    if kind == "String":
        return DEFAULT_TEXTS.get(name) or (str(known.new_number()) if name.endswith("id") else "")
    plain = {"Float": 0.0, "Boolean": False, "True": True}
    return plain[kind] if kind in plain else complete_value(kind, {}, known, place)


def _may_be(kind: str, value: Any) -> bool:
    """Return whether a value may be of a type, by what its outermost level shows."""
    if _inner(kind):
        return isinstance(value, list)
    if kind in PLAIN_TYPE_CHECKS:
        return PLAIN_TYPE_CHECKS[kind](value)
    if alternatives(kind):
        return any(_may_be(one, value) for one in alternatives(kind))
    if not isinstance(value, dict) or not value.keys() <= TYPES[kind].fields.keys():
        return False
    return all(value.get(name, only) == only for name, only in TYPES[kind].constants.items())


def _inner(kind: str) -> str:
    """Return the type of a list's values, "" if a type isn't a list."""
    return kind.removeprefix("Array of ") if kind.startswith("Array of ") else ""


def _misfit(place: str, expected: str, value: Any) -> ValueError:
    return ValueError(f"{place} must be {expected}; found {hide_tokens(f'{value!r}')[:100]}")


def _describe_unknown(kind: str, name: str, place: str) -> str:
    """Say that a type has no such field, and which one may be meant."""
    fields = TYPES[kind].fields
    close = difflib.get_close_matches(str(name), fields, n=1, cutoff=0.7)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    shown = hide_tokens(repr(name))[:100]
    where = f"{place}: {_with_article(kind)}" if place else "an Update"
    return f"{where} has no field {shown}. {guess}It has: {', '.join(fields)}"


def _with_article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIO" else f"a {name}"
