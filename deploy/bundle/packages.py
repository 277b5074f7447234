"""The packages a function needs, as files for its cloud.

Those of botlib come at the versions of requirements.lock. One that is installed here is copied when
it is the locked version, its wheel runs on the target, and each of its files is as its own list
says: so most bundles are made without a network. All others are downloaded, by uv or pip, which
compare them with the lock's hashes.

What the folder's own requirements.txt asks for is uv's or pip's business alone, hashes included,
and goes along whether or not an import of it was found.
"""

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    distributions,
)
from pathlib import Path, PurePosixPath

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from deploy.bundle.lock import closure, read_lock, version_of
from deploy.bundle.target import Target
from deploy.requirements_txt import lines_in

Files = dict[str, bytes]

# Left out: tests, type stubs, what other interpreters compiled, and the installer's own papers
# but for METADATA, where a package looks up its version.
NOT_NEEDED = re.compile(
    r"(^|/)(tests?|__pycache__)/|\.pyi$|(^|/)py\.typed$|\.dist-info/(?!METADATA$)"
)


@dataclass(frozen=True)
class Required:
    """What came for a folder's requirements.txt."""

    files: Files = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # by the package's name

    @property
    def tops(self) -> set[str]:
        """The names that can be imported from it."""
        return {name.partition("/")[0].partition(".")[0] for name in self.files}


def required(requirements: Path, target: Target) -> Required:
    """Get what a folder's requirements.txt asks for; nothing where there is none, or an empty one.

    Raises ValueError for a package of the course's own, RuntimeError if it cannot be had for the
    target.
    """
    if not lines_in(requirements):
        return Required()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "packages"
        install(requirements, folder, target, [])
        found = list(distributions(path=[str(folder)]))
        files = {name: content for one in found for name, content in files_of(one).items()}
        return Required(files, {canonicalize_name(one.name): one.version for one in found})


def package_files(
    names: Iterable[str], lock: Path, target: Target, own: Required
) -> tuple[Files, list[str]]:
    """All files of the packages that provide these imports, and "name==version" of each.

    A package of the folder's own takes the place of the lock's. Raises ValueError for an import
    nobody provides, RuntimeError when a download fails.
    """
    locked = read_lock(lock)
    files: Files = {}
    wanted = sorted(closure(names, lock, target) - own.versions.keys())
    missing = [name for name in wanted if not usable_here(name, locked[name], target)]
    for name in set(wanted) - set(missing):
        files |= files_of(distribution(name))
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            folder, chosen = Path(scratch) / "packages", Path(scratch) / "chosen.txt"
            chosen.write_text("\n".join(locked[name] for name in missing) + "\n", encoding="utf-8")
            install(chosen, folder, target, ["--no-deps", "--require-hashes"])
            for found in distributions(path=[str(folder)]):
                files |= files_of(found)
    versions = {name: version_of(locked[name]) for name in wanted} | own.versions
    return files | own.files, [f"{name}=={versions[name]}" for name in sorted(versions)]


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


def install(requirements: Path, folder: Path, target: Target, options: list[str]) -> None:
    """Install what a file lists, for the target, into a folder: by uv where there is one, or pip.

    Only wheels: what an sdist would build here could be for this machine, not for the cloud's.
    """
    uv = shutil.which("uv")
    command = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    how = target.uv_options if uv else target.pip_options
    where = ["install", "--target", str(folder), "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, *where, *how, *options, "-r", str(requirements)],
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-6:])
        raise RuntimeError(
            f"what {requirements.name} lists could not be had for {target}:\n{tail}\n"
            "Is every name right, is the package registry reachable, and is there a wheel for this "
            "Python and platform? (One that exists as source only goes into the folder itself.)"
        )
