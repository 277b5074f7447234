"""start.py card: a page with the learner's bot, her square, her words."""

import pytest

from lessons.commands import card
from lessons.explanation import keep_explanation
from lessons.square.home_numbers import HomeNumbers

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


def test_the_card_has_name_commands_square_and_sentences(folder, capsys):
    HomeNumbers(
        "twitch_irc_function", "Twitch × function, by IRC", "…", 0, 210, 2, 2, ("x",)
    ).keep()
    keep_explanation("Telegram calls. A function sleeps.\nOn Twitch words are lost & gone.")
    assert card.main(["--folder", str(folder)]) == 0
    assert (folder / "card.html").as_uri() in capsys.readouterr().out
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert "<h1>Luzie &amp; Co</h1>" in page
    assert "<dt>!dice</dt><dd>throws a &lt;big&gt; dice</dd>" in page
    assert "<s>Twitch × function, by IRC</s> ✗" in page
    assert "Telegram calls. A function sleeps.<br>On Twitch words are lost &amp; gone." in page
    assert "≈ 210 ms" in page and "2 of 3" in page
    assert "@media print" in page


def test_a_young_bot_has_a_card_that_says_what_comes_later(folder):
    assert card.main(["--folder", str(folder)]) == 0
    page = (folder / "card.html").read_text(encoding="utf-8")
    assert "not measured yet: notebook 02" in page
    assert card.NO_SENTENCES in page


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
