"""The environment of a program that a notebook starts, and a variable that is set for a while."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COURSE = Path(__file__).parents[2]
IMPORT_PATH = COURSE / "deploy/import_path"  # its file puts COURSE after Python's own modules
OTHERS = ("TELEGRAM_", "TWITCH_")  # settings of this machine's own bots


@contextmanager
def set_variable(name: str, value: str) -> Iterator[None]:
    """Set a variable of this process's environment; afterwards it is as before."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


def sandbox_environment() -> dict[str, str]:
    """Return this environment without any bot's settings, for a process in the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return kept | {"BOT_WORLD": "sandbox", "PYTHONPATH": str(IMPORT_PATH), "PYTHONUTF8": "1"}
