"""Every exercise of every notebook: untouched, with wrong answers, and its hints.

test_cells_twice.py solves them.
"""

import importlib
import re
import runpy
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from notebook_runs import ROOT, STEMS, exercises, run_copy, solution, verdict


@cache
def read(stem):
    return nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)


def wrong_answers(stem):
    """Exercise number → list of (source, words): tests/wrong_answers/wrong_NN.py."""
    path = Path(__file__).parent / f"wrong_answers/wrong_{stem[:2]}.py"
    return runpy.run_path(str(path))["WRONG"] if path.exists() else {}


def run_with(stem, sources, folder, monkeypatch):
    """Run a copy of a notebook, with each exercise answered in all these ways, one after the other.

    `sources` has the index of the exercise's cell and its answers; returns what was said to each.
    """
    answers = []

    def change(notebook):
        cells = []
        for index, cell in enumerate(notebook.cells):
            for number, source in enumerate(sources.get(index, [cell.source])):
                answer = deepcopy(cell)
                answer.id, answer.source = f"{cell.id}-{number}", source
                cells.append(answer)
                if index in sources:
                    answers.append((index, answer))
        notebook.cells = cells

    run_copy(stem, change, folder, monkeypatch)
    return [(index, verdict(cell)) for index, cell in answers]


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
    sources = {
        index: [source.strip() for source, _ in answers[number]]
        for number, index in enumerate(indices, 1)
    }
    said = run_with(stem, sources, tmp_path / "notebooks", monkeypatch)
    expected = [words for number in sorted(answers) for _, words in answers[number]]
    for (index, told), words in zip(said, expected, strict=True):
        assert told.startswith("… not yet: "), f"cell {index} said {told!r}"
        assert words in told


@pytest.mark.parametrize("stem", STEMS)
def test_hints_go_step_by_step_to_the_solution(stem, capsys):
    module = importlib.import_module(f"lessons.exercises.ex_{stem[:2]}")
    for number in range(1, len(exercises(read(stem))) + 1):
        exercise = getattr(module, f"exercise_{number}")
        said = []
        while not said or "Solution" not in said[-1]:
            exercise.hint()
            said.append(capsys.readouterr().out)
        assert len(said) >= 3  # two hints, then where the solution is
        assert all(line.startswith(f"hint {n} of ") for n, line in enumerate(said[:-1], 1))
        assert len(set(said)) == len(said)
