"""Checks of notebook 10: how late a timer's answer is, and what each idea of a friend costs."""

from collections.abc import Callable, Mapping
from typing import Any

from lessons.exercises.slips import Task, Values, number_problem
from lessons.exercises.verdict import exercise

MOMENTS = [(25, 60), (130, 60), (359, 60), (7, 5), (1801, 900), (62, 7)]

HOW_LATE_TASK = Task(
    "how_late(second, every_s)",
    [((second, every_s), every_s - second % every_s) for second, every_s in MOMENTS],
    {
        "return second % every_s": "that is how long ago it called. When does it call next?",
        "return every_s - second": "that fits the first round only. What is left of 130 after "
        "whole rounds of 60?",
        "return abs(every_s - second)": "that fits the first round only. What is left of 130 "
        "after whole rounds of 60?",
        "return every_s": "that is the longest wait. A part of the round is over when he writes",
        "return every_s / 2": "that is the average of many waits. This one depends on when he "
        "writes",
        "return second // every_s": "// counts whole rounds. % gives what is left over",
        "return every_s - second // every_s": "// counts whole rounds. % gives what is left over",
        "return (second // every_s + 1) * every_s": "that is when it calls. How long is it from "
        "second until then?",
        "return every_s % second": "the two have changed places: second % every_s",
        "return every_s - every_s % second": "the two have changed places: second % every_s",
        "return 60 - second % 60": "a round has every_s seconds, and not always 60",
        "return second % every_s - every_s": "a wait is not negative: what is subtracted from "
        "what?",
    },
    kind=number_problem,
)


@exercise(
    "write def how_late(second, every_s): instead of the line with the dots.",
    "Viktor writes at second 130, and the timer calls every 60 seconds. When did it call last?",
    "second % every_s is how much of the round is over when he writes.",
    "He waits for the rest of the round: return every_s - second % every_s",
    task=HOW_LATE_TASK,
    because="On average he waits for half a round. A shorter round makes him wait less, and makes "
    "the function work more often for nothing.",
)
def exercise_1(how_late: Callable[[int, int], Any]) -> str:
    """How long a message waits for the next call of a timer."""
    return "a message of second 130 waits for 50 seconds, if the timer calls every minute"


IDEAS_TASK = Values(
    '"late", "lost", "twice" or "awake"',
    {
        "Ada": "late",
        "Ben": "lost",
        "Clara": "twice",
        "Dana": "awake",
        "Emil": "awake",
        "Fay": "lost",
    },
    {
        "Ada": {
            "lost": "Telegram keeps a message for 24 hours. It waits until the function asks",
            "twice": "it tells Telegram what it has read, so nothing comes twice",
            "awake": "the function works for a moment in each minute. When does the answer come?",
        },
        "Ben": {
            "late": "Twitch's chat keeps nothing, so nobody can hear later what was said",
            "twice": "one function listens at a time. What does it hear of the other 59 seconds?",
            "awake": "it is awake for one second in each minute. What happens in the other 59?",
        },
        "Clara": {
            "late": "both are on the line when they overlap. What does each of them do?",
            "lost": "they overlap, so somebody always listens. How many listen when they do?",
            "awake": "that is true as well. But what did Viktor see when two were on the line?",
        },
        "Dana": {
            "late": "somebody is always on the line, and answers at once",
            "lost": "somebody is always on the line. Who is that?",
            "twice": "the store decides which one answers. Look at its bill",
        },
        "Emil": {
            "late": "his computer hears a message at once, and calls at once",
            "lost": "nothing is lost while his computer is on the line. For how long must it be?",
            "twice": "one computer listens, and it calls once for each message",
        },
        "Fay": {
            "late": "Twitch's chat keeps nothing for a program that comes back",
            "twice": "one program listens at a time. What is said while it starts again?",
            "awake": "she wants it to be awake. But what is said in those two seconds?",
        },
    },
    choices=("late", "lost", "twice", "awake"),
)


@exercise(
    'write "late", "lost", "twice" or "awake" instead of the three dots in each line',
    "Ask two questions about each idea: who hears the message at the moment when it is written? "
    "And if nobody does, who keeps it?",
    "Telegram keeps a message for a day, Twitch's chat keeps nothing. So Ben and Fay lose some.",
    "Nothing is lost with Dana and Emil. Then somebody must be on the line all the time.",
    task=IDEAS_TASK,
    because="Each idea moves the price to another place, and none removes it. Nobody can sleep "
    "unless the platform calls, or keeps the message until somebody asks.",
)
def exercise_2(ideas: Mapping[str, str]) -> str:
    """What each idea that lets everybody sleep really costs."""
    return "you know the price of each idea"
