"""What each wrong answer is told: replayed, and stored in one file. See tests/told.py."""

import io
import json
import os
import re
import runpy
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from unittest.mock import patch

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "helpers"), str(TESTS / "notebooks")]

import pytest  # noqa: E402
from fresh_exercise import fresh_exercise  # noqa: E402
from notebook_runs import STEMS, name_of_checks, run_copy, verdict  # noqa: E402
from test_exercises import (  # noqa: E402
    WRONG,
    answer_wrong_then_run_twice,
    numbered_exercises,
    read,
    wrong_answers,
)

from botlib.bot import Bot  # noqa: E402
from botlib.details.bot_files import load_bot_file  # noqa: E402
from lessons.alone.check import check_alone, start_alone  # noqa: E402
from lessons.alone.sections import SECTIONS  # noqa: E402
from lessons.alone.traps import FUNCTION_TRAPS, TRAPS, TWITCHIO_TRAPS  # noqa: E402
from lessons.exercises.slips import BotTask, Slip, Task  # noqa: E402
from lessons.exercises.verdict import Exercise  # noqa: E402

TOLD = TESTS / "notebooks/wrong_answers/told.json"
CHANGING = {  # what differs from one run to the next, and what stands for it
    r"/\S*/(?=[\w.]+\.py\b)": "",
    r"(?<=127\.0\.0\.1:)\d+": "PORT",
    r"0x[0-9a-f]+": "0xADDRESS",
    r"\b\d+\.\d+ (?=ms|s\b|seconds)": "N ",
}
Told = dict[str, dict[str, str]]  # exercise → answer → what its author hears


def exercises_with_task() -> Iterator[tuple[str, Exercise]]:
    """Return the exercises that have a task, each with its name, as in "ex_05 1"."""
    for stem in STEMS:
        name = name_of_checks(stem)
        for number in numbered_exercises(read(stem)):
            exercise = fresh_exercise(name, number)
            if exercise.task:
                yield f"{name} {number}", exercise


def tell_tasks(before: Told) -> Told:
    """Hand in each answer that is known, and each that a row of a task knows."""
    told: Told = {}
    for name, exercise in exercises_with_task():
        task: Any = exercise.task
        answers = [*before.get(name, {}), *(dedent(slip.code).strip() for slip in task.slips)]
        told[name] = {answer: hand_in(exercise, answer) for answer in dict.fromkeys(answers)}
    return told


def hand_in(exercise: Exercise, answer: str) -> str:
    """Return what an exercise says of an answer."""
    task: Any = exercise.task
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, COURSE_FOLDER=folder, STORE_FOLDER=folder),
        redirect_stdout(io.StringIO()) as said,
    ):
        if isinstance(task, BotTask):
            file = Path(folder, f"{task.command}.py")
            file.write_text(task.written(Slip(answer, "")), encoding="utf-8")
            given = file if task.file else load_bot_file(file, Bot)
        elif isinstance(task, Task):
            given = defined(task, answer, Path(folder, "cell.py"))
        else:
            given = task.written(Slip(answer, ""))
        exercise(given)
    return stable(said.getvalue())


def defined(task: Task, body: str, file: Path) -> Any:
    """Define a task's function in a file, where its lines can be found."""
    file.write_text(f"def {task.signature}:\n{indent(body, '    ')}\n", encoding="utf-8")
    return runpy.run_path(str(file))[task.signature.partition("(")[0]]


def tell_notebook(stem: str) -> Told:
    """Give a notebook's wrong cells."""
    answers = wrong_answers(stem)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        notebook = run_copy(
            stem,
            lambda notebook: answer_wrong_then_run_twice(notebook, answers),
            Path(folder, "notebooks"),
            monkeypatch,
        )
    cells = [cell for cell in notebook.cells if WRONG in cell.metadata.get("tags", [])]
    said = iter(stable(verdict(cell)) for cell in cells)
    return {
        f"{name_of_checks(stem)} {number} cells": {
            source.strip(): next(said) for source in answers[number]
        }
        for number in sorted(answers)
    }


def tell_alone(before: Told) -> Told:
    """Check each file that the traps make of the solutions."""
    rows = [("phone.py", trap) for trap in TRAPS if trap not in FUNCTION_TRAPS]
    rows += [("stream.py", trap) for trap in TWITCHIO_TRAPS]
    rows += [(file, trap) for file, section in SECTIONS.items() for trap in section.traps]
    edits = [(f"alone {file}", f"{trap.old}\n⟶\n{trap.new}") for file, trap in rows if trap.old]
    edits += [(file, edit) for file, known in before.items() for edit in known]
    told: Told = {}
    for name, edit in dict.fromkeys(edits):
        if name.startswith("alone "):
            told.setdefault(name, {})[edit] = check_edit(name.removeprefix("alone "), edit)
    return told


def check_edit(file: str, edit: str) -> str:
    """Return what the check says of a solution with an edit."""
    old, new = edit.split("\n⟶\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        patch.dict(os.environ, COURSE_FOLDER=str(Path(folder, "own"))),
        redirect_stdout(io.StringIO()) as said,
    ):
        for name in SECTIONS:
            start_alone(name)
        alone = Path(folder, "workshop/alone")
        (alone / file).write_text(SECTIONS[file].solution.replace(old, new), encoding="utf-8")
        if file == "test_webhook.py":
            (alone / "webhook.py").write_text(SECTIONS["webhook.py"].solution, encoding="utf-8")
        said.truncate(said.seek(0))
        check_alone(file, 0)
    return stable(said.getvalue())


def stable(text: str) -> str:
    """Replace what differs from one run to the next."""
    for pattern, sign in CHANGING.items():
        text = re.sub(pattern, sign, text)
    return text.strip()


def main() -> None:
    """Store what is told."""
    before: Told = json.loads(TOLD.read_text(encoding="utf-8")) if TOLD.exists() else {}
    told = before | tell_tasks(before)
    write(told)
    if "--slow" in sys.argv:
        told |= tell_alone(before)
        write(told)
        for stem in filter(wrong_answers, STEMS):
            told |= tell_notebook(stem)
            write(told)


def write(told: Told) -> None:
    """Write the file."""
    text = json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True)
    TOLD.write_text(text + "\n", encoding="utf-8")
