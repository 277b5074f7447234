"""A notebook run in a kernel of its own, from a copy of the notebooks' folder."""

import re
import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
STEMS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\n\n```python\n(.*?)\n```\n\n</details>", re.S
)


def exercises(notebook):
    """The index of each exercise's code cell, in order."""
    return [
        index
        for index, cell in enumerate(notebook.cells)
        if "exercise" in cell.metadata.get("tags", [])
    ]


def solution(notebook, index):
    """The source folded under an exercise cell."""
    below = notebook.cells[index + 1]
    found = SOLUTION.search(below.source) if below.cell_type == "markdown" else None
    assert found, f"under exercise cell {index} expected a folded solution, see SOLUTION"
    return found[1]


def verdict(cell):
    """What the check said: the cell's last output."""
    shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    return shown[-1] if shown else "no verdict"


def run_copy(stem, change, folder, monkeypatch):
    """Run a notebook after `change(notebook)`; returns it with its outputs."""
    shutil.copytree(
        ROOT / "notebooks", folder, ignore=shutil.ignore_patterns("workshop", ".ipynb_checkpoints")
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(folder / ".ipython"))
    monkeypatch.setenv("COURSE_FOLDER", str(folder / "own"))  # what it passes is not another's
    notebook = nbformat.read(folder / f"{stem}.ipynb", as_version=4)
    change(notebook)
    try:
        client(notebook, folder).execute()
    except RuntimeError:  # another process took one of the ports that the kernel had chosen
        client(notebook, folder).execute()
    return notebook


def client(notebook, folder):
    """What runs a notebook in a new kernel."""
    return NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
