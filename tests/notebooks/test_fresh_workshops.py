"""Each run of a notebook for the course has a workshop of its own: a stale one breaks nothing."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_rules import METADATA

from lessons.commands import refresh

pytestmark = pytest.mark.slow("a kernel or two")

SAVES = "%load_ext lessons\nfrom lessons.progress.course_map import progress_folder"
WRITES = "%%save a/main.py\nx = 1"
ASKS = "print(progress_folder().exists())"
ON_PATH = ("", "sandbox", "tests/helpers")  # pyproject.toml has the same
SAW = {"": "saved workshop/a/main.py\n", "deeper": "saved ../workshop/a/main.py\n"}


def write_notebook(course, folder):
    """Write a notebook that saves a file, beside a workshop where that file has been changed."""
    (course / "workshop/a").mkdir(parents=True, exist_ok=True)
    (course / "workshop/a/main.py").write_text("mine = 1\n")
    (course / "progress").mkdir(exist_ok=True)
    (course / folder).mkdir(exist_ok=True)
    outputs = [[], *([new_output("stream", text=text)] for text in (SAW[folder], "False\n"))]
    cells = [
        new_code_cell(source, outputs=shown, execution_count=1)
        for source, shown in zip((SAVES, WRITES, ASKS), outputs, strict=True)
    ]
    path = course / folder / "small.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), path)
    return path


@pytest.mark.parametrize("folder", SAW)
def test_refresh_runs_a_notebook_in_an_empty_workshop(folder, tmp_path, repository, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(repository))
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    path = write_notebook(tmp_path, folder)
    before = nbformat.read(path, as_version=4)
    refresh.refresh(path)
    after = nbformat.read(path, as_version=4)
    assert [cell.outputs for cell in after.cells] == [cell.outputs for cell in before.cells]


def test_nbval_runs_a_notebook_in_an_empty_workshop(tmp_path, repository, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    paths = [write_notebook(tmp_path, folder) for folder in SAW]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest"]
    config = ["-c", "pyproject.toml", "--rootdir", tmp_path]
    path = os.pathsep.join(str(repository / part) for part in ON_PATH)
    done = subprocess.run(
        [*command, *config, *paths],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr
