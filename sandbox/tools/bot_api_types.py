"""Write bot_sandbox/telegram/bot_api_types.pyi: what an editor and mypy should know of the Bot API.

    python tools/bot_api_types.py           # write the file
    python tools/bot_api_types.py --check   # only compare: 1 if it is out of date

bot_sandbox/telegram/api_object.py makes the classes when Python runs. The file has those that
people can see: the message and the member of a chat, and what these can hold here. A field that the
sandbox's Telegram never names is always absent here, so such a field is Any.
"""

import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot_sandbox.telegram.api_object import CLASSES, Field, fields_of, object_in
from bot_sandbox.telegram.bot_api import TYPES
from tools.generated_file import write_or_check

TELEGRAM = Path(__file__).parents[1] / "bot_sandbox" / "telegram"
FILE = TELEGRAM / "bot_api_types.pyi"
PLAIN = {"Integer": "int", "String": "str", "Boolean": "bool", "True": "bool", "Float": "float"}
HEAD = '''"""The Bot API's objects that people can see; tools/bot_api_types.py writes this file."""

# fmt: off
# ruff: noqa

from typing import Any

from bot_sandbox.telegram.api_object import ApiFields, ApiObject, Field
'''


def texts_in_code() -> set[str]:
    """Return all texts in the code of the sandbox's Telegram; a field that it fills is one."""
    trees = [ast.parse(file.read_text("utf-8")) for file in TELEGRAM.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def types_in(*start: str) -> list[str]:
    """Return types and all types that they hold in the sandbox, in the order of the table."""
    texts, found, todo = texts_in_code(), set[str](), [*start]
    while todo:
        name = todo.pop()
        if name in TYPES and name not in found:
            found.add(name)
            filled = [kind for field, kind in fields_of(name).items() if field in texts]
            todo += re.findall(r"[A-Z]\w+", " ".join(filled))
    return [name for name in TYPES if name in found]


def is_required(field: str, name: str) -> bool:
    """Return whether a field is always there; of alternatives, in all of them."""
    alternatives = [one for one in TYPES[name].any_of if one in TYPES]
    in_all = bool(alternatives) and all(is_required(field, one) for one in alternatives)
    return in_all or field in TYPES[name].required


def python_type(kind: str) -> str:
    """Return a type for Python.

    >>> python_type("Array of PhotoSize"), python_type("Integer or String")
    ('list[PhotoSize]', 'int | str')
    """
    if kind.startswith("Array of "):
        return f"list[{python_type(kind.removeprefix('Array of '))}]"
    parts = kind.split(" or ")
    if all(part in PLAIN for part in parts):
        return " | ".join(dict.fromkeys(PLAIN[part] for part in parts))
    return object_in(kind) if kind in SEEN else "Any"


SEEN = [*types_in("Message", "ChatMember"), "InlineQueryResult", "InlineQueryResultsButton"]


def stub(name: str, of_type: str) -> str:
    """Return a class that has fields of a type."""
    made, kinds = CLASSES[name], fields_of(of_type)
    bases = ", ".join(base.__name__ for base in made.__bases__)
    lines = [f"class {name}({bases}):", f'    """{made.__doc__}"""']
    for attribute, field in vars(made).items():
        if isinstance(field, Field):
            text = python_type(kinds[field.name])
            text = text if is_required(field.name, of_type) or text == "Any" else f"{text} | None"
            lines.append(f"    {attribute}: Field[{text}]")
    return "\n".join(lines) + "\n"


def text() -> str:
    """Return the stub of the module."""
    types = {name: name.removesuffix("Fields") for name in CLASSES}
    return "\n\n".join([HEAD, *(stub(name, kind) for name, kind in types.items() if kind in SEEN)])


if __name__ == "__main__":
    write_or_check(FILE, text())
