"""The second pass of nbval has every notebook, every exercise and every guess, and it can fail."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_runs import ROOT, STEMS, verdict

from lessons.commands import refresh
from lessons.commands.solve import find_exercises, solved_notebook
from lessons.progress.contents import EVENING

SOLVED = ROOT / "tests/notebooks/solved"
START = "00_start_here"


def read_pair(stem, root=ROOT):
    """Read a notebook, and the cells that show something else once it is solved."""
    paths = (root / f"notebooks/{stem}.ipynb", root / f"tests/notebooks/solved/{stem}.json")
    return [nbformat.read(path, as_version=4) for path in paths]


def test_each_notebook_has_a_second_pass():
    files = [path.relative_to(SOLVED).with_suffix("") for path in SOLVED.rglob("*.*")]
    assert sorted(file.as_posix() for file in files) == sorted(STEMS)


@pytest.mark.parametrize("stem", STEMS)
def test_its_exercises_pass_and_its_guesses_are_made(stem):
    notebook, stored = read_pair(stem)
    assert {cell.id for cell in stored.cells} < {cell.id for cell in notebook.cells}
    outputs = [output for cell in stored.cells for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    solved = solved_notebook(notebook, stored)
    said = [verdict(solved.cells[index]) for index in find_exercises(solved)]
    said += [verdict(cell) for cell in solved.cells if "alone" in cell.metadata.get("tags", [])]
    assert (said or stem in EVENING) and all(words.startswith("✔ passed: ") for words in said)
    code = [cell for cell in solved.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code if re.search(r"guess\(.*\.\.\.", cell.source)] == []
    compared = [cell for cell in code if re.search(r"^ *compare\(", cell.source, re.MULTILINE)]
    shown = ["You guessed" in str(cell.outputs) for cell in compared]
    assert shown and all(shown)


def spoil_solution(notebook, stored):
    below = notebook.cells[find_exercises(notebook)[0] + 1]
    assert "{message.user}" in below.source
    below.source = below.source.replace("{message.user}", "Viktor")


def spoil_output(notebook, stored):
    output = stored.cells[-1].outputs[-1]
    assert "three mistakes" in output.data["text/plain"]
    output.data["text/plain"] = output.data["text/plain"].replace("three", "four", 1)


def spoil_guess(notebook, stored):
    cell = next(cell for cell in notebook.cells if "guess(" in cell.source)
    cell.source += "\nassert my_guess.answer is ..."


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What pytest says of the second pass in a course with one notebook, spoiled in three cells."""
    course = tmp_path_factory.mktemp("course")
    for name in (
        "pyproject.toml",
        "conftest.py",
        "tests/nbval_sanitize.cfg",
        "tests/notebooks/conftest.py",
        f"tests/notebooks/solved/{START}.json",
        f"notebooks/{START}.ipynb",
    ):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    pair = read_pair(START)
    for spoil in (spoil_solution, spoil_output, spoil_guess):
        spoil(*pair)
    nbformat.write(pair[0], course / f"notebooks/{START}.ipynb")
    nbformat.write(pair[1], course / f"tests/notebooks/solved/{START}.json")
    path = os.pathsep.join(str(ROOT / part) for part in ("", "sandbox", "tests/helpers"))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=no", "tests/notebooks/solved"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.slow("a whole notebook")
def test_nbval_runs_each_cell_of_the_solved_notebook(said):
    notebook, _ = read_pair(START)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert f"\n3 failed, {len(cells) - 3} passed in" in said
    assert (
        len(re.findall(rf"^_+ tests/notebooks/solved/{START}\.json::Cell \d+ _+$", said, re.M)) == 3
    )


@pytest.mark.slow("a whole notebook")
@pytest.mark.parametrize(
    "told",
    [
        pytest.param("… not yet: ", id="solution"),
        pytest.param("found and fixed four mistakes", id="output"),
        pytest.param("assert my_guess.answer is ...\n", id="guess"),
    ],
)
def test_nbval_sees_a_wrong_solution_output_and_guess(said, told):
    assert told in said


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A notebook with a guess and an exercise, whose solution is still to be written."""
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(refresh, "SOLVED", tmp_path / "solved")
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "own"))  # refresh sets another
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    guess = "from lessons.display import compare, guess\n\nmy_guess = guess('Which?', ...)"
    cells = [
        new_code_cell(guess, id="guess"),
        new_code_cell("compare(my_guess, 'late')", id="compare"),
        new_code_cell(
            "answer = ...\nprint(answer)", id="exercise", metadata={"tags": ["exercise"]}
        ),
        new_markdown_cell("", id="solution"),
        new_code_cell("print(answer == 5, '≈ 2')", id="after"),
        new_code_cell("6 * 7", id="same"),
    ]
    (tmp_path / "notebooks/deeper").mkdir(parents=True)
    return tmp_path / "notebooks/deeper/small.ipynb", new_notebook(cells=cells)


def write(path, notebook, block):
    """Store the notebook with this block of code folded under its exercise."""
    fold = f"<details><summary>Solution</summary>\n\n```{block}\n```\n\n</details>"
    notebook.cells[3].source = fold
    nbformat.write(notebook, path)


@pytest.mark.slow("a kernel or two")
def test_refresh_stores_what_a_solved_notebook_shows_otherwise(small):
    path, notebook = small
    write(path, notebook, "python\nanswer = 5\nprint(answer)")
    refresh.refresh(path)
    stored = nbformat.read(refresh.SOLVED / "deeper/small.json", as_version=4)
    assert [cell.id for cell in stored.cells] == ["compare", "exercise", "after"]
    shown = [cell.outputs[0] for cell in stored.cells]
    assert shown[0].data["text/plain"] == "Which? You guessed late, and so it was."
    assert [output.text for output in shown[1:]] == ["5\n", "True ≈ N\n"]
    first = nbformat.read(path, as_version=4)
    assert first.cells[2].outputs[0].text == "Ellipsis\n"


@pytest.mark.slow("a kernel or two")
@pytest.mark.parametrize(
    ("block", "told"),
    [
        (
            "python\nanswer = 5 / 0",
            "small.ipynb with its exercises solved, cell 3: ZeroDivisionError",
        ),
        ("text\nNone", "small.ipynb, cell 3: an exercise without a solution"),
    ],
)
def test_refresh_stores_nothing_if_a_solution_fails(small, block, told):
    path, notebook = small
    write(path, notebook, block)
    before = path.read_bytes()
    with pytest.raises(refresh.RefreshError, match=told):
        refresh.refresh(path)
    assert path.read_bytes() == before
    assert not refresh.SOLVED.exists()
