"""A table in a notebook: real columns, wherever the notebook is shown."""

from collections.abc import Sequence


class Table:
    """Rows under a heading, as Markdown, which JupyterLab draws as a table."""

    def __init__(self, head: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
        self._lines = [[one_line(cell) for cell in row] for row in (head, *rows)]
        if len({len(line) for line in self._lines}) != 1:
            raise ValueError(f"each row needs {len(head)} cells, as the heading has")

    def __repr__(self) -> str:
        # No padding: its width would change with a measured number's, and tests compare the rest.
        return "\n".join(" | ".join(line) for line in self._lines)

    def _repr_markdown_(self) -> str:
        head, *rows = self._lines
        return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))


def table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> Table:
    """Make a table to be a cell's last value; raises ValueError if a row has too few cells.

    >>> table(["who", "how often"], [["Ann", 2], ["Bob", "a|b"]])
    who | how often
    Ann | 2
    Bob | a\\|b
    """
    return Table(head, rows)


def one_line(cell: object) -> str:
    """Write a cell's text in one line, so that it cannot break the table."""
    return " ".join(str(cell).split()).replace("|", "\\|")
