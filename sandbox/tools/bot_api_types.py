"""Write bot_sandbox/telegram/bot_api_types.py: the Bot API's objects that people can see.

    python tools/bot_api_types.py           # write the file
    python tools/bot_api_types.py --check   # only compare: 1 if it is out of date

It takes the types from the table of the Bot API (`bot_api.json`, see tools/bot_api_table.py): the
message, and what a message can hold here. A field that the sandbox's Telegram never names is always
absent here, so its objects need no class: such a field is Any.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot_sandbox.telegram.bot_api import TYPES

TELEGRAM = Path(__file__).parents[1] / "bot_sandbox" / "telegram"
FILE = TELEGRAM / "bot_api_types.py"
PLAIN = {"Integer": "int", "String": "str", "Boolean": "bool", "True": "bool", "Float": "float"}
NAMES = {"from": "from_user"}  # a field's name that Python keeps for itself
# The sandbox's own classes with these fields have some of them as ordinary attributes.
LIVE = {
    "Message": ("message_id", "date", "chat"),
    "Chat": ("id", "title"),
    "User": ("id", "is_bot", "username"),
}
HEAD = '''"""The Bot API's objects that people can see, with an attribute for each field.

tools/bot_api_types.py writes this file from bot_api.json, so do not edit it. Optional fields that
are absent are None. The field `from` is `from_user`. A field whose objects no message has here is
Any.
"""

# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import Any  # noqa: F401 - in the texts of types

from bot_sandbox.telegram.api_object import ApiFields, ApiObject, Field
'''


def texts_in_code() -> set[str]:
    """Return all texts in the code of the sandbox's Telegram; a field that it fills is one."""
    trees = [ast.parse(f.read_text("utf-8")) for f in TELEGRAM.rglob("*.py") if f != FILE]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def types_in(start: str) -> list[str]:
    """Return a type and all types that it holds in the sandbox, in the order of the table."""
    texts, found, todo = texts_in_code(), set[str](), [start]
    while todo:
        name = todo.pop()
        if name in TYPES and name not in found:
            found.add(name)
            filled = [kind for field, (kind, _) in fields_of(name).items() if field in texts]
            todo += re.findall(r"[A-Z]\w+", " ".join(filled))
    return [name for name in TYPES if name in found]


def fields_of(name: str) -> dict[str, tuple[str, bool]]:
    """Return type and "is always there" of each field; of alternatives, those of all together."""
    entry = TYPES[name]
    found = {field: (kind, field in entry.required) for field, kind in entry.fields.items()}
    alternatives = [fields_of(one) for one in entry.any_of if one in TYPES]
    for fields in alternatives:
        for field, (kind, _) in fields.items():
            always = all(other.get(field, ("", False))[1] for other in alternatives)
            before = found.get(field, (kind, always))[0]
            found[field] = (kind if before == kind else "Any", always)
    return found


def python_type(kind: str) -> tuple[str, str]:
    """Return a type for Python, and the class of the objects in it, or "".

    >>> python_type("Array of PhotoSize"), python_type("Integer or String")
    (('list[PhotoSize]', 'PhotoSize'), ('int | str', ''))
    """
    if kind.startswith("Array of "):
        inner, of = python_type(kind.removeprefix("Array of "))
        return f"list[{inner}]", of
    parts = kind.split(" or ")
    if all(part in PLAIN for part in parts):
        return " | ".join(dict.fromkeys(PLAIN[part] for part in parts)), ""
    is_object = kind in CLASSES and "String" not in TYPES[kind].any_of
    return (kind, kind) if is_object else ("Any", "")


CLASSES = types_in("Message")


def lines_of(fields: dict[str, tuple[str, bool]], left_out: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each field."""
    for name, (kind, always) in fields.items():
        if name not in left_out:
            text, of = python_type(kind)
            text = text if always or text == "Any" else f"{text} | None"
            more = f", lambda: {of}" if of else ""
            yield f'    {NAMES.get(name, name)} = Field[{text!r}]("{name}"{more})'.replace("'", '"')


def text() -> str:
    """Return the source of the module."""
    result = [HEAD]
    for name in CLASSES:
        fields, own = fields_of(name), LIVE.get(name, ())
        if own:
            result += ["", f"class {name}Fields(ApiFields):"]
            result.append(f'    """What the sandbox\'s own {name} reads from its JSON."""')
            result += ["", "    __slots__ = ()", *lines_of(fields, own), ""]
        base = f"{name}Fields, ApiObject" if own else "ApiObject"
        rest = {field: fields[field] for field in own} if own else fields
        result += ["", f"class {name}({base}):", f'    """The Bot API\'s {name}."""', ""]
        result += ["    __slots__ = ()", *lines_of(rest, ()), ""]
    return "\n".join(result).rstrip("\n") + "\n"


def main() -> None:
    """Write the file, or compare it."""
    if "--check" not in sys.argv:
        FILE.write_text(text(), encoding="utf-8", newline="\n")
    elif FILE.read_text(encoding="utf-8") != text():
        raise SystemExit(f"{FILE.name} is out of date; type: python tools/bot_api_types.py")


if __name__ == "__main__":
    main()
