"""Write docs/reference.md: the public classes with their methods, from the docstrings.

    python tools/reference.py           # write the file
    python tools/reference.py --check   # only compare: 1 if it is out of date

A docstring may have an example, after the line "Example:". A test runs every example.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot_sandbox import pytest_plugin
from tools.generated_file import write_or_check
from tools.public_api import CLASSES, PLAIN_CLASSES, Member, Public, members, parsed

FILE = Path(__file__).parents[1] / "docs" / "reference.md"
SHOWN = {("bot_sandbox.telegram.faults", "Faults"): "TelegramFaults",
         ("bot_sandbox.twitch.faults", "Faults"): "TwitchFaults"}  # fmt: skip
HEAD = """# Reference

The public classes of `bot_sandbox`, from their docstrings. `tools/reference.py` writes this page.

Import each class from `bot_sandbox`. Those marked with *aio* are in `bot_sandbox.aio`, too, with
the same names, parameters and results. There you await each method, and read attributes as here.

```python
from bot_sandbox import aio

async with aio.Telegram() as telegram:
    account = await telegram.new_bot("Hello bot", "hello_bot")
    viktor = await telegram.person("Viktor")
```
"""


def name_of(public: Public) -> str:
    """Return the name that bot_sandbox exports."""
    return SHOWN.get((public.module, public.name), public.name)


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return a method's parameters and result, without self."""
    arguments = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(arguments, (ast.FunctionDef, ast.AsyncFunctionDef))
    inner = arguments.args
    for places in (inner.posonlyargs, inner.args):
        if places and places[0].arg in ("self", "cls"):
            del places[0]
            break
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(inner)}){result}".replace("'", '"')


def markdown(docstring: str) -> Iterator[str]:
    """Yield a docstring's paragraphs; what is indented becomes code."""
    for is_code, group in groupby(docstring.splitlines(), key=_is_code()):
        block = textwrap.dedent("\n".join(group)).strip("\n")
        if is_code:
            yield from ("```python", block, "```", "")
            continue
        for paragraph in block.split("\n\n"):
            if paragraph.strip() not in ("", "Example:"):
                yield from (" ".join(paragraph.split()).removesuffix(" Example:"), "")


def _is_code() -> Callable[[str], bool]:
    """Return what tells code from text, line by line; a blank line is like the one before it."""
    was_code = False

    def is_code(line: str) -> bool:
        nonlocal was_code
        was_code = line.startswith("    ") or (was_code and not line)
        return was_code

    return is_code


def describe(public: Public, in_aio: bool) -> Iterator[str]:
    """Yield the section of a class."""
    name = name_of(public)
    tree = parsed(public.module)
    node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == public.name)
    init = next((n for n in node.body if getattr(n, "name", "") == "__init__"), None)
    yield from (f"## {name}" + (" (*aio*)" if in_aio else ""), "")
    if isinstance(init, ast.FunctionDef) and public.is_made_by_users:
        yield from ("```python", f"{name}{signature(init).removesuffix(' -> None')}", "```", "")
    yield from markdown(ast.get_docstring(node) or "")
    found = members(public.type)
    attributes = [member for member in found.values() if member.is_property]
    for member in attributes:
        yield attribute(member)
    if attributes:
        yield ""
    for member in found.values():
        if not member.is_property and member.node:
            yield from (f"### {name}.{member.name}", "")
            yield from ("```python", f"{member.name}{signature(member.node)}", "```", "")
            yield from markdown(ast.get_docstring(member.node) or "")


def attribute(member: Member) -> str:
    """Return the line of an attribute or a property."""
    annotation = member.node.returns if member.node else member.annotation
    kind = f": {ast.unparse(annotation)}" if annotation else ""
    words = (ast.get_docstring(member.node) or "") if member.node else ""
    first = " ".join(words.split("\n\n")[0].split())
    return f"- `{member.name}{kind}`".replace("'", "") + (f": {first}" if first else "")


def fixtures() -> Iterator[str]:
    """Yield the section of pytest's fixtures."""
    yield from ("## Fixtures of pytest", "")
    yield from markdown(inspect.getdoc(pytest_plugin) or "")
    for node in ast.parse(inspect.getsource(pytest_plugin)).body:
        is_fixture = isinstance(node, ast.FunctionDef) and any(
            "fixture" in ast.unparse(mark) for mark in node.decorator_list
        )
        if isinstance(node, ast.FunctionDef) and is_fixture:
            yield from (f"### {node.name}", "")
            yield from markdown(ast.get_docstring(node) or "")


def text() -> str:
    """Return the page."""
    lines = [HEAD, *fixtures()]
    for public in CLASSES:
        lines += describe(public, in_aio=True)
    for public in PLAIN_CLASSES:
        lines += describe(public, in_aio=False)
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    write_or_check(FILE, text())
