"""Wrong answers to the exercises of notebook 14, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_14 import exercise_1, exercise_2\n\n"

WRONG = {
    1: [
        (
            IMPORT
            + """
needs_address = dict.fromkeys(square.corners, True)

exercise_1(needs_address)
""",
            "The program begins: it asks",
        ),
        (
            IMPORT
            + """
needs_address = {"Telegram function": True, "Twitch function": True}

exercise_1(needs_address)
""",
            "True or False is missing for Telegram program, Twitch program",
        ),
        (
            IMPORT
            + """
needs_address = True

exercise_1(needs_address)
""",
            "expected a dictionary, found True",
        ),
        (
            IMPORT
            + """
needs_address = dict.fromkeys(square.corners, "True")

exercise_1(needs_address)
""",
            "'True' is a text; write True or False without quotes",
        ),
        (
            IMPORT
            + """
needs_address = dict.fromkeys(square.corners, "true")

exercise_1(needs_address)
""",
            "'true' is a text; write True or False without quotes",
        ),
    ],
    2: [
        (
            """
prediction = dict.fromkeys(square.corners, 3) | {"Telegram function": ...}

lost = square.lose(3)
exercise_2(prediction, lost)
""",
            "in the place of the three dots: Telegram function",
        ),
        (
            """
prediction = dict.fromkeys(square.corners, 3)

lost = square.lose(3)
exercise_2(prediction, lost)
""",
            "Telegram keeps an update until the webhook takes it",
        ),
        (
            """
prediction = dict.fromkeys(square.corners, 0)

lost = square.lose(3)
exercise_2(prediction, lost)
""",
            "IRC is talk in a room",
        ),
        (
            """
prediction = {name: "none" for name in square.corners}

lost = square.lose(3)
exercise_2(prediction, lost)
""",
            "'none' is no number",
        ),
        (
            """
prediction = dict.fromkeys(square.corners, 0) | {"Twitch function": 8}

lost = square.lose(3)
exercise_2(prediction, lost)
""",
            "Viktor writes 3 messages, so not 8",
        ),
    ],
}
