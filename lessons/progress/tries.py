"""Each try of an exercise, in the learner's own progress: when, the verdict, and which slip.

A try is a line of `progress/.tries.jsonl`. It never holds what the learner wrote: a slip is a
sentence of the course. On a class's machine the environment's CLASS_PROGRESS names a folder that
the teacher's page may read. A summary of the progress is written there, too.
"""

import json
import os
import time
from pathlib import Path

from lessons.progress.course_map import progress_folder, remember_passed
from lessons.workshop import write_json

TRIES_FILE = ".tries.jsonl"  # hidden: a pack leaves it at home
PROGRESS_FILE = "progress.json"  # in CLASS_PROGRESS
MOST_SHARED_TRIES = 500  # the last ones


def remember_try(stem: str, number: str, passed: bool, slip: str = "") -> None:
    """Record a try of a notebook's exercise, and that it was passed if it was."""
    if passed:
        remember_passed(stem, number)
    progress_folder().mkdir(parents=True, exist_ok=True)
    line = json.dumps([int(time.time()), f"{stem}-{number}", passed, slip])
    with (progress_folder() / TRIES_FILE).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    write_class_progress()


def write_class_progress() -> None:
    """Let the teacher's page read what was passed and the last tries, on a class's machine."""
    if shared := os.environ.get("CLASS_PROGRESS"):
        passed = sorted(path.name for path in progress_folder().glob("*-*"))
        tries = (progress_folder() / TRIES_FILE).read_text(encoding="utf-8").splitlines()
        found = {"passed": passed, "tries": tries[-MOST_SHARED_TRIES:]}
        write_json(Path(shared) / PROGRESS_FILE, found)
