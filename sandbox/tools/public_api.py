"""What a test may use: the public classes of bot_sandbox and their public names.

A name with an underscore is private to bot_sandbox: its modules may use each other's.
`tools/aio.py` writes their stubs as coroutines, and `tools/reference.py` describes them all.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = Path(__file__).parents[1] / "bot_sandbox"


@dataclass(frozen=True)
class Public:
    """A public class, and where it is."""

    module: str
    name: str

    @property
    def is_made_by_users(self) -> bool:
        """Whether a test calls the class itself, and not a method that returns it."""
        return self.name in MADE_BY_USERS

    @property
    def type(self) -> type:
        """The class itself."""
        found = getattr(importlib.import_module(self.module), self.name)
        assert isinstance(found, type)
        return found


# Those with methods that wait; bot_sandbox.aio has them, too.
CLASSES = [
    Public("bot_sandbox.telegram.service", "Telegram"),
    Public("bot_sandbox.telegram.people", "Person"),
    Public("bot_sandbox.telegram.people", "Group"),
    Public("bot_sandbox.telegram.buttons", "Press"),
    Public("bot_sandbox.telegram.inline_query", "InlineQuery"),
    Public("bot_sandbox.telegram.delivered_update", "DeliveredUpdate"),
    Public("bot_sandbox.telegram.faults", "Faults"),
    Public("bot_sandbox.telegram.faults", "Fault"),
    Public("bot_sandbox.twitch.service", "Twitch"),
    Public("bot_sandbox.twitch.people", "TwitchAccount"),
    Public("bot_sandbox.twitch.faults", "Faults"),
    Public("bot_sandbox.cloud.cloud", "Cloud"),
    Public("bot_sandbox.cloud.function", "Function"),
    Public("bot_sandbox.cloud.timers", "Timer"),
    Public("bot_sandbox.mail", "Mail"),
    Public("bot_sandbox.world.clock", "Clock"),
]
# Public classes whose methods never wait, or which belong to plain code only.
PLAIN_CLASSES = [
    Public("bot_sandbox.programs.program", "Program"),
    Public("bot_sandbox.programs.join", "JoinOffer"),
    Public("bot_sandbox.processes.supervisor", "ManagedProcess"),
    Public("bot_sandbox.processes.supervisor", "OutputLines"),
    Public("bot_sandbox.telegram.world", "BotAccount"),
    Public("bot_sandbox.telegram.types", "Message"),
    Public("bot_sandbox.telegram.bot_api_types", "PhotoSize"),
    Public("bot_sandbox.telegram.bot_api_types", "ChatMember"),
    Public("bot_sandbox.telegram.media", "File"),
    Public("bot_sandbox.telegram.calls", "ApiCall"),
    Public("bot_sandbox.telegram.calls", "FaultHit"),
    Public("bot_sandbox.telegram.limits", "Limits"),
    Public("bot_sandbox.telegram.updates", "Delivery"),
    Public("bot_sandbox.telegram.in_memory", "InMemoryTelegram"),
    Public("bot_sandbox.cloud.in_process", "InProcessCloud"),
    Public("bot_sandbox.twitch.chat", "ChatMessage"),
    Public("bot_sandbox.twitch.user", "TwitchUser"),
    Public("bot_sandbox.twitch.settings", "TwitchSettings"),
    Public("bot_sandbox.twitch.tokens", "Application"),
    Public("bot_sandbox.twitch.tokens", "Token"),
    Public("bot_sandbox.mail", "Letter"),
    Public("bot_sandbox.world.transcript", "Transcript"),
    Public("bot_sandbox.world.snapshot", "Snapshot"),
    Public("bot_sandbox.diagnosis.no_reply", "NoReply"),
    Public("bot_sandbox.mail", "NoLetter"),
    Public("bot_sandbox.programs.program", "NotReady"),
    Public("bot_sandbox.telegram.errors", "TelegramError"),
    Public("bot_sandbox.cloud.errors", "FunctionError"),
]
MADE_BY_USERS = {
    "Telegram", "Twitch", "Cloud", "Mail", "Clock", "Program", "Limits", "InMemoryTelegram",
    "InProcessCloud", "JoinOffer",
}  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A public method, property or attribute of a class."""

    name: str
    module: ModuleType  # where it is written
    node: ast.FunctionDef | ast.AsyncFunctionDef | None  # None: an attribute
    annotation: ast.expr | None  # of an attribute

    def is_marked(self, decorator: str) -> bool:
        """Return whether it has this decorator."""
        marks = self.node.decorator_list if self.node else []
        return any(isinstance(mark, ast.Name) and mark.id == decorator for mark in marks)

    @property
    def is_property(self) -> bool:
        """Whether it is read without a call."""
        return self.node is None or self.is_marked("property")


@cache
def parsed(module: str) -> ast.Module:
    """Return the parsed source of a module, or of the stub beside it."""
    source = Path(inspect.getfile(importlib.import_module(module)))
    stub = source.with_suffix(".pyi")
    return ast.parse((stub if stub.exists() else source).read_text("utf-8"))


def members(found: type) -> dict[str, Member]:
    """Return a class's public names, those of its bases first, each in the order of its source."""
    result: dict[str, Member] = {}
    for base in reversed(found.__mro__):
        if base.__module__.startswith("bot_sandbox."):
            module = importlib.import_module(base.__module__)
            for name, node in _written(parsed(base.__module__), base.__name__):
                if not name.startswith("_"):
                    is_method = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                    method, annotation = (node, None) if is_method else (None, node)
                    result[name] = Member(name, module, method, annotation)
    return result


def _written(module: ast.Module, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what a class defines: (name, method), or (name, annotation) of an attribute.

    The Bot API's fields are left out: Telegram's own manual has them.
    """
    found = next(n for n in module.body if isinstance(n, ast.ClassDef) and n.name == name)
    for node in found.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name == "__init__":
                yield from _attributes(node)
            yield node.name, node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            is_field = ast.unparse(node.annotation).startswith("Field[")
            yield from [] if is_field else [(node.target.id, node.annotation)]


def _attributes(
    init: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the public attributes that `__init__` sets, with a type that the source shows."""
    arguments = [*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs]
    types = {argument.arg: argument.annotation for argument in arguments}
    for node in ast.walk(init):
        if isinstance(node, ast.AnnAssign) and (name := _of_self(node.target)):
            yield name, node.annotation
        elif isinstance(node, ast.Assign) and (name := _of_self(node.targets[0])):
            yield name, _type_of(node.value, types)


def _of_self(target: ast.expr) -> str:
    """Return the name of an attribute of self, else an empty text."""
    if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
        return target.attr
    return ""


def _type_of(value: ast.expr, types: dict[str, ast.expr | None]) -> ast.expr | None:
    if isinstance(value, ast.Name):
        return types.get(value.id)
    if isinstance(value, ast.JoinedStr):
        return ast.Name("str")
    if isinstance(value, ast.Constant):
        return ast.Name(type(value.value).__name__)
    if isinstance(value, ast.BoolOp):  # given, or a default
        return _type_of(value.values[-1], types)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func if value.func.id[0].isupper() else None
    return None
