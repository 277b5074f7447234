"""Pack a bot's folder into the zip that a real cloud takes.

The zip holds the bot's files, botlib, the packages that the bot uses of it, at the locked versions,
and what its requirements.txt asks for, compiled for the cloud's Python. The sandbox, the lessons
and every secret that deploy/secret_scan.py recognizes are refused. The same input gives the same
bytes, except that a package without a version in requirements.txt may be newer tomorrow.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.bundle.archive import compile_modules, is_bundle, zip_files
from deploy.bundle.bot_folder import bot_files, check_handler, handlers_in
from deploy.bundle.imports import BOTLIB, botlib_files, find_needed
from deploy.bundle.lockfile import importable_names
from deploy.bundle.packages import add_locked, download_required
from deploy.bundle.target import Target
from deploy.whole_file import write_whole

__all__ = ["Bundle", "Target", "bundle"]

LOCK = BOTLIB.parent / "requirements.lock"
ENTRY_POINT = "main.handler"
REQUIREMENTS = "requirements.txt"


@dataclass(frozen=True)
class Bundle:
    """A zip on disk, and what it holds."""

    path: Path
    target: Target
    handlers: tuple[str, ...]  # what the cloud calls, as FILE.FUNCTION
    has_botlib: bool  # all of it
    missing: tuple[str, ...]  # imports that were not found and may not be needed
    packages: tuple[str, ...]
    is_compiled: bool
    files: int
    size: int  # bytes of the zip
    unzipped: int  # bytes of all files in it


def bundle(
    folder: Path | str,
    out: Path | str | None = None,
    target: Target | None = None,
    handler: str = "",
    added: dict[str, bytes] | None = None,
) -> Bundle:
    """Pack a folder into `out`, by default FOLDER.zip in the same place.

    `handler` is what the cloud calls, as FILE.FUNCTION. By default it is main.handler and the
    functions that `start.py new` makes, as many as there are. `added` are files to pack that the
    folder lacks, by their names. Packages that these files import are packed, too. Raises
    ValueError for a folder that no cloud can run, RuntimeError if a download fails.
    """
    folder, target = Path(folder).resolve(), target or Target()
    path = Path(out) if out else folder.with_name(f"{folder.name}.zip")
    if path.is_dir():
        wanted = path / f"{folder.name}.zip"
        raise ValueError(f"{path} is a folder. Expected the zip's name, such as {wanted}.")
    if os.path.lexists(path) and not is_bundle(path):  # also a link to where nothing is
        raise ValueError(
            f"{path} is there already, and is no bundle. Move it, or choose another name by --out."
        )
    own = bot_files(folder) | (added or {})
    handlers = [handler] if handler else handlers_in(own) or [ENTRY_POINT]
    entries = [check_handler(own, folder, each) for each in handlers]
    zip_files(own)  # so that files which are too large alone stop it before any download
    asked_for = download_required(folder / REQUIREMENTS, target)
    needs = find_needed(own, entries, importable_names(LOCK) | asked_for.tops)
    tops = set(needs.packages) - asked_for.tops
    packages = add_locked(tops, LOCK, target, asked_for)
    files = packages.files | (botlib_files() if needs.botlib else {}) | own
    files.pop(REQUIREMENTS, None)
    if target.interpreter:
        files |= compile_modules(files, target.interpreter)
    content = zip_files(files)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.resolve(), content)  # a link stays one
    return Bundle(
        path=path,
        target=target,
        handlers=tuple(handlers),
        has_botlib=needs.botlib,
        missing=needs.missing,
        packages=tuple(f"{name}=={version}" for name, version in sorted(packages.versions.items())),
        is_compiled=target.interpreter is not None,
        files=len(files),
        size=len(content),
        unzipped=sum(map(len, files.values())),
    )
