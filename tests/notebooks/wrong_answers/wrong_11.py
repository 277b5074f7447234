"""Wrong answers to the exercises of notebook 11 that no slip knows, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

CHECK = """
# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_11 import exercise_1

exercise_1("workshop/my_bot/commands/visitor.py")
"""
HEAD = """%%save my_bot/commands/visitor.py
from botlib import Bot
from botlib.store import open_store

bot, store = Bot(), open_store()
"""


def visitor(*lines, before=""):
    body = "\n    ".join(lines)
    return f'{HEAD}{before}\n@bot.command("visitor")\ndef visitor(message):\n    {body}\n{CHECK}'


NUMBER = 'return f"You are visitor number {number}!"'
IN_A_VARIABLE = "In a second home with the same store it says"

CONCLUSION = '"Telegram calls, and keeps what it says for a day. On IRC 3 of 12 were lost."'
ALL = '{"who calls": True, "who keeps": True, "a number": True}'


def conclude(words=CONCLUSION, ticks=ALL):
    """The cell of exercise 2 with this conclusion and these ticks."""
    return f"""from lessons.exercises.ex_11 import exercise_2

conclusion = {words}
ticks = {ticks}

exercise_2(conclusion, ticks)
"""


WRONG = {
    1: [
        (
            visitor("global number", "number = number + 1", NUMBER, before="number = 0\n"),
            IN_A_VARIABLE,
        ),
        (
            visitor(
                "people.append(message.user)",
                "number = len(people)",
                NUMBER,
                before="people = []\n",
            ),
            IN_A_VARIABLE,
        ),
        (
            visitor(
                'counts["visitors"] = counts["visitors"] + 1',
                'number = counts["visitors"]',
                NUMBER,
                before='counts = {"visitors": 0}\n',
            ),
            IN_A_VARIABLE,
        ),
        (visitor("number = number + 1", NUMBER, before="number = 0\n"), "has none yet"),
        (visitor('number = stor.increment("visitors")', NUMBER), "stor"),
        (
            visitor('number = store.increment("visitors")', NUMBER)
            .replace("visitor(m", "guest(m", 1)
            .replace('"visitor"', '"guest"', 1),
            "no command visitor yet; it has: help, guest",
        ),
        (
            visitor(
                'number = store.get("visitors", 0) + 1', 'store.set("visitors", number)', NUMBER
            ),
            "of 2 visitors it counted 1",
        ),
        (visitor("..."), "instead of the three dots"),
        (visitor('return "You are visitor number 1!"'), "the number never changes"),
    ],
    2: [
        (conclude(words='"…"'), "between three quotes instead of the dots"),
        (conclude(words='["Telegram calls"]'), "between three quotes"),
        (
            conclude(ticks='{"who calls": True, "who keeps": ..., "a number": ...}'),
            "who keeps, a n",
        ),
        (conclude(ticks='{"who calls": True}'), "is missing for who keeps, a number"),
        (conclude(ticks=ALL.replace('"a number": True', '"a number": False')), "no tick yet"),
        (conclude(ticks=ALL.replace('"who keeps": True', '"who keeps": "yes"')), "Write True or F"),
    ],
}
