"""What is the learner's own: her copies of the notebooks, and what she has passed."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons.commands import copies as copying
from lessons.commands.copies import Copies
from lessons.display.note import AMBER, Note
from lessons.exercises import verdict as verdicts
from lessons.progress import course_map as progress


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    (tmp_path / "notebooks/pictures").mkdir(parents=True)
    (tmp_path / "notebooks/deeper").mkdir()
    (tmp_path / "notebooks/pictures/way.svg").write_text("<svg/>")
    for name in ("00_first", "01_second", "deeper/cooking"):
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


def reset(course, name):
    copies = Copies(course)
    return copies.reset(copies.find(name))


def test_copies_have_no_outputs_and_find_their_pictures(course):
    assert Copies(course).update_and_list_outdated() == []
    notebook = nbformat.read(course / "my_course/00_first.ipynb", as_version=4)
    assert notebook.cells[1].source == "6 * 7"
    assert notebook.cells[1].outputs == []
    assert notebook.cells[1].execution_count is None
    assert notebook.metadata.language_info.version == "{}.{}.{}".format(*sys.version_info[:3])
    assert (course / "my_course/pictures/way.svg").exists()


def test_a_copy_of_todays_original_is_unchanged_without_a_record(course):
    Copies(course).update_and_list_outdated()
    write(course, "00_first", "her own", folder="my_course")
    write(course, "01_second", "6 * 7", folder="my_course")  # with the outputs of a run
    (course / "my_course/.originals.json").unlink()  # as if the first start had been killed
    assert Copies(course).changed() == ["00_first.ipynb"]
    Copies(course).update_and_list_outdated()
    assert Copies(course).changed() == ["00_first.ipynb"]
    ran = nbformat.read(course / "my_course/01_second.ipynb", as_version=4)
    assert ran.cells[1].outputs
    write(course, "01_second", "new in the course")
    Copies(course).update_and_list_outdated()
    assert sources(course, "01_second") == "new in the course"


def test_starts_at_once_make_each_copy_once(course):
    for number in range(10, 60):
        write(course, f"{number}_more", str(number))
    with ThreadPoolExecutor(4) as starts:
        done = list(starts.map(lambda _: Copies(course).update_and_list_outdated(), range(4)))
    assert done == [[]] * 4
    assert Copies(course).changed() == []
    assert not list((course / "my_course").glob(".updat*"))


def test_an_update_renews_only_what_she_has_not_touched(course):
    Copies(course).update_and_list_outdated()
    write(course, "00_first", "her own", folder="my_course")
    for name in ("00_first", "01_second"):
        write(course, name, "new in the course")
    assert Copies(course).update_and_list_outdated() == ["00_first.ipynb"]
    assert sources(course, "00_first") == "her own"
    assert sources(course, "01_second") == "new in the course"
    assert Copies(course).outdated() == ["00_first.ipynb"]
    said = copying.outdated_notice(Copies(course).outdated())
    assert "began: 00." in said
    assert "start.py reset 00" in said


def test_running_a_cell_is_no_change(course):
    Copies(course).update_and_list_outdated()
    write(course, "00_first", "6 * 7", folder="my_course")  # with its output
    write(course, "00_first", "new in the course")
    assert Copies(course).update_and_list_outdated() == []
    assert sources(course, "00_first") == "new in the course"


def test_a_picture_is_renewed_unless_it_is_hers(course):
    Copies(course).update_and_list_outdated()
    (course / "notebooks/pictures/way.svg").write_text("<svg>new</svg>")
    Copies(course).update_and_list_outdated()
    own = course / "my_course/pictures/way.svg"
    assert own.read_text() == "<svg>new</svg>"
    own.write_text("<svg>hers</svg>")
    (course / "notebooks/pictures/way.svg").write_text("<svg>newer</svg>")
    Copies(course).update_and_list_outdated()
    assert own.read_text() == "<svg>hers</svg>"


@pytest.mark.parametrize("text", ["hers", "<svg/>", None])
def test_an_update_writes_no_picture_through_a_link(course, text):
    Copies(course).update_and_list_outdated()
    precious, own = course / "precious.txt", course / "my_course/pictures/way.svg"
    if text:
        precious.write_text(text)
    own.unlink()
    try:
        own.symlink_to(precious)
    except OSError:
        pytest.skip("links cannot be made here")
    (course / "notebooks/pictures/way.svg").write_text("<svg>new</svg>")
    Copies(course).update_and_list_outdated()
    assert (precious.read_text() if precious.exists() else None) == text
    assert own.read_text() == ("hers" if text == "hers" else "<svg>new</svg>")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has pipes with names")
def test_an_update_waits_for_no_pipe(course):
    Copies(course).update_and_list_outdated()
    for name in ("00_first.ipynb", "pictures/way.svg"):
        (course / "my_course" / name).unlink()
        os.mkfifo(course / "my_course" / name)
    update = "from pathlib import Path; from lessons.commands.copies import Copies; "
    update += f"Copies(Path({str(course)!r})).update_and_list_outdated()"
    subprocess.run([sys.executable, "-c", update], check=True, timeout=30)


def test_reset_brings_the_original_and_keeps_hers(course):
    Copies(course).update_and_list_outdated()
    write(course, "01_second", "her own", folder="my_course")
    said = reset(course, "01")
    assert sources(course, "01_second") == "6 * 7"
    (kept,) = (course / "my_course").glob("01_second_before_*.ipynb")
    assert kept.name in said
    assert "her own" in kept.read_text(encoding="utf-8")
    assert Copies(course).update_and_list_outdated() == []


@pytest.mark.parametrize("folder", ["deeper", "exams"])
def test_a_side_room_and_an_exam_have_copies_of_their_own(course, folder):
    (course / "notebooks" / folder).mkdir(exist_ok=True)
    name = f"{folder}/cooking"
    write(course, name, "6 * 7")
    Copies(course).update_and_list_outdated()
    assert sources(course, name) == "6 * 7"
    write(course, name, "her own", folder="my_course")
    assert Copies(course).latest() == f"{name}.ipynb"
    write(course, name, "new in the course")
    assert Copies(course).update_and_list_outdated() == [f"{name}.ipynb"]
    assert f"reset {name}" in copying.outdated_notice([f"{name}.ipynb"])
    reset(course, f"my_course/{name}.ipynb")
    assert sources(course, name) == "new in the course"
    (kept,) = (course / "my_course" / folder).glob("cooking_before_*.ipynb")
    assert "her own" in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "7", "0", "nothing", "deeper"])
def test_no_notebook_of_that_name_says_which_there_are(course, name):
    if name == "deeper":
        write(course, "deeper/washing", "1")
    with pytest.raises(ValueError, match="there are: 00, 01, deeper/cooking"):
        Copies(course).find(name)


def test_reset_without_a_name_brings_all_back_and_keeps_all(course, monkeypatch, capsys):
    monkeypatch.setattr(copying, "Copies", lambda: Copies(course))
    Copies(course).update_and_list_outdated()
    assert copying.main([]) == 0
    assert "You have changed no notebook" in capsys.readouterr().out
    for name in ("00_first", "deeper/cooking"):
        write(course, name, "her own", folder="my_course")
    (course / "my_course/workshop").mkdir()
    (course / "my_course/workshop/main.py").write_text("hers")
    assert copying.main([]) == 0
    assert {sources(course, name) for name in ("00_first", "deeper/cooking")} == {"6 * 7"}
    kept = list((course / "my_course").rglob("*_before_*.ipynb"))
    assert len(kept) == 2
    assert all("her own" in path.read_text(encoding="utf-8") for path in kept)
    assert (course / "my_course/workshop/main.py").read_text() == "hers"
    assert copying.main(["99"]) == 1


def test_a_second_reset_in_the_same_second_keeps_both(course, monkeypatch):
    monkeypatch.setattr(copying.time, "strftime", lambda _: "2026-11-29_10-00-00")
    Copies(course).update_and_list_outdated()
    for text in ("her first", "her second", "her third"):
        write(course, "01_second", text, folder="my_course")
        said = reset(course, "01")
        kept = course / "my_course" / said.rpartition(": ")[2]
        assert text in kept.read_text(encoding="utf-8")
    assert len(list((course / "my_course").glob("01_second_before_*.ipynb"))) == 3


def test_a_notebook_that_is_named_twice_is_reset_once(course, monkeypatch):
    monkeypatch.setattr(copying, "Copies", lambda: Copies(course))
    Copies(course).update_and_list_outdated()
    write(course, "01_second", "her own", folder="my_course")
    assert copying.main(["01", "01_second"]) == 0
    (kept,) = (course / "my_course").glob("01_second_before_*.ipynb")
    assert "her own" in kept.read_text(encoding="utf-8")


def test_a_folder_of_another_course_loses_nothing(course):
    (course / "my_course/pictures").mkdir(parents=True)
    (course / "my_course/pictures/old.svg").write_text("<svg/>")
    for name, text in {"00_first": "hers", "02_two": "1"}.items():
        write(course, name, text, folder="my_course")
    untouched = copying.sources_digest(course / "my_course/02_two.ipynb")
    record = {"00_first.ipynb": "old", "02_two.ipynb": untouched}
    (course / "my_course/.originals.json").write_text(json.dumps(record))
    assert Copies(course).update_and_list_outdated() == ["00_first.ipynb"]
    own = sorted(path.name for path in (course / "my_course").glob("*.ipynb"))
    assert own == ["00_first.ipynb", "01_second.ipynb", "02_two.ipynb"]
    assert sources(course, "00_first") == "hers"
    assert (course / "my_course/pictures/old.svg").exists()


def test_she_comes_back_to_the_notebook_that_she_saved_last(course):
    copies = Copies(course)
    copies.update_and_list_outdated()
    assert copies.latest() == "00_first.ipynb"
    write(course, "01_second", "her own", folder="my_course")
    assert copies.latest() == "01_second.ipynb"
    write(course, "00_first", "her own", folder="my_course")
    os.utime(course / "my_course/01_second.ipynb", (1, 1))
    assert copies.latest() == "00_first.ipynb"


def test_another_python_stamps_her_copy_and_leaves_its_time(course):
    Copies(course).update_and_list_outdated()
    write(course, "00_first", "her own", folder="my_course")
    os.utime(course / "my_course/00_first.ipynb", (1, 1))
    Copies(course).update_and_list_outdated()
    own = course / "my_course/00_first.ipynb"
    assert json.loads(own.read_text(encoding="utf-8"))["metadata"]["language_info"]["version"]
    assert own.stat().st_mtime == 1
    assert sources(course, "00_first") == "her own"


@pytest.mark.parametrize("record", ["[", "[]", '{"edition": 3}', '{"edition": 3, "copies": []}'])
def test_a_broken_copy_or_record_stops_nothing(course, record):
    Copies(course).update_and_list_outdated()
    (course / "my_course/00_first.ipynb").write_text("{half")
    (course / "my_course/.originals.json").write_text(record)
    Copies(course).update_and_list_outdated()
    assert (course / "my_course/00_first.ipynb").read_text() == "{half"
    reset(course, "00")
    assert sources(course, "00_first") == "6 * 7"


def test_the_original_notebooks_have_copies_whose_pictures_are_there(
    repository, tmp_path, monkeypatch
):
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    Copies(repository).update_and_list_outdated()
    copies = list((tmp_path / "my_course").rglob("*.ipynb"))
    assert copies
    for path in copies:
        for cell in nbformat.read(path, as_version=4).cells:
            for target in re.findall(r"!\[[^\]]*\]\(([^)#\s]+)", cell.source):
                assert (path.parent / target).exists(), f"{path.name} shows {target}"


ROOMS = {"00": {}, "01": {"cooking": "Cooking", "washing": "Washing"}}


@pytest.fixture
def passed(course, monkeypatch):
    """A course of two core notebooks and a side room, whose cells are exercises."""
    monkeypatch.setattr(progress, "NOTEBOOKS", course / "notebooks")
    monkeypatch.setattr(progress, "CORE", {"00_first": "First", "01_second": "Second"})
    monkeypatch.setattr(progress, "DEEPER", ROOMS)
    monkeypatch.setenv("COURSE_FOLDER", str(course / "my_course"))
    for name in ("00_first", "01_second", "deeper/cooking"):
        notebook = nbformat.read(course / f"notebooks/{name}.ipynb", as_version=4)
        notebook.cells[1].metadata.tags = ["exercise"]
        nbformat.write(notebook, course / f"notebooks/{name}.ipynb")
    return progress


@pytest.mark.parametrize("place", ["my_course", "my_course/deeper", "notebooks"])
def test_without_start_py_progress_is_beside_the_copies_too(course, monkeypatch, place):
    monkeypatch.delenv("COURSE_FOLDER", raising=False)
    Copies(course).update_and_list_outdated()
    monkeypatch.chdir(course / place)  # as in VS Code
    progress.remember_passed("00_first", "1")
    beside = "my_course" if place.startswith("my_course") else "notebooks/workshop"
    assert (course / beside / "progress/00_first-1").exists()


def test_progress_knows_what_was_passed_on_another_day(passed):
    assert "0 of 2 exercises passed, and 0 of 1 in side rooms" in repr(passed.progress())
    passed.remember_passed("01_second", "1")
    shown = passed.progress()
    assert "1 of 2 exercises passed, and 0 of 1 in side rooms" in repr(shown)
    assert "01 Second                       ●    deeper: Cooking ○" in repr(shown)
    passed.remember_passed("cooking", "1")
    assert "1 of 2 exercises passed, and 1 of 1 in side rooms" in repr(passed.progress())


def test_progress_counts_the_points_of_exams(passed):
    assert "exams" not in repr(passed.progress())
    for part in ("1", "7_in_exam_1", "7", "tries"):
        passed.remember_passed("lost_property", part)
    passed.remember_passed("quiz", "3")
    for shown in (repr(passed.progress()), passed.progress()._repr_html_()):
        assert "in side rooms. Points in exams: Lost property 2; Quiz 1" in shown


def test_the_map_says_in_words_what_its_circles_show(passed):
    passed.remember_passed("01_second", "1")
    page = passed.progress()._repr_html_()
    assert page.count('aria-label="1 of 1 passed"') == 1
    assert page.count('aria-label="0 of 1 passed"') == 2
    assert "Cooking" in page
    assert "Washing" not in page, "the course has no such notebook yet"


def test_what_was_passed_in_another_edition_does_not_count(passed):
    passed.remember_passed("01", "1")
    assert "0 of 2 exercises passed" in repr(passed.progress())


def test_only_a_passed_exercise_is_remembered(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))

    @verdicts.exercise("write it", "a nudge", "nearly all")
    def exercise_2(answer):
        verdicts.expect(answer == 7, "no")
        return "seven"

    exercise_2(1)
    assert [*(tmp_path / "progress").glob("[!.]*")] == []
    exercise_2(7)
    assert [path.name for path in (tmp_path / "progress").glob("[!.]*")] == [
        "test_progress_and_copies-2"
    ]
    capsys.readouterr()
    for _ in range(4):
        exercise_2.hint()
    hints = capsys.readouterr().out.splitlines()
    assert hints[:2] == ["hint 1 of 2: a nudge", "hint 2 of 2: nearly all"]
    assert "Solution" in hints[2]
    assert hints[3] == hints[0]  # somebody who comes back can read them again


def test_a_verdict_has_a_sign_as_well_as_a_colour_and_no_script_and_no_escape_sequence():
    note = Note("… not yet: <script>alert(1)</script>\x1b]0;owned\x07", AMBER)
    assert "\x1b" not in repr(note) and r"\x1b]0;owned" in repr(note)
    shown = note._repr_html_()
    assert "\x1b" not in shown
    assert "…" in shown
    assert AMBER in shown
    assert "<script>" not in shown
