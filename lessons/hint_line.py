"""The last line of an exercise, `# exercise_1.hint()`, once its # is taken away.

The space behind the # is easily left there, and Python takes no line that begins with one.
"""

import re

SPACE_BEFORE = re.compile(r"^ (?=exercise_\d+\.hint\(\))")


def without_the_space(lines: list[str]) -> list[str]:
    """The lines of a cell, the hint's at the margin; IPython calls this for every cell."""
    return [SPACE_BEFORE.sub("", line) for line in lines]
