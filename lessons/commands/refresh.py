"""Run notebooks from top to bottom and store their outputs: python3 start.py refresh [NOTEBOOK …]

All of them, or those named, by path or by beginning, such as 04 or deeper/cold. Each runs with a
workshop of its own, empty at first. What is stored is the same after every run of the same
notebook: no times, no widget state, no path of this machine, no metadata of an editor. It does not
judge outputs: the tests do.

Then it runs the notebook with its exercises solved and its guesses made. What the cells show that
now show something else goes into tests/notebooks/solved.
"""

import os
import re
import sys
import tempfile
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE
from lessons.commands.solve import REPOSITORY, changed_cells, has_work, solve
from lessons.workshop import FOLDERS
from lessons.worlds.environment import set_variable

NOTEBOOKS = REPOSITORY / "notebooks"
SOLVED = REPOSITORY / "tests/notebooks/solved"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # holds a random id
LIBRARY_FRAME = re.compile(r".*File .*[\\/]lib[\\/]", re.IGNORECASE)  # its lines vary
# Where a window's page was: without it, the content of the object shows.
LIVE_PAGE_HTML = re.compile(r' data="http://127[^"]*"|<div>The same in a tab of its own: .*?</div>')
CELL_TIMEOUT_S = 120


class RefreshError(Exception):
    """What is wrong with a notebook: its name, the cell, the error."""


def find_notebooks(names: list[str]) -> list[Path]:
    """Return the notebooks meant by paths, names or beginnings such as "04"; without names, all."""
    ours = [
        path for folder in ("", *FOLDERS) for path in sorted((NOTEBOOKS / folder).glob("*.ipynb"))
    ]
    found: list[Path] = []
    for name in names or [""]:
        beginning = Path(name).name.removesuffix(".ipynb")
        near = [path for path in ours if path.stem.startswith(beginning)]
        if not Path(name).is_file() and not near:
            ready = ", ".join(path.stem for path in ours)
            raise RefreshError(f"There is no notebook {name!r}; there are: {ready or 'none'}.")
        found += [Path(name)] if Path(name).is_file() else near
    return found


def execute(notebook: NotebookNode, name: str, folder: Path) -> None:
    """Run every cell in a new kernel with `folder` as its working folder; outputs are replaced."""
    cell_number = 0

    def count_cell(cell_index: int, **_: object) -> None:
        nonlocal cell_number
        cell_number = cell_index + 1

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
        coalesce_streams=True,  # as JupyterLab stores them
        on_cell_start=count_cell,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        problem = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        problem = f"it ran longer than {CELL_TIMEOUT_S} s"
    except DeadKernelError:
        problem = "the kernel died"
    else:
        return
    source = notebook.cells[cell_number - 1].source
    raise RefreshError(f"{name}, cell {cell_number}: {problem}\nThe cell is:\n{source}")


def strip_noise(notebook: NotebookNode, folder: Path) -> None:
    """Keep sources, ids, tags, counts and outputs; drop what changes from run to run.

    It ran in `folder`.
    """
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "tags"})
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "text/html" in data:
                data["text/html"] = LIVE_PAGE_HTML.sub("", data["text/html"])
            if output.output_type == "error":
                frames = [frame for frame in output.traceback if not LIBRARY_FRAME.match(frame)]
                for place in (REPOSITORY, folder):
                    frames = [frame.replace(f"{place}{os.sep}", "") for frame in frames]
                output.traceback = frames


def refresh(path: Path) -> None:
    """Run one notebook and store it; one that fails is left as it was and raises RefreshError."""
    notebook = nbformat.read(path, as_version=4)
    run_afresh(notebook, path, path.name)
    if path.resolve().is_relative_to(NOTEBOOKS) and has_work(notebook):
        store_solved(notebook, path)
    nbformat.write(notebook, path)


def store_solved(notebook: NotebookNode, path: Path) -> None:
    """Run a notebook of the course, solved, and store what differs from the one that has run."""
    solved = deepcopy(notebook)
    try:
        solve(solved)
    except ValueError as error:
        raise RefreshError(f"{path.name}, {error}") from None
    run_afresh(solved, path, f"{path.name} with its exercises solved")
    stored = SOLVED / path.resolve().relative_to(NOTEBOOKS).with_suffix(".json")
    stored.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(changed_cells(notebook, solved), stored)


def run_afresh(notebook: NotebookNode, path: Path, name: str) -> None:
    """Run a notebook that belongs at `path`, in an empty workshop; what varies is left out."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        with set_variable("COURSE_FOLDER", str(folder / "own")):  # what was passed and measured
            execute(notebook, name, working_folder(path, folder))
    strip_noise(notebook, folder)


def working_folder(path: Path, folder: Path) -> Path:
    """Return where a notebook runs if its workshop is to be in `folder`."""
    below = path.resolve().parent.name
    if below not in FOLDERS:
        return folder
    (folder / below).mkdir(exist_ok=True)
    return folder / below


def main(names: list[str]) -> int:
    """Refresh the notebooks named, in the sandbox; returns the exit status."""
    # Whatever tokens this machine has, and the same outputs on a Jupyter server elsewhere.
    with set_variable("BOT_WORLD", "sandbox"), set_variable(PROXY_VARIABLE, ""):
        try:
            for path in find_notebooks(names):
                refresh(path)
                print(f"refreshed {path.name}", flush=True)
        except RefreshError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
