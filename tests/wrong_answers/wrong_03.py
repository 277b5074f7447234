"""Wrong answers to the exercises of notebook 03, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_03 import exercise_1, exercise_2, exercise_3

def busy_percentage(busy_s, alive_s):
    return busy_s / alive_s

exercise_1(busy_percentage)
""",
            "a percentage is 100 times that",
        ),
    ],
    2: [
        (
            """
def goodbye(event, context):
    return "goodbye " + event["rawPath"].strip("/") + "!"

exercise_2(goodbye)
""",
            "expected a dictionary with statusCode and body",
        ),
    ],
    3: [
        (
            """
prediction = [False, False, False]

fn = cloud.deploy("greeting", "workshop/03_greeting", handler="main.handler")
for name in ("Ada", "Bob", "Cleo"):
    get(fn.url + name)

exercise_3(prediction, fn)
""",
            "instances of the old version",
        ),
    ],
}
