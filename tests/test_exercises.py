"""Every exercise of every notebook, three ways: untouched, a typical wrong answer, solved."""

import re
from functools import cache

import nbformat
import pytest
from notebook_runs import ROOT, STEMS, run_copy
from wrong_answers import WRONG_ANSWERS

SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\n\n```python\n(.*?)\n```\n\n</details>", re.S
)


@cache
def read(stem):
    return nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)


def exercises(notebook):
    """The index of each exercise's code cell, in order."""
    return [
        index
        for index, cell in enumerate(notebook.cells)
        if "exercise" in cell.metadata.get("tags", [])
    ]


def solution(notebook, index):
    """The source folded under an exercise cell."""
    below = notebook.cells[index + 1]
    found = SOLUTION.search(below.source) if below.cell_type == "markdown" else None
    assert found, f"under exercise cell {index} expected a folded solution, see SOLUTION"
    return found[1]


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def verdict(cell):
    """The last line that a cell printed."""
    return (printed(cell).strip().splitlines() or [""])[-1]


def run_with(stem, sources, folder, monkeypatch):
    """Run a copy of a notebook with other exercise cells; returns what each of them printed."""

    def change(notebook):
        for index, source in sources.items():
            notebook.cells[index].source = source

    notebook = run_copy(stem, change, folder, monkeypatch)
    return {index: verdict(notebook.cells[index]) for index in sources}


@pytest.mark.parametrize("stem", STEMS)
def test_each_exercise_is_untouched_in_the_notebook(stem):
    notebook = read(stem)
    for number, index in enumerate(exercises(notebook), 1):
        question, cell = notebook.cells[index - 1], notebook.cells[index]
        assert re.search(rf"^### Exercise {number}: \S", question.source, re.M)
        assert "..." in cell.source
        assert re.fullmatch(rf"exercise_{number}\(.+\)", cell.source.splitlines()[-1])
        assert verdict(cell).startswith("not yet: ")
        assert solution(notebook, index) != cell.source


@pytest.mark.parametrize("stem", STEMS)
def test_a_typical_wrong_answer_gets_its_hint(stem, tmp_path, monkeypatch):
    indices = exercises(read(stem))
    answers = WRONG_ANSWERS.get(stem, {})
    assert sorted(answers) == list(range(1, len(indices) + 1)), "one wrong answer for each exercise"
    if not indices:
        return
    sources = {index: answers[number][0].strip() for number, index in enumerate(indices, 1)}
    said = run_with(stem, sources, tmp_path / "notebooks", monkeypatch)
    for number, index in enumerate(indices, 1):
        assert said[index].startswith("not yet: ")
        assert answers[number][1] in said[index]


@pytest.mark.parametrize("stem", STEMS)
def test_the_folded_solution_passes(stem, tmp_path, monkeypatch):
    notebook = read(stem)
    sources = {index: solution(notebook, index) for index in exercises(notebook)}
    if not sources:
        return
    said = run_with(stem, sources, tmp_path / "notebooks", monkeypatch)
    for index, words in said.items():
        assert words.startswith("passed: "), f"cell {index} said {words!r}"
