"""The workshop: the folder of the files that you make in the notebooks, next to the core notebooks.

What a cell has written there belongs to you as soon as you change it. So a record keeps what cells
wrote last, and a file that differs from it is never overwritten without being asked.
"""

import hashlib
import importlib.util
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.whole_file import write_whole

FOLDERS = ("deeper", "exams")  # of side rooms and of exams, beside the core notebooks
RECORD = ".saved.json"  # what cells have written: a file's name → a digest of its text
ORIGINALS = ".originals.json"  # which version of the original each copy was made from


def workshop() -> Path:
    """Return the workshop's path from the folder of a notebook, whichever it is."""
    return Path("../workshop") if Path.cwd().name in FOLDERS else Path("workshop")


def write_file(name: str, text: str, replace: bool = False) -> bool:
    """Write a file of the workshop, unless you have changed it; returns whether it was written.

    With `replace`, your version is overwritten.
    """
    path = workshop() / name
    record = read_json(workshop() / RECORD)
    if not replace and is_changed(path, record.get(name), text):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    forget_bytecode(path)
    record[name] = digest(text.encode())
    write_json(workshop() / RECORD, record)
    return True


def is_changed(path: Path, last_written: str | None, text: str) -> bool:
    """Return whether a file is neither what a cell wrote last nor this text."""
    try:
        found = digest(path.read_bytes().replace(b"\r\n", b"\n"))  # as some editors write it
    except FileNotFoundError:
        return False
    return found not in (last_written, digest(text.encode()))


def read_json(path: Path) -> dict[str, Any]:
    """Read a record; an empty one if it is missing or broken."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write a record if its place can be written.

    Without a record, every file counts as the learner's, so nothing is lost.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(record, indent=1, sort_keys=True).encode())


def digest(content: bytes) -> str:
    """Return a digest of a file's content."""
    return hashlib.sha256(content).hexdigest()


def cells_digest(notebook: bytes) -> str:
    """Return a digest of a notebook's texts and code without outputs; "" for no notebook."""
    try:
        cells = json.loads(notebook)["cells"]
        whole = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return digest(whole.encode())


def forget_bytecode(path: Path) -> None:
    """Delete the compiled copy of a Python file that has just changed.

    Python compares times in whole seconds and sizes, so it could miss a quick second save.
    """
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
