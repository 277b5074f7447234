"""The exercise of notebook 02: a welcome for friends. The other one is in lessons/alone."""

import re
from collections.abc import Callable
from pathlib import Path

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from lessons.exercises.slips import BotTask, Slip
from lessons.exercises.verdict import exercise, expect
from lessons.learner_bot import commands_of

PEOPLE = ("Viktor", "Ada")


def expect_welcome(name: str) -> Callable[[list[str]], str]:
    """Expect a welcome with this name, no other, and a command to try."""

    def complaint(said: list[str]) -> str:
        _, named, tries, unfilled = welcome_features(said)
        right = named == {name} and tries and not any(unfilled)
        return "" if right else f"expected the name {name} and a command to try, such as !help"

    return complaint


def welcome_features(said: list[str]) -> tuple[bool, set[str], bool, tuple[bool, ...]]:
    """Reduce a welcome to its form: who is named, whether a command is, what was not filled in."""
    text = "\n".join(said)
    greeting = re.sub(r"[!/]\w+ \w+", "", text)  # "try !hug Ada" greets nobody
    named = {name for name in PEOPLE if name in greeting}
    unfilled = tuple(sign in text for sign in ("{", "Message(", "/start"))
    return bool(said), named, bool(re.search(r"[!/]\w", text)), unfilled


WELCOME_TASK = BotTask(
    "start",
    [[("/start", name, expect_welcome(name))] for name in PEOPLE],
    [
        Slip(
            'return "Welcome! Try !help."',
            "your text calls nobody by name. Put {message.user} into it, with an f before its "
            "quotes",
        ),
        Slip(
            'return "Welcome, {message.user}! Try !help."',
            "write f before the quotes, and Python fills the braces",
        ),
        Slip(
            'return "Welcome, Viktor! Try !help."',
            "everybody is called Viktor. The name comes from the message: {message.user}",
        ),
        Slip(
            'return "Welcome, Ada! Try !help."',
            "everybody is called Ada. The name comes from the message: {message.user}",
        ),
        Slip(
            'return f"Welcome, {message.user}."',
            "that is friendly, but your friend won't know what to write. Name a command with its "
            "! or /",
        ),
        Slip(
            'return "Welcome."',
            "say who is welcome, {message.user}, and which command to try, with its ! or /",
        ),
        Slip(
            'return "Welcome, {message.user}."',
            "write f before the quotes, and name a command to try, with its ! or /",
        ),
        Slip(
            'return f"Welcome, {message}! Try !help."',
            "that is the whole message. The name alone is {message.user}",
        ),
        Slip(
            'return f"Welcome, {message.text}! Try !help."',
            "message.text is what your friend wrote. The name is {message.user}",
        ),
        Slip(
            'print(f"Welcome, {message.user}! Try !help.")',
            "your welcome was printed here, but not sent. Write return instead of print",
        ),
        Slip(
            'f"Welcome, {message.user}! Try !help."',
            "the command returned nothing. Write return before the text",
        ),
    ],
    file=True,
    form=welcome_features,
)


@exercise(
    'write @bot.command("start", help="…") and its function instead of the three dots',
    "The command is named start, without a sign: your bot takes ! and / alike.",
    'Begin the text with an f before its quotes: f"Welcome, {message.user}! …".',
    'Three lines: @bot.command("start", help="says welcome"), def start(message):, and, four '
    'spaces to the right, return f"Welcome, {message.user}! Try !roll.".',
    task=WELCOME_TASK,
    because="Telegram writes /start for everybody who presses Start, so this is the first thing "
    "that your friends see.",
)
def exercise_1(file: str | Path) -> str:
    """A welcome by name, with something to try."""
    welcome = load_bot_file(Path(file), Bot).ask("/start", user="Ada")
    suggested = re.findall(r"[!/](\w+)", welcome.casefold())
    known = commands_of(Path(file).parents[1])
    others = ", ".join(f"!{name}" for name in known if name != "start")
    expect(
        not known or any(name in known for name in suggested),
        f"your bot has no command {' or '.join(suggested)}. Name one that it has: {others}",
    )
    return "your bot says welcome, and what to do next"
