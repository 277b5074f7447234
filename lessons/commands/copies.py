"""The learner's own copies of the notebooks, in my_course/: python3 start.py reset [NOTEBOOK …]

Brings the original of a notebook back, as in  start.py reset 05  or  start.py reset deeper/cold .
Without a name it brings all of them back. What you had is kept next to it under another name, and
your bot and your progress stay. If a notebook is open in JupyterLab, it waits until you have closed
its tab: JupyterLab would save the old page over the new one.

JupyterLab makes the copies when it starts. They have no outputs, and the course itself never
changes one that you have changed.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from botlib.details.env_file import bots_folder
from botlib.details.file_lock import hold_lock
from deploy.whole_file import write_whole
from lessons import COURSE
from lessons.commands.open_notebooks import close_session, wait_until_closed
from lessons.commands.refresh import KERNEL
from lessons.pack import fingerprint
from lessons.workshop import FOLDERS, ORIGINALS, cells_digest, read_json, write_json

FOLDER = "my_course"  # in the folder that BOTS_FOLDER names: the course's, where git does not look
NOTEBOOKS = "notebooks"
PICTURES = "pictures"  # next to the notebooks, which link to them there
EDITION = 3  # of the copies in a learner's folder
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
        self.folder = bots_folder().resolve() / FOLDER
        self._record = self.folder / ORIGINALS
        self.made_from: dict[str, str] = {}  # name → digest of the original at that time

    def update_and_list_outdated(self) -> list[str]:
        """Make missing copies, replace untouched ones; returns the names of outdated ones.

        Another start at the same time waits, so it reads no copy that is half written.
        """
        # Nobody else may look into it, also in a home that all may read.
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with hold_lock(self.folder / ".updating", wait_s=60):
            return self._update_and_list_outdated()

    def _update_and_list_outdated(self) -> list[str]:
        for folder in (*FOLDERS, PICTURES):
            (self.folder / folder).mkdir(exist_ok=True)
        self._read_record()
        for picture in (self._originals / PICTURES).glob("*"):
            self._update_picture(f"{PICTURES}/{picture.name}", picture.read_bytes())
        outdated = [name for name in self._names() if not self._update_one(name)]
        self._write_record()
        return outdated

    def find(self, name: str) -> str:
        """Return the notebook meant by a number or the beginning of a name; ValueError for none."""
        beginning = Path(name).as_posix().removesuffix(".ipynb") if name else "nothing"
        for folder in (NOTEBOOKS, FOLDER):
            beginning = beginning.removeprefix(f"{folder}/")
        names = self._names()
        whole = [each for each in names if each == f"{beginning}.ipynb"]
        found = whole or [each for each in names if each.startswith(beginning)]
        if len(found) != 1:
            known = ", ".join(map(short_name, names))
            raise ValueError(f"There is no notebook {name!r}; there are: {known}.")
        return found[0]

    def changed(self) -> list[str]:
        """List the copies that the learner has changed."""
        self._read_record()
        return [name for name in self._names() if self._is_changed(name)]

    def reset(self, name: str) -> str:
        """Restore a notebook of `find`; returns a sentence that says where the learner's own is."""
        own = self.folder / name
        own.parent.mkdir(parents=True, exist_ok=True)
        self._read_record()
        kept = ""
        if own.exists():
            before = f"{own.stem}_before_{time.strftime('%Y-%m-%d_%H-%M-%S')}"
            kept, number = f"{before}.ipynb", 1
            while own.with_name(kept).exists():  # of another reset in this second
                number += 1
                kept = f"{before}_{number}.ipynb"
            own.replace(own.with_name(kept))
        self._copy(name)
        self._write_record()
        return f"{FOLDER}/{name} is the course's again." + (
            f" Yours is kept: {kept}" if kept else ""
        )

    def latest(self) -> str:
        """Return the changed copy that was saved last: where the learner stopped."""
        saved = sorted(self.changed(), key=lambda name: (self.folder / name).stat().st_mtime)
        return saved[-1] if saved else self._names()[0]

    def outdated(self) -> list[str]:
        """List the changed copies whose originals have changed since."""
        return [name for name in self.changed() if self.made_from.get(name) != self._digest(name)]

    def _names(self) -> list[str]:
        first = sorted(path.name for path in self._originals.glob("*.ipynb"))
        below = [
            path for each in FOLDERS for path in sorted(self._originals.glob(f"{each}/*.ipynb"))
        ]
        return [*first, *(f"{path.parent.name}/{path.name}" for path in below)]

    def _update_one(self, name: str) -> bool:
        """Update one copy; False if the learner has changed it and it is outdated."""
        own, original = self.folder / name, self._digest(name)
        if sources_digest(own) == original:  # also if the record of an earlier start is lost
            self.made_from[name] = original
        is_new = self.made_from.get(name) == original
        if own.exists() and (is_new or self._is_changed(name)):
            self._set_python_details(own)
            return is_new
        self._copy(name)
        return True

    def _update_picture(self, name: str, original: bytes) -> None:
        """Update a picture, unless the learner has another in its place."""
        own, new = self.folder / name, fingerprint(name, original)
        found = fingerprint(name, own.read_bytes()) if own.is_file() else ""
        if found != new and (not own.exists() or found == self.made_from.get(name)):
            write_whole(own, original)
            found = new
        if found == new:
            self.made_from[name] = new

    def _copy(self, name: str) -> None:
        notebook = nbformat.read(self._originals / name, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        write_notebook(notebook, self.folder / name)
        self.made_from[name] = self._digest(name)

    def _set_python_details(self, own: Path) -> None:
        """Set this Python's details in a copy without changing its time."""
        if own.is_symlink() or not own.is_file():  # a link leads to a file of another place
            return
        try:
            notebook = nbformat.read(own, as_version=4)
        except (ValueError, OSError):  # no notebook any more: JupyterLab will say so
            return
        if notebook.metadata.get("language_info") != LANGUAGE:
            saved = own.stat()
            write_notebook(notebook, own)
            os.utime(own, ns=(saved.st_atime_ns, saved.st_mtime_ns))

    def _is_changed(self, name: str) -> bool:
        """Return whether the learner has changed a copy's cells; outputs don't count."""
        own = self.folder / name
        return own.exists() and sources_digest(own) not in (
            self.made_from.get(name),
            self._digest(name),
        )

    def _digest(self, name: str) -> str:
        return sources_digest(self._originals / name)

    def _read_record(self) -> None:
        """Read what each copy was made from; without it, a copy that differs counts as changed."""
        copies = read_json(self._record).get("copies")
        self.made_from = copies if isinstance(copies, dict) else {}

    def _write_record(self) -> None:
        write_json(self._record, {"edition": EDITION, "copies": self.made_from})


def sources_digest(path: Path) -> str:
    """Return a digest of a notebook's texts and code without outputs; "" for no notebook."""
    try:
        return cells_digest(path.read_bytes()) if path.is_file() else ""  # a pipe would wait
    except OSError:
        return ""


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Store a notebook so that JupyterLab finds nothing to add to it."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    write_whole(path, f"{nbformat.writes(notebook)}\n".encode())


def short_name(name: str) -> str:
    """Write a notebook's name as people type it.

    >>> short_name("05_what_functions_are_for.ipynb"), short_name("deeper/two_writers.ipynb")
    ('05', 'deeper/two_writers')
    """
    return name[:2] if name[:2].isdigit() else name.removesuffix(".ipynb")


def outdated_notice(outdated: list[str]) -> str:
    """Say which copies are older than the course; "" if none is."""
    if not outdated:
        return ""
    return (
        f"The course has changed since you began: {', '.join(map(short_name, outdated))}. "
        "Your copies stay as they are.\n"
        f"To have the new one beside yours, type: python3 start.py reset {short_name(outdated[0])}"
    )


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    copies = Copies()
    try:
        names = list(dict.fromkeys(map(copies.find, arguments))) or copies.changed()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for name in names:
        own = copies.folder / name
        wait_until_closed(own)
        print(copies.reset(name))
        close_session(own)
    if names:
        print("If JupyterLab says that a file has changed on disk, press Revert.")
    else:
        print(f"You have changed no notebook, so all in {FOLDER}/ are the course's.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("Nothing more was changed.", file=sys.stderr)
        sys.exit(130)
