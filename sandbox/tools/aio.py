"""Write bot_sandbox/aio/__init__.pyi: what an editor and mypy should know about the twins.

    python tools/aio.py           # write the file
    python tools/aio.py --check   # only compare: 1 if it is out of date

Each method has the same name, parameters, result and docstring as the plain one. Where that takes
or returns a person, a group or another object with methods that wait, this one takes or returns
its twin. The names in bot_sandbox/aio/twin.py are added when Python runs.
"""

import ast
import copy
import importlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
import bot_sandbox.aio
from bot_sandbox.aio.twin import twin_of
from tools.generated_file import write_or_check
from tools.public_api import CLASSES, PACKAGE, Member, Public, members, parsed

FILE = PACKAGE / "aio" / "__init__.pyi"
PUBLIC = {getattr(bot_sandbox, name): name for name in bot_sandbox.aio.__all__}
# What a method takes where the plain one takes a base class, or its own.
TAKEN = {"User": "Person | BotAccount", "Chat": "Group", "Clock": "Clock | bot_sandbox.Clock"}
HEAD = '''"""The classes of bot_sandbox with coroutines; tools/aio.py writes this file."""

# fmt: off
# ruff: noqa
'''


class Annotations(ast.NodeTransformer):
    """Puts twins into annotations and defaults, and collects the imports of all other names."""

    def __init__(self, module: str, imports: set[str], is_taken: bool) -> None:
        self.module, self.imports, self.is_taken = module, imports, is_taken

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Replace a text by the annotation that it is."""
        names = isinstance(node.value, str) and node.value in {one.__name__ for one in PUBLIC}
        return self.visit_Name(ast.Name(str(node.value))) if names else node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a class that has a twin."""
        found = vars(importlib.import_module(self.module)).get(node.id)
        twin = PUBLIC.get(found) if isinstance(found, type) else None
        if self.is_taken and node.id in TAKEN:
            return ast.parse(TAKEN[node.id], mode="eval").body
        if not twin and node.id in PUBLIC.values():  # another class with the name of a twin
            self.imports.add(f"import {self.module}")
            return ast.Name(f"{self.module}.{node.id}")
        if not twin and (line := import_of(self.module, node.id)):
            self.imports.add(line)
        return ast.Name(twin or node.id)


def import_of(module: str, name: str) -> str:
    """Return the line that imports a name which a module uses; "" for a builtin."""
    for node in parsed(module).body:
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
            return f"from {node.module} import {name}"
    return f"from {module} import {name}" if name in vars(sys.modules[module]) else ""


def attribute(member: Member, imports: set[str]) -> ast.stmt:
    """Return the property for an attribute or a property."""
    node = member.node
    annotation = node.returns if node else member.annotation
    if annotation is None:
        raise SystemExit(f"{member.module.__name__}: {member.name} needs a type annotation")
    names = Annotations(member.module.__name__, imports, False)
    result = ast.unparse(names.visit(copy.deepcopy(annotation)))
    found = ast.parse(f"@property\ndef {member.name}(self) -> {result}: ...").body[0]
    assert isinstance(found, ast.FunctionDef)
    if node and ast.get_docstring(node):
        found.body = node.body[:1]
    return found


def method(node: Any, module: str, imports: set[str]) -> ast.stmt:
    """Return a method as in the source, but as a coroutine without its code."""
    node = copy.deepcopy(node)  # of a tree that other classes share
    kind = ast.FunctionDef if node.name == "__init__" else ast.AsyncFunctionDef
    arguments = Annotations(module, imports, True).visit(node.args)
    result = Annotations(module, imports, False).visit(node.returns)
    docstring = node.body[:1] if ast.get_docstring(node) else [ast.Expr(ast.Constant(...))]
    return kind(node.name, arguments, docstring, [], result, lineno=0)


def stub(public: Public, imports: set[str]) -> str:
    """Return the class that a test sees."""
    twin = twin_of(public.type)
    assert twin is not None
    base, name = twin.__bases__[0].__name__, PUBLIC[public.type]
    wrapped = "TelegramCore" if name == "Telegram" else f"bot_sandbox.{name}"  # one in memory, too
    body: list[ast.stmt] = [ast.Expr(ast.Constant(twin.__doc__))]
    if public.is_made_by_users:
        found = next(n for n in parsed(public.module).body if getattr(n, "name", "") == public.name)
        assert isinstance(found, ast.ClassDef)
        init = next(n for n in found.body if getattr(n, "name", "") == "__init__")
        body.append(method(init, public.module, imports))
    for member in members(public.type).values():
        if member.name in ("close", "wait_until") and base == "ServerTwin":
            continue  # ServerTwin has it
        if member.is_property:
            body.append(attribute(member, imports))
        else:
            body.append(method(member.node, member.module.__name__, imports))
    found = ast.parse(f"class {name}({base}[{wrapped}]): ...").body[0]
    assert isinstance(found, ast.ClassDef)
    found.body = body
    return ast.unparse(found)


def text() -> str:
    """Return the stub of the package."""
    imports = {
        "import bot_sandbox",
        "from bot_sandbox.aio.twin import ServerTwin, Twin",
        "from bot_sandbox.telegram.core import TelegramCore",
        "from bot_sandbox.telegram.world import BotAccount",
    }
    classes = [stub(one, imports) for one in CLASSES]
    exported = f"__all__ = {bot_sandbox.aio.__all__!r}"
    return "\n\n\n".join(["\n".join([HEAD, *sorted(imports), "", exported]), *classes]) + "\n"


if __name__ == "__main__":
    write_or_check(FILE, text())
