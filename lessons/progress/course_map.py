"""What the learner has passed, kept from day to day, and shown as the map of the course.

Each passed exercise is an empty file, `progress/06_telegram_calls-2` for the second one of that
notebook, so that several notebooks can write at once. They are in the learner's own folder, which
the environment's COURSE_FOLDER names (lessons/own_copies.py sets it). Without it, as in VS Code,
they are beside the copies of the notebooks, and beside originals in workshop/.

Points of exams are such files, too: lessons/exams/record.py writes them.
"""

import json
import os
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from lessons.in_a_tab import IN_A_TAB
from lessons.progress.contents import CORE, DEEPER, EXAMS, PART_NAMES
from lessons.workshop import ORIGINALS, workshop

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
EXERCISE_TAGS = {"exercise", "alone"}  # tags of cells
DONE, OPEN = "●", "○"
TAB_NOTE = "In this browser tab only 00 and 01 run. The others need an installed course."


def progress_folder() -> Path:
    """Return where the files are."""
    own = workshop().parent
    beside = own if (own / ORIGINALS).is_file() else workshop()
    return Path(os.environ.get("COURSE_FOLDER") or beside) / "progress"


def remember_passed(stem: str, number: str) -> None:
    """Record that an exercise of a notebook was passed."""
    progress_folder().mkdir(parents=True, exist_ok=True)
    (progress_folder() / f"{stem}-{number}").touch()


def was_passed(stem: str, number: int | str) -> bool:
    """Return whether an exercise was passed, today or on another day."""
    return (progress_folder() / f"{stem}-{number}").exists()


def notebook_of(checks: str) -> str:
    """Return the notebook whose exercises a module checks.

    >>> notebook_of("lessons.exercises.ex_06"), notebook_of("lessons.exercises.two_writers")
    ('06_telegram_calls', 'two_writers')
    """
    name = checks.rpartition(".")[2]
    number = name.removeprefix("ex_")
    return next((stem for stem in CORE if stem[:2] == number), name)


class Stop(NamedTuple):
    """A notebook, and which of its exercises were passed."""

    title: str
    marks: tuple[bool, ...]

    def __str__(self) -> str:
        return f"{self.title} {circles(self.marks)}".rstrip()


class Map:
    """The notebooks of the course, each with the side rooms behind it, and what was passed."""

    def __init__(self, core: dict[str, Stop], deeper: dict[str, list[Stop]]) -> None:
        self._core, self._deeper = core, deeper  # by the number of the core notebook

    def __repr__(self) -> str:
        lines = []
        for number, stop in self._core.items():
            behind = ", ".join(map(str, self._deeper[number]))
            line = (
                f"{PART_NAMES.get(number, ''):18}{number} {stop.title:29}{circles(stop.marks):4} "
            )
            lines.append(f"{line}{behind and f'deeper: {behind}'}".rstrip())
        return "\n".join([*lines, "", self._summary()])

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th{LEFT_STYLE}>{name}</th>" for name in ("", "core", "", "side rooms", "")
        )
        rows = "".join(map(self._row, self._core))
        return f"<table><tr>{head}</tr>{rows}</table><p>{self._summary()}</p>"

    def _row(self, number: str) -> str:
        stop, rooms = self._core[number], self._deeper[number]
        cells = [
            escape(PART_NAMES.get(number, "")),
            f"{number} {escape(stop.title)}",
            labeled_circles(stop),
            "<br>".join(escape(room.title) for room in rooms),
            "<br>".join(map(labeled_circles, rooms)),
        ]
        return f"<tr>{''.join(f'<td{LEFT_STYLE}>{cell}</td>' for cell in cells)}</tr>"

    def _summary(self) -> str:
        rooms = [room for behind in self._deeper.values() for room in behind]
        core, deeper = count_passed(list(self._core.values())), count_passed(rooms)
        passed = f"{core} exercises passed" + (f", and {deeper} in side rooms" if rooms else "")
        exams = "; ".join(f"{title} {points}" for title, points in exam_points().items())
        passed += f". Points in exams: {exams}" if exams else ""
        return passed + (f". {TAB_NOTE}" if IN_A_TAB else "")


LEFT_STYLE = ' style="text-align: left; vertical-align: top"'


def circles(marks: tuple[bool, ...]) -> str:
    """Draw a filled circle for each exercise that was passed, an empty one for the others."""
    return "".join(DONE if passed else OPEN for passed in marks)


def labeled_circles(stop: Stop) -> str:
    """Draw the circles of a notebook in HTML, with words for those who don't see them."""
    done, all_of_them = sum(stop.marks), len(stop.marks)
    whole = " ✔" if stop.marks and all(stop.marks) else ""
    label = f"{done} of {all_of_them} passed"
    return (
        f'<span role="img" aria-label="{label}" title="{label}">{circles(stop.marks)}{whole}</span>'
    )


def count_passed(stops: list[Stop]) -> str:
    """Say how many exercises of some notebooks were passed."""
    marks = [mark for stop in stops for mark in stop.marks]
    return f"{sum(marks)} of {len(marks)}"


def exam_points() -> dict[str, int]:
    """Return how many points were passed of each exam of which there are any."""
    files = [path.name for path in progress_folder().glob("*-*")]
    points = {
        title: len({found[1] for file in files if (found := re.match(rf"{name}-(\d+)", file))})
        for name, title in EXAMS.items()
    }
    return {title: number for title, number in points.items() if number}


def count_exercises(path: Path) -> int:
    """Count the exercises of a notebook, with the files that are written alone."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(bool(EXERCISE_TAGS & {*cell["metadata"].get("tags", [])}) for cell in cells)


@cache
def exercises_of(stem: str) -> tuple[str, ...]:
    """Name the exercises of a core notebook or a side room, as in "06_telegram_calls-2"."""
    path = NOTEBOOKS / ("" if stem in CORE else "deeper") / f"{stem}.ipynb"
    return tuple(f"{stem}-{number}" for number in range(1, count_exercises(path) + 1))


def stop_at(path: Path, title: str) -> Stop:
    """Return a notebook with what was passed of it."""
    marks = (was_passed(path.stem, number) for number in range(1, count_exercises(path) + 1))
    return Stop(title, tuple(marks))


def progress() -> Map:
    """Return the map of the course with what was passed."""
    core, deeper = {}, {}
    for stem, title in CORE.items():
        path, number = NOTEBOOKS / f"{stem}.ipynb", stem[:2]
        if path.exists():
            core[number] = stop_at(path, title)
            rooms = DEEPER.get(number, {}).items()
            paths = [(NOTEBOOKS / f"deeper/{name}.ipynb", name_of) for name, name_of in rooms]
            deeper[number] = [stop_at(room, name) for room, name in paths if room.exists()]
    return Map(core, deeper)
