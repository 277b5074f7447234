"""The packages a function needs, at the versions of requirements.lock, as files for its cloud.

A package that is installed here is copied when it is the locked version, its wheel runs on the
target, and each of its files is as its own list says: so most bundles are made without a network.
All others are downloaded, by uv or pip, which compare them with the lock's hashes.
"""

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    distributions,
)
from pathlib import Path, PurePosixPath

from packaging.tags import parse_tag

from deploy.bundle.lock import closure, read_lock, version_of
from deploy.bundle.target import Target

Files = dict[str, bytes]

# Left out: tests, type stubs, what other interpreters compiled, and the installer's own papers
# but for METADATA, where a package looks up its version.
NOT_NEEDED = re.compile(
    r"(^|/)(tests?|__pycache__)/|\.pyi$|(^|/)py\.typed$|\.dist-info/(?!METADATA$)"
)


def package_files(names: Iterable[str], lock: Path, target: Target) -> tuple[Files, list[str]]:
    """All files of the packages that provide these imports, and "name==version" of each.

    Raises ValueError for an import nobody provides, RuntimeError when a download fails.
    """
    locked = read_lock(lock)
    files: Files = {}
    wanted = sorted(closure(names, lock, target))
    missing = [name for name in wanted if not usable_here(name, locked[name], target)]
    for name in set(wanted) - set(missing):
        files |= files_of(distribution(name))
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "packages"
            download({name: locked[name] for name in missing}, folder, target)
            for found in distributions(path=[str(folder)]):
                files |= files_of(found)
    return files, [f"{name}=={version_of(locked[name])}" for name in wanted]


def usable_here(name: str, block: str, target: Target) -> bool:
    """Whether the copy installed here is the locked one and runs on the target."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return False
    wheel = found.read_text("WHEEL") or ""
    tags = {tag for name in re.findall(r"^Tag: (\S+)$", wheel, re.M) for tag in parse_tag(name)}
    runs_there = bool(tags & target.tags)
    return found.version == version_of(block) and runs_there and intact(found)


def intact(found: Distribution) -> bool:
    """Whether every file is still as it was installed, by the hashes in the package's RECORD."""
    for file in found.files or []:
        if file.hash and not NOT_NEEDED.search(file.as_posix()):
            path = Path(str(file.locate()))
            digest = hashlib.new(file.hash.mode, path.read_bytes() if path.is_file() else b"")
            if base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode() != file.hash.value:
                return False
    return bool(found.files)


def files_of(found: Distribution) -> Files:
    """Read the files of a package that a function needs at run time, by their path in the zip."""
    return {
        file.as_posix(): Path(str(file.locate())).read_bytes()
        for file in found.files or []
        if ".." not in PurePosixPath(file).parts and not NOT_NEEDED.search(file.as_posix())
    }


def download(locked: dict[str, str], folder: Path, target: Target) -> None:
    """Install these packages for the target into the folder, by uv where there is one, else pip."""
    list_file = folder.with_suffix(".txt")
    list_file.write_text("\n".join(locked.values()) + "\n", encoding="utf-8")
    uv = shutil.which("uv")
    command = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    options = target.uv_options if uv else target.pip_options
    where = ["install", "--target", str(folder), "--only-binary", ":all:"]
    what = ["--no-deps", "--require-hashes", "-r", str(list_file)]
    done = subprocess.run(
        [*command, *where, *options, *what],
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-6:])
        raise RuntimeError(
            f"{', '.join(locked)} could not be downloaded for {target}:\n{tail}\n"
            "Is the package registry reachable, and is there a wheel for this platform?"
        )
