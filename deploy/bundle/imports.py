"""Find the packages that a function needs by reading its imports, without running anything.

Imports inside functions count, too. A table says what botlib's modules need: a bot that imports
`open_store` may open a store in Redis; an adapter that gets a store does not.
`bot.include_folder("commands")` imports every module of that folder. What a `try` imports and
`except ImportError` replaces counts if it is installed here. Imports for a type checker do not
count.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import botlib
from botlib.details.bot_files import PACKAGES as KNOWN_PACKAGES
from deploy.bundle.bot_folder import parse_file
from deploy.bundle.lockfile import installed_packages
from deploy.own_packages import OWN_PACKAGES

BOTLIB = Path(botlib.__file__).resolve().parent
OF_BOTLIB = {  # a package: the modules of botlib, or names in them, that need it
    "aiohttp": {"run", "twitch.irc_bot", "twitch.channel", "twitch.details.connection"},
    "dotenv": {"details.env_file"},
    "redis": {"store.open_store", "store.*", "store.redis", "store.urls"},
    "telegram": {"run", "telegram.application", "telegram.polling"}
    | {f"telegram.details.{name}_request" for name in ("bounded", "updates", "verified")}
    | {"telegram.details.confirming_bot", "telegram.details.send_queue"},
}
PACKAGES = KNOWN_PACKAGES | {  # which are called differently from what is imported
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",  # a cloud has no screen
    "dateutil": "python-dateutil",
    "discord": "discord.py",
    "fitz": "PyMuPDF",
    "jwt": "PyJWT",
    "OpenSSL": "pyOpenSSL",
    "serial": "pyserial",
    "telebot": "pyTelegramBotAPI",
    "zmq": "pyzmq",
}
AWS_MODULES = {"snapshot_restore_py"}  # AWS's Python brings it, and no other cloud calls its hooks


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import names`."""

    module: str  # a relative one begins with its dots
    names: tuple[str, ...] = ()
    lazy: bool = False  # inside a function
    optional: bool = False  # in a `try` that continues without it

    @property
    def top(self) -> str:
        """The name that is looked for in the folders of sys.path."""
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class Needed:
    """What a function needs beside its own folder."""

    botlib: bool
    packages: tuple[str, ...]  # top-level names that neither Python, botlib nor the folder has
    missing: tuple[str, ...]  # not found, and maybe not needed: "x, which y.py imports"


def find_needed(files: dict[str, bytes], names: Iterable[str], known: set[str]) -> Needed:
    """Follow the imports of these files of a folder, and of the files there that they import.

    `files` are all that are packed, and `known` are the names that packages provide. Raises
    ValueError for what must not go, and for what is not found if a file at the top of the folder or
    in an included folder imports it at once. Inside a function, or in a package of the folder, it
    may never be used.
    """
    places = [PurePosixPath()]  # where imports look, as on sys.path; included folders come last
    needs_botlib = False
    packages: set[str] = set()
    missing: set[str] = set()
    todo = list(names)
    for name in todo:  # which grows
        place, tree = PurePosixPath(name).parent, parse_file(name, files)
        for included in find_included_command_folders(place, tree):
            places.append(included)
            inside = map(PurePosixPath, sorted(files.keys() - set(todo)))
            todo += [
                str(file) for file in inside if file.parent == included and file.match("[!_]*.py")
            ]
        for found in _walk_imports(tree.body):
            in_package = place not in places
            if found.module.startswith("."):
                if not in_package:
                    check_relative(found, name)
            elif found.top == "botlib":
                needs_botlib = True
                packages |= packages_of(found, name)
            elif own := own_files(files, places, found.top):
                todo += [file for file in own if file not in todo]
            elif found.top in OWN_PACKAGES:
                raise ValueError(
                    f"{name} imports {found.module}, which belongs to the course, not to a bot: it "
                    "is never deployed. Move what needs it out of the function's folder."
                )
            elif found.top in known:
                packages.add(found.top)
            elif found.top not in sys.stdlib_module_names and not found.optional:
                if not found.lazy and not in_package:
                    called = package_name(found.top)
                    raise ValueError(
                        f"{name} imports {found.top}, which is neither in the bot's folder nor a "
                        "package that botlib brings. Is it misspelled? To pack a package, "
                        f"write its name into the folder's requirements.txt{called}."
                    )
                missing.add(f"{found.top}, which {name} imports")
    return Needed(needs_botlib, tuple(sorted(packages - AWS_MODULES)), tuple(sorted(missing)))


def botlib_files() -> dict[str, bytes]:
    """Read all of botlib, by the path in the zip: it is small, so the zip holds all of it."""
    paths = sorted(BOTLIB.rglob("*.py"))
    return {path.relative_to(BOTLIB.parent).as_posix(): path.read_bytes() for path in paths}


def own_files(files: Iterable[str], places: Iterable[PurePosixPath], top: str) -> list[str]:
    """List the files of a module in these places, or of all modules of a package there."""
    modules = "|".join(re.escape(str(place / top)) for place in places)
    return [file for file in files if re.fullmatch(rf"({modules})(/.*)?\.py", file)]


def find_included_command_folders(place: PurePosixPath, tree: ast.Module) -> list[PurePosixPath]:
    """List the folders that a file includes: bot.include_folder() means the folder commands."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".include_folder"):
            texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            found += [place / str(text) for text in texts or ["commands"]]
    return found


def package_name(top: str) -> str:
    """Say how the package of an import is called, as far as that is known.

    >>> package_name("bs4"), package_name("no_such_module")
    (': beautifulsoup4', ', which may differ from what you import')
    """
    installed = installed_packages().get(top, [])
    name = PACKAGES.get(top) or (installed[0] if installed else "")
    return f": {name}" if name else ", which may differ from what you import"


def check_relative(found: Import, name: str) -> None:
    """Raise ValueError for a relative import in a file that belongs to no package."""
    if not found.optional:
        what = found.module if found.module.strip(".") else f".{found.names[0]}"
        raise ValueError(
            f"{name} imports {what}, which works only inside a package, and {name} is in none. "
            f"Write it without the dot, as in `from {what.strip('.')} import …`."
        )


def packages_of(found: Import, where: str) -> set[str]:
    """Return what an import of botlib needs; ValueError if botlib does not have the module."""
    path = BOTLIB.parent.joinpath(*found.module.split("."))
    if not (path.is_dir() or path.with_suffix(".py").is_file()):
        raise ValueError(f"{where} imports {found.module}, which botlib does not have.")
    names = [f"{found.module}.{name}" for name in found.names or ["*"]]
    names += [found.module, *(f"{name}.*" for name in names)]  # a name may be a package, too
    plain = {name.removeprefix("botlib.") for name in names}
    return {package for package, users in OF_BOTLIB.items() if plain & users}


def _walk_imports(body: Iterable[ast.AST], lazy: bool = False) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, lazy=lazy)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield Import(module, tuple(alias.name for alias in node.names), lazy)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from _walk_imports(node.orelse, lazy)
        elif isinstance(node, ast.Try) and continues_without(node):
            for found in _walk_imports(ast.iter_child_nodes(node), lazy):
                yield replace(found, optional=True)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk_imports(ast.iter_child_nodes(node), lazy or inside)


def continues_without(node: ast.Try) -> bool:
    """Tell whether a `try` handles an import that fails."""
    caught = [ast.dump(handler.type) for handler in node.handlers if handler.type]
    return any(re.search("'(ImportError|ModuleNotFoundError)'", name) for name in caught)
