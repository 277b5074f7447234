"""The files of an account, in a folder of this machine, and the refusals of the API."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

QUOTA = 512 * 1024 * 1024  # bytes; help page DiskQuota, 2023-07-09
TREE_LIMIT = 1000  # names; help page API, 2025-03-19


class ApiError(Exception):
    """A refusal of the API: a status, and a body that is sent as JSON; a text is its "detail"."""

    def __init__(self, status: int, body: str | Mapping[str, object], wait_s: int = 0) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = {"detail": body} if isinstance(body, str) else body
        self.headers = {"Retry-After": str(wait_s)} if wait_s else {}


class Disk:
    """The folders of an account under `root`: its home, /var/www, /var/log and /tmp.

    Paths in arguments and results are the account's, such as /var/log/some.log.
    """

    def __init__(self, root: Path, username: str) -> None:
        self.root = root.resolve()
        self.home = self.root / "home" / username
        self._tops = [self.home, *(self.root / each for each in ("var/www", "var/log", "tmp"))]
        for top in self._tops:
            top.mkdir(parents=True)

    def find(self, path: str) -> Path | None:
        """Return where a path is on this machine; None if it leads out of the account's folders."""
        try:
            place = self.root.joinpath(path.lstrip("/")).resolve()  # a link may lead out
        except (OSError, ValueError, RuntimeError):  # a zero byte, a circle of links
            return None
        return place if any(place.is_relative_to(top) for top in self._tops) else None

    def existing(self, path: str) -> Path:
        """Return where a file or folder is; 404 in the words that core's tests have."""
        place = self.find(path)
        if place is None or not (place.is_file() or place.is_dir()):
            raise ApiError(404, f"No such file or directory: {path}")
        return place

    def write(self, path: str, content: bytes) -> bool:
        """Write a file and the folders above it; return whether it is new."""
        place = self.find(path)
        if place is None:
            raise ApiError(403, "You do not have permission to perform this action.")
        if len(content) > self._free():
            raise ApiError(403, "Disk quota exceeded")
        is_new = not place.exists()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return is_new

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with everything in it."""
        place = self.find(path)
        if place is None or not place.exists():
            raise ApiError(404, {"message": "File does not exist", "code": "not_found"})
        if place in self._tops:
            words = "You do not have permission to delete this"
            raise ApiError(403, {"message": words, "code": "forbidden"})
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()

    def tree(self, path: str) -> list[str]:
        """Return all paths in a folder and its subfolders; a folder's path ends with a slash."""
        place = self.find(path)
        if place is None or not place.is_dir():
            raise ApiError(400, f"{path} does not exist")
        found = [
            f"/{each.relative_to(self.root).as_posix()}{'/' if each.is_dir() else ''}"
            for each in place.rglob("*")
        ]
        return sorted(found)[:TREE_LIMIT]

    def _free(self) -> int:
        """Return how many bytes the quota leaves; it counts home and /tmp (page DiskQuota)."""
        tops = (self.home, self.root / "tmp")
        files = [Path(folder, name) for top in tops for folder, _, names in os.walk(top)
                 for name in names]  # fmt: skip
        return QUOTA - sum(file.lstat().st_size for file in files)
