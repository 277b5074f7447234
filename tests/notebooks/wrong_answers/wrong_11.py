"""Wrong answers to exercise 1 of notebook 11 that no slip knows, as people really give them.

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
}
