"""start.py card: a page with the learner's bot, her square, how her mind changed."""

import os

import pytest

from lessons import my_view
from lessons.commands import card
from lessons.exams.record import BRIEFS, exam_record
from lessons.square.home_numbers import HomeNumbers
from lessons.views import keep_view, kept_view

MAIN = 'from botlib import Bot\n\nbot = Bot()\nbot.include_folder("commands")\n'
DICE = """from botlib import Bot

bot = Bot()


@bot.command("dice", help="throws a <big> dice")
def dice(message):
    return "6"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    bot = tmp_path / "workshop/my_bot"
    (bot / "commands").mkdir(parents=True)
    (bot / "main.py").write_text(MAIN)
    (bot / "commands/dice.py").write_text(DICE)
    (bot / "name.txt").write_text("Luzie & Co\n")
    return tmp_path


def test_the_card_has_name_commands_square_and_how_her_mind_changed(folder, capsys):
    HomeNumbers(
        "twitch_irc_function", "Twitch × function, by IRC", "…", 0, 210, 2, 2, ("x",)
    ).keep()
    my_view("prediction", "All four boxes.")
    my_view("revision", "Three & no more.")
    keep_view("conclusion", "Telegram calls.\nOn IRC 3 of 12 are < lost.")
    my_view("reply", "It would be late.", asked="But what if Twitch kept everything?")
    capsys.readouterr()
    assert card.main(["--folder", str(folder)]) == 0
    assert (folder / "card.html").as_uri() in capsys.readouterr().out
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert "<h1>Luzie &amp; Co</h1>" in page
    assert "<dt>!dice</dt><dd>throws a &lt;big&gt; dice</dd>" in page
    assert "<s>Twitch × function, by IRC</s> ✗" in page
    assert "≈ 210 ms" in page and "2 of 3" in page
    assert "@media print" in page
    day = kept_view("prediction").day
    parts = [
        f"<b>First I thought ({day})</b><blockquote>All four boxes.</blockquote>",
        f"<b>After the wrong home ({day})</b><blockquote>Three &amp; no more.</blockquote>",
        "Telegram calls.<br>On IRC 3 of 12 are &lt; lost.",
        "<b>But what if Twitch kept everything?</b><blockquote>It would be late.</blockquote>",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_card_has_her_names_of_commands_and_not_those_of_the_pages(folder):
    names = 'from botlib import Bot\n\nbot = Bot()\nbot.other_names = {"roll": "dice"}\n'
    (folder / "workshop/my_bot/commands/other_names.py").write_text(names)
    assert card.main(["--folder", str(folder)]) == 0
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert page.count("<dt>") == 1 and "<dt>!dice</dt>" in page
    assert "roll" not in page


def test_a_young_bot_has_a_card_that_says_what_comes_later(folder, monkeypatch):
    monkeypatch.delenv("COURSE_FOLDER")
    assert card.main(["--folder", str(folder)]) == 0
    assert "COURSE_FOLDER" not in os.environ  # as before
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert "not measured yet: notebook 02" in page
    assert card.NO_VIEWS in page


def test_the_card_has_the_exams_of_which_a_point_was_passed(folder):
    assert card.main(["--folder", str(folder)]) == 0
    assert "empty folder" not in (folder / "card.html").read_text(encoding="utf-8")
    record = exam_record("quiz")
    record.add_try()
    record.add_result(BRIEFS["quiz"].points[0], 1, True)
    assert card.main(["--folder", str(folder)]) == 0
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert "<h2>Built from an empty folder</h2>" in page
    assert page.count("of 8 passed") == 2  # for eyes and for ears
    assert "<dt>Quiz</dt>" in page and ">●○○○○○○○</span>, 1 try</dd>" in page
    assert "Library" not in page


def test_without_a_bot_it_says_where_one_is_made(tmp_path, capsys):
    assert card.main(["--folder", str(tmp_path)]) == 1
    assert "It is made in notebooks 00 and 01" in capsys.readouterr().err
    assert card.main(["--folder", str(tmp_path / "nowhere")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert not (tmp_path / "card.html").exists()


def test_a_bot_that_does_not_load_is_named(folder, capsys):
    (folder / "workshop/my_bot/main.py").write_text("bot = \n")
    assert card.main(["--folder", str(folder)]) == 1
    assert "main.py" in capsys.readouterr().err
