"""Wrong answers to the exercises of notebook 11 that no slip knows, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

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
    2: {
        conclude(words='"…"'): "between three quotes instead of the dots",
        conclude(words='["Telegram calls"]'): "between three quotes",
        conclude(ticks='{"who calls": True, "who keeps": ..., "a number": ...}'): "who keeps, a n",
        conclude(ticks='{"who calls": True}'): "is missing for who keeps, a number",
        conclude(ticks=ALL.replace('"a number": True', '"a number": False')): "no tick yet",
        conclude(ticks=ALL.replace('"who keeps": True', '"who keeps": "yes"')): "Write True or F",
    },
}
