"""requirements.lock: which packages stand behind an import, and all that those need in turn.

What a package needs is read from its copy that is installed here. Nothing is installed.
"""

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.bundle.target import THIS_PYTHON, Target


def closure(imports: Iterable[str], lock: Path, target: Target) -> set[str]:
    """Name the packages behind these imports, which are locked, and all that those need there.

    Raises ValueError, which says what to do, for one that is not installed or not locked.
    """
    providers, locked = packages_distributions(), read_lock(lock)
    names: set[str] = set()
    todo = [Requirement(providers[top][0]) for top in imports]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        if name not in locked:
            raise ValueError(
                f"{name} is needed, and {lock.name} does not have it: the packages that are "
                "installed here are not the course's. Type python3 start.py, which installs those."
            )
        names.add(name)
        for needs in needs_of(name, target):
            known = canonicalize_name(needs.name) in names and not needs.extras
            if not known and applies(needs, wanted.extras, target):
                todo.append(needs)
    return names


def needs_of(name: str, target: Target) -> list[Requirement]:
    """What a package says it needs; ValueError if it is not installed here."""
    try:
        return [Requirement(line) for line in distribution(name).requires or []]
    except PackageNotFoundError:
        raise ValueError(
            f"{name} is needed for {target}, but it is not installed here, so nobody knows what it "
            "needs in turn. Type python3 start.py, which installs what is missing; if only "
            f"another Python needs it, choose --python {THIS_PYTHON}."
        ) from None


def applies(needs: Requirement, extras: set[str], target: Target) -> bool:
    """Whether a conditional requirement holds on the target, with these extras asked for."""
    if needs.marker is None:
        return True
    worlds = [target.markers | {"extra": extra} for extra in extras or {""}]
    return any(needs.marker.evaluate(world) for world in worlds)


def provided(lock: Path) -> set[str]:
    """The names that can be imported from the packages of the lock that are installed here."""
    locked = read_lock(lock)
    return {
        top
        for top, names in packages_distributions().items()
        if canonicalize_name(names[0]) in locked
    }


def read_lock(path: Path) -> dict[str, str]:
    """Read requirements.lock: the lines of each package by its name, hashes included."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"))
    named = [block for block in blocks if re.match(r"[A-Za-z0-9][\w.-]*==", block)]
    return {canonicalize_name(block.partition("==")[0]): block for block in named}


def version_of(block: str) -> str:
    """Read the version in a lock's lines.

    >>> version_of("h11==0.16.0 \\\\\\n    --hash=sha256:…")
    '0.16.0'
    """
    return re.split(r"==|[ ;\\]", block)[1]
