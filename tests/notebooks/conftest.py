"""The second pass of nbval: each notebook with its exercises solved and its guesses made.

It has a file in solved/, with the outputs that differ then. Collecting that file solves the
notebook into a folder of its own, and nbval runs it there as it runs any notebook.
"""

import os
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import IPyNbFile

from lessons.commands.solve import solved_notebook

SOLVED = Path(__file__).parent / "solved"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def pytest_collect_file(file_path, parent):
    """Let nbval run the solved notebook to which a file belongs."""
    if parent.config.option.nbval and file_path.is_relative_to(SOLVED):
        return SolvedNotebook.from_parent(parent, path=file_path)
    return None


class SolvedNotebook(pytest.File):
    """The file in solved/ of a notebook; its tests are the cells of that notebook, solved."""

    def collect(self):
        name = self.path.relative_to(SOLVED).with_suffix(".ipynb")
        pair = [nbformat.read(path, as_version=4) for path in (NOTEBOOKS / name, self.path)]
        made = Path(os.environ["COURSE_FOLDER"], "solved", name)
        made.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solved_notebook(*pair), made)
        notebook = IPyNbFile.from_parent(self, path=made, name=self.name, nodeid=self.nodeid)
        for cell in notebook.collect():
            cell.location = (self.nodeid, 0, cell.nodeid)  # nbval would name it by its folder
            yield cell
