"""Checks of notebook 00: a second word for the learner's bot, and a bot with three mistakes."""

import re
from collections.abc import Callable

from lessons.exercises.slips import BotTask
from lessons.exercises.verdict import exercise

PEOPLE = ("Viktor", "Ada", "Cleo")


def expect_goodbye(name: str) -> Callable[[list[str]], str]:
    """Expect words of the learner's own with this name in the first message, and no other."""

    def complaint(said: list[str]) -> str:
        first = "".join(said[:1])
        named = re.search(rf"(?i)\b{name}\b", first) and names_in(said) == (name,)
        own_words = re.search(r"[^\W\d_]", re.sub(name, "", first, flags=re.I))
        right = (
            named and own_words and "Message(" not in first and not re.match(r"(?i)hello ", first)
        )
        return "" if right else f"expected a goodbye with the name {name}"

    return complaint


def goodbye_features(said: list[str]) -> tuple[object, ...]:
    """Reduce a goodbye to its form: whose name is in it, and what was not filled in."""
    whole = "\n".join(said).casefold()
    signs = tuple(
        sign in whole
        for sign in ("{message.user}", "message.user", "(message", "message(", "hello ")
    )
    bare = whole.strip(" .!") in [name.casefold() for name in PEOPLE]
    return min(len(said), 2), names_in(said), names_in(said[:1]), bare, signs


def names_in(said: list[str]) -> tuple[str, ...]:
    """Return who is named, in capital letters or not.

    >>> names_in(["goodbyeViktor", "ADA!"]), names_in(["nada"])
    (('Viktor', 'Ada'), ())
    """
    whole = "\n".join(said)
    return tuple(name for name in PEOPLE if re.search(rf"\b(?i:{name})\b|{name}", whole))


GOODBYE_TASK = BotTask(
    "goodbye",
    [[("!goodbye", name, expect_goodbye(name))] for name in PEOPLE],
    {
        'return "goodbye Viktor!"': "everybody is called Viktor. The name comes from the message: "
        "{message.user}",
        'if message.user == "Viktor":\n    return "goodbye Viktor!"\nreturn "goodbye Ada!"': (
            "other people write, too. The name comes from the message: {message.user}"
        ),
        'return f"goodbye {message}!"': "that is the whole message. The name is {message.user}",
        'return f"goodbye {user}!"': "the name is a part of the message: {message.user}",
        'return f"goodbye {message.name}!"': "a message calls the name user: {message.user}",
        'return "goodbye!"': "put the name into it: an f before the quotes, and {message.user}",
        'return f"hello {message.user}!"': "change the words inside the quotes",
        "return message.user": "that is only the name. Say goodbye, too",
        'return "goodbye" + message.user': "write a space between your word and the name, and the "
        "name once",
        'return "goodbye", message.user': "a comma between two texts makes two messages. Put "
        "{message.user} inside the quotes, and f before them",
        'return f"goodbye Viktor, Ada and Cleo!"': "you named everybody whom you know. Name only "
        "the person who wrote: {message.user}",
        'return "goodbye " + message': "message is the whole message. Its name is message.user",
        'message.reply(f"goodbye {message.user}!")': "here a command answers with return, and a "
        "message can't reply",
        """
        if message == "!goodbye":
            return f"goodbye {message.user}!"
        """: "no return was reached. The last line begins with return. You need no if, because "
        "the line with @ has already found the command",
    },
    file=True,
    form=goodbye_features,
)


REPAIR_TASK = BotTask(
    "hello",
    [
        [(text, name, reply) for name in ("Viktor", "Ada")]
        for text, reply in (
            ("!hello", "hello {user}!"),
            ("!night", "good night {user}..."),
            ("!who", "you are {user}"),
        )
    ],
    {
        ('f"hello', '"hello'): "what is missing before the quotes? Compare it with the two other "
        "commands",
        ('f"hello {message.user}!"', '"hello Viktor!"'): "now everybody is Viktor. The name comes "
        "from the message: {message.user}",
        ("{message.user}!", "{user}!"): "the name is {message.user}",
        (
            'return f"good night {message.user}..."',
            'print(f"good night {message.user}...")',
        ): "what you print doesn't reach the chat. Another word gives the answer back",
        ('return f"good', 'f"good'): "the line makes a text, but doesn't return it",
        ("are {message.user}", "are {mesage.user}"): "read the last word of that error letter by "
        "letter. Compare it with def who(message):",
        ("are {message.user}", "are {message.usr}"): "a message calls the name user",
        ("are {message.user}", "are {user}"): "the name is {message.user}",
        ("are {message.user}", "are {message}"): "that is the whole message. The name is "
        "{message.user}",
        ('f"you are {message.user}"', '"you are Viktor"'): "now everybody is Viktor. The name "
        "comes from the message: {message.user}",
    },
    file=True,
    solution="""
        @bot.command("hello")
        def hello(message):
            return f"hello {message.user}!"

        @bot.command("night")
        def night(message):
            return f"good night {message.user}..."

        @bot.command("who")
        def who(message):
            return f"you are {message.user}"
    """,
)


@exercise(
    "write your command instead of the three dots",
    "Look at the cell with hello. Its last three lines are a command.",
    'Copy these three lines. The name in @bot.command("…") is what people type after the !.',
    'The first line is @bot.command("goodbye"), the second is def goodbye(message):, and the third '
    'starts with four spaces and return f"goodbye …',
    task=GOODBYE_TASK,
    because="The name is not in your file. It comes with each message, so your bot can say it to "
    "people it has never met.",
)
def exercise_1(file: str) -> str:
    """`!goodbye` as Viktor, Ada and Cleo see it."""
    return "your bot knows a second word, and it calls everybody by their own name"


@exercise(
    "run this cell first",
    "Fix one command at a time, in the order in which they appear.",
    "!hello: what is different from hello in your own bot? Look right before the quotes.",
    "!night: print writes into the log. Which word gives the answer back?",
    "!who: read the last word of the NameError letter by letter.",
    task=REPAIR_TASK,
    because="A missing f fails silently, a missing return says nothing at all, and a wrong name "
    "raises an error. The loudest mistake is the easiest to find.",
)
def exercise_2(file: str) -> str:
    """Three commands, each with a mistake of another kind."""
    return "you have found and fixed three mistakes of three kinds"
