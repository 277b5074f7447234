"""Count what nbval compares: python tests/notebook_table.py

It writes the table in docs/notebook_checks.md, from the notebooks and from tests/notebooks/solved.
"""

import re
from collections import Counter
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook

from lessons.commands.refresh import NOTEBOOKS, SOLVED, find_notebooks
from lessons.commands.solve import REPOSITORY, solved_notebook

PAGE = REPOSITORY / "docs/notebook_checks.md"
SIGNS = {  # each rule of nbval_sanitize.cfg: what a text has that it softens
    "≈": r"≈ [\dN]",
    "port": r"127\.0\.0\.1:[\dP]",
    "dice": r"Viktor (rolls a|has) [\dN]",
    "window": r"<object ",
}
KINDS = ("compared", "silent", "ignored")
HEAD = ("notebook", "cells", *KINDS, "softened", "solved: differ", *KINDS, "softened")


def count_cells(notebook: nbformat.NotebookNode) -> Counter[str]:
    """Count the code cells of each kind, and those that each rule softens."""
    counts: Counter[str] = Counter()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        is_ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
        counts["ignored" if is_ignored else "compared" if cell.outputs else "silent"] += 1
        if not is_ignored:
            shown = str(cell.outputs)
            counts.update(rule for rule, sign in SIGNS.items() if re.search(sign, shown))
    return counts


def count_passes(path: Path) -> list[Counter[str]]:
    """Count the cells of a notebook, of the same one solved, and those that differ then."""
    pair = SOLVED / path.relative_to(NOTEBOOKS).with_suffix(".json")
    notebook = nbformat.read(path, as_version=4)
    # An exam has no exercises to solve, so it shows the same as before.
    stored = nbformat.read(pair, as_version=4) if pair.exists() else new_notebook()
    both = (notebook, solved_notebook(notebook, stored))
    return [*map(count_cells, both), Counter(differ=len(stored.cells))]


def row(name: str, first: Counter[str], second: Counter[str], differ: Counter[str]) -> list[str]:
    """Write the columns of a row."""
    columns = []
    for counts in (first, second):
        rules = [f"{rule} {counts[rule]}" for rule in SIGNS if counts[rule]]
        columns.append([*(str(counts[kind]) for kind in KINDS), ", ".join(rules)])
    cells = sum(first[kind] for kind in KINDS)
    return [name, str(cells), *columns[0], str(differ["differ"]), *columns[1]]


def make_page() -> str:
    """Return the page with its table as it should be: a row for each notebook, and the sums."""
    rows = [list(HEAD), ["---"] * len(HEAD)]
    total = [Counter[str](), Counter[str](), Counter[str]()]
    for path in find_notebooks([]):
        counts = count_passes(path)
        link = path.relative_to(REPOSITORY).as_posix()
        rows.append(row(f"[{path.stem.replace('_', ' ')}](../{link})", *counts))
        total = [one + other for one, other in zip(total, counts, strict=True)]
    rows.append(row("**all**", *total))
    above = PAGE.read_text(encoding="utf-8").partition("| notebook |")[0]
    return above + "".join(f"| {' | '.join(each)} |\n" for each in rows)


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
