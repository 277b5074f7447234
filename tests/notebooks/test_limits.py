"""Each measured number of a notebook has limits, is stored within them, and fails outside them."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from measured_limits import explain_limits, read_limits
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_runs import ROOT, STEMS

ABOUT = re.compile(r"\babout\(")
STEM, CELL = "polling_by_hand", "polling-by-hand-19"


@pytest.mark.parametrize("stem", STEMS)
def test_each_stored_number_is_within_its_limits(stem):
    notebook = nbformat.read(ROOT / f"notebooks/{stem}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    measured = {cell.id: cell.outputs for cell in code if ABOUT.search(cell.source)}
    limits = read_limits().get(stem.rpartition("/")[2], {})
    assert sorted(measured) == sorted(limits)
    assert {id: explain_limits(limits[id], measured[id]) for id in measured} == dict.fromkeys(
        measured, ""
    )


def test_limits_are_for_notebooks_that_are_there():
    assert set(read_limits()) <= {stem.rpartition("/")[2] for stem in STEMS}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("≈ 3 answers a second", "it shows ≈ 3, and the text expects 10 to 100000"),
        ("3,000 answers", "1 numbers after ≈ have limits, and it shows 0"),
        ("≈ 3,000 answers", "1 passed"),
    ],
)
def test_a_number_outside_its_limits_fails_its_cell(tmp_path, shown, words):
    stored = new_output("stream", text=re.sub(r"≈ \S+", "≈ 2,000", shown) + "\n")
    cell = new_code_cell(f"print({shown!r})", id=CELL, execution_count=1, outputs=[stored])
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[cell], metadata=metadata), tmp_path / f"{STEM}.ipynb")
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
    assert words in said
