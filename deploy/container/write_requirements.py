"""Write requirements.txt beside this file: the part of requirements.lock that a bot alone needs."""

from pathlib import Path

from botlib.bundle import LOCK, Target
from botlib.bundle.packages import closure, read_lock

IMPORTS = ("dotenv", "telegram", "twitchio")


def requirements(lock: Path = LOCK) -> str:
    """Cut the lock down to these packages and what they need, hashes included."""
    locked = read_lock(lock)
    names = closure(IMPORTS, locked, Target())
    return "\n".join(locked[name].rstrip() for name in sorted(names)) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("requirements.txt").write_text(requirements(), encoding="utf-8")
