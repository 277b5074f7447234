"""Write requirements.txt beside this file: the part of requirements.lock that a bot alone needs."""

from pathlib import Path

from deploy.bundle import LOCK, Target
from deploy.bundle.lockfile import read_lock, with_dependencies
from deploy.bundle.target import PYTHONS

IMPORTS = ("dotenv", "redis", "telegram", "twitchio")
OLD_PYTHON = "async-timeout"  # redis wants it below Python 3.11.3, which Debian 12 still has


def requirements(lock: Path = LOCK) -> str:
    """Cut the lock down to these packages and what they need on any Python, hashes included."""
    locked = read_lock(lock)
    each = (with_dependencies(IMPORTS, lock, Target(python)) for python in PYTHONS)
    names = set().union(*each)
    return "\n".join(locked[name].rstrip() for name in sorted({*names, OLD_PYTHON})) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("requirements.txt").write_text(requirements(), encoding="utf-8")
