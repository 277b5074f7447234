"""Who has passed what, as a table: a row for each pupil. It counts, and infers nothing."""

import time
from collections.abc import Iterable
from html import escape

from lessons.classroom.pupils import SITTINGS, Pupil
from lessons.exams.points import sitting_name
from lessons.exams.record import BRIEFS, points_of
from lessons.progress.contents import CORE, DEEPER
from lessons.progress.course_map import circles, exercises_of

TABLE_HEAD = ("pupil", *(stem[:2] for stem in CORE), "side rooms", "exams", "tries", "last try")
TABLE_NOTE = (
    "● is an exercise or an exam's point that was passed, ○ one that wasn't. The last try is the "
    "newest of all notebooks and exams, with the slip that the course knew. The course takes "
    "these numbers from files that belong to the pupils. Answers are not among them."
)


def table_rows(pupils: Iterable[Pupil]) -> list[tuple[str, ...]]:
    """Return the rows below the head."""
    return [table_row(pupil) for pupil in pupils]


def table_row(pupil: Pupil) -> tuple[str, ...]:
    """Return a pupil's row."""
    core = [
        circles(tuple(exercise in pupil.passed for exercise in exercises_of(stem))) for stem in CORE
    ]
    rooms = [name for behind in DEEPER.values() for name in behind]
    deeper = sum(exercise in pupil.passed for room in rooms for exercise in exercises_of(room))
    return (
        pupil.name,
        *core,
        str(deeper or ""),
        describe_exams(pupil),
        str(len(pupil.tries) or ""),
        describe_last_try(pupil),
    )


def describe_exams(pupil: Pupil) -> str:
    """Return the points of each exam of which some were passed."""
    marks = {
        f"{BRIEFS[name].title}{sitting_name(BRIEFS[name], sitting)}": tuple(
            point in pupil.passed for point in points_of(name, sitting)
        )
        for name, sitting in SITTINGS
    }
    return ", ".join(f"{exam} {circles(each)}" for exam, each in marks.items() if any(each))


def describe_last_try(pupil: Pupil) -> str:
    """Say when a pupil tried what last, and how it went."""
    if pupil.problem or not pupil.tries:
        return pupil.problem
    last = max(pupil.tries)
    when = time.strftime("%d %b %H:%M", time.localtime(last.at))
    notebook, _, number = last.exercise.rpartition("-")
    verdict = "passed" if last.passed else f"not yet: {last.slip}" if last.slip else "not yet"
    where = notebook[:2] if notebook in CORE else notebook
    kind = "point" if notebook in BRIEFS else "exercise"
    return f"{when}, {where}, {kind} {number.partition('_')[0]}: {verdict}"


def table_text(pupils: Iterable[Pupil]) -> str:
    """Write the table for a terminal. Pupils choose texts, so only printable letters are left."""
    rows = [TABLE_HEAD, *table_rows(pupils)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    shown = ("".join(sign if sign.isprintable() else "?" for sign in line) for line in lines)
    return "\n".join([*shown, "", TABLE_NOTE])


def table_html(pupils: Iterable[Pupil]) -> str:
    """Write the table for a page."""
    titles = {stem[:2]: title for stem, title in CORE.items()}
    head = (f'<th title="{escape(titles.get(name, name))}">{name}</th>' for name in TABLE_HEAD)
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table_rows(pupils))
    body = "".join(f"<tr>{row}</tr>" for row in ("".join(head), *rows))
    return f"<table>{body}</table><p>{TABLE_NOTE}</p>"
