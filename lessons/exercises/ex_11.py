"""Exercise 2 of notebook 11: a conclusion that no program judges."""

from collections.abc import Mapping

from lessons.exercises.verdict import Untouched, exercise, expect, require_entries, show
from lessons.views import keep_view

RUBRIC = {  # what a conclusion says; the learner or a partner ticks it
    "who calls": "who makes the first move, on Telegram and on Twitch",
    "who keeps": "who has a message while the bot is away, and for how long",
    "a number": "one number that you measured, such as how many of the twelve were lost",
}


@exercise(
    "write your conclusion between three quotes instead of the dots.",
    "Read what you wrote in notebooks 00 and 10. Which word of it is wrong today?",
    "Begin like this: “Telegram calls my bot, so … . On Twitch …”",
    "A number has a meaning only with its reason: how many were lost, and why there?",
    because="You have got it when a friend who has never seen this course says: “Ah, so that's "
    "why.”",
)
def exercise_2(conclusion: str, ticks: Mapping[str, bool]) -> str:
    """Where the bot can live, in the learner's own words; she or a partner ticks what they say."""
    expect(isinstance(conclusion, str), "write your conclusion between three quotes")
    keep_view("conclusion", conclusion)
    if not conclusion.strip(".… \n"):
        raise Untouched
    found = require_entries(ticks, RUBRIC, "True or False")
    for tick, about in RUBRIC.items():
        expect(
            isinstance(found[tick], bool),
            f"{tick}: you said {show(found[tick])}. Write True or False, without quotes",
        )
        expect(
            found[tick],
            f"your words are kept. {tick} has no tick yet: add {about}. Then tick it with True",
        )
    return "your conclusion is kept, and it is on your card."
