"""Deploy functions again whenever their folder is saved.

A save may be several writes, and an editor may write half a file first. So a folder is deployed
when it has been quiet for a moment, and the new version must load before it replaces the old one.
If it doesn't load, you see why, and the old version keeps running.

This polls modification times: that works on every system and file system, and a function's folder
is small.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.function import Function

PAUSE_S = 0.3  # between two polls
IGNORED_FOLDERS = (
    "__pycache__",
    "node_modules",
)  # installed or generated, and large
FolderState = dict[str, tuple[int, int]]


class WatchedFolder:
    """A folder that is deployed as a function; `settings` are those of `Cloud.deploy`."""

    def __init__(self, cloud: Cloud, name: str, folder: Path, settings: dict[str, Any]) -> None:
        self.name = name
        self.folder = folder
        self._cloud = cloud
        self._settings = settings
        self._deployed = self._before = folder_state(folder)
        self.function = self._deploy()

    def deploy_again(self) -> Function | None:
        """Deploy it if it was saved and has been quiet since the last call; else return None.

        Raises what `Cloud.deploy` raises for a version that does not load. Then the old one keeps
        running, and this version is not tried again.
        """
        now = folder_state(self.folder)
        is_quiet, self._before = now == self._before, now
        if not is_quiet or not now or now == self._deployed:
            return None
        self._deployed = now  # from before the copy, so that a later change is seen next time
        self.function = self._deploy(must_load=True)
        return self.function

    def _deploy(self, must_load: bool = False) -> Function:
        return self._cloud.deploy(self.name, self.folder, must_load=must_load, **self._settings)


def folder_state(folder: Path) -> FolderState:
    """Return time and size of each file; {} if the folder doesn't exist."""
    found: FolderState = {}
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in IGNORED_FOLDERS and name[0] != "."]
        for name in files:
            if name[0] == "." or name[-1] == "~":  # mostly an editor's files
                continue
            file = Path(path, name)
            try:
                state = file.stat()
            except OSError:  # it is being replaced
                continue
            found[str(file)] = (state.st_mtime_ns, state.st_size)
    return found


def redeploy_on_save(
    folders: list[WatchedFolder], say: Callable[[str], None], stopped: threading.Event
) -> None:
    """Deploy saved folders again until `stopped` is set."""
    while not stopped.wait(PAUSE_S):
        for each in folders:
            try:
                if each.deploy_again():
                    say(f"[{each.name}] saved, and deployed again")
            except (FunctionError, OSError, ValueError) as error:
                why = f"saved, but not deployed: {error}"
                say(f"[{each.name}] {why}\nThe old version keeps running.")
            except (RuntimeError, CancelledError):  # the cloud is closed
                return
