"""The files of an account, in a folder of this machine, and the refusals of the API."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

QUOTA = 512 * 1024 * 1024  # bytes; help page DiskQuota, 2023-07-09
TREE_LIMIT = 1000  # names; help page API, 2025-03-19


class ApiError(Exception):
    """A refusal of the API: a status, and a body that is sent as JSON; a text is its "detail"."""

    def __init__(
        self,
        status: int,
        body: str | Mapping[str, object],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.headers = status, headers
        self.body = {"detail": body} if isinstance(body, str) else body


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
        place = self.root.joinpath(*PurePosixPath(path).parts[1:])
        try:
            real = Path(os.path.realpath(place))  # a link may lead out, and so may a Windows drive
            place.stat()
        except FileNotFoundError:  # it may become a new file
            pass
        except (OSError, ValueError):  # a zero byte, a name too long, a circle of links
            return None
        inside = any(real.is_relative_to(top) for top in self._tops)
        return place if inside and ".." not in place.parts else None

    def existing(self, path: str) -> Path:
        """Return where a file or folder is; 404 in the words that core's tests have."""
        place = self.find(path)
        if place is None or not (place.is_file() or place.is_dir()):  # nor a pipe
            raise ApiError(404, f"No such file or directory: {path}")
        return place

    def put(self, upload: Path, path: str) -> bool:
        """Move an upload to a path, with the folders above it; return whether the file is new."""
        place = self.find(path)
        if place is None:
            raise ApiError(403, "You do not have permission to perform this action.")
        is_new = not place.exists()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            upload.replace(os.path.realpath(place))  # not over a link
        except OSError as error:  # such as a folder at this path; not documented
            raise ApiError(400, f"{error.strerror}: {path}") from None
        return is_new

    def delete(self, path: str) -> None:
        """Delete a file, a link, or a folder with everything in it."""
        place = self.find(path)
        if place is None or not os.path.lexists(place):
            raise ApiError(404, {"message": "File does not exist", "code": "not_found"})
        if place in self._tops:
            words = "You do not have permission to delete this"
            raise ApiError(403, {"message": words, "code": "forbidden"})
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()

    def tree(self, path: str) -> list[str]:
        """Return all paths in a folder and its subfolders; a folder's path ends with a slash."""
        place = self.find(path)
        if place is None or not place.is_dir():
            is_there = place is not None and place.exists()
            why = "is not a directory" if is_there else "does not exist"
            raise ApiError(400, f"{path} {why}")
        found = []
        for folder, folders, files in os.walk(place):
            above = "/" + Path(folder).relative_to(self.root).as_posix()
            found += [f"{above}/{name}/" for name in folders]
            found += [f"{above}/{name}" for name in files]
        return sorted(found)[:TREE_LIMIT]

    def free(self) -> int:
        """Return how many bytes the quota leaves; it counts home and /tmp (page DiskQuota)."""
        used = 0
        for top in (self.home, self.root / "tmp"):
            for folder, _, files in os.walk(top):
                used += sum(os.lstat(Path(folder, name)).st_size for name in files)
        return QUOTA - used
