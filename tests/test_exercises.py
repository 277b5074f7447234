"""Every exercise of every notebook: untouched, with wrong answers, solved; and its hints."""

import re
import runpy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from notebook_runs import ROOT, STEMS, run_copy

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


def verdict(cell):
    """What the check said: the cell's last output."""
    shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    return shown[-1] if shown else "no verdict"


def wrong_answers(stem):
    """Exercise number → list of (source, words): tests/wrong_answers/wrong_NN.py."""
    path = Path(__file__).parent / f"wrong_answers/wrong_{stem[:2]}.py"
    return runpy.run_path(str(path))["WRONG"] if path.exists() else {}


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
        *_, call, hint = cell.source.splitlines()
        assert re.fullmatch(rf"exercise_{number}\(.+\)", call)
        assert hint == f"# exercise_{number}.hint()"
        assert verdict(cell).startswith("… not yet: ")
        assert solution(notebook, index) != cell.source


@pytest.mark.parametrize("stem", STEMS)
def test_wrong_answers_are_told_what_to_mend(stem, tmp_path, monkeypatch):
    indices = exercises(read(stem))
    answers = wrong_answers(stem)
    assert sorted(answers) == list(range(1, len(indices) + 1)), "wrong answers for each exercise"
    for turn in range(max(map(len, answers.values()), default=0)):
        chosen = {
            index: answers[number][turn]
            for number, index in enumerate(indices, 1)
            if turn < len(answers[number])
        }
        sources = {index: source.strip() for index, (source, _) in chosen.items()}
        said = run_with(stem, sources, tmp_path / f"{turn}/notebooks", monkeypatch)
        for index, (_, words) in chosen.items():
            assert said[index].startswith("… not yet: ")
            assert words in said[index]


@pytest.mark.parametrize("stem", STEMS)
def test_the_folded_solution_passes(stem, tmp_path, monkeypatch):
    notebook = read(stem)
    sources = {index: solution(notebook, index) for index in exercises(notebook)}
    if not sources:
        return
    said = run_with(stem, sources, tmp_path / "notebooks", monkeypatch)
    for index, words in said.items():
        assert words.startswith("✔ passed: "), f"cell {index} said {words!r}"
