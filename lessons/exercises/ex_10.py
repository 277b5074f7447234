"""Checks of notebook 10: what gaps lose in a day, and the thesis in the learner's own words."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.slips import Slip, Task, number_problem
from lessons.exercises.verdict import exercise
from lessons.explanation import judge

ROUNDS = [(9, 1, 100), (10, 3, 7), (900, 0.5, 3600), (900, 0, 3600), (2, 0.4, 60)]
ROUNDED_HINT = "something was rounded: leave round() and int() out, and divide with /, not with //"

LOST_A_DAY_TASK = Task(
    "lost_a_day(limit_s, gap_s, messages_an_hour)",
    [(case, 24 * case[2] * case[1] / (case[0] + case[1])) for case in ROUNDS],
    [
        Slip(
            "return 24 * messages_an_hour * gap_s / limit_s",
            "a round takes as long as the limit and the gap together",
        ),
        Slip(
            "return messages_an_hour * gap_s / (limit_s + gap_s)",
            "a day has 24 hours",
        ),
        Slip(
            "return gap_s / (limit_s + gap_s)",
            "that is the share of the time. How many messages come in a day?",
        ),
        Slip(
            "return 24 * messages_an_hour * gap_s / limit_s + gap_s",
            "/ comes before +. Put brackets around the round: (limit_s + gap_s)",
        ),
        Slip(
            "return 24 * 3600 * messages_an_hour * gap_s / (limit_s + gap_s)",
            "you multiply seconds by messages in an hour. An hour has 3600 seconds",
        ),
        Slip(
            "return 24 * 3600 * gap_s / (limit_s + gap_s)",
            "that is how many seconds it is away. How many messages come in that time?",
        ),
        Slip(
            "return 24 * messages_an_hour * limit_s / (limit_s + gap_s)",
            "that is what it hears. What does it miss?",
        ),
        Slip("return round(24 * messages_an_hour * gap_s / (limit_s + gap_s))", ROUNDED_HINT),
        *(
            Slip(
                f"return round(24 * messages_an_hour * gap_s / (limit_s + gap_s), {n})",
                ROUNDED_HINT,
            )
            for n in (1, 2, 3, 4)
        ),
        Slip("return int(24 * messages_an_hour * gap_s / (limit_s + gap_s))", ROUNDED_HINT),
        Slip("return 24 * messages_an_hour * gap_s // (limit_s + gap_s)", ROUNDED_HINT),
        Slip(
            "return 24 * 3600 // (limit_s + gap_s) * gap_s * messages_an_hour / 3600",
            "// rounds down, and the last round of the day counts in part, too. Divide with /",
        ),
        Slip(
            "return 24 * messages_an_hour * gap_s",
            "a part of the messages is lost: gap_s, divided by the whole round",
        ),
        Slip(
            "return messages_an_hour / 3600 * gap_s",
            "that is lost in one gap. How many rounds does a day have?",
        ),
        Slip(
            "return 24 * messages_an_hour / 3600 * gap_s",
            "that counts one gap an hour. How many rounds does a day have?",
        ),
        Slip(
            "return gap_s // (limit_s + gap_s) * 24 * messages_an_hour",
            "gap_s // … is 0 whenever the gap is the smaller one. Divide with /",
        ),
    ],
    kind=number_problem,
)


@exercise(
    "write def lost_a_day(limit_s, gap_s, messages_an_hour): instead of the line with the dots.",
    "A round is the limit and the gap together. Which share of a round is the gap?",
    "share = gap_s / (limit_s + gap_s). That share of all messages of a day is lost.",
    "A day has 24 hours, so 24 * messages_an_hour messages. Multiply them by the share.",
    task=LOST_A_DAY_TASK,
    because="A gap is short, but it comes back in every round, and nobody can choose which "
    "messages fall into it.",
)
def exercise_1(lost_a_day: Callable[[float, float, float], Any]) -> str:
    """The share of a day's messages that falls into a gap."""
    return "with a gap of half a second every 15 minutes, 48 of a day's 86,400 messages are lost"


@exercise(
    "write your three sentences instead of the dots.",
    "Think of Viktor, who writes to a bot at night. On Telegram, who makes the first move?",
    "A function exists only while it works. So who must be awake when Viktor writes?",
    "Begin like this: “Telegram calls … . Between two calls, a function … . On Twitch …”",
    because="You have got it when a friend who has never seen this course says: “Ah, so that's "
    "why.”",
)
def exercise_2(my_sentences: object) -> str:
    """The thesis in the learner's own words, kept for the card."""
    return judge(my_sentences)
