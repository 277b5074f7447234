"""Read requirements.lock: the packages behind an import, and their dependencies.

The copies that are installed here say what they depend on. Nothing is installed.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.bundle.target import THIS_PYTHON, Target


def with_dependencies(imports: Iterable[str], lock: Path, target: Target) -> set[str]:
    """Name the packages behind these imports, and all their dependencies on the target.

    Raises ValueError, which says what to do, for one that is not installed or not locked.
    """
    providers, locked = installed_packages(), read_lock(lock)
    names: set[str] = set()
    todo = [Requirement(providers[top][0]) for top in imports]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        found = next(iter(distributions(name=name)), None)
        if name not in locked or found is None:
            raise ValueError(
                f"{name} is needed for {target}, and it is not installed here or not in "
                f"{lock.name}. To install the course's packages, type: python3 start.py. If only "
                f"another Python needs it, add --python {THIS_PYTHON}."
            )
        names.add(name)
        for needs in map(Requirement, found.requires or []):
            known = canonicalize_name(needs.name) in names and not needs.extras
            if not known and requirement_applies(needs, wanted.extras, target):
                todo.append(needs)
    return names


def requirement_applies(needs: Requirement, extras: set[str], target: Target) -> bool:
    """Tell whether a conditional requirement applies on the target, with these extras."""
    if needs.marker is None:
        return True
    worlds = [target.markers | {"extra": extra} for extra in extras or {""}]
    return any(needs.marker.evaluate(world) for world in worlds)


@cache
def installed_packages() -> dict[str, list[str]]:
    """Name the packages that are installed here, by what can be imported from them.

    To read them takes longer than to pack a small bot.
    """
    return dict(packages_distributions())


def importable_names(lock: Path) -> set[str]:
    """Name what can be imported from the locked packages that are installed here."""
    locked = read_lock(lock)
    return {
        top for top, names in installed_packages().items() if canonicalize_name(names[0]) in locked
    }


def read_lock(path: Path, target: Target | None = None) -> dict[str, str]:
    """Read requirements.lock: the lines of each package by its name, hashes included.

    With a target, only what applies there, and without the conditions: some packages are locked
    twice, such as numpy for older and for newer Pythons, and pip would compare the conditions with
    the Python that it runs in.
    """
    blocks = re.split(r"\n(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for block in blocks:
        if not re.match(r"[A-Za-z0-9][\w.-]*==", block):
            continue
        wanted, backslash, hashes = block.partition("\\")
        needs = Requirement(wanted)
        if target is None:
            found[canonicalize_name(needs.name)] = block
        elif requirement_applies(needs, set(), target):
            lines = f"{needs.name}{needs.specifier} {backslash}{hashes}"
            found[canonicalize_name(needs.name)] = lines
    return found


def version_of(block: str) -> str:
    """Read the version in a lock's lines.

    >>> version_of("h11==0.16.0 \\\\\\n    --hash=sha256:…")
    '0.16.0'
    """
    return re.split(r"==|[ ;\\]", block)[1]
