"""What this machine has for the course, and for each thing missing, its fix.

Each check returns None when all is well, or what was found and how to fix it. Nothing here
installs or changes anything: `python3 start.py` does.
"""

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from bot_sandbox.cloud.deployment import find_node
from lessons.workshop import workshop

LOCK = Path(__file__).parents[1] / "requirements.lock"
OLDEST, TOO_NEW = (3, 11), (3, 16)
MEMORY_MB = 500
SET_UP = "Run: python3 start.py"
PACKAGES = (
    "aiohttp",
    "ipykernel",
    "jupyterlab",
    "matplotlib",
    "psutil",
    "python-telegram-bot",
    "twitchio",
)
IMPORTS = "import aiohttp, matplotlib.figure, psutil, telegram, twitchio"


def check_machine() -> None:
    """Print one line for each thing the course needs; a problem's line names its fix."""
    found: dict[str, str | None] = {}
    for name, check in CHECKS.items():
        print(f"{name}: ", end="", flush=True)  # some take seconds, and one sees which
        found[name] = check()
        print(found[name] or "ok", flush=True)
    problems = sum(found[name] is not None for name in found if name not in FOR_LATER)
    print(f"{problems} to fix, then run this cell again" if problems else "This machine is ready.")


def check_python(current: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """Check that the locked packages were chosen for this Python."""
    if OLDEST <= current < TOO_NEW:
        return None
    return f"found {current[0]}.{current[1]}, expected 3.11 to 3.15. Install Python 3.14. {SET_UP}"


def check_packages(lock: Path = LOCK) -> str | None:
    """Check that each package is there, in a version of the lock file."""
    if not lock.is_file():
        return f"there is no {lock.name}. Download the whole course again"
    allowed = locked_versions(lock.read_text(encoding="utf-8"))
    for name in PACKAGES:
        here, expected = installed_version(name), allowed.get(name, set())
        if here is None:
            return f"{name} is missing. {SET_UP}"
        if here not in expected:
            wanted = " or ".join(sorted(expected)) or "none"
            return f"found {name} {here}, expected {wanted}. {SET_UP}"
    return None


def check_processes() -> str | None:
    """Check that a process can start and import every package."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", IMPORTS], capture_output=True, text=True, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no process could start ({error}). Allow Python in your security software"
    if child.returncode == 0:
        return None
    reason = (child.stderr.strip() or "no message").splitlines()[-1]
    return f"a new Python could not import the packages ({reason}). {SET_UP}"


def check_node() -> str | None:
    """Check for Node.js; only the side room The worker loop needs it."""
    try:
        find_node()
    except RuntimeError:
        return "not found; only one cell of the side room The worker loop uses it"
    return None


def has_node() -> bool:
    """Return whether Node.js is there; if not, print the command to type."""
    missing = check_node() is not None
    if missing:
        print("This machine has no Node.js. In a terminal in the course's folder, type:")
        print("python3 start.py node")
    return not missing


def check_memory() -> str | None:
    """Check that enough memory is free for a few small processes."""
    free = psutil.virtual_memory().available // 1_000_000
    if free >= MEMORY_MB:
        return None
    return f"{free} MB free, {MEMORY_MB} MB expected. Close some programs"


def check_network() -> str | None:
    """Check that programs can call each other at 127.0.0.1."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
            with socket.create_connection(address, timeout=5) as client:
                accepted, _ = server.accept()
                with accepted:
                    client.sendall(b"!")
                    if accepted.recv(1) == b"!":
                        return None
    except OSError as error:
        return f"127.0.0.1 does not answer ({error}). Allow Python in your firewall"
    return "127.0.0.1 answers with something else. Allow Python in your firewall"


def check_folder() -> str | None:
    """Check that notebooks can save files in the workshop."""
    folder = workshop()
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"cannot write in {folder.resolve()} ({error}). Move the course to your own folder"


def installed_version(name: str) -> str | None:
    """Return the version of an installed distribution; None if it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def locked_versions(lock: str) -> dict[str, set[str]]:
    r"""Return each package of a lock file with its versions; markers may allow several.

    >>> locked_versions("aiohttp==3.1 \\\n    --hash=sha256:00\nnumpy==2.4 ; python_version > '3'")
    {'aiohttp': {'3.1'}, 'numpy': {'2.4'}}
    """
    versions: dict[str, set[str]] = {}
    for name, number in re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE):
        versions.setdefault(name.lower(), set()).add(number)
    return versions


FOR_LATER = {"Node.js"}  # a machine without is ready all the same
CHECKS: dict[str, Callable[[], str | None]] = {
    "Python": check_python,
    "packages": check_packages,
    "new processes": check_processes,
    "Node.js": check_node,
    "memory": check_memory,
    "network at 127.0.0.1": check_network,
    "workshop folder": check_folder,
}
