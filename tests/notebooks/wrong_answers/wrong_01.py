"""Wrong answers to notebook 01's exercises that are no slip of a task."""

ADDED_TO_ANOTHER = """
from lessons.exercises.ex_01 import exercise_1

adder = Bot()


@bot.command("add")
def add(message):
    return str(int(message.words[0]) + int(message.words[1]))


exercise_1(adder)
"""

WRONG = {1: {ADDED_TO_ANOTHER: "adder has no command yet. Write @adder.command"}}
