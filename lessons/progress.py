"""What the learner has passed, kept from day to day, and shown as the map of the course.

Each passed exercise is an empty file, `progress/03-2` for the second one of notebook 03, so that
several notebooks can write at once. They stand in the learner's own folder, which the environment's
COURSE_FOLDER names (start.py sets it); without it, in workshop/ beside the notebook.
"""

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path

import nbformat

from lessons.stops import PARTS, TITLES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
DONE, OPEN = "●", "○"


def folder() -> Path:
    """Where the files are."""
    return Path(os.environ.get("COURSE_FOLDER") or "workshop") / "progress"


def remember(stop: str, number: str) -> None:
    """Keep that an exercise was passed."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / f"{stop}-{number}").touch()


def was_passed(stop: str, number: int) -> bool:
    """Whether an exercise was passed, today or on another day."""
    return (folder() / f"{stop}-{number}").exists()


class Map:
    """The stops of the course, and what was passed at each."""

    def __init__(self, marks: dict[str, list[bool]]) -> None:
        self._marks = marks  # stop → one for each of its exercises, in order

    def __repr__(self) -> str:
        lines = [
            f"{part:20}{stop} {TITLES[stop]:28}{circles(self._marks[stop])}".rstrip()
            for part, stops in self._parts()
            for stop, part in zip(stops, [part, *[""] * len(stops)], strict=False)
        ]
        return "\n".join([*lines, "", self._summary()])

    def _repr_html_(self) -> str:
        rows = "".join(self._row(part, stop) for part, stops in self._parts() for stop in stops)
        return f"<table>{rows}</table><p>{self._summary()}</p>"

    def _row(self, part: str, stop: str) -> str:
        cells = [part if stop in FIRST else "", f"{stop} {TITLES[stop]}"]
        style = ' style="text-align: left"'
        words = "".join(f"<td{style}>{escape(cell)}</td>" for cell in cells)
        marks = self._marks[stop]
        whole = " ✔" if marks and all(marks) else ""
        label = f"{sum(marks)} of {len(marks)} passed"
        return f'<tr>{words}<td{style} title="{label}">{circles(marks)}{whole}</td></tr>'

    def _parts(self) -> Iterator[tuple[str, list[str]]]:
        for name, first, last in PARTS:
            yield name, [stop for stop in self._marks if first <= stop <= last]

    def _summary(self) -> str:
        passed = sum(map(sum, self._marks.values()))
        return f"{passed} of {sum(map(len, self._marks.values()))} exercises passed"


FIRST = {first for _, first, _ in PARTS}


def circles(marks: list[bool]) -> str:
    """A filled circle for each exercise that was passed, an empty one for the others."""
    return "".join(DONE if passed else OPEN for passed in marks)


def exercises(path: Path) -> int:
    """How many exercises a notebook has."""
    cells = nbformat.read(path, as_version=4).cells
    return sum("exercise" in cell.metadata.get("tags", []) for cell in cells)


def progress() -> Map:
    """The map of the course with what was passed; the notebooks say what there is to pass."""
    marks = {
        path.name[:2]: [
            was_passed(path.name[:2], number) for number in range(1, exercises(path) + 1)
        ]
        for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    }
    return Map(marks)
