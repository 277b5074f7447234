"""Read a bot's source files: what each imports, calls, reads, defines and writes as text.

Python is parsed by `ast`, JavaScript and TypeScript by tree-sitter, which only this tool needs:

    pip install tree-sitter tree-sitter-typescript

A value is kept as a text: the text itself of a literal (with `{}` for what is filled in), `$name`
for a name, "" for anything else.
"""

import ast
import functools
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

PYTHON, SCRIPT = "Python", "JavaScript"  # the second with TypeScript
SUFFIXES = {".py": PYTHON} | dict.fromkeys(
    (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), SCRIPT
)
NOT_THEIRS = {  # folders with other people's code, with tests, or with what a build has written
    "node_modules", "venv", ".venv", "env", "site-packages", "vendor", "dist", "build", "out",
    ".next", "test", "tests", "__tests__", "docs", "static", "public", "assets",
}  # fmt: skip
IMPORT = re.compile(r"^\s*(?:import|from) +([\w.]+)", re.MULTILINE)
MOST_BYTES = 1_000_000  # of one file; a larger one is no source that people write


@dataclass
class Call:
    """A call: its name, what is before the name, and its arguments by name or position."""

    name: str
    receiver: tuple[str, ...] = ()
    values: dict[str | int, str] = field(default_factory=dict)
    decorates: bool = False

    def texts(self) -> list[str]:
        """Return the arguments by position that are literal texts."""
        parts = (one.split("\n") for key, one in self.values.items() if isinstance(key, int))
        return [text for part in parts for text in part if text and not text.startswith("$")]


@dataclass
class Facts:
    """What the source files of one bot say."""

    imports: set[tuple[str, str]] = field(default_factory=set)  # (language, module)
    calls: list[Call] = field(default_factory=list)
    reads: set[tuple[str, str]] = field(default_factory=set)  # (name before it, name)
    texts: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)  # of dicts and objects, and keyword arguments
    defined: set[str] = field(default_factory=set)  # functions
    unreadable: list[str] = field(default_factory=list)  # files that no parser takes


def is_source(path: PurePath) -> bool:
    """Return whether a file, by its path in the repository, is source that a bot's authors wrote.

    >>> is_source(PurePath("src/bot.ts")), is_source(PurePath("node_modules/tmi.js/index.js"))
    (True, False)
    """
    generated = ".min." in path.name or path.name.endswith((".d.ts", ".bundle.js"))
    test = path.name.startswith("test_") or ".test." in path.name or ".spec." in path.name
    theirs = NOT_THEIRS.isdisjoint(path.parts[:-1])
    return path.suffix in SUFFIXES and theirs and not generated and not test


