"""Wrong answers to the exercises of notebook 00, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_00 import exercise_1

ada = telegram.person("Ada")
answer = ada.ask("!goodbye")

exercise_1(answer)
""",
            "run the %%save cell and the one below it once more",
        ),
    ],
}
