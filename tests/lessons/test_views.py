"""How her mind changes: each view is kept with its day, outlives the kernel, and is not judged."""

import json
import subprocess
import sys
from datetime import date

import pytest

from lessons import my_view, views
from lessons.exercises.ex_11 import RUBRIC, exercise_2
from lessons.learner_bot import keep_name

TWO_LINES = "Both boxes of Telegram.\nTwitch needs a program, because nobody calls."


@pytest.fixture(autouse=True)
def course_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def earlier(course_folder):
    """A prediction of another day, as an earlier kernel has kept it."""
    kept = {"text": TWO_LINES, "written": "2026-09-01", "question": ""}
    (course_folder / "views").mkdir()
    (course_folder / "views/prediction.json").write_text(json.dumps(kept))


def test_a_prediction_is_kept_with_its_day_and_shown(capsys):
    my_view("prediction", f"\n{TWO_LINES}\n")
    day = f"{date.today().day} {date.today():%B %Y}"
    shown = "    Both boxes of Telegram.\n    Twitch needs a program, because nobody calls.\n"
    assert capsys.readouterr().out == f"Your prediction, {day}\n{shown}"


@pytest.mark.parametrize("dots", [..., "...", "…", "", "  \n"])
def test_dots_and_nothing_leave_the_kept_one_as_it_is(earlier, dots, capsys):
    my_view("prediction", dots)
    assert capsys.readouterr().out.startswith("Your prediction, 1 September 2026\n    Both boxes")


def test_before_anything_is_written_it_asks_for_this_view_alone(capsys):
    my_view("revision", ...)
    assert capsys.readouterr().out == (
        "Your revision\n    not written yet. Write it instead of the three dots\n"
    )


def test_an_evening_has_two_views_of_its_own(earlier, capsys):
    my_view("decision", "A function, because 3 of 12 were lost.")
    shown = capsys.readouterr().out
    assert shown.startswith("Your decision, ")
    assert "A function" in shown
    assert "Telegram" not in shown


def test_the_same_words_again_keep_their_day_and_others_get_a_new_one(earlier):
    my_view("prediction", TWO_LINES)
    assert views.kept_view("prediction").written == "2026-09-01"
    my_view("prediction", "None at all.")
    assert views.kept_view("prediction") == views.View("None at all.", date.today().isoformat())


def test_a_prediction_outlives_the_kernel_that_kept_it(course_folder):
    def run(text):
        command = [sys.executable, "-c", f"from lessons import my_view\nmy_view({text})"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    run('"prediction", "None at all."')
    assert "None at all." in run('"prediction", ...')
    assert "None at all." in run('"revision", ...')


def test_a_revision_leaves_the_prediction_and_shows_both(earlier, capsys):
    my_view("revision", "The fourth box loses what nobody hears.")
    shown = capsys.readouterr().out
    assert shown.index("1 September 2026") < shown.index("Your revision") < shown.index("fourth")
    assert views.kept_view("prediction").text == TWO_LINES


def test_the_page_asks_one_question_and_keeps_the_reply_beside_it(capsys):
    keep_name("Luzie")
    my_view("reply", ...)
    asked, answer = capsys.readouterr().out.splitlines()
    assert asked.startswith("But what if ") and answer == "    no reply yet"
    keep_name("Another name")  # the question stays once it is answered
    my_view("reply", "Then it would be late, not lost.", asked)
    my_view("reply", "Late.")
    assert views.kept_view("reply").question == asked
    assert views.kept_view("reply").text == "Late."


def test_a_partner_asks_instead_of_the_page():
    my_view("reply", "It would sleep.", asked="But what if Twitch called?")
    assert views.kept_view("reply").question == "But what if Twitch called?"


def test_every_question_is_asked_of_some_bot():
    asked = {views.question_for(f"Bot {number}") for number in range(100)}
    assert asked == {f"But what if {question}" for question in views.QUESTIONS}


def test_a_list_or_another_name_is_explained(capsys):
    my_view("prediction", ["both", "boxes"])
    assert "write your words between three quotes" in capsys.readouterr().out
    with pytest.raises(ValueError, match="expected one of prediction, revision, conclusion, reply"):
        my_view("essay", "…")


@pytest.mark.parametrize(
    "text", ["half a vi", "[]", '{"text": "a"}', '{"text": "a", "written": "x"}']
)
def test_a_file_that_cannot_be_read_counts_as_none(course_folder, text):
    (course_folder / "views").mkdir()
    (course_folder / "views/prediction.json").write_text(text)
    assert views.kept_view("prediction") is None


def test_words_are_text_in_the_page():
    page = views.Words([("Your prediction", "a < b\nc")])._repr_html_()
    assert "a &lt; b<br>c" in page


def test_a_conclusion_is_kept_whatever_its_ticks_say_and_passes_when_all_are_there(capsys):
    wrong = "Twitch calls for every message on IRC, and nobody keeps anything."
    exercise_2(wrong, {"who calls": True, "who keeps": True, "a number": False})
    assert "a number has no tick yet" in capsys.readouterr().out
    assert views.kept_view("conclusion").text == wrong
    exercise_2(wrong, dict.fromkeys(RUBRIC, True))  # she judges it, and no program
    assert capsys.readouterr().out.startswith("✔ passed: your conclusion is kept")


def test_ticks_that_are_still_open_do_not_lose_the_conclusion(capsys):
    exercise_2("A function on both.", dict.fromkeys(RUBRIC, ...))
    assert "write True or False instead of the three dots" in capsys.readouterr().out
    exercise_2(..., dict.fromkeys(RUBRIC, ...))
    assert "write your conclusion" in capsys.readouterr().out
    assert views.kept_view("conclusion").text == "A function on both."
