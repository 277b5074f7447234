"""The tool that measures how long a notebook is, and how it reads."""

import doctest
import runpy
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

TOOL = Path(__file__).parents[1] / "reading_time.py"


def test_its_examples_hold():
    names = runpy.run_path(str(TOOL))
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    for function in (names["sentences"], names["bracketed"]):
        for example in finder.find(function, globs=names):
            runner.run(example)
    assert runner.summarize().attempted == 2
    assert runner.summarize().failed == 0


def test_it_shows_what_to_look_at(tmp_path, monkeypatch, capsys):
    cells = [
        new_markdown_cell("# A page\n\nIt stands here (and nobody knows why it does)."),
        new_code_cell("6 * 7"),
        new_markdown_cell(f"{'word ' * 30}end."),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "page.ipynb")
    monkeypatch.setattr(sys, "argv", [str(TOOL), str(tmp_path / "page.ipynb")])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(TOOL), run_name="__main__")
    shown = capsys.readouterr().out
    assert "page, cell 1: 'stands' in" in shown
    assert "page, cell 1: in brackets: (and nobody knows why it does)" in shown
    assert "page, cell 3: 31 words: word word" in shown
