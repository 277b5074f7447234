"""A notebook run in a kernel of its own, from a copy of the notebooks' folder; and single cells."""

import contextlib
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
ANSI = re.compile(r"\x1b\[[\d;]*m")
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


def client(notebook, folder, **options):
    """What runs a notebook in a new kernel."""
    return NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
        **options,
    )


# In sys, because %reset finds nothing there.
KEEP = "%load_ext lessons\nimport sys\nsys.at_first = {**sys.modules}, sys.path[:]"
RESET = """%reset -f

def begin_again(folder):
    import os, sys
    modules, sys.path[:] = sys.at_first
    for name in [*sys.modules]:
        if name.partition(".")[0] in ("botlib", "bot_sandbox", "lessons", "main", "other"):
            del sys.modules[name]
    sys.modules.update(modules)
    os.chdir(folder)

begin_again({folder!r})
del begin_again
%load_ext lessons"""


class Kernel:
    """A kernel in which a test runs cell after cell; an error doesn't stop it."""

    def __init__(self, folder):
        self.client = client(new_notebook(), folder, allow_errors=True)

    def run(self, source):
        """Run a cell; returns it with its outputs."""
        cells = self.client.nb.cells
        cells.append(new_code_cell(source))
        return self.client.execute_cell(cells[-1], len(cells) - 1)

    def sees(self, source):
        """Run a cell; returns all that is under it, as the learner reads it."""
        outputs = self.run(source).outputs
        return "\n".join(filter(None, map(shown, outputs)))  # a line may come in two parts

    def reset(self, folder):
        """Begin again in a folder, after %load_ext lessons: no variables, the course unloaded."""
        if not self.client.nb.cells:
            self.run(KEEP)
        assert self.sees(RESET.format(folder=str(folder))) == ""


def shown(output):
    """One output without its colors."""
    text = output.get("text") or "\n".join(output.get("traceback", []))
    return ANSI.sub("", text or output.get("data", {}).get("text/plain", "")).strip()


@contextlib.contextmanager
def start_kernel(folder):
    """Start a kernel in a folder, with the course on its path, and end it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("IPYTHONDIR", str(folder / ".ipython"))
        patch.setenv("COURSE_FOLDER", str(folder))
        kernel = Kernel(folder)
        with kernel.client.setup_kernel():
            yield kernel
