"""Checks of notebook 14: who needs an address, and what is lost in each corner."""

from typing import Any

from lessons.exercises.verdict import NotYet, entries, exercise, expect, is_number, show

CALLED = {
    "Telegram function": True,
    "Telegram program": False,
    "Twitch function": True,
    "Twitch program": False,
}
REASONS = {
    "Telegram function": "Telegram begins: it calls, so it must find the function",
    "Telegram program": "the program begins: it asks, and the answer comes back the same way",
    "Twitch function": "Twitch begins: EventSub calls, so it must find the function",
    "Twitch program": "the program begins: it opens the line, and all comes along that",
}


@exercise(
    "write True or False in the place of each three dots.",
    "who begins the conversation in each corner: the platform, or your bot?",
    "a browser on your computer needs no address in the internet, because it begins.",
    "functions are called, so they need an address; programs begin by themselves.",
)
def exercise_1(needs_address: Any) -> str:
    """Whoever is called must be found."""
    answers = entries(needs_address, CALLED, "True or False")
    for name, called in CALLED.items():
        found = answers[name]
        quoted = isinstance(found, str) and found.capitalize() in ("True", "False")
        expect(not quoted, f"{name}: {show(found)} is a text; write True or False without quotes")
        expect(isinstance(found, bool), f"{name}: {show(found)} is neither True nor False")
        expect(
            found == called,
            f"{name}: you said {found}. {REASONS[name][0].upper()}{REASONS[name][1:]}.",
        )
    return "what is called needs an address; what calls can live at home"


SAID = 3  # messages in each chat while the homes are down
HINTS = {
    "Telegram function": "Telegram keeps an update until the webhook takes it (notebook 06)",
    "Telegram program": "Telegram keeps an update until somebody asks for it",
    "Twitch function": "EventSub delivers again when the function fails, as Telegram does",
    "Twitch program": "IRC is talk in a room: who was not there did not hear it (notebook 12)",
}


@exercise(
    "write a number from 0 to 3 in the place of each three dots.",
    "ask for each corner: who has the message while nobody takes it?",
    "Telegram keeps updates for a day, and EventSub tries again after a failure.",
    "only on IRC nobody keeps anything.",
)
def exercise_2(prediction: Any, lost: dict[str, int]) -> str:
    """The prediction against what was measured just now."""
    guesses = entries(prediction, lost, "a number")
    for name, number in lost.items():
        guess = guesses[name]
        expect(is_number(guess), f"{name}: {show(guess)} is no number")
        expect(0 <= guess <= SAID, f"{name}: Viktor writes {SAID} messages, so not {show(guess)}")
        if guess != number:
            raise NotYet(f"{name}: you said {show(guess)}. {HINTS[name]}.")
    return f"lost: {', '.join(f'{name} {number}' for name, number in lost.items())}"
