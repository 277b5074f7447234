"""A terminal in the course's folder, for a notebook: commands that reach only sandboxes."""

import re
import subprocess
import sys
from collections.abc import Mapping

from lessons.worlds.environment import COURSE, sandbox_environment

COMMANDS = ("bundle", "deploy")
MEASURED_NUMBER = re.compile(r"[\d.]+(?= (?:MB|kB|ms|files)\b)")
DATE, VERSION = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"==[\w.]+")


def type_command(command: str, settings: Mapping[str, str] | None = None) -> None:
    """Run "python3 start.py …" in the notebook's folder, and print what it says.

    The settings are those that `.env` would have. A date is shown as "(a date)", a package without
    its version, and ≈ is before what differs from machine to machine. ValueError for a command that
    notebooks don't run.
    """
    python, start, name, *words = command.split()
    if (python, start) != ("python3", "start.py") or name not in COMMANDS:
        raise ValueError(f"notebooks run python3 start.py {' or '.join(COMMANDS)}, not {command}")
    done = subprocess.run(
        [sys.executable, COURSE / "start.py", name, *words],
        env={**sandbox_environment(), "COURSE_PYTHON": sys.executable, **(settings or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    shown = VERSION.sub("", MEASURED_NUMBER.sub(r"≈ \g<0>", done.stdout))
    print(DATE.sub("(a date)", shown).rstrip())
