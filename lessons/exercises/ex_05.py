"""The check of notebook 05's exercise: a good morning, also by timer."""

import re
from collections.abc import Callable
from pathlib import Path

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from lessons.exercises.slips import BotTask, empty_store, expect_known_command
from lessons.exercises.verdict import exercise

SUGGESTION = re.compile(r"(?<![\w/!])[!/][^\W\d]\w*")  # a command, such as !roll
PEOPLE = ("Viktor", "Ada", "Cleo", "everyone")


def greets(name: str) -> Callable[[list[str]], str]:
    """Expect one text with this name, no other person's, and no command."""

    def complaint(said: list[str]) -> str:
        is_right = kind_of_morning(said) == (1, (name,), False, False)
        return "" if is_right else f"expected one text with the name {name}, and no command"

    return complaint


def suggests_command(said: list[str]) -> str:
    """Expect one text that suggests a command, and no person's name."""
    texts, names, has_braces, suggested = kind_of_morning(said)
    is_right = texts == 1 and suggested and not has_braces and not {*names} - {"everyone"}
    return "" if is_right else "expected one text with a command in it, such as !roll"


def kind_of_morning(said: list[str]) -> tuple[int, tuple[str, ...], bool, bool]:
    """Return how many texts they are, who is named, and if there are braces or a command."""
    text = " ".join(said)
    names = tuple(name for name in PEOPLE if re.search(rf"\b{name}\b", text))
    return len(said), names, "{" in text, bool(SUGGESTION.search(text))


MORNING_TASK = BotTask(
    "morning",
    [
        [("!morning", greets("Viktor"))],
        [("!morning", "Ada", greets("Ada"))],
        [("!morning", "Cleo", greets("Cleo"))],
        [("!morning", "everyone", suggests_command)],
    ],
    {
        'return f"Good morning, {message.user}!"': "the timer's text names no command. Is it "
        'below if message.user == "everyone":, in small letters, and above the other return?',
        'return f"Good morning, {message.user}! Who wants to !roll?"': "suggest a command only if "
        'message.user is "everyone"',
        ('f"', '"'): "is there an f before the quotes?",
        ('f"Good morning, {message.user}!"', '"Good morning, Viktor!"'): "not everybody is "
        "Viktor: message.user is the name of the person who wrote",
        """
        if message.user == "Viktor":
            return "Good morning, Viktor!"
        return "Good morning! Who wants to !roll?"
        """: 'your if only knows Viktor. Check for the timer instead: is message.user "everyone"?',
        """
        if message.user == "Viktor":
            return "Good morning, Viktor!"
        if message.user == "Ada":
            return "Good morning, Ada!"
        return "Good morning! Who wants to !roll?"
        """: 'other people write, too. Check for the timer instead: is message.user "everyone"?',
        ('\nreturn f"Good morning, {message.user}!"', ""): "the others got nothing: add another "
        "return after the if",
        ("user =", "user !"): "this is the reverse: != asks whether two things differ",
        (
            '"Good morning! Who wants to !roll?"',
            '["Good morning!", "Who wants to !roll?"]',
        ): "those are two messages. Write both sentences in one text",
        'return "Good morning!"': 'the name is missing: return f"Good morning, {message.user}!"',
        'return "Good morning! Who wants to !roll?"': "that is for the timer only. People want to "
        "read their own name",
    },
    file=True,
    form=kind_of_morning,
    solution="""
        if message.user == "everyone":
            return "Good morning! Who wants to !roll?"
        return f"Good morning, {message.user}!"
    """,
)


@exercise(
    "write the function of !morning instead of the dots.",
    'Begin with the people: return f"Good morning, {message.user}!"',
    'The line before it checks for the timer: if message.user == "everyone":',
    "Under the if, indented: return, and a text of yours that names a command, such as !roll",
    task=MORNING_TASK,
    because="If a timer's text is a command, your bot answers it like any message. So you can try "
    "it in a chat first, and let the clock say it later.",
)
def exercise_1(file: str | Path) -> str:
    """A greeting for people, and another one for a timer."""
    with empty_store():
        said = load_bot_file(Path(file), Bot).ask("!morning", user="everyone")
    expect_known_command(said, Path(file).parents[1], "morning")
    return "your bot greets people by name, and by timer it suggests a command to all"
