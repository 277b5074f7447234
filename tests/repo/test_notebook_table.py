"""The page that counts what nbval compares is up to date."""

import runpy
from pathlib import Path

TESTS = Path(__file__).parents[1]
TOOL = runpy.run_path(str(TESTS / "notebook_table.py"))


def test_the_table_is_up_to_date():
    is_same = TOOL["PAGE"].read_text(encoding="utf-8") == TOOL["make_page"]()
    assert is_same, "type: .venv/bin/python tests/notebook_table.py"


def test_it_counts_by_every_rule():
    rules = (TESTS / "nbval_sanitize.cfg").read_text(encoding="utf-8").count("regex: ")
    assert len(TOOL["SIGNS"]) == rules
