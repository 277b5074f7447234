"""Exercises in which learners choose the words: what is right passes, whatever the bot says."""

import random

import pytest

from botlib import Bot
from lessons.exercises.ex_00 import GOODBYE
from lessons.exercises.ex_01 import JOKE
from lessons.exercises.ex_02 import WELCOME
from lessons.exercises.ex_03 import check_answers
from lessons.exercises.ex_11 import COMMAND, HEAD, VISITOR
from lessons.exercises.slips import Slip
from lessons.exercises.verdict import NotYet


def check(task, code, folder):
    file = folder / f"{task.command}.py"
    file.write_text(task.written(Slip(code, "")), encoding="utf-8")
    task.check(str(file))


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (GOODBYE, 'return f"tschüss {message.user.upper()} 👋"'),
        (GOODBYE, 'return [f"à bientôt, {message.user}", "bis\\nbald"]'),
        (JOKE, 'return [f"{message.user.upper()}!\\nwhy?", "because\\nit is"]'),
        (JOKE, 'yield f"{message.user}, why?"\nyield "because"'),
        (WELCOME, 'return [f"Moin {message.user} 🐙", "Try !hug Ada or /roll."]'),
        (VISITOR, f"{HEAD}\n{COMMAND}\n    return ['Moin 🐙', str(store.increment('all'))]"),
    ],
)
def test_right_answers_in_other_words_pass(task, code, tmp_path):
    check(task, code, tmp_path)


@pytest.mark.parametrize(
    ("task", "code", "says"),
    [
        (GOODBYE, 'return "tschüss {message.user} 👋"', "write f before the quotes"),
        (GOODBYE, 'return "tschüss Viktor 👋"', "everybody is called Viktor"),
        (GOODBYE, 'return "tschüss 👋"', "put the name into it"),
        (JOKE, 'return f"{message.user}, why?\\nbecause"', "only one message came"),
        (JOKE, 'return f"{message.user}, why?"\nreturn "because"', "ends at its first return"),
        (WELCOME, 'return "Moin Viktor, try !hug Ada"', "everybody is called Viktor"),
    ],
)
def test_mistakes_are_recognized_in_other_words(task, code, says, tmp_path):
    with pytest.raises(NotYet, match=says):
        check(task, code, tmp_path)


@pytest.mark.parametrize("words", [["good day"], ["hello {}", "ahoy {}", "good day, {}"]])
def test_a_handler_passes_whether_the_bot_names_nobody_or_chooses_its_words(words):
    bot = Bot()
    bot.command("hello")(lambda message: random.choice(words).format(message.user))

    def greet(event, context):
        name = event["rawPath"].strip("/") or "stranger"
        return {"statusCode": 200, "body": bot.ask("!hello", user=name)}

    for _ in range(5):
        check_answers(greet, bot)
