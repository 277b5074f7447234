"""Every cell of every notebook can be run twice."""

from copy import deepcopy

import pytest
from notebook_runs import STEMS, run_copy

WAIT = "import time; time.sleep(1.1)  # Telegram takes one setWebhook a second"


def double(notebook):
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        again = deepcopy(cell)
        again.id += "-again"
        if "setWebhook" in cell.source:
            again.source = f"{WAIT}\n{again.source}"
        cells.append(again)
    notebook.cells = cells


@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_can_be_run_twice(stem, tmp_path, monkeypatch):
    notebook = run_copy(stem, double, tmp_path / "notebooks", monkeypatch)
    said = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.text for output in said if output.get("name") == "stderr"] == []
