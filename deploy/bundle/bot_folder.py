"""Read a bot's folder, and refuse what no cloud should get."""

import ast
import re
from contextlib import suppress
from pathlib import Path

from botlib.details.env_file import bots_folder
from deploy.bundle.archive import check_size
from deploy.secret_scan import (
    OF_TOOLS,
    SECRET_FILES,
    files_below,
    find_leak,
    find_leak_in_name,
    is_environment,
    known_secrets,
)

# Never packed, and not mentioned: what tools and running bots write, virtual
# environments, and tests.
JOURNALS = r".*\.(sqlite3?|db)-(wal|shm|journal)"
NOT_PACKED = re.compile(
    rf"{OF_TOOLS}|{JOURNALS}|.*\.zip|venv|tests|test_.*\.py|conftest\.py|store\.sqlite3.*"
)
# What a cloud may call: the function for each caller, as `start.py new` makes it, or the only one.
CALLERS = {
    "telegram_function": "Telegram",
    "twitch_function": "Twitch",
    "timer_function": "a timer",
}


def bot_files(folder: Path) -> dict[str, bytes]:
    """Read the files to pack, by their path in the zip.

    Raises ValueError, which names the file, for a secret, for a link to a folder or to a file
    outside, and, before it reads any of them, for files that no cloud takes together.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder. Expected the one that holds main.py.")
    if is_environment(folder):
        raise ValueError(
            f"{folder} is a virtual environment, and holds Python's own files, too. Move your bot "
            "into a folder of its own."
        )
    inside = {
        name: path
        for name, path in files_below(folder, NOT_PACKED)
        if path.is_file() or (path.is_dir() and not is_environment(path))
    }
    settings = (Path(".env"), bots_folder() / ".env")  # although no bot reads them in the sandbox
    known = known_secrets(path for path in settings if path.is_file())
    for name, path in inside.items():
        shown, leak = find_leak_in_name(name, known)
        if leak:
            raise ValueError(
                f"{shown} is a name that holds {leak.what}, so nothing was packed. Rename it."
            )
        if SECRET_FILES.fullmatch(path.name):
            place = ", into the course's folder, where it counts as well" * (path.name == ".env")
            raise ValueError(
                f"{name} looks like a secret, so nothing was packed. Move it out of {folder}"
                f"{place}; the cloud gets its secrets as environment variables (see deploy/). If "
                "there is no secret in it, give it another name."
            )
        if path.is_dir() and not path.is_symlink():
            raise ValueError(
                f"{name} cannot be read, so nothing was packed. Change its permissions, or move it "
                f"out of {folder}."
            )
        if path.is_dir() or not path.resolve().is_relative_to(folder.resolve()):
            where = "to a folder" if path.is_dir() else "that leads out of the folder"
            raise ValueError(
                f"{name} is a link {where}, to {path.resolve()}, so nothing was packed. Replace it "
                "with a copy, or delete it."
            )
    check_size({name: path.stat().st_size for name, path in inside.items()})
    files = {name: path.read_bytes() for name, path in inside.items()}
    for file, content in files.items():
        if leak := find_leak(content, known):
            raise ValueError(
                f"{file} holds {leak.what}, in line {leak.line}, so nothing was packed. Remove it, "
                "make a new one where it came from, write that into .env and read it with "
                f"require_setting({leak.setting!r}), from botlib.details.settings."
                + " If this is a false alarm, end the line with: # not a secret"
                * (not leak.in_use)
            )
    return files


def parse_file(name: str, files: dict[str, bytes]) -> ast.Module:
    """Parse a file; raises ValueError if it is not valid Python."""
    try:
        return ast.parse(files[name], name)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{name} is not valid Python: {error}") from None


def handlers_in(files: dict[str, bytes]) -> list[str]:
    """List what a cloud can call: the `handler` of main.py and of each caller's file."""
    found = []
    for module in ("main", *CALLERS):
        with suppress(ValueError, KeyError):
            if "handler" in top_names(parse_file(f"{module}.py", files)):
                found.append(f"{module}.handler")
    return found


def check_handler(files: dict[str, bytes], folder: Path, handler: str) -> str:
    """Return the file that defines what the cloud calls; ValueError if none does."""
    module, _, function = handler.rpartition(".")
    file = f"{module}.py"
    if not (module.isidentifier() and function.isidentifier()):
        raise ValueError(f"the handler is {handler!r}. Expected main.handler, for example.")
    if file not in files:
        found = ", ".join(files) or "nothing"
        raise ValueError(
            f"{folder} has no {file}. Expected {file} with a {function}; found {found}. If "
            "another file has it, add --handler FILE.FUNCTION, without .py."
        )
    names = top_names(parse_file(file, files))
    if function not in names:
        made = ", ".join(names) or "no name at all"
        raise ValueError(
            f"{file} has no {function}: it defines {made}. The cloud calls {handler}, so write "
            f"`def {function}(event, context):` or `{function} = webhook(bot)`."
        )
    return file


def top_names(tree: ast.Module) -> list[str]:
    """List the names that a module defines at its top level, in order.

    >>> top_names(ast.parse("import os; bot = 1\\ndef hello(): x = 2"))
    ['os', 'bot', 'hello']
    """
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [name.id for name in targets if isinstance(name, ast.Name)]
    return names
