"""Every exercise of every notebook: untouched, its hints, and wrong answers before the right one.

solved/ has what else a solved notebook shows.
"""

import re
import runpy
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from fresh_exercise import fresh_exercise
from nbformat.v4 import new_code_cell
from notebook_runs import (
    NOTEBOOKS,
    STEMS,
    name_of_checks,
    run_copy,
    verdict,
)

from lessons.commands.solve import find_exercises, find_solution, solve
from lessons.progress.course_map import EXERCISE_TAGS

WAIT = "import time; time.sleep(1.1)  # Telegram takes one setWebhook a second"
WRONG = "wrong-answer"


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


def copy_cell(cell, name, **changes):
    """Copy a cell, with an id of its own."""
    return nbformat.from_dict({**deepcopy(cell), "id": f"{cell.id}-{name}", **changes})


def answer_wrong_then_run_twice(notebook, answers):
    """Solve a notebook, run each cell twice, and give an exercise's wrong answers before the right.

    `answers` has the wrong ones of each exercise, by its number.
    """
    solve(notebook)
    numbers = {index: number for number, index in numbered_exercises(notebook).items()}
    cells = []
    for index, cell in enumerate(notebook.cells):
        for place, answer in enumerate(answers.get(numbers.get(index), {}), 1):
            source = imported(answer.strip(), cell)
            cells.append(
                copy_cell(cell, f"wrong-{place}", source=source, metadata={"tags": [WRONG]})
            )
        cells.append(cell)
        if cell.cell_type == "code":
            if "setWebhook" in cell.source:  # a cell of its own: %%save must come first
                cells.append(new_code_cell(WAIT))
            cells.append(copy_cell(cell, "again"))
    notebook.cells = cells


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


@pytest.mark.parametrize("stem", STEMS)
def test_each_exercise_has_wrong_answers(stem):
    exercises = numbered_exercises(read(stem))
    of_slips = {n for n in exercises if fresh_exercise(name_of_checks(stem), n).task}
    assert of_slips | set(wrong_answers(stem)) == set(exercises)


@pytest.mark.slow("each notebook in a kernel")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", STEMS)
def test_wrong_answers_are_told_what_to_fix_and_each_cell_can_be_run_twice(
    stem, tmp_path, monkeypatch
):
    answers = wrong_answers(stem)

    def change(notebook):
        answer_wrong_then_run_twice(notebook, answers)

    notebook = run_copy(stem, change, tmp_path / "notebooks", monkeypatch)
    wrong = [cell for cell in notebook.cells if WRONG in cell.metadata.get("tags", [])]
    expected = [words for number in sorted(answers) for words in answers[number].values()]
    for cell, words in zip(wrong, expected, strict=True):
        assert verdict(cell).startswith("… not yet: ")
        assert words in verdict(cell)
    right = [verdict(notebook.cells[index]) for index in find_exercises(notebook)]
    assert [said for said in right if not said.startswith("✔ passed: ")] == []
    outputs = [
        each for cell in notebook.cells if cell not in wrong for each in cell.get("outputs", [])
    ]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


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
