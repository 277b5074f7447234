"""Wrong answers to the exercises of notebook 12, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""


def answer(tests, beginning="from main import bot\n\n"):
    """The exercise's cell with these tests in its file."""
    return f"""%%save my_bot/test_own.py
{beginning}{tests}

# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_12 import exercise_2

exercise_2("workshop/my_bot")
"""


def test(*lines):
    """The cell with one test of these lines."""
    return answer("def test_it_chooses():\n    " + "\n    ".join(lines))


HOMES = {
    "words": "program",
    "dice": "function",
    "shop": "function",
    "team": "function",
    "office": "program",
}
HOUR = {"words": "lost", "shop": "late", "team": "lost"}


def decide(homes=(), hour=()):
    """The cell of exercise 1 with other values than the right ones."""
    return f"""from lessons.exercises.ex_12 import exercise_1

homes = {HOMES | dict(homes)!r}
after_an_hour = {HOUR | dict(hour)!r}

exercise_1(homes, after_an_hour)
"""


WRONG = {
    1: [
        (decide({"words": "function"}), "Which way does Discord have for that?"),
        (decide({"dice": "program"}), "Discord sends a slash command to an address"),
        (decide({"shop": "program"}), "WhatsApp sends each message to an address"),
        (decide({"team": "program"}), "with the Events API, Slack sends each event"),
        (decide({"office": "function"}), "Which of Slack's two ways is left?"),
        (decide({"office": "home"}), "office"),
        (decide(hour={"words": "late"}), "for a few minutes"),
        (decide(hour={"shop": "lost"}), "up to seven days"),
        (decide(hour={"team": "late"}), "An hour is longer"),
        (
            "from lessons.exercises.ex_12 import exercise_1\n\nexercise_1({}, {})",
            "is missing for words",
        ),
    ],
    2: [
        (answer('assert "tea" in bot.ask("!choose tea")'), "begins with test_. There is: none"),
        (
            answer('def it_chooses():\n    assert "tea" in bot.ask("!choose tea")'),
            "begins with test_. There is: it_chooses",
        ),
        (test('bot.ask("!choose tea")'), "says nothing that must be true. Write assert …"),
        (test('print(bot.ask("!choose tea"))'), "says nothing that must be true"),
        (test('return "tea" in bot.ask("!choose tea")'), "says nothing that must be true"),
        (
            answer('def test_it(message):\n    assert "tea" in bot.ask("!choose tea")'),
            "needs no names in its brackets: def test_it():",
        ),
        (test("assert True"), "the tests ask nothing, and never !choose"),
        (
            test('assert "Viktor" in bot.ask("!hello", user="Viktor")'),
            "the tests ask '!hello', and never !choose",
        ),
        (test('assert "tea" in bot.ask("choose tea")'), "is not true. The bot said ''"),
        (
            test('assert bot.ask("!choose tea") == "tea"'),
            "is not true. The bot said 'I would take tea.'",
        ),
        (test('assert bot.ask("!choose tea")'), "answers 'something else' to everything"),
        (test('assert bot.ask("!choose tea") != ""'), "pass if !choose answers 'something else'"),
        (
            test('assert bot.ask("!choose tea") == bot.ask("!choose tea")'),
            "your tests also pass if !choose says nothing any more",
        ),
        (test("assert tea in bot.ask('!choose tea')"), "NameError: name 'tea' is not defined"),
        (
            answer('def test_it():\n    assert "tea" in bot.ask("!choose tea")', beginning=""),
            "Above the tests write from main import bot",
        ),
        (
            test('assert "coffee" in bot.ask("!choose tea coffee")'),  # it passes by chance
            "is not true. The bot said 'I would take tea.'",
        ),
        (
            test('assert "tea" in bot.reply("!choose tea")'),
            "AttributeError: 'Bot' object has no attribute 'reply'",
        ),
    ],
}
