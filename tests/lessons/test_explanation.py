"""The thesis in three sentences: kept for the card, and never called wrong when it is right."""

import re

import nbformat
import pytest
from fresh_exercise import fresh_exercise

from lessons.exercises.ex_10 import exercise_2
from lessons.explanation import kept_explanation

RIGHT = [
    "A bot that gets called can sleep. A bot that asks may be late. A bot that listens has to stay "
    "awake, or it loses what is said.",
    "Telegram phones my bot, so a function is enough. It is gone until the phone rings. Twitch "
    "talks to whoever is in the room, and if you are out you miss it.",
    "On Twitch you must hold the line! The function gets killed after 15 minutes. Then nobody "
    "hears Viktor.",
    "Telegram sends the message to the function and starts it. Otherwise nothing is running and "
    "it costs nothing. On Twitch the bot has to be there all the time because messages vanish",
    "Twitch doesn't wake anybody up\nso the bot must not sleep\nbut functions always sleep and "
    "then no one answers",
    "A webhook notifies the bot. Between requests there's no process. IRC messages are dropped "
    "when you aren't connected.",
    "Telegram wakes it. In between it doesn't exist. Telegram keeps the messages, IRC does not.",
]
MISSING = [
    ("My bot is great. It has many commands. It tells jokes.", "who begins"),
    ("Telegram calls my bot. Twitch calls it as well. I like both.", "what a function does"),
    ("Telegram calls my bot. A function sleeps. I pay for little.", "what is lost"),
]


@pytest.fixture(autouse=True)
def course_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_explanation_passes_and_is_kept(text, capsys):
    exercise_2(text)
    said = capsys.readouterr().out
    assert said.startswith("✔ passed: who begins")
    assert kept_explanation() == text


@pytest.mark.parametrize(("text", "idea"), MISSING)
def test_a_missing_idea_is_named_and_the_text_is_kept(text, idea, capsys):
    exercise_2(text)
    said = capsys.readouterr().out
    assert said.startswith("… not yet: kept. I haven't found this yet: ")
    assert idea in said
    assert kept_explanation() == text


def test_the_courses_own_sentence_is_not_an_explanation(capsys):
    exercise_2(
        "A bot that gets called can sleep. A bot that asks may be late. A bot that listens has "
        "to stay awake."
    )
    assert "Those are the course's words" in capsys.readouterr().out


def test_the_recap_is_not_an_explanation_either(capsys, repository):
    notebook = nbformat.read(repository / "notebooks/10_the_wrong_home.ipynb", as_version=4)
    (recap,) = [cell["source"] for cell in notebook.cells if cell["source"].startswith("## Recap")]
    for sentence in re.findall(r"[^.]+\.", recap.removeprefix("## Recap")):
        exercise_2(f"{sentence.strip()} {sentence.strip()}")
        assert "Those are the course's words" in capsys.readouterr().out


def test_platforms_that_changed_places_get_another_look(capsys):
    text = (
        "Twitch calls my bot and Telegram does not call it. So the Telegram bot must always "
        "listen on the line. A function is killed and it loses messages."
    )
    exercise_2(text)
    said = capsys.readouterr().out
    assert said.startswith("… not yet: kept. Look again at who calls your bot")
    assert kept_explanation() == text


@pytest.mark.parametrize(
    "text",
    [
        "Телеграм сам зовёт бота. Функция спит. На Твиче сообщения теряются.",
        "Telegram ruft meinen Bot an, also schläft er in Ruhe. Twitch ruft niemanden. Eine "
        "Funktion wird abgeschaltet, und dann ist weg, was die Leute sagen.",
        "Telegram roept mijn bot. Een functie slaapt. In een chat van Twitch is alles weg.",
    ],
)
def test_another_language_is_kept_and_not_judged(text, capsys):
    exercise_2(text)
    assert capsys.readouterr().out.startswith("✔ passed: your words are kept")
    assert kept_explanation() == text


@pytest.mark.parametrize("placeholder", ["…", "...", ""])
def test_dots_and_nothing_are_no_explanation(placeholder, capsys):
    exercise_2(placeholder)
    assert "write your three sentences" in capsys.readouterr().out
    exercise_2(...)
    assert "write your three sentences" in capsys.readouterr().out
    assert kept_explanation() == ""


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("Telegram calls", "one sentence so far"),
        ("It calls. " * 9, "9 sentences"),
        ("Telegram good. Twitch bad. Function no.", "That is very short"),
        (["Telegram calls"], "in quotes"),
    ],
)
def test_too_short_too_long_or_no_text(given, says, capsys):
    exercise_2(given)
    assert says in capsys.readouterr().out


def test_hints_lead_on(capsys):
    fresh_exercise("ex_10", 2).hint()
    assert "who makes the first move" in capsys.readouterr().out


def test_a_sentence_that_goes_over_lines_is_one(capsys):
    lines = ["Telegram calls my bot,", "so a function", "is enough.", "It sleeps", "until then."]
    lines += ["On Twitch, if", "nobody is", "on the line,", "words are lost."]
    exercise_2("\n".join(lines))
    assert capsys.readouterr().out.startswith("✔ passed")
