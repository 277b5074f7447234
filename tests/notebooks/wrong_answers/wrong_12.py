"""Wrong answers to the exercises of notebook 12, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

CHOOSE = """
import random

from botlib import Bot

bot = Bot()

@bot.command("pick")
def pick(message):
    if not message.words:
        return "Which words? !pick tea coffee"
    return f"I would take {random.choice(message.words)}."
"""


def command(*lines, name="luck", beginning=""):
    """The cell of exercise 2 with a command of these lines in its file."""
    body = "\n    ".join(lines)
    return f"""%%save my_bot/commands/own.py
from botlib import Bot
{beginning}
bot = Bot()

@bot.command("{name}")
def own(message):
    {body}

# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_12 import exercise_2

exercise_2("workshop/my_bot/commands/own.py")
"""


def answer(tests, beginning="from main import bot\n\n"):
    """The cell of exercise 3 with these tests in its file; it tests a command !pick."""
    return f"""%%save my_bot/test_own.py
{beginning}{tests}

# ---- saved up to here, the rest runs now ----
from pathlib import Path
from lessons.exercises.ex_12 import exercise_3

own = Path("workshop/my_bot/commands/own.py")
ours = own.read_text()
_ = own.write_text({CHOOSE!r})
exercise_3("workshop/my_bot")
_ = own.write_text(ours)
"""


def test(*lines):
    """The cell with one test of these lines."""
    return answer("def test_it_picks():\n    " + "\n    ".join(lines))


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
    1: {
        decide({"words": "function"}): "Which way does Discord have for that?",
        decide({"dice": "program"}): "Discord sends a slash command to an address",
        decide({"shop": "program"}): "WhatsApp sends each message to an address",
        decide({"team": "program"}): "with the Events API, Slack sends each event",
        decide({"office": "function"}): "Which of Slack's two ways is left?",
        decide({"office": "home"}): "office",
        decide(hour={"words": "late"}): "for a few minutes",
        decide(hour={"shop": "lost"}): "up to seven days",
        decide(hour={"team": "late"}): "An hour is longer",
        "from lessons.exercises.ex_12 import exercise_1\n\nexercise_1({}, {})": (
            "is missing for words"
        ),
    },
    2: {
        command('return "You are lucky today."', name="roll"): "the course has given you !roll",
        command('return "I take tea."', name="choose"): "the course has given you !choose",
        command(
            "if not message.words:",
            '    return "Who is there?"',
            'return f"{random.choice(message.words)} pays today!"',
            beginning="import random",
        ): "is the example in other words",
        command(
            "if not message.words:",
            '    return "Say some words!"',
            'return "I choose " + random.choice(message.words)',
            beginning="import random",
        ): "is the example in other words",
        command(
            "if not message.words or not message.words[0].removeprefix('-').isdigit():",
            '    return "How many?"',
            'return "BANG " * min(int(message.words[0]), 9)',
        ): "'!luck -1' gets no answer. Does every path end with return, and with a text that isn't "
        "empty?",
        command("return message.arguments"): "'!luck' gets no answer. Does every path end",
        command("return message.words[0]"): "'!luck' raises IndexError",
        command(
            "number = int(message.arguments or 1)", 'return f"{number} times luck"'
        ): "'!luck banana' raises ValueError",
        command(
            'words = message.words or ["1"]',
            "number = int(words[0]) if words[0].isdigit() else 1",
            'return ["luck"] * number',
        ): "'!luck 1000000' gets 1000000 messages",
        command('return "luck" * 1001'): "'!luck' gets 1 message with 4,004 signs, and floods the",
        command('print("luck")'): "'!luck' gets no answer",
        command('return "luck"').replace("@bot", "# @bot"): "own.py makes no command yet",
        command('return "luck"', name="my luck"): "cannot be a command",
    },
    3: {
        answer('assert "tea" in bot.ask("!pick tea")'): "begins with test_. There is: none",
        answer('def it_picks():\n    assert "tea" in bot.ask("!pick tea")'): "begins with test_. "
        "There is: it_picks",
        test('bot.ask("!pick tea")'): "says nothing that must be true. Write assert …",
        test('print(bot.ask("!pick tea"))'): "says nothing that must be true",
        test('return "tea" in bot.ask("!pick tea")'): "says nothing that must be true",
        answer(
            'def test_it(message):\n    assert "tea" in bot.ask("!pick tea")'
        ): "needs no names in its brackets: def test_it():",
        test("assert True"): "the tests ask nothing, and never !pick",
        test('assert "Viktor" in bot.ask("!hello", user="Viktor")'): "the tests ask '!hello', and "
        "never !pick",
        test('assert "tea" in bot.ask("choose tea")'): "is not true. The bot said ''",
        test('assert bot.ask("!pick tea") == "tea"'): "is not true. The bot said 'I would take "
        "tea.'",
        test('assert bot.ask("!pick tea")'): "answers 'something else' to everything",
        test('assert bot.ask("!pick tea") != ""'): "pass if !pick answers 'something else'",
        test('assert bot.ask("!pick tea") == bot.ask("!pick tea")'): "your tests also pass if "
        "!pick says nothing any more",
        test("assert tea in bot.ask('!pick tea')"): "NameError: name 'tea' is not defined",
        answer(
            'def test_it():\n    assert "tea" in bot.ask("!pick tea")', beginning=""
        ): "Above the tests write from main import bot",
        test('assert "coffee" in bot.ask("!pick tea coffee")'): "is not true. The bot said 'I "
        "would take tea.'",
        test('assert "tea" in bot.reply("!pick tea")'): "AttributeError: 'Bot' object has no "
        "attribute 'reply'",
    },
}
