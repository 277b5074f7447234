"""The square as a picture in a notebook: a box for each home, with her numbers or none yet.

Colors are transparent, and the text has the page's own color, so that it suits light and dark
themes. Two columns fit into 390 pixels as well as into 800.
"""

import re
from html import escape

from lessons.display.measured import two_figures
from lessons.square.home_numbers import HomeNumbers, kept_numbers
from lessons.square.places import BOXES_BY_ROW, TWITCH_IRC_FUNCTION, Place

MESSAGES = 3
BLUE, RED = "0, 114, 178", "213, 94, 0"  # as in lessons/charts
CELL_STYLE = "width:50%; text-align:left; vertical-align:top; white-space:normal; padding:3px"
FRAME_STYLE = "border:1px solid rgba(128, 128, 128, .7); border-radius:10px; padding:5px"

MEASURED_NUMBER = re.compile(r"≈ [\d.,]+ \w+")
UNBROKEN_HTML = r'<span style="white-space:nowrap">\g<0></span>'  # a number stays beside its unit


class Box:
    """One home: its numbers, or where they will be measured."""

    def __init__(self, title: str, numbers: HomeNumbers | None, notebook: str = "") -> None:
        self.title, self.numbers, self.notebook = title, numbers, notebook

    @property
    def is_lossy(self) -> bool:
        """Return whether messages were lost in it although somebody took care of it."""
        return self.numbers is not None and self.numbers.name == TWITCH_IRC_FUNCTION.name

    def lines(self) -> list[str]:
        """Return what it says, below its title."""
        if self.numbers is None:
            return [f"not measured yet: {self.notebook}"]
        found = self.numbers
        lost = f"lost: {found.lost} of {MESSAGES} messages"
        return [
            found.calls,
            f"idle: ≈ {two_figures(found.idle_mb)} MB",
            f"first answer: ≈ {two_figures(found.first_ms)} ms",
            f"next answer: ≈ {two_figures(found.next_ms)} ms",
            f"{lost}, {' and '.join(found.lost_when)}" if found.lost else lost,
        ]

    def __repr__(self) -> str:
        mark = " ✗" if self.is_lossy else ""
        return "\n".join([self.title + mark, *(f"    {line}" for line in self.lines())])

    def _repr_html_(self) -> str:
        return f'<div style="max-width:380px">{self.html()}</div>'

    def html(self) -> str:
        """Return the box as HTML, as wide as its place."""
        title = escape(self.title)
        if self.is_lossy:
            title = f"<s>{title}</s> ✗"
        rest = MEASURED_NUMBER.sub(UNBROKEN_HTML, "<br>".join(map(escape, self.lines())))
        return (
            f'<div style="{border_css(self)}; border-radius:8px; padding:10px 12px; '
            f'line-height:1.5"><b>{title}</b><br>{rest}</div>'
        )


class Square:
    """All boxes: Telegram above Twitch, the programs left of the functions."""

    def __init__(self, rows: list[list[list[Box]]]) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        return "\n".join(repr(box) for row in self.rows for boxes in row for box in boxes)

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th style="{CELL_STYLE}; font-size:1.05em">{words}</th>'
            for words in ("a program that stays awake", "a function that may sleep")
        )
        plain = '<tr style="background:none">'
        body = "".join(f"{plain}{''.join(map(table_cell, row))}</tr>" for row in self.rows)
        note = "≈: measured on the machine that last ran this cell."
        return (
            '<table style="width:100%; max-width:780px; table-layout:fixed; font-size:14px">'
            f"{plain}{head}</tr>{body}</table>"
            f'<div style="font-size:12px; opacity:.75">{note}</div>'
        )


def table_cell(boxes: list[Box]) -> str:
    """Return the cell of a table with one box; two ways into it have a frame around both."""
    gap = '<div style="height:6px"></div>'
    inside = gap.join(box.html() for box in boxes)
    if len(boxes) > 1:
        inside = f'<div style="{FRAME_STYLE}">{inside}</div>'
    return f'<td style="{CELL_STYLE}">{inside}</td>'


def border_css(box: Box) -> str:
    """Return the style of a box: dashed while nothing is measured, red where messages are lost."""
    color = RED if box.is_lossy else BLUE
    if box.numbers is None:
        return "border:2px dashed rgba(128, 128, 128, .7); background:none"
    return f"border:2px solid rgba({color}, .9); background:rgba({color}, .10)"


def square() -> Square:
    """Return the square with the numbers measured so far."""
    return Square([[boxes_at(homes) for homes in row] for row in BOXES_BY_ROW])


def boxes_at(homes: list[Place]) -> list[Box]:
    """Return the box at one corner, or one for each way into it once there is a number."""
    found = [kept_numbers(home.name) for home in homes]
    if len(homes) > 1 and not any(found):
        title = homes[0].title.partition(",")[0]
        return [Box(title, None, f"notebooks {' and '.join(home.notebook for home in homes)}")]
    return [
        Box(home.title, numbers, f"notebook {home.notebook}")
        for home, numbers in zip(homes, found, strict=True)
    ]
