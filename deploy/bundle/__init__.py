"""A folder becomes the zip that a real cloud takes.

What goes in: the learner's files, botlib, the packages that what they import of it needs, at the
locked versions, and what their requirements.txt asks for; compiled for the cloud's Python. What
never goes in: the sandbox, the lessons, a secret. The same input gives the same bytes (a package
that requirements.txt does not pin may be a newer one tomorrow). Nothing is uploaded: see deploy/.
"""

from dataclasses import dataclass
from pathlib import Path

from deploy.bundle.archive import compiled, zipped
from deploy.bundle.folder import check_handler, handlers_in, learner_files
from deploy.bundle.imports import BOTLIB, botlib_files, needed
from deploy.bundle.lock import provided
from deploy.bundle.packages import package_files, required
from deploy.bundle.target import Target

__all__ = ["Bundle", "Target", "bundle"]

LOCK = BOTLIB.parent / "requirements.lock"
ENTRY_POINT = "main.handler"
REQUIREMENTS = "requirements.txt"


@dataclass(frozen=True)
class Bundle:
    """A zip on disk, and what is in it."""

    path: Path
    target: Target
    handlers: tuple[str, ...]  # what the cloud calls, as FILE.FUNCTION
    modules: tuple[str, ...]  # of botlib, that the functions load; all of it is in the zip
    missing: tuple[str, ...]  # imports that nobody has and that the function may do without
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
) -> Bundle:
    """Pack a folder; `out` is FOLDER.zip beside it unless said otherwise.

    `handler` is what the cloud calls, as FILE.FUNCTION: what that file imports goes along. Left
    out, it is all that the folder has of main.handler and the functions that `start.py new` makes.
    Raises ValueError for a folder that no cloud could run, RuntimeError if a download fails.
    """
    folder, target = Path(folder).resolve(), target or Target()
    path = Path(out) if out else folder.with_name(f"{folder.name}.zip")
    if path.is_dir():
        wanted = path / f"{folder.name}.zip"
        raise ValueError(f"{path} is a folder. Expected the zip's name, such as {wanted}.")
    own = learner_files(folder)
    handlers = [handler] if handler else handlers_in(own) or [ENTRY_POINT]
    entries = [check_handler(own, folder, each) for each in handlers]
    asked_for = required(folder / REQUIREMENTS, target)
    needs = needed(folder, entries, provided(LOCK) | asked_for.tops)
    tops = set(needs.packages) - asked_for.tops
    packages, versions = package_files(tops, LOCK, target, asked_for)
    files = packages | (botlib_files() if needs.botlib else {}) | own
    files.pop(REQUIREMENTS, None)
    if target.interpreter:
        files |= compiled(files, target.interpreter)
    content = zipped(files)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Bundle(
        path=path,
        target=target,
        handlers=tuple(handlers),
        modules=needs.botlib,
        missing=needs.missing,
        packages=tuple(versions),
        is_compiled=target.interpreter is not None,
        files=len(files),
        size=len(content),
        unzipped=sum(map(len, files.values())),
    )
