"""Every notebook with its exercises solved: every cell can be run twice, and passes both times."""

from copy import deepcopy

import pytest
from nbformat.v4 import new_code_cell
from notebook_runs import STEMS, run_copy, verdict

from lessons.commands.solve import find_exercises, solve

pytestmark = pytest.mark.slow("exercises and cells of all notebooks")

WAIT = "import time; time.sleep(1.1)  # Telegram takes one setWebhook a second"


def double(notebook):
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        again = deepcopy(cell)
        again.id += "-again"
        if "setWebhook" in cell.source:  # a cell of its own: %%save must come first
            cells.append(new_code_cell(WAIT))
        cells.append(again)
    notebook.cells = cells


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_can_be_run_twice(stem, tmp_path, monkeypatch):
    monkeypatch.setenv("UNMEASURED", "1")  # once, in solved/, is enough

    def change(notebook):
        solve(notebook)
        double(notebook)

    notebook = run_copy(stem, change, tmp_path / "notebooks", monkeypatch)
    said = [verdict(notebook.cells[index]) for index in find_exercises(notebook)]
    assert [words for words in said if not words.startswith("✔ passed: ")] == []
    errors = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.text for output in errors if output.get("name") == "stderr"] == []
