"""Keep a random seed on this machine, so that tokens are the same at every start, only here.

It is in the user's state folder, and nobody else can read it. The environment variable
BOT_SANDBOX_STATE names another folder.
"""

import os
import secrets
import sys
import time
from pathlib import Path

LENGTH = 64  # hexadecimal digits
TRIES, PAUSE_S = 50, 0.02  # to wait for another process that is writing the seed


def machine_seed() -> str:
    """Return the seed, made by the first call; raise OSError, with a fix, if it can't be kept."""
    file = state_folder() / "seed"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(file, "x", encoding="ascii", opener=open_for_owner) as new:
                new.write(secrets.token_hex(LENGTH // 2))
        except FileExistsError:
            pass
        for _ in range(TRIES):
            if seed := file.read_text(encoding="ascii", errors="replace").strip():
                break
            time.sleep(PAUSE_S)
    except OSError as error:
        raise OSError(
            f"the seed for --fixed cannot be kept in {file} ({error.strerror}). Choose a seed "
            "yourself: --seed TEXT"
        ) from None
    if len(seed) != LENGTH:
        raise OSError(f"{file} holds no seed. Delete it and start again.")
    return seed


def state_folder() -> Path:
    """Return the sandbox's folder for state on this system."""
    if own := os.environ.get("BOT_SANDBOX_STATE"):
        return Path(own)
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / "bot-sandbox"


def open_for_owner(path: str, flags: int) -> int:
    """Open a file that only its owner may read."""
    return os.open(path, flags, 0o600)
