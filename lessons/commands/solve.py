"""A notebook as it is once you have done its work: exercises solved, guesses made.

Most cells show the same as before. What the others show is in a small notebook of its own, in
tests/notebooks/solved: those cells alone, without their sources. `start.py refresh` writes it, and
nbval compares with it when it runs the notebook solved (tests/notebooks/conftest.py).
"""

import ast
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

REPOSITORY = Path(__file__).parents[2]
RULES = REPOSITORY / "tests/nbval_sanitize.cfg"
SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\n\n```python\n(.*?)\n```\n\n</details>", re.S
)
CHECK_ALONE = re.compile(r"^check_alone\((.+)\)$", re.MULTILINE)
WRITE_SOLUTION = r"from lessons.alone.check import write_solution\n\nwrite_solution(\1)\n\g<0>"
OPEN_GUESS = re.compile(r"\bguess\((.+), \.\.\.\)")


def find_exercises(notebook: NotebookNode) -> list[int]:
    """Return the index of each exercise's code cell, in order."""
    cells = enumerate(notebook.cells)
    return [index for index, cell in cells if "exercise" in cell.metadata.get("tags", [])]


def has_work(notebook: NotebookNode) -> bool:
    """Return whether the reader has something to do here: an exercise, or a guess."""
    return bool(find_exercises(notebook)) or any(
        cell.cell_type == "code" and OPEN_GUESS.search(cell.source) for cell in notebook.cells
    )


def find_solution(notebook: NotebookNode, index: int) -> str:
    """Return the source folded under an exercise's cell."""
    below = notebook.cells[index + 1]
    found = SOLUTION.search(below.source) if below.cell_type == "markdown" else None
    if not found:
        raise ValueError(
            f"cell {index + 1}: an exercise without a solution. Expected in the cell below it:"
            "\n<details><summary>Solution</summary>, then one block ```python, then </details>"
        )
    return found[1]


def solve(notebook: NotebookNode) -> None:
    """Fill in each exercise's solution, and guess what the stored outputs say was found.

    A measured number differs from run to run, so there the guess is no number: wrong each time.
    """
    for index in find_exercises(notebook):
        notebook.cells[index].source = find_solution(notebook, index)
    for cell in notebook.cells:  # a file that is written alone
        if "alone" in cell.metadata.get("tags", []):
            cell.source = CHECK_ALONE.sub(WRITE_SOLUTION, cell.source)
    shown = "\n".join(
        output.data.get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )
    for cell in notebook.cells:
        if cell.cell_type == "code" and (found := OPEN_GUESS.search(cell.source)):
            words = re.escape(ast.literal_eval(found[1])) + r" No guess this time\. It was (.+)\.$"
            answer = re.search(words, shown, re.MULTILINE)
            guess = answer[1] if answer and "≈" not in answer[1] else "a lot"
            cell.source = cell.source.replace(found[0], f"guess({found[1]}, {guess!r})")


def solved_notebook(notebook: NotebookNode, stored: NotebookNode) -> NotebookNode:
    """Return the notebook solved, with the outputs that it then has."""
    solved = deepcopy(notebook)
    solve(solved)
    outputs = {cell.id: cell.outputs for cell in stored.cells}
    for cell in solved.cells:
        if cell.id in outputs:
            cell.outputs = outputs[cell.id]
    return solved


def changed_cells(notebook: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """Return the cells that show something else once the notebook is solved; both have been run."""
    stored = deepcopy(solved)
    stored.cells = []
    for before, cell in zip(notebook.cells, solved.cells, strict=True):
        ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
        after = sanitize(cell.get("outputs", []))
        if not ignored and after != sanitize(before.get("outputs", [])):
            stored.cells.append(nbformat.from_dict({**cell, "source": "", "outputs": after}))
    return stored


def sanitize(value: Any) -> Any:
    """Replace what differs from run to run in all texts of outputs, as nbval does."""
    if isinstance(value, dict):
        return {name: sanitize(each) for name, each in value.items()}
    if isinstance(value, list):
        return [sanitize(each) for each in value]
    if not isinstance(value, str):
        return value
    rules = re.findall(r"^regex: (.*)\nreplace: (.*)$", RULES.read_text("utf-8"), re.MULTILINE)
    for pattern, replacement in rules:
        value = re.sub(pattern, replacement, value)
    return value
