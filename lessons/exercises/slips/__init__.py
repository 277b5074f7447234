"""Exercises that know the slips people make: a function, a bot, or a dictionary of values.

A slip is wrong code plus what to say about it. The learner hears the sentence of the slip whose
code does the same up to the first case that is wrong; of several, the one that does the same on
the most cases. The test of a slip hands in its own code, so it needs no other test. CONTRIBUTING.md
shows a whole exercise.

Without a slip that fits, the learner hears what the code raised, what is wrong with the kind of
its result, or the first case with the result expected. A check that needs more than that, such as
a bot in a sandbox, is written by hand with `verdict.expect`.
"""

from lessons.exercises.slips.bot import (
    BotTask,
    contains,
    empty_store,
    expect_known_command,
    has_dots,
    in_chat,
    load_or_not_yet,
    same_chance,
)
from lessons.exercises.slips.function import Task, is_equal, number_problem
from lessons.exercises.slips.slip import Slip
from lessons.exercises.slips.values import Values

__all__ = [
    "BotTask",
    "Slip",
    "Task",
    "Values",
    "contains",
    "empty_store",
    "expect_known_command",
    "has_dots",
    "in_chat",
    "is_equal",
    "load_or_not_yet",
    "number_problem",
    "same_chance",
]
