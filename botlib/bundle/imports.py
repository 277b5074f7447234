"""Which modules a function needs: found by reading its imports, without running anything.

Imports inside functions count too. What only a type checker imports does not, with one exception:
a package whose `__init__` loads its names when they are asked for lists them for the type checker,
so there the list says which module a name comes from.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import botlib

BOTLIB = Path(botlib.__file__).resolve().parent
NEVER = ("botlib.sandbox", "botlib.lessons", "botlib.bundle", "botlib.run")


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import names`."""

    module: str
    names: tuple[str, ...] = ()
    lazy: bool = False  # inside a function or for the type checker only


@dataclass(frozen=True)
class Needed:
    """What a function consists of beside its own folder."""

    botlib: tuple[str, ...]  # modules, sorted
    packages: tuple[str, ...]  # top-level names that neither Python, botlib nor the folder has

    @property
    def files(self) -> list[Path]:
        """The files of the botlib modules."""
        return [path for path in map(file_of, self.botlib) if path]


def needed(folder: Path, names: Iterable[str]) -> Needed:
    """Follow the imports of these files of a folder; raises ValueError for what cannot go."""
    modules: set[str] = set()
    packages: set[str] = set()
    for name in names:
        for found in imports_of(folder / name) if name.endswith(".py") else ():
            top = found.module.partition(".")[0]
            if top == "botlib":
                follow(found, name, modules, packages)
            elif not (folder / top).is_dir() and not (folder / f"{top}.py").is_file():
                packages.add(top)
    return Needed(tuple(sorted(modules)), tuple(sorted(packages - set(sys.stdlib_module_names))))


def follow(found: Import, where: str, modules: set[str], packages: set[str]) -> None:
    """Add the botlib modules that one import loads, and what they import in turn."""
    parts = found.module.split(".")
    parents = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    submodules = [f"{found.module}.{name}" for name in found.names]
    for module in [*parents, *(name for name in submodules if file_of(name))]:
        if module.startswith(NEVER):
            raise ValueError(
                f"{where} imports {module}, which belongs to the course, not to a bot: it is never "
                "deployed. Move what needs it out of the function's folder."
            )
        path = file_of(module)
        if path is None:
            raise ValueError(f"{where} imports {module}, which botlib does not have.")
        whole = module == found.module and found.names in ((), ("*",))
        asked = set(found.names) if module == found.module else set()
        new = module not in modules
        modules.add(module)
        for inner in imports_of(path):
            on_demand = path.name == "__init__.py" and inner.lazy
            wanted = whole or bool(asked & set(inner.names)) if on_demand else new
            top = inner.module.partition(".")[0]
            if wanted and top == "botlib":
                follow(inner, module, modules, packages)
            elif wanted and top != "botlib":
                packages.add(top)


def file_of(module: str) -> Path | None:
    """The file of a botlib module, None if there is none."""
    base = BOTLIB.parent.joinpath(*module.split("."))
    candidates = [base / "__init__.py", base.with_suffix(".py")]
    return next((path for path in candidates if path.is_file()), None)


def imports_of(path: Path) -> Iterator[Import]:
    """All absolute imports of a file; raises ValueError if it is no Python."""
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
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield Import(node.module, tuple(alias.name for alias in node.names), lazy)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            if in_package:
                yield from _walk(node.body, True, in_package)
            yield from _walk(node.orelse, lazy, in_package)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk(ast.iter_child_nodes(node), lazy or inside, in_package)
