"""What each pupil of a class has passed and tried, read from what the pupils' programs wrote.

A pupil decides what is in the file, so everything in it may be wrong or hostile. Only this is
believed: the file belongs to the pupil, and names exercises and points of exams that exist.
"""

import json
import os
import stat
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from lessons.exams.record import BRIEFS, points_of
from lessons.progress.contents import CORE, DEEPER
from lessons.progress.course_map import exercises_of
from lessons.progress.tries import PROGRESS_FILE

CLASS_FOLDER = Path("/srv/class")  # a folder for each pupil; jupyterhub_config.py makes them
NOTEBOOKS = (*CORE, *chain.from_iterable(DEEPER.values()))  # those with exercises
SITTINGS = tuple((name, each) for name in BRIEFS for each in range(1, BRIEFS[name].sittings + 1))
LARGEST_FILE = 500_000  # bytes of a pupil's file
LONGEST_SLIP = 300  # characters


class Try(NamedTuple):
    """A try of an exercise, or of an exam's point."""

    at: float  # seconds, as in time.time()
    exercise: str  # as in "02_on_your_phone-2" or "lost_property-4"
    passed: bool
    slip: str  # a sentence of the course, or ""


class Pupil(NamedTuple):
    """A pupil's progress."""

    name: str
    passed: frozenset[str] = frozenset()
    tries: tuple[Try, ...] = ()
    problem: str = ""  # why nothing can be read


def read_pupils(folder: Path = CLASS_FOLDER) -> list[Pupil]:
    """Return all pupils, by their names."""
    return [read_pupil(each) for each in sorted(folder.iterdir()) if each.is_dir()]


def read_pupil(folder: Path) -> Pupil:
    """Return what a pupil's file says."""
    try:
        found = json.loads(read_file_owned_by(folder / PROGRESS_FILE, folder.stat().st_uid))
        points = (points_of(name, sitting) for name, sitting in SITTINGS)
        exercises = frozenset(chain(*map(exercises_of, NOTEBOOKS), *points))
        passed = frozenset(name for name in exercises if name in found["passed"])
        return Pupil(folder.name, passed, tuple(parse_tries(found["tries"], exercises)))
    except FileNotFoundError:
        return Pupil(folder.name)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return Pupil(folder.name, problem="unreadable")


def read_file_owned_by(path: Path, owner: int) -> bytes:
    """Return a file's bytes; OSError if it isn't a plain file of this owner, or is too large."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123, pathlib knows no flags
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_uid != owner or status.st_nlink > 1:
            raise OSError(f"{path} is no plain file of its owner")
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError(f"{path} is too large")
    return content


def parse_tries(lines: Iterable[Any], exercises: frozenset[str]) -> Iterator[Try]:
    """Yield the tries that make sense."""
    for line in lines:
        match json.loads(line):
            case [int(at), str(exercise), bool(passed), str(slip)] if exercise in exercises:
                if 0 < at <= time.time():
                    # JSON may have half of a letter, which no page can be encoded with.
                    shown = slip[:LONGEST_SLIP].encode(errors="replace").decode()
                    yield Try(at, exercise, passed, shown)
