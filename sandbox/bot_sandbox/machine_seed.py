"""A random seed that this machine keeps: with it, tokens are the same at every start, only here.

It lives in the user's own folder for such things, readable by nobody else. The environment variable
BOT_SANDBOX_STATE names another folder.
"""

import os
import secrets
import sys
import time
from pathlib import Path

LENGTH = 64  # hexadecimal digits
TRIES, PAUSE_S = 50, 0.02  # until a seed is there that another process has just begun to write


def machine_seed() -> str:
    """Return the seed; the first call makes it. OSError, with a fix, if it cannot be kept."""
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
    """Return the folder where this system keeps what programs remember."""
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
