"""Wrong answers to the exercises of notebook 01, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_01 import exercise_1, exercise_2, exercise_3

adder = Bot()

@adder.command("add")
def add(message):
    return "".join(message.words)

exercise_1(adder)
""",
            "the words were joined",
        ),
    ],
    2: [
        (
            """
counter = Bot()

@counter.command("count")
def count(message):
    last = int(message.words[0])
    return [str(number) for number in range(1, last + 1)]

exercise_2(counter)
""",
            "keeps it at five",
        ),
    ],
    3: [
        (
            """
doorman = Bot()
visits = 0

@doorman.command("hi")
def hi(message):
    global visits
    visits += 1
    return f"{message.user}: {visits}"

exercise_3(doorman)
""",
            "one number for each user",
        ),
    ],
}
