"""Wrong answers to the exercises of notebook 15, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3

def month(messages, ms, memory_mb):
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    return (gb_seconds - 400_000) * 0.0000166667 + (messages - 1_000_000) * 0.20 / 1_000_000

exercise_1(month)
""",
            "left over is not paid out",
        ),
    ],
    2: [
        (
            """
from lessons.costs import break_even

a_second = break_even(aws, Work(400, memory_mb=512), server.total)

exercise_2(a_second)
""",
            "that is messages a month",
        ),
    ],
    3: [
        (
            """
def cold_calls(times, idle_s):
    return sum(later - now >= idle_s for now, later in zip(times, times[1:]))

exercise_3(cold_calls)
""",
            "the first call of all is cold",
        ),
    ],
}
