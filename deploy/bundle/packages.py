"""Collect the packages that a function needs, as files for its cloud.

Packages of botlib have the versions of requirements.lock. One that is installed here is copied if
it has the locked version, its wheel runs on the target, and no file was changed. So most bundles
need no network. uv or pip downloads the others and compares them with the lock's hashes.

What the folder's own requirements.txt asks for is always packed. uv or pip downloads it, and checks
its hashes if it has some.
"""

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from deploy.bundle.lockfile import read_lock, requirement_applies, version_of, with_dependencies
from deploy.bundle.target import THIS_PYTHON, Target
from deploy.installer import environment_for, uv_words
from deploy.requirements_txt import lines_in

Files = dict[str, bytes]

# Not packed: tests, type stubs, what other interpreters compiled, and the installer's own files
# except METADATA, where a package looks up its version.
NOT_NEEDED = re.compile(
    r"(^|/)(tests?|__pycache__)/|\.pyi$|(^|/)py\.typed$|\.dist-info/(?!METADATA$)"
)


class Packages(NamedTuple):
    """Packages to pack."""

    files: Files  # by their path in the zip
    versions: dict[str, str]  # by the package's name

    @property
    def tops(self) -> set[str]:
        """The names that can be imported from them."""
        return {name.partition("/")[0].partition(".")[0] for name in self.files}


def download_required(requirements: Path, target: Target) -> Packages:
    """Download what a folder's requirements.txt asks for; nothing if it is empty or missing.

    Raises ValueError for a line that may not be in it, RuntimeError if a download fails.
    """
    lines = lines_in(requirements)
    return install_lines(lines, target) if lines else Packages({}, {})


def add_locked(names: Iterable[str], lock: Path, target: Target, own: Packages) -> Packages:
    """Add the locked packages that provide these imports to the folder's own, which win.

    Raises ValueError for an import that no package provides, RuntimeError if a download fails.
    """
    locked = read_lock(lock, target)
    wanted = sorted(with_dependencies(names, lock, target) - own.versions.keys())
    here = {name: installed_files(name, locked[name], target) for name in wanted}
    files = {name: content for copy in here.values() for name, content in copy.items()}
    if missing := [name for name in wanted if not here[name]]:
        chosen = [locked[name] for name in missing]
        files |= install_lines(chosen, target, "--no-deps", "--require-hashes").files
    versions = {name: version_of(locked[name]) for name in wanted}
    return Packages(files | own.files, versions | own.versions)


def check_complete(found: list[Distribution], target: Target) -> None:
    """Raise ValueError, which says what to do, for what pip got wrong for another Python.

    pip compares a condition such as `; python_version >= "3.13"` with the Python that it runs in.
    """
    there = {canonicalize_name(one.name) for one in found}
    for one in found:
        wanted = one.metadata["Requires-Python"] or ""
        if not SpecifierSet(wanted).contains(target.markers["python_full_version"]):
            raise ValueError(
                f"{one.name} {one.version} needs Python {wanted}, and the bundle is for {target}. "
                "Write another version of it into the folder's requirements.txt."
            )
        for needs in map(Requirement, one.requires or []):
            if (
                requirement_applies(needs, set(), target)
                and canonicalize_name(needs.name) not in there
            ):
                raise ValueError(
                    f"{one.name} needs {needs.name} for {target}, and pip here, with Python "
                    f"{THIS_PYTHON}, does not see that. Write {needs.name}{needs.specifier} into "
                    "the folder's requirements.txt, too."
                )


def installed_files(name: str, block: str, target: Target) -> Files:
    """Read the copy installed here; {} unless it is whole, locked, and runs on the target."""
    with suppress(PackageNotFoundError, FileNotFoundError, ValueError):
        found = distribution(name)
        wheel = found.read_text("WHEEL") or ""
        tags = {tag for each in re.findall(r"^Tag: (\S+)$", wheel, re.M) for tag in parse_tag(each)}
        if found.version == version_of(block) and tags & target.tags:
            return files_of(found)
    return {}


def files_of(found: Distribution) -> Files:
    """Read the files of a package that a function needs at run time, by their path in the zip.

    Its commands lie outside, in "../". Raises ValueError for a file that is not as RECORD says.
    """
    files = {}
    for file in found.files or []:
        if ".." in file.parts or NOT_NEEDED.search(file.as_posix()):
            continue
        content = file.read_binary()
        if file.hash:
            digest = hashlib.new(file.hash.mode, content).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                raise ValueError(f"{file} of {found.name} was changed after it was installed.")
        files[file.as_posix()] = content
    return files


def install_lines(lines: list[str], target: Target, *options: str) -> Packages:
    """Install what checked lines ask for, by uv if it is here, else by pip, and read it.

    Only wheels: what a source package builds here may not run on the cloud's machine, and to build
    it is to run its author's program. One door is left: pip builds what a wheel demands at an
    address. PyPI takes no such wheel, and uv refuses it.
    """
    uv, pip = shutil.which("uv"), [sys.executable, "-P", "-m", "pip"]
    command, how = (uv_words(uv), target.uv_options) if uv else (pip, target.pip_options)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch, "requirements.txt")
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        where = ["install", "--target", folder, "--only-binary", ":all:"]
        where += ["--python", sys.executable] if uv else []
        done = subprocess.run(
            [*command, *where, *how, *options, "-r", str(listed)],
            cwd=folder,  # where you are, a file could mean something to it
            env=environment_for(pip),
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode:
            tail = "\n".join(done.stderr.strip().splitlines()[-6:])
            raise RuntimeError(
                f"what requirements.txt lists could not be installed for {target}:\n{tail}\n"
                "Is every name right, can you reach the package registry, and is there a wheel for "
                "this Python and platform? If a package exists as source only, copy its code into "
                "your bot's folder."
            )
        found = list(distributions(path=[folder]))
        if "--no-deps" not in options:
            check_complete(found, target)
        files = {name: content for each in found for name, content in files_of(each).items()}
        return Packages(files, {canonicalize_name(each.name): each.version for each in found})