def read_folder(folder: Path) -> Facts:
    """Read all source files of a bot."""
    facts = Facts()
    for path in sorted(folder.rglob("*")):
        ours = is_source(path.relative_to(folder)) and path.is_file() and not path.is_symlink()
        code = path.read_bytes() if ours else b""
        if not 0 < len(code) <= MOST_BYTES:
            continue
        try:
            if SUFFIXES[path.suffix] == PYTHON:
                _PythonReader(facts).read(code)
            else:
                _ScriptReader(facts).read(code, plain=path.suffix in (".ts", ".mts", ".cts"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            facts.unreadable.append(path.relative_to(folder).as_posix())
            text = code.decode("utf-8", "replace")
            facts.texts.add(text)
            facts.imports |= {(PYTHON, name) for name in IMPORT.findall(text)}
    return facts


class _PythonReader:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def read(self, code: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about their escapes
            tree = ast.parse(code)
        for node in ast.walk(tree):
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        facts = self.facts
        match node:
            case ast.Import():
                facts.imports.update((PYTHON, one.name) for one in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                facts.imports.update((PYTHON, f"{module}.{one.name}") for one in node.names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                facts.defined.add(node.name)
                for one in node.decorator_list:
                    if isinstance(one, ast.Call):
                        facts.calls.append(self._call(one, decorates=True))
            case ast.Call():
                facts.calls.append(self._call(node))
            case ast.Attribute():
                facts.reads.add((_last(_dotted(node.value)), node.attr))
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                facts.reads.add((_last(_dotted(node.value)), key))
            case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In()]):
                facts.reads.add((_last(_dotted(node.comparators[0])), key))
            case ast.Dict():
                pairs = {_value(key): _value(one) for key, one in _dict_items(node)}
                facts.keys.update(pairs)
                _note_media(facts, pairs)
            case ast.Constant(value=str(text)):
                facts.texts.add(text)
            case ast.JoinedStr():
                facts.texts.add(_value(node))

    def _call(self, node: ast.Call, decorates: bool = False) -> Call:
        *receiver, name = _dotted(node.func) or ("",)
        values: dict[str | int, str] = {n: _value(one) for n, one in enumerate(node.args)}
        for one in node.keywords:
            if one.arg:
                values[one.arg] = _value(one.value)
                self.facts.keys.add(one.arg)
        if name == "get" and isinstance(values.get(0), str):  # a dict's method
            self.facts.reads.add((_last(tuple(receiver)), values[0]))
        return Call(name, tuple(receiver), values, decorates)


def _dotted(node: ast.AST | None) -> tuple[str, ...]:
    """Return the names of `a.b().c`: ("a", "b", "c")."""
    match node:
        case ast.Name():
            return (node.id,)
        case ast.Attribute():
            return (*_dotted(node.value), node.attr)
        case ast.Call() | ast.Await() | ast.Subscript():
            return _dotted(node.func if isinstance(node, ast.Call) else node.value)
        case _:
            return ()


def _last(names: tuple[str, ...]) -> str:
    return names[-1] if names else ""


def _dict_items(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    return ((key, value) for key, value in zip(node.keys, node.values, strict=True) if key)


def _value(node: ast.AST | None) -> str:
    match node:
        case ast.Constant():
            return "" if node.value in (None, False, 0) else str(node.value)
        case ast.JoinedStr():
            parts = node.values
            return "".join(_value(one) if isinstance(one, ast.Constant) else "{}" for one in parts)
        case ast.List() | ast.Tuple() | ast.Set():
            return "\n".join(map(_value, node.elts))
        case ast.BinOp(op=ast.Add()):
            return _filled(_value(node.left)) + _filled(_value(node.right))
        case ast.Name() | ast.Attribute():
            return f"${_last(_dotted(node))}"
        case _:
            return "" if node is None else "$"


def _filled(value: str) -> str:
    """Return a part of a text: what is not written in it becomes {}."""
    return "{}" if value[:1] in ("", "$") else value


def _note_media(facts: Facts, pairs: dict[str, str]) -> None:
    """Note `{"type": "video", "media": …}`, an InputMedia without a library's class."""
    if "media" in pairs and pairs.get("type", "$")[:1] != "$":
        facts.calls.append(Call(f"InputMedia{pairs['type'].capitalize()}"))


@functools.cache
def _script_parser(plain: bool) -> Any:
    """Return the parser for TypeScript; the one that knows JSX reads JavaScript, too."""
    import tree_sitter
    import tree_sitter_typescript as grammars

    language = grammars.language_typescript() if plain else grammars.language_tsx()
    return tree_sitter.Parser(tree_sitter.Language(language))


class _ScriptReader:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def read(self, code: bytes, plain: bool) -> None:
        root = _script_parser(plain).parse(code).root_node
        if root.type == "ERROR":
            raise SyntaxError("no JavaScript")
        waiting = [root]
        while waiting:
            node = waiting.pop()
            self._note(node)
            waiting.extend(node.named_children)

    def _note(self, node: Any) -> None:
        facts, get = self.facts, node.child_by_field_name
        match node.type:
            case "import_statement" | "export_statement" if get("source"):
                facts.imports.add((SCRIPT, self._value(get("source"))))
            case "call_expression" | "new_expression":
                self._note_call(node)
            case "member_expression":
                before = self._dotted(get("object"))
                facts.reads.add((_last(before), _text(get("property"))))
            case "subscript_expression" if get("index").type == "string":
                facts.reads.add((_last(self._dotted(get("object"))), self._value(get("index"))))
            case "variable_declarator" if get("name").type == "object_pattern" and get("value"):
                source = _last(self._dotted(get("value")))
                for one in get("name").named_children:
                    key = one.child_by_field_name("key") or one
                    facts.reads.add((source, _text(key).strip("'\"")))
            case "object":
                pairs = dict(self._pairs(node))
                facts.keys.update(pairs)
                _note_media(facts, pairs)
            case "function_declaration" | "method_definition":
                facts.defined.add(_text(get("name")))
            case "string" | "template_string":
                facts.texts.add(self._value(node))

    def _note_call(self, node: Any) -> None:
        get = node.child_by_field_name
        *receiver, name = self._dotted(get("function") or get("constructor")) or ("",)
        values: dict[str | int, str] = {}
        arguments = get("arguments")
        for number, one in enumerate(arguments.named_children if arguments else []):
            values[number] = self._value(one)
            if one.type == "object":
                values |= self._pairs(one)
        if name in ("require", "import") and isinstance(values.get(0), str):
            self.facts.imports.add((SCRIPT, values[0]))
        decorates = node.parent is not None and node.parent.type == "decorator"
        self.facts.calls.append(Call(name, tuple(receiver), values, decorates))

    def _pairs(self, node: Any) -> Iterator[tuple[str, str]]:
        for one in node.named_children:
            if one.type == "pair":
                key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
                yield _text(key).strip("'\""), self._value(value)
            elif one.type == "shorthand_property_identifier":
                yield _text(one), f"${_text(one)}"

    def _dotted(self, node: Any) -> tuple[str, ...]:
        if node is None:
            return ()
        get = node.child_by_field_name
        match node.type:
            case "identifier" | "this" | "import":
                return (_text(node),)
            case "member_expression":
                return (*self._dotted(get("object")), _text(get("property")))
            case "call_expression":
                return self._dotted(get("function"))
            case "subscript_expression":
                return (*self._dotted(get("object")), "[]")
            case "await_expression" | "non_null_expression" | "parenthesized_expression":
                return self._dotted(node.named_children[0])
            case _:
                return ()

    def _value(self, node: Any) -> str:
        match node.type:
            case "string":
                return _text(node)[1:-1]
            case "template_string":
                parts = node.named_children
                return "".join(_text(p) if p.type == "string_fragment" else "{}" for p in parts)
            case "array":
                return "\n".join(map(self._value, node.named_children))
            case "false" | "null" | "undefined":
                return ""
            case "identifier" | "member_expression":
                return f"${_last(self._dotted(node))}"
            case "binary_expression" if any(one.type == "+" for one in node.children):
                return "".join(_filled(self._value(one)) for one in node.named_children)
            case "number":
                return _text(node).strip("0")
            case _:
                return "$"


def _text(node: Any) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""
