"""The environment of a program that a notebook starts: no setting of this machine's own bots."""

import os
from pathlib import Path

COURSE = Path(__file__).parents[2]
IMPORT_PATH = COURSE / "deploy/import_path"  # its file puts COURSE after Python's own modules
OTHERS = ("TELEGRAM_", "TWITCH_")  # settings of this machine's own bots


def sandbox_environment() -> dict[str, str]:
    """Return this environment without any bot's settings, for a process in the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return kept | {"BOT_WORLD": "sandbox", "PYTHONPATH": str(IMPORT_PATH), "PYTHONUTF8": "1"}
