"""Functions that are deployed again whenever their folder is saved.

A save may come in several writes, and an editor may write half a file before the other half. So a
folder is deployed when it has been quiet for a moment, and the new version must load before it
takes the place of the old one. What a bad save breaks is said, and the old version goes on.

Modification times are asked for again and again: it works on every system and every file system,
and a function's folder is small.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.function import Function

PAUSE_S = 0.3  # between two looks
NOT_SOURCES = (
    "__pycache__",
    "node_modules",
)  # installed or made, and large; what begins with a dot
Look = dict[str, tuple[int, int]]


class SavedFolder:
    """A folder as a function; `settings` are those of `Cloud.deploy`."""

    def __init__(self, cloud: Cloud, name: str, folder: Path, settings: dict[str, Any]) -> None:
        self.name = name
        self.folder = folder
        self._cloud = cloud
        self._settings = settings
        self._deployed = self._before = look(folder)
        self.function = self._deploy()

    def deploy_again(self) -> Function | None:
        """Deploy it if it was saved and has been quiet since the last call; None if not.

        Raises what `Cloud.deploy` raises for a version that does not load; the old one goes on, and
        that version is not tried again.
        """
        now = look(self.folder)
        is_quiet, self._before = now == self._before, now
        if not is_quiet or not now or now == self._deployed:
            return None
        self._deployed = now  # taken before the copy: what changes meanwhile is seen next time
        self.function = self._deploy(must_load=True)
        return self.function

    def _deploy(self, must_load: bool = False) -> Function:
        return self._cloud.deploy(self.name, self.folder, must_load=must_load, **self._settings)


def look(folder: Path) -> Look:
    """When each file was written and how large it is; {} while there is no such folder."""
    found: Look = {}
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_SOURCES and name[0] != "."]
        for name in files:
            if name[0] == "." or name[-1] == "~":  # an editor's own, mostly
                continue
            file = Path(path, name)
            try:
                state = file.stat()
            except OSError:  # it is just being replaced
                continue
            found[str(file)] = (state.st_mtime_ns, state.st_size)
    return found


def keep_deployed(
    folders: list[SavedFolder], say: Callable[[str], None], stopped: threading.Event
) -> None:
    """Look after folders until it is to stop."""
    while not stopped.wait(PAUSE_S):
        for each in folders:
            try:
                if each.deploy_again():
                    say(f"[{each.name}] saved, and deployed again")
            except (FunctionError, OSError, ValueError) as error:
                say(f"[{each.name}] saved, but not deployed: {error}\nThe version before goes on.")
            except (RuntimeError, CancelledError):  # the cloud is closed
                return
