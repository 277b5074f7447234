"""Exercises of notebook 02: a welcome for friends, and when each message gets its answer."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from lessons.exercises.slips import BotTask, Slip, Values
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


RUNNING = "!hello, while your program runs"
ONE_HOUR = "!hello, and the laptop sleeps for an hour"
TWO_DAYS = "!hello, and the laptop sleeps for two days"
TALK = "good morning"
SLASH_IN_GROUP = "/hello in a group"
MARK_IN_GROUP = "!hello in a group"
WHEN_TASK = Values(
    '"at once", "late" or "never"',
    {
        RUNNING: "at once",
        ONE_HOUR: "late",
        TWO_DAYS: "never",
        TALK: "never",
        SLASH_IN_GROUP: "at once",
        MARK_IN_GROUP: "never",
    },
    {
        RUNNING: "the program's question waits at Telegram, and Telegram answers it at that moment",
        ONE_HOUR: {
            "never": "Telegram keeps messages for 24 hours, and the program asks again when the "
            "laptop wakes up",
            "at once": "nobody asks Telegram while the laptop sleeps. The message has to wait",
        },
        TWO_DAYS: "Telegram keeps messages for 24 hours. After two days this one is gone",
        TALK: "it arrives, but it is not a command: it has no ! or / at its beginning",
        SLASH_IN_GROUP: {
            "never": "privacy mode lets commands with / through. That is what they are for",
            "late": "your program is running, and asks all the time",
        },
        MARK_IN_GROUP: "in a group, privacy mode hides everything that doesn't begin with /. Your "
        "bot never sees it",
    },
    choices=("at once", "late", "never"),
)


@exercise(
    'write "at once", "late" or "never" instead of each three dots',
    "For each line ask two questions: does Telegram give the message to your bot, and is "
    "your program there to ask for it?",
    "Telegram keeps a message for 24 hours. In a group, a new bot sees only what begins with /.",
    "Two of them are answered at once, one is late, and three never get an answer.",
    task=WHEN_TASK,
    because="A bot that asks may be late. If it stays away for longer than Telegram keeps "
    "messages, late turns into never.",
)
def exercise_2(answers: Mapping[str, str]) -> str:
    """When each message gets its answer."""
    return "two at once, one late, three never"
