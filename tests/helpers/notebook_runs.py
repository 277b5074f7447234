"""A notebook run in a kernel of its own, from a copy of the notebooks' folder."""

import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
STEMS = [  # as in 05_what_functions_are_for and deeper/two_writers
    path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
    for pattern in ("*.ipynb", "deeper/*.ipynb")
    for path in sorted(NOTEBOOKS.glob(pattern))
]


def name_of_checks(stem):
    """The name of the file with a notebook's checks, as in ex_05 and two_writers."""
    return stem.removeprefix("deeper/") if stem.startswith("deeper/") else f"ex_{stem[:2]}"


def verdict(cell):
    """What the check said: the cell's last output."""
    shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    return shown[-1] if shown else "no verdict"


def copy_notebooks(folder, monkeypatch):
    """Copy the course's notebooks, for runs without what this machine has of anybody."""
    shutil.copytree(
        NOTEBOOKS, folder, ignore=shutil.ignore_patterns("workshop", ".ipynb_checkpoints")
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(folder / ".ipython"))
    monkeypatch.setenv("COURSE_FOLDER", str(folder / "own"))  # what it passes is not another's


def run_copy(stem, change, folder, monkeypatch):
    """Copy the notebooks and run one, after `change(notebook)`; returns it with its outputs."""
    copy_notebooks(folder, monkeypatch)
    return run_in(folder, stem, change)


def run_in(folder, stem, change=lambda notebook: None):
    """Run a notebook of a folder, after `change(notebook)`; returns it with its outputs."""
    notebook = nbformat.read(folder / f"{stem}.ipynb", as_version=4)
    change(notebook)
    place = (folder / stem).parent
    try:
        client(notebook, place).execute()
    except RuntimeError:  # another process took one of the ports that the kernel had chosen
        client(notebook, place).execute()
    return notebook


def client(notebook, folder):
    """What runs a notebook in a new kernel."""
    return NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
