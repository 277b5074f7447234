"""Wrong answers to the exercises of notebook 10, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

HEAD = "from lessons.exercises.ex_10 import exercise_2\n\n"
RIGHT = {
    "Ada": "late",
    "Ben": "lost",
    "Clara": "twice",
    "Dana": "awake",
    "Emil": "awake",
    "Fay": "lost",
}


def ideas(**other):
    """The exercise's cell, with other values than the right ones."""
    return f"{HEAD}ideas = {RIGHT | other!r}\n\nexercise_2(ideas)"


WRONG = {
    1: {
        "how_late = ...\ndef how_long(second, every_s):\n    return 1\nexercise_1(how_late)": (
            "this cell defines how_long, but how_late is still the three dots"
        ),
        "def how_late(second, every_s):\n    print(every_s - second % every_s)\n\n"
        "exercise_1(how_late)": "Write return instead of print",
    },
    2: {
        ideas(Ada="lost"): "Telegram keeps a message for 24 hours",
        ideas(Ben="late"): "Twitch's chat keeps nothing",
        ideas(Clara="awake"): "what did Viktor see when two were on the line",
        ideas(Fay="awake"): "what is said in those two seconds",
        ideas(Dana="lat"): "Dana",
        HEAD + 'exercise_2({"Ada": "late"})': "is missing for Ben",
        HEAD + "exercise_2()": "the last line must be exercise_2(ideas)",
    },
}
