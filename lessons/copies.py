"""The learner's own copies of the notebooks, in my_course/: python3 start.py reset NUMBER

Brings the original of a notebook back, as in  start.py reset 05 . What you had is kept beside it
under another name. Without a number it tells which of your copies are older than the course.

`python3 start.py` makes the copies. They have no outputs, and the course itself never changes one
that you have changed.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessons.refresh import KERNEL

COURSE = Path(__file__).parents[1]
FOLDER = "my_course"  # in the course's folder, where git does not look
NOTEBOOKS = "notebooks"
ORIGINALS = ".originals.json"  # which version of the original each copy was made from
LANGUAGE = {  # as JupyterLab itself writes it: a notebook that has less is called changed
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "{}.{}.{}".format(*sys.version_info[:3]),
}


class Copies:
    """The learner's notebooks, and the originals that they were made from."""

    def __init__(self, course: Path = COURSE) -> None:
        self._originals = course / NOTEBOOKS
        self.folder = course / FOLDER
        self._record = self.folder / ORIGINALS
        self.made_from: dict[str, str] = {}  # name → digest of the original at that time

    def bring(self) -> list[str]:
        """Make what is missing, renew what was not touched; returns the names of older copies."""
        self.folder.mkdir(exist_ok=True)
        pictures = self._originals / "pictures"
        if pictures.is_dir():  # beside the notebooks, since they link to them there
            shutil.copytree(pictures, self.folder / "pictures", dirs_exist_ok=True)
        self._read_record()
        older = [name for name in self._names() if not self._bring_one(name)]
        self._write_record()
        return older

    def reset(self, number: str) -> str:
        """Bring one back, by its number or name; says what became of the learner's own.

        Raises ValueError for a notebook that the course does not have.
        """
        found = [name for name in self._names() if name.startswith(Path(number).stem)]
        if len(found) != 1 or not number:
            known = ", ".join(name[:2] for name in self._names())
            raise ValueError(f"There is no notebook {number!r}; there are: {known}.")
        name = found[0]
        self.folder.mkdir(exist_ok=True)
        self._read_record()
        kept = ""
        if (self.folder / name).exists():
            stamp = time.strftime("%Y-%m-%d_%H-%M-%S")
            kept = f"{Path(name).stem}_before_{stamp}.ipynb"
            (self.folder / name).replace(self.folder / kept)
        self._copy(name)
        self._write_record()
        return f"{FOLDER}/{name} is the course's again." + (
            f" Yours is kept: {kept}" if kept else ""
        )

    def latest(self) -> str:
        """The notebook where the learner was: the changed copy that was saved last."""
        self._read_record()
        changed = [name for name in self._names() if self._is_changed(name)]
        saved = sorted(changed, key=lambda name: (self.folder / name).stat().st_mtime)
        return saved[-1] if saved else self._names()[0]

    def older(self) -> list[str]:
        """The changed copies whose originals have been changed since."""
        self._read_record()
        return [
            name
            for name in self._names()
            if self._is_changed(name) and self.made_from.get(name) != self._digest(name)
        ]

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._originals.glob("[0-9][0-9]_*.ipynb"))

    def _bring_one(self, name: str) -> bool:
        """False if the learner's copy is older than the original, and stays as it is."""
        own, is_new = self.folder / name, self.made_from.get(name) == self._digest(name)
        if own.exists() and (is_new or self._is_changed(name)):
            self._stamp(own)
            return is_new
        self._copy(name)
        return True

    def _copy(self, name: str) -> None:
        notebook = nbformat.read(self._originals / name, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        write(notebook, self.folder / name)
        self.made_from[name] = self._digest(name)

    def _stamp(self, own: Path) -> None:
        """Give a copy this Python's own details, and leave the time when it was saved."""
        try:
            notebook = nbformat.read(own, as_version=4)
        except (ValueError, OSError):  # no notebook any more: JupyterLab will say so
            return
        if notebook.metadata.get("language_info") != LANGUAGE:
            saved = own.stat()
            write(notebook, own)
            os.utime(own, ns=(saved.st_atime_ns, saved.st_mtime_ns))

    def _is_changed(self, name: str) -> bool:
        """Whether the learner has changed a copy: its cells, not only what they print."""
        own = self.folder / name
        return own.exists() and self.made_from.get(name) != sources(own)

    def _digest(self, name: str) -> str:
        return sources(self._originals / name)

    def _read_record(self) -> None:
        try:
            self.made_from = json.loads(self._record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.made_from = {}

    def _write_record(self) -> None:
        self._record.write_text(json.dumps(self.made_from, indent=1), encoding="utf-8")


def sources(path: Path) -> str:
    """A digest of a notebook's texts and code, whatever was printed; "" for no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        whole = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells])
    except (ValueError, LookupError, TypeError, OSError):
        return ""
    return hashlib.sha256(whole.encode()).hexdigest()


def write(notebook: NotebookNode, path: Path) -> None:
    """Store a notebook so that JupyterLab finds nothing to add to it."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    nbformat.write(notebook, path)


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status."""
    copies = Copies()
    try:
        for number in arguments:
            print(copies.reset(number))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if not arguments:
        print(told(copies.older()) or f"Your copies in {FOLDER}/ are as new as the course.")
    return 0


def told(older: list[str]) -> str:
    """What to say about copies that are older than the course; "" if none is."""
    if not older:
        return ""
    numbers = ", ".join(name[:2] for name in older)
    return (
        f"The course has changed since you began: {numbers}. Your copies stay as they are.\n"
        f"To have the new one beside yours, type: python3 start.py reset {older[0][:2]}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
