"""A copy of a learner's code in an empty folder, and the command that starts it there."""

import os
import shutil
import sys
from pathlib import Path

from bot_sandbox.cloud.deployment import find_node

CODE_SUFFIXES = (".py", ".mjs", ".js", ".cjs")
MOST_FILES, MOST_BYTES = 500, 10_000_000
NOT_COPIED = ("__pycache__", "node_modules", "venv")  # and hidden folders


class NoProgram(Exception):  # noqa: N818 - reads as a sentence
    """There is nothing to try; the text says what to do."""


def copy_program(source: Path, folder: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """Copy a program's code into a new folder, and return the command that starts it there.

    NoProgram if there is none, or far too much of it.
    """
    command = find_command(source, files)
    count = size = 0
    for place, folders, names in os.walk(source):
        hidden = [name for name in folders if name.startswith(".") or name in NOT_COPIED]
        folders[:] = [name for name in folders if name not in hidden]
        below = folder / Path(place).relative_to(source)
        below.mkdir(parents=True, exist_ok=True)
        for name in names:
            file = Path(place, name)
            if (file.suffix in CODE_SUFFIXES or name == "package.json") and file.is_file():
                count, size = count + 1, size + file.stat().st_size
                if count > MOST_FILES or size > MOST_BYTES:
                    raise NoProgram(
                        f"{source} has more code than a bot needs: over {MOST_FILES} files, or "
                        f"{MOST_BYTES // 10**6} MB. Put your bot into a folder of its own."
                    )
                shutil.copyfile(file, below / name)
    if (source / "node_modules").is_dir():
        link_packages(source / "node_modules", folder / "node_modules")
    return command


def link_packages(packages: Path, folder: Path) -> None:
    """Show Node.js each package of a folder; on Windows, which may forbid links, as a copy.

    With one link to all of them, `node_modules/..` would be the learner's own folder.
    """
    folder.mkdir()
    try:
        for package in packages.resolve().iterdir():
            (folder / package.name).symlink_to(package, target_is_directory=package.is_dir())
    except OSError:
        shutil.copytree(packages, folder, dirs_exist_ok=True)


def find_command(source: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command for a folder with one of these files; NoProgram if it has none."""
    first = files[0]
    if not source.is_dir():
        raise NoProgram(f"There is no folder {source}. Make it, and write your {first} there.")
    name = next((name for name in files if (source / name).is_file()), "")
    if name.endswith(".py"):
        return (sys.executable, name)
    if name:
        try:
            return (find_node(), name)
        except RuntimeError:
            raise NoProgram(
                f"{name} needs Node.js, which this machine lacks. Type: python3 start.py node"
            ) from None
    names = sorted(path.name for path in source.iterdir() if not path.name.startswith("."))
    if not names:
        raise NoProgram(f"{source} is empty. Write your bot into {first} there, and save it.")
    found = ", ".join(names[:5]) + (" …" if names[5:] else "")
    raise NoProgram(f"{source} has no {first}, only {found}. Save your bot as {first} there.")
