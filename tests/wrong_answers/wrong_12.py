"""Wrong answers to the exercises of notebook 12, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_12 import exercise_1, exercise_2, exercise_3

def lost_a_day(limit_s, gap_s, messages_an_hour):
    return 24 * messages_an_hour * gap_s / limit_s

exercise_1(lost_a_day)
""",
            "a round lasts as long as the limit and the gap together",
        ),
    ],
    2: [
        (
            """
def mend(telegram, account):
    telegram.call(account, "deleteWebhook", drop_pending_updates=True)

exercise_2(mend)
""",
            "the message that waited is gone",
        ),
    ],
    3: [
        (
            """
def home(bot, limit_s):
    return "function" if bot["called"] else "program"

exercise_3(home)
""",
            "its answer would be killed",
        ),
    ],
}
