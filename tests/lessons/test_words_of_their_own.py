"""Exercises in which learners choose the words: what is right passes, whatever the bot says."""

import random

import pytest

from botlib import Bot
from lessons.exercises.ex_00 import GOODBYE_TASK
from lessons.exercises.ex_01 import JOKE_TASK
from lessons.exercises.ex_02 import WELCOME_TASK
from lessons.exercises.ex_03 import check_answers
from lessons.exercises.ex_05 import MORNING_TASK
from lessons.exercises.slips import Slip
from lessons.exercises.verdict import NotYet

PRINT_ITSELF = "print itself returns nothing"


def check(task, code, folder):
    file = folder / f"{task.command}.py"
    file.write_text(task.written(Slip(code, "")), encoding="utf-8")
    task.check(str(file))


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (GOODBYE_TASK, 'return f"tschüss {message.user.upper()} 👋"'),
        (GOODBYE_TASK, 'return [f"à bientôt, {message.user}", "bis\\nbald"]'),
        (JOKE_TASK, 'return [f"{message.user.upper()}!\\nwhy?", "because\\nit is"]'),
        (JOKE_TASK, 'yield f"{message.user}, why?"\nyield "because"'),
        (JOKE_TASK, 'return [f"{message.user}, why did Cleopatra write?", "Nobody knew."]'),
        (
            WELCOME_TASK,
            "if not store.add_once(message.user):\n    return f'Schon BACK, {message.user}?'\n"
            'return [f"Moin {message.user} 🐙", "Try !hug Ada or /roll."]',
        ),
    ],
)
def test_right_answers_in_other_words_pass(task, code, tmp_path):
    check(task, code, tmp_path)


@pytest.mark.parametrize(
    ("task", "code", "says"),
    [
        (GOODBYE_TASK, 'return "tschüss {message.user} 👋"', "write f before the quotes"),
        (GOODBYE_TASK, 'return "tschüss Viktor 👋"', "everybody is called Viktor"),
        (GOODBYE_TASK, 'return "tschüss 👋"', "put the name into it"),
        (JOKE_TASK, 'return f"{message.user}, why?\\nbecause"', "only one message came"),
        (JOKE_TASK, 'return f"{message.user}, why?"\nreturn "because"', "ends at its first return"),
        (WELCOME_TASK, 'return print(f"Moin {message.user}, try !hug")', PRINT_ITSELF),
        (MORNING_TASK, 'return print(f"Moin {message.user}")', PRINT_ITSELF),
        (JOKE_TASK, 'return print(f"{message.user}, why?")', PRINT_ITSELF),
        (WELCOME_TASK, 'return "Moin Viktor, try !hug Ada"', "everybody is called Viktor"),
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
