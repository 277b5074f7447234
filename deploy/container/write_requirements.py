"""Write the parts of requirements.lock that two images need: a bot's and the sandbox's.

python deploy/container/write_requirements.py
"""

from pathlib import Path

from deploy.bundle import LOCK, Target
from deploy.bundle.lockfile import read_lock, with_dependencies
from deploy.bundle.target import PYTHONS

IMPORTS_BY_FILE = {  # a file, and what the program in its image imports
    Path(__file__).with_name("requirements.txt"): ("aiohttp", "dotenv", "redis", "telegram"),
    LOCK.parent / "sandbox/requirements.lock": (
        "PIL",
        "aiohttp",
        "aiosmtpd",
        "cryptography",
        "psutil",
    ),
}
OLD_PYTHON = "async-timeout"  # redis wants it below Python 3.11.3, which Debian 12 still has


def requirements(imports: tuple[str, ...], lock: Path = LOCK) -> str:
    """Cut the lock down to these packages and what they need on any Python, hashes included."""
    locked = read_lock(lock)
    each = (with_dependencies(imports, lock, Target(python)) for python in PYTHONS)
    names = set().union(*each) | ({OLD_PYTHON} if "redis" in imports else set())
    return "\n".join(locked[name].rstrip() for name in sorted(names)) + "\n"


if __name__ == "__main__":
    for path, imports in IMPORTS_BY_FILE.items():
        path.write_text(requirements(imports), encoding="utf-8")
