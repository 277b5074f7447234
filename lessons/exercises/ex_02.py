"""The exercise of notebook 02: a welcome for friends. The other one is in lessons/alone."""

import re
from collections.abc import Callable
from pathlib import Path

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from botlib.store import open_store
from lessons.exercises.slips import BotTask, empty_store, expect_known_command
from lessons.exercises.verdict import exercise, expect, show

PEOPLE = ("Viktor", "Ada")

NO_DICTIONARY = (
    "a store is no dictionary. store.get(key, False) asks it, and store.set(key, True) keeps"
)


def expect_welcome(name: str) -> Callable[[list[str]], str]:
    """Expect a welcome with this name, no other, and a command to try."""

    def complaint(said: list[str]) -> str:
        _, named, tries, back, unfilled = welcome_features(said)
        right = named == {name} and tries and not back and not any(unfilled)
        wanted = f"the name {name} and a command to try, such as !help, without the word back"
        return "" if right else f"expected {wanted}"

    return complaint


def expect_welcome_back(name: str) -> Callable[[list[str]], str]:
    """Expect a welcome with this name, no other, and the word back."""

    def complaint(said: list[str]) -> str:
        _, named, _, back, unfilled = welcome_features(said)
        right = named == {name} and back and not any(unfilled)
        return "" if right else f"expected the name {name} and the word back"

    return complaint


def welcome_features(said: list[str]) -> tuple[bool, set[str], bool, bool, tuple[bool, ...]]:
    """Reduce a welcome to its form: who is named, what is suggested, what was not filled in."""
    text = "\n".join(said)
    greeting = re.sub(r"[!/]\w+ \w+", "", text)  # "try !hug Ada" greets nobody
    named = {name for name in PEOPLE if name in greeting}
    unfilled = tuple(sign in text for sign in ("{", "Message(", "/start"))
    back = bool(re.search(r"(?i)\bback\b", text))
    return bool(said), named, bool(re.search(r"[!/]\w", text)), back, unfilled


WELCOME_TASK = BotTask(
    "start",
    [
        [
            ("/start", "Viktor", expect_welcome("Viktor")),
            ("/start", "Viktor", expect_welcome_back("Viktor")),
            ("/start", "Ada", expect_welcome("Ada")),
            ("/start", "Ada", expect_welcome_back("Ada")),
            ("/start", "Viktor", expect_welcome_back("Viktor")),
        ]
    ],
    {
        'return "Welcome! Try !help."': "your text calls nobody by name. Put {message.user} into "
        "it, with an f before its quotes",
        'return "Welcome, {message.user}! Try !help."': "write f before the quotes, and Python "
        "fills the braces",
        'return "Welcome, Viktor! Try !help."': "everybody is called Viktor. The name comes from "
        "the message: {message.user}",
        'return "Welcome, Ada! Try !help."': "everybody is called Ada. The name comes from the "
        "message: {message.user}",
        'return f"Welcome, {message.user}."': "that is friendly, but your friend won't know what "
        "to write. Name a command with its ! or /",
        'return "Welcome."': "say who is welcome, {message.user}, and which command to try, with "
        "its ! or /",
        'return "Welcome, {message.user}."': "write f before the quotes, and name a command to "
        "try, with its ! or /",
        'return f"Welcome, {message}! Try !help."': "that is the whole message. The name alone is "
        "{message.user}",
        'return f"Welcome, {message.text}! Try !help."': "message.text is what your friend wrote. "
        "The name is {message.user}",
        'return f"Welcome, {message.user}! Try !help."': "the first welcome is right, and the "
        "second is the same. Ask the store whether your friend was there, if store.get(key, "
        "False):. Above the last return write store.set(key, True), because lines below a return "
        "never run",
        'return f"Welcome back, {message.user}! Try !help."': "nobody was there before. Ask the "
        "store first, with if store.get(key, False):, and store.set(key, True) comes after it",
        """
        store.set(message.user, True)
        if store.get(message.user, False):
            return f"Welcome back, {message.user}!"
        return f"Welcome, {message.user}! Try !help."
        """: "you told the store before you asked it. First the if, then store.set(key, True)",
        "message.user in store": NO_DICTIONARY,
        "store[message.user]": NO_DICTIONARY,
        "store[message.user] = True": NO_DICTIONARY,
        "store.set(message.user)": "store.set takes a key and a value: store.set(key, True)",
        ('f"seen:{message.user}"', '"seen"'): "all your friends share one drawer. Its key needs "
        'the name: f"seen:{message.user}", with an f',
        ('f"Welcome back, {message.user}!"', '"Welcome back!"'): "call your friend by name, also "
        "the second time",
        (
            'return f"Welcome back, {message.user}!"',
            'print(f"Welcome back, {message.user}!")',
        ): "what you print doesn't reach the chat. Write return there, too",
        ('f"Welcome back', '"Welcome back'): "write f before the quotes of the second welcome, too",
        (
            'f"Welcome back, {message.user}!"\nstore.set(seen, True)',
            "store.get(seen)\nstore.set(seen, message.user)",
        ): "the word back is missing. Return a text of your own, with the name and the word back",
    },
    before="from botlib.store import open_store\n\nstore = open_store()",
    file=True,
    form=welcome_features,
    solution="""
        seen = f"seen:{message.user}"
        if store.get(seen, False):
            return f"Welcome back, {message.user}!"
        store.set(seen, True)
        return f"Welcome, {message.user}! Try !help."
    """,
)


@exercise(
    'write @bot.command("start", help="…") and its function instead of the three dots',
    "Begin with one welcome for all: an f before its quotes, {message.user}, and a command to try. "
    "The command is named start, without a sign.",
    'The key of a friend\'s drawer: seen = f"seen:{message.user}". Ask for it with '
    "if store.get(seen, False):, and return the second welcome there.",
    "Below that if, and above the last return: store.set(seen, True).",
    task=WELCOME_TASK,
    because="Telegram writes /start for everybody who presses Start, so this is the first thing "
    "that your friends see. The store knows them, even after your program has ended.",
)
def exercise_1(file: str | Path) -> str:
    """A welcome by name, with something to try, and another one for a friend who comes back."""
    with empty_store():
        welcome = load_bot_file(Path(file), Bot).ask("/start", user="Ada")
        again = load_bot_file(Path(file), Bot).ask("/start", user="Ada")
    expect(
        not expect_welcome_back("Ada")([again]),
        f"after a restart of your program, Ada reads {show(again)}. Variables are gone then, and "
        "a store remembers: store.set(key, True)",
    )
    with empty_store():
        open_store().set("score:Ada", 3)
        first = load_bot_file(Path(file), Bot).ask("/start", user="Ada")
    expect(
        not expect_welcome("Ada")([first]),
        f"to Ada, who has 3 points and is new here, it says {show(first)}. Her drawer score:Ada "
        'is for the dice. Give the welcome another one: f"seen:{message.user}"',
    )
    expect_known_command(welcome, Path(file).parents[1], "start")
    return "your bot says welcome, what to do next, and who has been there before"
