"""Write bot_sandbox/aio/: a coroutine for each method of the public classes, from their source.

    python tools/aio.py           # write the files
    python tools/aio.py --check   # only compare: 1 if a file is out of date

Each method has the same name, parameters, result and docstring as the plain one. Where that takes
or returns a person, a group or another object with methods that wait, this one takes or returns
its twin.
"""

import ast
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.public_api import CLASSES, PACKAGE, Member, Public, members, parsed

SERVERS = {"Telegram", "Twitch", "Cloud", "Mail"}
# The plain class whose methods a twin has, if it isn't the one with its name: a Telegram without a
# server has the same.
MIRRORED = {"Telegram": Public("bot_sandbox.telegram.core", "TelegramCore", "telegram")}
GIVEN = {"User": "Person | BotAccount", "Chat": "Group"}  # what a method gets for a base class
QUICK = {("Clock", "advance")}  # waits, but only for the threads of the sandbox
WIDTH = 100


class Writer:
    """Writes one module of bot_sandbox.aio."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.classes = [one for one in CLASSES if one.aio == module]
        self.twins = {one.name: one for one in CLASSES if one.aio == module or one.name == "Clock"}
        self.imports: set[str] = set()

    def text(self) -> str:
        """Return the module's source."""
        classes = [line for one in self.classes for line in self.twin(one)]
        for name in self.twins:
            if self.twins[name].aio != self.module and any(name in line for line in classes):
                self.imports.add(f"from bot_sandbox.aio.{self.twins[name].aio} import {name}")
        base = {"ServerTwin" if one.name in SERVERS else "Twin" for one in self.classes}
        self.imports.add(f"from bot_sandbox.aio.twin import {', '.join(sorted(base))}")
        self.imports.add("from bot_sandbox.event_loop.runner import is_no_reply")
        head = [
            f'"""The twins of the classes of {self.classes[0].module.rsplit(".", 1)[0]}.',
            "",
            "tools/aio.py writes this file from their source, so do not edit it.",
            '"""',
            "",
            "# fmt: off",
            "# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100",
            "",
            "from __future__ import annotations",
            "",
            *sorted(self.imports, key=lambda line: (line.startswith("from bot_sandbox"), line)),
        ]
        hide = ["", "__tracebackhide__ = is_no_reply"]  # pytest shows the test's line instead
        return "\n".join([*head, *hide, *classes]) + "\n"

    def twin(self, public: Public) -> Iterator[str]:
        """Yield the lines of a class."""
        mirrored = MIRRORED.get(public.name, public)
        alias = f"Plain{mirrored.name}"
        self.imports.add(f"from {mirrored.module} import {mirrored.name} as {alias}")
        base = "ServerTwin" if public.name in SERVERS else "Twin"
        yield from ("", "", f"class {public.name}({base}[{alias}]):")
        yield f'    """The twin of `{public.name}` in {public.module}; see there."""'
        if public.name in SERVERS or public.name == "Clock":
            yield from self.constructor(public)
        for member in members(mirrored.type).values():
            if public.name in SERVERS and member.name in ("close", "wait_until"):
                continue  # ServerTwin has it
            yield from self.attribute(member) if member.is_property else self.method(public, member)

    def constructor(self, public: Public) -> Iterator[str]:
        """Yield the constructor of a server, with the plain one's parameters."""
        tree = parsed(public.module)
        found = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == public.name)
        init = next(
            n for n in found.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"
        )
        self.imports.add(f"from {public.module} import {public.name} as Plain{public.name}")
        signature, call = self.signature(init.args, sys.modules[public.module].__name__)
        if "clock: Clock" in signature:
            self.imports.add("from bot_sandbox.world.clock import Clock as PlainClock")
            signature = signature.replace("clock: Clock", "clock: Clock | PlainClock")
        yield from ("", f"    def __init__({signature}) -> None:")
        yield f"        self.sync = Plain{public.name}({self.unwrapped(call, init)})"

    def unwrapped(self, call: str, init: ast.FunctionDef) -> str:
        """Return the arguments for the plain constructor: a clock may be a twin or a plain one."""
        if any(argument.arg == "clock" for argument in init.args.kwonlyargs):
            self.imports.add("from bot_sandbox.aio.twin import unwrap")
            return call.replace("clock=clock", "clock=unwrap(clock)")
        return call

    def attribute(self, member: Member) -> Iterator[str]:
        """Yield a property that reads the plain object's."""
        annotation = member.node.returns if member.node else member.annotation
        if annotation is None:
            raise SystemExit(f"{member.module.__name__}: {member.name} needs a type annotation")
        text = self.typed(annotation, member.module.__name__)
        yield from ("", "    @property", f"    def {member.name}(self) -> {text}:")
        if member.node:
            yield from self.docstring(member.node)
        yield f"        return {self.wrapped(text, f'self.sync.{member.name}')}"

    def method(self, public: Public, member: Member) -> Iterator[str]:
        """Yield a coroutine that does what the plain method does."""
        node = member.node
        assert node is not None and node.returns is not None
        is_blocking = member.is_marked("blocking")
        if not is_blocking and (public.name, member.name) not in QUICK:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute) and inner.attr in ("run", "wait_until"):
                    raise SystemExit(
                        f"{public.name}.{member.name} waits ({inner.attr}): write it as a "
                        "coroutine and mark it with @blocking of bot_sandbox/event_loop/runner.py"
                    )
        signature, call = self.signature(node.args, member.module.__name__)
        result = self.typed(node.returns, member.module.__name__, given=False)
        yield from ("", f"    async def {member.name}({signature}) -> {result}:")
        yield from self.docstring(node)
        how = "await self._wait" if is_blocking else "self._do"
        expression = f"{how}({', '.join(filter(None, [f'self.sync.{member.name}', call]))})"
        if isinstance(node, ast.AsyncFunctionDef) and not is_blocking:
            expression = f"await self.sync.{member.name}({call})"
        prefix = "" if result == "None" else "return "
        yield f"        {prefix}{self.wrapped(result, expression)}"

    def docstring(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        """Yield the plain method's docstring."""
        text = ast.get_docstring(node) or ""
        yield from textwrap.indent(
            f'"""{text}\n"""' if "\n" in text else f'"""{text}"""', "        "
        ).splitlines()

    def signature(self, arguments: ast.arguments, module: str) -> tuple[str, str]:
        """Return parameters as in the source, and the arguments that pass them on."""
        defaults = [None] * (
            len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
        ) + list(arguments.defaults)
        parts, call = [], []
        positional = [*arguments.posonlyargs, *arguments.args]
        for number, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
            parts.append(self.parameter(argument, default, module))
            if number + 1 == len(arguments.posonlyargs):
                parts.append("/")
            if argument.arg != "self":
                call.append(argument.arg)
        if arguments.vararg:
            parts.append("*" + self.parameter(arguments.vararg, None, module))
            call.append(f"*{arguments.vararg.arg}")
        elif arguments.kwonlyargs:
            parts.append("*")
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            parts.append(self.parameter(argument, default, module))
            call.append(f"{argument.arg}={argument.arg}")
        if arguments.kwarg:
            parts.append("**" + self.parameter(arguments.kwarg, None, module))
            call.append(f"**{arguments.kwarg.arg}")
        return ", ".join(parts), ", ".join(call)

    def parameter(self, argument: ast.arg, default: ast.expr | None, module: str) -> str:
        """Return one parameter with its type and default."""
        if argument.annotation is None:
            return argument.arg
        text = f"{argument.arg}: {self.typed(argument.annotation, module)}"
        if default is None:
            return text
        self.resolve(default, module)
        return f"{text} = {ast.unparse(default)}"

    def typed(self, annotation: ast.expr, module: str, given: bool = True) -> str:
        """Return an annotation's text, and import what it names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        self.resolve(annotation, module)
        text = ast.unparse(annotation).replace("'", "")
        for base, twin in GIVEN.items():
            named = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
            if given and base in named:
                self.imports.add("from bot_sandbox.telegram.world import BotAccount")
                words = text.replace("[", " [ ").replace("]", " ] ").split(" ")
                text = " ".join(twin if word == base else word for word in words)
                text = text.replace(" [ ", "[").replace(" ] ", "]").strip()
        return text

    def resolve(self, expression: ast.expr, module: str) -> None:
        """Import the names in an expression from where its module has them."""
        here = parsed(module)
        for node in ast.walk(expression):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                continue
            if isinstance(node, ast.Name) and node.id not in (*self.twins, *GIVEN):
                self.imports.update(imported(here, module, node.id))

    def wrapped(self, result: str, expression: str) -> str:
        """Return an expression that turns a plain result into what this one returns."""
        if result in self.twins:
            return f"{result}.of({expression})"
        for name in self.twins:
            if result == f"list[{name}]":
                return f"[{name}.of(each) for each in {expression}]"
            if result == f"{name} | None":
                raise SystemExit(f"a result {result!r} is not supported yet")
        return expression


def imported(tree: ast.Module, module: str, name: str) -> Iterator[str]:
    """Yield the import of a name that a module uses; nothing for a builtin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
            yield f"from {node.module} import {name}"
            return
        if isinstance(node, ast.Import) and any(one.name == name for one in node.names):
            yield f"import {name}"
            return
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        defined = {target.id for target in targets if isinstance(target, ast.Name)}
        if getattr(node, "name", None) == name or name in defined:
            yield f"from {module} import {name}"
            return


def main() -> None:
    """Write the files, or compare them."""
    for module in dict.fromkeys(one.aio for one in CLASSES):
        path, text = PACKAGE / "aio" / f"{module}.py", Writer(module).text()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{path.name} is out of date; type: python tools/aio.py")


if __name__ == "__main__":
    main()
