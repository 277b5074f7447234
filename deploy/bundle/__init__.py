"""A folder becomes the zip that a real cloud takes.

What goes in: the learner's files, the botlib modules they import, and the packages those need, at
the locked versions, compiled for the cloud's Python. What never goes in: the sandbox, the lessons,
a secret. The same input gives the same bytes. Nothing is uploaded: see deploy/.
"""

from dataclasses import dataclass
from pathlib import Path

from deploy.bundle.archive import compiled, zipped
from deploy.bundle.folder import check_handler, learner_files
from deploy.bundle.imports import BOTLIB, needed
from deploy.bundle.packages import package_files
from deploy.bundle.target import Target

__all__ = ["Bundle", "Target", "bundle"]

LOCK = BOTLIB.parent / "requirements.lock"
ENTRY_POINT = "main.handler"


@dataclass(frozen=True)
class Bundle:
    """A zip on disk, and what is in it."""

    path: Path
    target: Target
    handler: str
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    is_compiled: bool
    files: int
    size: int  # bytes of the zip
    unzipped: int  # bytes of all files in it


def bundle(
    folder: Path | str,
    out: Path | str | None = None,
    target: Target | None = None,
    handler: str = ENTRY_POINT,
) -> Bundle:
    """Pack a folder; `out` is FOLDER.zip beside it unless said otherwise.

    `handler` is what the cloud calls, as FILE.FUNCTION: what that file imports goes along.
    Raises ValueError for a folder that no cloud could run, RuntimeError if a download fails.
    """
    folder, target = Path(folder).resolve(), target or Target()
    path = Path(out) if out else folder.with_name(f"{folder.name}.zip")
    if path.is_dir():
        wanted = path / f"{folder.name}.zip"
        raise ValueError(f"{path} is a folder. Expected the zip's name, such as {wanted}.")
    own = learner_files(folder)
    needs = needed(folder, [check_handler(own, folder, handler)])
    packages, versions = package_files(needs.packages, LOCK, target)
    modules = {f"{file.relative_to(BOTLIB.parent).as_posix()}": file for file in needs.files}
    files = packages | {name: file.read_bytes() for name, file in modules.items()} | own
    if target.interpreter:
        files |= compiled(files, target.interpreter)
    content = zipped(files)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Bundle(
        path=path,
        target=target,
        handler=handler,
        modules=needs.botlib,
        packages=tuple(versions),
        is_compiled=target.interpreter is not None,
        files=len(files),
        size=len(content),
        unzipped=sum(map(len, files.values())),
    )
