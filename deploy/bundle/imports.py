"""Which packages a function needs: found by reading its imports, without running anything.

Imports inside functions count too, in the learner's files and in the botlib modules that these
name: who imports `botlib.store` may open a store in Redis, a door that remembers by it does not.
What a `try` imports and `except ImportError` replaces counts if it is installed here. What only a
type checker imports does not count, with one exception: a package whose `__init__` loads its names
when they are asked for lists them for the type checker, so there the list says which module a name
comes from.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import botlib

BOTLIB = Path(botlib.__file__).resolve().parent
NEVER = ("bot_sandbox", "lessons", "deploy")
PROVIDED = {"snapshot_restore_py"}  # AWS's Python brings it, and no other cloud calls its hooks


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import names`."""

    module: str  # a relative one begins with its dots
    names: tuple[str, ...] = ()
    lazy: bool = False  # inside a function or for the type checker only
    optional: bool = False  # in a `try` that goes on without it

    @property
    def top(self) -> str:
        """The name that is looked for in the folders of sys.path."""
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class Needed:
    """What a function consists of beside its own folder."""

    botlib: tuple[str, ...]  # the modules that it loads, sorted
    packages: tuple[str, ...]  # top-level names that neither Python, botlib nor the folder has
    missing: tuple[str, ...]  # what nobody has, but it may do without: "x, which y.py imports"


def needed(folder: Path, names: Iterable[str], known: set[str]) -> Needed:
    """Follow the imports of these files of a folder, and of those files there that they import.

    `known` are the names that packages provide. Raises ValueError for what cannot go, and for what
    a file at the top of the folder imports at once and nobody has; inside a function, or in a
    package that lies in the folder, it may never be asked for.
    """
    modules: set[str] = set()
    packages: set[str] = set()
    missing: set[str] = set()
    todo = list(names)
    for name in todo:  # which grows
        for found in imports_of(folder / name):
            if found.module.startswith("."):
                check_relative(found, name)
            elif found.top == "botlib":
                follow(found, name, modules, packages, named=True)
            elif own := own_files(folder, found.top):
                todo += [file for file in own if file not in todo]
            elif found.top in NEVER:
                refuse(found.module, name)
            elif found.top in known:
                packages.add(found.top)
            elif found.top not in sys.stdlib_module_names and not found.optional:
                if not found.lazy and "/" not in name:
                    raise ValueError(
                        f"{name} imports {found.top}, which is neither in {folder.name} nor a "
                        "package that botlib brings. Is it misspelt? To take a package along, "
                        f"write its name into {folder.name}/requirements.txt."
                    )
                missing.add(f"{found.top}, which {name} imports")
    return Needed(
        tuple(sorted(modules)), tuple(sorted(packages - PROVIDED)), tuple(sorted(missing))
    )


def botlib_files() -> dict[str, bytes]:
    """All of botlib, by the path in the zip: it is small, and ships whole."""
    paths = sorted(BOTLIB.rglob("*.py"))
    return {path.relative_to(BOTLIB.parent).as_posix(): path.read_bytes() for path in paths}


def own_files(folder: Path, top: str) -> list[str]:
    """The files of a module of the folder's own, or of all modules in a package there."""
    files = [folder / f"{top}.py", *sorted((folder / top).rglob("*.py"))]
    return [path.relative_to(folder).as_posix() for path in files if path.is_file()]


def package_of(found: Import) -> set[str]:
    """The package that an import needs: none for Python's own, or where it can do without."""
    at_hand = found.top in sys.stdlib_module_names or (found.optional and not find_spec(found.top))
    return set() if at_hand else {found.top}


def check_relative(found: Import, name: str) -> None:
    """Raise ValueError for a relative import that cannot work, since no package is around it."""
    if "/" not in name and not found.optional:
        what = found.module if found.module.strip(".") else f".{found.names[0]}"
        raise ValueError(
            f"{name} imports {what}, which works only inside a package: in the cloud, {name} lies "
            f"at the top. Write it without the dot, as in `from {what.strip('.')} import …`."
        )


def follow(
    found: Import, where: str, modules: set[str], packages: set[str], named: bool = False
) -> None:
    """Add the botlib modules that one import loads, and what they import in turn."""
    parts = found.module.split(".")
    parents = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    submodules = [f"{found.module}.{name}" for name in found.names]
    for module in [*parents, *(name for name in submodules if file_of(name))]:
        if module.startswith(NEVER):
            refuse(module, where)
        path = file_of(module)
        if path is None:
            raise ValueError(f"{where} imports {module}, which botlib does not have.")
        whole = module == found.module and found.names in ((), ("*",))
        asked = set(found.names) if module == found.module else set()
        new = module not in modules
        modules.add(module)
        for inner in imports_of(path):
            if path.name == "__init__.py" and inner.lazy:
                wanted = whole or bool(asked & set(inner.names))
            else:
                wanted = named if inner.lazy else new
            if wanted and inner.top == "botlib":
                follow(inner, module, modules, packages)
            elif wanted:
                packages |= package_of(inner)


def refuse(module: str, where: str) -> NoReturn:
    """Raise ValueError for a module that no cloud should get."""
    raise ValueError(
        f"{where} imports {module}, which belongs to the course, not to a bot: it is never "
        "deployed. Move what needs it out of the function's folder."
    )


def file_of(module: str) -> Path | None:
    """The file of a botlib module, None if there is none."""
    base = BOTLIB.parent.joinpath(*module.split("."))
    candidates = [base / "__init__.py", base.with_suffix(".py")]
    return next((path for path in candidates if path.is_file()), None)


def imports_of(path: Path) -> Iterator[Import]:
    """All imports of a file; raises ValueError if it is no Python."""
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise ValueError(
            f"{path.name} is no Python that runs: {getattr(error, 'msg', error)} (line {line})"
        ) from None
    in_package = path.name == "__init__.py"
    yield from _walk(tree.body, lazy=False, in_package=in_package)


def _walk(body: Iterable[ast.AST], lazy: bool, in_package: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, lazy=lazy)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield Import(module, tuple(alias.name for alias in node.names), lazy)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            if in_package:
                yield from _walk(node.body, True, in_package)
            yield from _walk(node.orelse, lazy, in_package)
        elif isinstance(node, ast.Try) and goes_on_without(node):
            for found in _walk(ast.iter_child_nodes(node), lazy, in_package):
                yield replace(found, optional=True)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk(ast.iter_child_nodes(node), lazy or inside, in_package)


def goes_on_without(node: ast.Try) -> bool:
    """Whether a `try` has an answer to an import that fails."""
    caught = [ast.dump(handler.type) for handler in node.handlers if handler.type]
    return any(re.search("'(ImportError|ModuleNotFoundError)'", name) for name in caught)
