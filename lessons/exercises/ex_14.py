"""Checks of notebook 14: who needs an address, and what is lost in each corner."""

from typing import Any

from lessons.exercises.verdict import NotYet, exercise, expect, is_number, show

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
    expect(isinstance(needs_address, dict), f"expected a dictionary, found {show(needs_address)}")
    missing = [name for name in CALLED if name not in needs_address]
    expect(not missing, f"True or False for {', '.join(missing)} is missing")
    dots = [name for name in CALLED if needs_address[name] is ...]
    expect(not dots, f"write True or False in the place of the three dots: {', '.join(dots)}")
    for name, called in CALLED.items():
        found = needs_address[name]
        expect(found not in ("True", "False"), f"{name}: {found} stands in quotes; leave them out")
        expect(isinstance(found, bool), f"{name}: {show(found)} is neither True nor False")
        expect(
            found == called,
            f"{name}: you said {found}. {REASONS[name][0].upper()}{REASONS[name][1:]}.",
        )
    return "what is called needs an address; what calls can live at home"


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
def exercise_2(prediction: dict[str, Any], lost: dict[str, int]) -> str:
    """The prediction against what was measured just now."""
    expect(isinstance(prediction, dict), f"expected a dictionary, found {show(prediction)}")
    missing = [name for name in lost if name not in prediction]
    expect(not missing, f"a number for {', '.join(missing)} is missing")
    dots = [name for name in lost if prediction[name] is ...]
    expect(not dots, f"write a number in the place of the three dots: {', '.join(dots)}")
    for name, number in lost.items():
        expect(is_number(prediction[name]), f"{name}: {show(prediction[name])} is no number")
        if prediction[name] != number:
            raise NotYet(f"{name}: you said {show(prediction[name])}. {HINTS[name]}.")
    return f"lost: {', '.join(f'{name} {number}' for name, number in lost.items())}"
