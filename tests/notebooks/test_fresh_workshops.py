"""Each run of a notebook for the course has a workshop of its own: a stale one breaks nothing."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from notebook_rules import METADATA

from lessons.commands import refresh

pytestmark = pytest.mark.slow("exercises and cells of all notebooks")

SAVES = "%load_ext lessons\nfrom lessons.progress.course_map import progress_folder"
WRITES = "%%save a/main.py\nx = 1"
ON_PATH = ("", "sandbox", "tests/helpers")  # pyproject.toml has the same
SAW = {"": "saved workshop/a/main.py\n", "deeper": "saved ../workshop/a/main.py\n"}


@pytest.fixture(params=SAW)
def notebook(request, tmp_path):
    """A notebook that saves a file, beside a workshop where that file has been changed."""
    (tmp_path / "workshop/a").mkdir(parents=True)
    (tmp_path / "workshop/a/main.py").write_text("mine = 1\n")
    folder = tmp_path / request.param
    folder.mkdir(exist_ok=True)
    cells = [new_code_cell(source) for source in (SAVES, WRITES, "progress_folder().exists()")]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), folder / "small.ipynb")
    return folder / "small.ipynb"


def test_refresh_and_nbval_run_a_notebook_in_an_empty_workshop(notebook, repository, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(repository))
    monkeypatch.setenv("COURSE_FOLDER", str(notebook.parent))
    (notebook.parent / "progress").mkdir()
    refresh.refresh(notebook)
    _, saved, is_there = nbformat.read(notebook, as_version=4).cells
    assert saved.outputs[0].text == SAW["deeper" if notebook.parent.name == "deeper" else ""]
    assert is_there.outputs[0].data["text/plain"] == "False"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest"]
    config = ["-c", "pyproject.toml", "--rootdir", notebook.parent]
    path = os.pathsep.join(str(repository / part) for part in ON_PATH)
    done = subprocess.run(
        [*command, *config, notebook],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
