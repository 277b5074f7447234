"""Every exercise of every notebook: untouched, with wrong answers, and its hints.

solved/ has what they say when they are solved.
"""

import re
import runpy
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from fresh_exercise import fresh_exercise
from notebook_runs import (
    NOTEBOOKS,
    STEMS,
    name_of_checks,
    run_copy,
    verdict,
)

from lessons.commands.solve import find_solution
from lessons.progress.course_map import EXERCISE_TAGS


@cache
def read(stem):
    return nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4)


def numbered_exercises(notebook):
    """Exercise number → index of its cell; a file that is written alone has a number, too."""
    tags = [{*cell.metadata.get("tags", [])} for cell in notebook.cells]
    tagged = [index for index, found in enumerate(tags) if found & EXERCISE_TAGS]
    return {n: index for n, index in enumerate(tagged, 1) if "exercise" in tags[index]}


def wrong_answers(stem):
    """Exercise number → {source: words}, those that are no slip of a Task.

    tests/lessons/test_slips.py tests the slips.
    """
    name = name_of_checks(stem).removeprefix("ex_")
    path = Path(__file__).parent / f"wrong_answers/wrong_{name}.py"
    return runpy.run_path(str(path))["WRONG"] if path.exists() else {}


def imported(answer, cell):
    """Put the cell's import of its check above an answer that has none."""
    if "from lessons.exercises" in answer:
        return answer
    line = next(line for line in cell.source.splitlines() if "from lessons.exercises" in line)
    return f"{line}\n\n{answer}"


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
                answer.id = f"{cell.id}-{number}"
                cells.append(answer)
                if index in sources:
                    answer.source = imported(source, cell)
                    answers.append((index, answer))
        notebook.cells = cells

    run_copy(stem, change, folder, monkeypatch)
    return [(index, verdict(cell)) for index, cell in answers]


@pytest.mark.parametrize("stem", STEMS)
def test_each_exercise_is_untouched_in_the_notebook(stem):
    notebook = read(stem)
    for number, index in numbered_exercises(notebook).items():
        question, cell = notebook.cells[index - 1], notebook.cells[index]
        assert re.search(rf"^### Exercise {number}: \S", question.source, re.M)
        assert "..." in cell.source
        *_, call, hint = cell.source.splitlines()
        assert re.fullmatch(rf"exercise_{number}\(.+\)", call)
        assert hint == f"# exercise_{number}.hint()"
        assert verdict(cell).startswith("… not yet: ")
        assert find_solution(notebook, index) != cell.source


@pytest.mark.slow("exercises and cells of all notebooks")
@pytest.mark.parametrize("stem", STEMS)
def test_wrong_answers_are_told_what_to_fix(stem, tmp_path, monkeypatch):
    indices, name = numbered_exercises(read(stem)), name_of_checks(stem)
    answers = wrong_answers(stem)
    of_slips = {number for number in indices if fresh_exercise(name, number).task}
    assert of_slips | set(answers) == set(indices), "for each exercise"
    sources = {
        indices[number]: [source.strip() for source in answers[number]]
        for number in sorted(answers)
    }
    said = run_with(stem, sources, tmp_path / "notebooks", monkeypatch)
    expected = [words for number in sorted(answers) for words in answers[number].values()]
    for (index, told), words in zip(said, expected, strict=True):
        assert told.startswith("… not yet: "), f"cell {index} said {told!r}"
        assert words in told


@pytest.mark.parametrize("stem", STEMS)
def test_hints_go_step_by_step_to_the_solution(stem, capsys):
    for number in numbered_exercises(read(stem)):
        exercise = fresh_exercise(name_of_checks(stem), number)
        said = []
        while not said or "Solution" not in said[-1]:
            exercise.hint()
            said.append(capsys.readouterr().out)
        assert len(said) >= 3  # two hints, then where the solution is
        assert all(line.startswith(f"hint {n} of ") for n, line in enumerate(said[:-1], 1))
        assert len(set(said)) == len(said)
