"""The last lines of an exercise's cell: `exercise_1(adder)` and `# exercise_1.hint()`.

A space is easily left before the hint, once its # is taken away, and Python takes no line that
begins with one. The check easily slips into the function above it: Python takes that, never runs
it, and the cell shows nothing at all.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult

SPACE_BEFORE = re.compile(r"^ (?=exercise_\d+\.hint\(\))")
# A def at the margin, lines that are its own, and among them the check.
CHECK_IN_FUNCTION = re.compile(
    r"^def (\w+).*\n(?:(?:[ \t].*)?\n)*?[ \t]+(exercise_\d+(?:\.hint)?\(.*)", re.M
)


def unindent_hint(lines: list[str]) -> list[str]:
    """Remove the space before the hint's line; IPython calls this for every cell."""
    return [SPACE_BEFORE.sub("", line) for line in lines]


def warn_of_check_in_function(result: "ExecutionResult") -> None:
    """Say that the check is inside a function; IPython calls this after every cell."""
    found = (
        CHECK_IN_FUNCTION.search(result.info.raw_cell or "")
        if result.info and result.success
        else None
    )
    if found:
        from lessons.exercises.verdict import show_not_yet

        show_not_yet(
            f"the line {found[2].strip()} begins too far to the right. So it is a part of the "
            f"function {found[1]}, and is not run with the cell. Begin it at the very left"
        )
