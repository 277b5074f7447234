"""Each measured number of a notebook has limits, is stored within them, and fails outside them."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from measured_limits import explain_limits, measured_numbers, read_limits
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_runs import ROOT, STEMS

STEM, CELL, NEXT_CELL = "polling_by_hand", "polling-by-hand-19", "polling-by-hand-22"


@pytest.mark.parametrize("stem", STEMS)
def test_each_stored_number_has_limits_and_is_within_them(stem):
    notebook = nbformat.read(ROOT / f"notebooks/{stem}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    measured = {cell.id: cell.outputs for cell in code if measured_numbers(cell.outputs)}
    limits = read_limits().get(stem.rpartition("/")[2], {})
    assert sorted(measured) == sorted(limits)
    assert {id: explain_limits(limits[id], measured[id]) for id in measured} == dict.fromkeys(
        measured, ""
    )


def test_limits_are_for_notebooks_that_are_there():
    assert set(read_limits()) <= {stem.rpartition("/")[2] for stem in STEMS}


LOW = "it shows ≈ 3, and the text expects 10 to 90"
NONE = "0 numbers after ≈ have limits, and it shows 1: [3000.0]"


@pytest.mark.parametrize(
    ("limits", "shown", "words"),
    [
        ([[10, 90]], "≈ 12.5 answers a second", ""),
        ([[10, 90]], "≈ 3 answers a second", LOW),
        ([[10, 90]], "3,000 answers", "1 numbers after ≈ have limits, and it shows 0: []"),
        ([], "≈ 3,000 answers", NONE),
        ([], "3,000 answers", ""),
    ],
)
def test_a_number_is_held_to_its_limits(limits, shown, words):
    assert explain_limits(limits, [new_output("stream", text=shown)]) == words


@pytest.mark.slow("a kernel")
def test_a_number_outside_its_limits_fails_its_cell(tmp_path):
    cells = []
    for number, id in ((2000, CELL), (3, NEXT_CELL), (3, "unknown")):
        stored = new_output("stream", text="≈ 2,000\n")
        source = f"print('≈ {number}')"
        cells.append(new_code_cell(source, id=id, execution_count=1, outputs=[stored]))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), tmp_path / f"{STEM}.ipynb")
    for name in ("pyproject.toml", "conftest.py", "tests/nbval_sanitize.cfg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    path = os.pathsep.join(str(ROOT / part) for part in ("", "sandbox", "tests/helpers"))
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=no", f"{STEM}.ipynb"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    ).stdout
    assert "it shows ≈ 3, and the text expects 0.25 to 2.9. The limits are in" in said
    assert "0 numbers after ≈ have limits, and it shows 1: [3.0]. The limits are in" in said
    assert "2 failed, 1 passed" in said
