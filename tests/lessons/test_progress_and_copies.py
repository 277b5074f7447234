"""What is the learner's own: her copies of the notebooks, and what she has passed."""

import json
import os
import re
import shutil
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons import copies as copying
from lessons import progress
from lessons.copies import Copies
from lessons.exercises import verdict as verdicts


@pytest.fixture
def course(tmp_path):
    (tmp_path / "notebooks/pictures").mkdir(parents=True)
    (tmp_path / "notebooks/pictures/way.svg").write_text("<svg/>")
    for name in ("00_first", "01_second"):
        write(tmp_path, name, "6 * 7")
    return tmp_path


def write(course, name, source, folder="notebooks"):
    cell = new_code_cell(source, execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": "42"}, execution_count=1)]
    notebook = new_notebook(cells=[new_markdown_cell("![a way](pictures/way.svg)"), cell])
    notebook.metadata = {"language_info": {"name": "python"}}
    nbformat.write(notebook, course / folder / f"{name}.ipynb")


def sources(course, name, folder="my_course"):
    return nbformat.read(course / folder / f"{name}.ipynb", as_version=4).cells[1].source


def test_copies_have_no_outputs_and_find_their_pictures(course):
    assert Copies(course).bring() == []
    notebook = nbformat.read(course / "my_course/00_first.ipynb", as_version=4)
    assert notebook.cells[1].source == "6 * 7"
    assert notebook.cells[1].outputs == []
    assert notebook.cells[1].execution_count is None
    assert notebook.metadata.language_info.version == "{}.{}.{}".format(*sys.version_info[:3])
    assert (course / "my_course/pictures/way.svg").exists()


def test_an_update_renews_only_what_she_has_not_touched(course):
    Copies(course).bring()
    write(course, "00_first", "her own", folder="my_course")
    for name in ("00_first", "01_second"):
        write(course, name, "new in the course")
    assert Copies(course).bring() == ["00_first.ipynb"]
    assert sources(course, "00_first") == "her own"
    assert sources(course, "01_second") == "new in the course"
    assert Copies(course).older() == ["00_first.ipynb"]
    said = copying.told(Copies(course).older())
    assert "began: 00." in said
    assert "start.py reset 00" in said


def test_running_a_cell_is_no_change(course):
    Copies(course).bring()
    write(course, "00_first", "6 * 7", folder="my_course")  # with its output
    write(course, "00_first", "new in the course")
    assert Copies(course).bring() == []
    assert sources(course, "00_first") == "new in the course"


def test_reset_brings_the_original_and_keeps_hers(course):
    Copies(course).bring()
    write(course, "01_second", "her own", folder="my_course")
    said = Copies(course).reset("01")
    assert sources(course, "01_second") == "6 * 7"
    (kept,) = (course / "my_course").glob("01_second_before_*.ipynb")
    assert kept.name in said
    assert "her own" in kept.read_text(encoding="utf-8")
    assert Copies(course).bring() == []


@pytest.mark.parametrize("number", ["", "7", "0", "nothing"])
def test_reset_of_no_notebook_says_which_there_are(course, number):
    with pytest.raises(ValueError, match="there are: 00, 01"):
        Copies(course).reset(number)


def test_she_comes_back_to_the_notebook_that_she_saved_last(course):
    copies = Copies(course)
    copies.bring()
    assert copies.latest() == "00_first.ipynb"
    write(course, "01_second", "her own", folder="my_course")
    assert copies.latest() == "01_second.ipynb"
    write(course, "00_first", "her own", folder="my_course")
    os.utime(course / "my_course/01_second.ipynb", (1, 1))
    assert copies.latest() == "00_first.ipynb"


def test_another_python_stamps_her_copy_and_leaves_its_time(course):
    Copies(course).bring()
    write(course, "00_first", "her own", folder="my_course")
    os.utime(course / "my_course/00_first.ipynb", (1, 1))
    Copies(course).bring()
    own = course / "my_course/00_first.ipynb"
    assert json.loads(own.read_text(encoding="utf-8"))["metadata"]["language_info"]["version"]
    assert own.stat().st_mtime == 1
    assert sources(course, "00_first") == "her own"


def test_a_broken_copy_or_record_stops_nothing(course):
    Copies(course).bring()
    (course / "my_course/00_first.ipynb").write_text("{half")
    (course / "my_course/.originals.json").write_text("[")
    Copies(course).bring()
    assert (course / "my_course/00_first.ipynb").read_text() == "{half"
    Copies(course).reset("00")
    assert sources(course, "00_first") == "6 * 7"


def test_the_original_notebooks_have_copies_whose_pictures_are_there(repository, tmp_path):
    shutil.copytree(repository / "notebooks", tmp_path / "notebooks")
    Copies(tmp_path).bring()
    for path in (tmp_path / "my_course").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for target in copying_links(cell.source if cell.cell_type == "markdown" else ""):
                assert (path.parent / target).exists(), f"{path.name} links to {target}"


def copying_links(text):
    """The files that a text links to, those outside the notebooks' folder excepted."""
    found = re.findall(r"\]\(([^)#\s]+)", text)
    return [target for target in found if not re.match(r"\w+:|\.\./", target)]


def test_progress_knows_what_was_passed_on_another_day(course, monkeypatch):
    monkeypatch.setattr(progress, "NOTEBOOKS", course / "notebooks")
    monkeypatch.setenv("COURSE_FOLDER", str(course / "my_course"))
    for name in ("00_first", "01_second"):
        notebook = nbformat.read(course / f"notebooks/{name}.ipynb", as_version=4)
        notebook.cells[1].metadata.tags = ["exercise"]
        nbformat.write(notebook, course / f"notebooks/{name}.ipynb")
    assert "0 of 2 exercises passed" in repr(progress.progress())
    progress.remember("01", "1")
    shown = progress.progress()
    assert "1 of 2 exercises passed" in repr(shown)
    assert "01 One brain                   ●" in repr(shown)
    assert "○" in shown._repr_html_()
    assert "1 of 1 passed" in shown._repr_html_()


def test_only_a_passed_exercise_is_remembered(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))

    @verdicts.exercise("write it", "a nudge", "nearly all")
    def exercise_2(answer):
        verdicts.expect(answer == 7, "no")
        return "seven"

    exercise_2(1)
    assert not (tmp_path / "progress").exists()
    exercise_2(7)
    assert [path.name for path in (tmp_path / "progress").iterdir()] == ["copies-2"]
    capsys.readouterr()
    for _ in range(4):
        exercise_2.hint()
    hints = capsys.readouterr().out.splitlines()
    assert hints[:2] == ["hint 1 of 2: a nudge", "hint 2 of 2: nearly all"]
    assert hints[2] == hints[3]
    assert "Solution" in hints[2]


def test_a_verdict_has_a_sign_as_well_as_a_colour_and_runs_no_script():
    shown = verdicts.Verdict("… not yet: <script>alert(1)</script>", verdicts.AMBER)._repr_html_()
    assert "…" in shown
    assert verdicts.AMBER in shown
    assert "<script>" not in shown
