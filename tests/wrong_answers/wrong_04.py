"""Wrong answers to the exercises of notebook 04, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_04 import exercise_1, exercise_2, exercise_3

mended = cloud.deploy("mended", "workshop/04_greet", worker="workshop/04_worker/loop.py")

exercise_1(mended)
""",
            "still ends the loop",
        ),
    ],
    2: [
        (
            """
prediction = (6, 4)

fn = cloud.deploy("five", "workshop/04_counter", concurrency=3)
for _ in range(2):
    list(clients.map(get, [fn.url] * 5))

exercise_2(prediction, fn)
""",
            "the second five need no new instances",
        ),
    ],
    3: [
        (
            """
def price(used_ms, memory_mb):
    return memory_mb / 1024 * used_ms / 1000 * 0.0000166667 + 0.20 / 1_000_000

exercise_3(price)
""",
            "round the milliseconds up",
        ),
    ],
}
