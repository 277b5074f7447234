"""Checks of notebook 00: two small bots, each asked through the sandbox Telegram by new people."""

import re

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.telegram import Telegram
from lessons.exercises.verdict import NotYet, exercise, expect, show

AGAIN = "then run the cell again"


def answer(telegram: Telegram, name: str, text: str) -> str:
    """What the bot answers to somebody; its silence becomes the hint."""
    try:
        return telegram.person(name).ask(text)
    except NoReply as silence:
        words = " ".join(str(silence).split())
        if printed := re.search("It printed (.*?) That goes into its log", words):
            raise NotYet(
                f"nobody got an answer to {text}. The function printed {printed[1].rstrip('.')}, "
                "and that goes into its log, not into the chat: write return in place of print"
            ) from None
        if "sent no message" in words:
            raise NotYet(
                f"nobody got an answer to {text}: its function gave nothing back. "
                "Its last line must begin with return"
            ) from None
        raise NotYet(f"nothing came back for {text}. {words}") from None


@exercise(
    "run the cells above first, then this one",
    "The new lines stand between `hello` and the last line, handler = webhook(bot).",
    'Copy the three lines of hello. The name in @bot.command("…") is what people type after the !.',
    'The first line is @bot.command("goodbye"), the second def goodbye(message):, and the third '
    'begins with four spaces and return f"goodbye …',
)
def exercise_1(telegram: Telegram) -> str:
    """`!goodbye` as Viktor, Ada and somebody else see it."""
    people = {name: answer(telegram, name, "!goodbye") for name in ("Viktor", "Ada", "Cleo")}
    for name, found in people.items():
        unknown = (
            'there is no command goodbye yet: write @bot.command("goodbye"), with the @, right '
            f"above its function in this cell, {AGAIN}"
        )
        expect("do not know" not in found, unknown)
        expect("did not work" not in found, " ".join(str(found).split()))
        expect(
            "Message(" not in found,
            f"{name} got the whole message: the name alone is {{message.user}}",
        )
        expect(
            "(message.user)" not in found,
            f"{name} got {show(found)}: the hole in the text has braces, {{message.user}}",
        )
        expect(
            "{" not in found,
            f'{name} got {show(found)}: write f before the quotes, f"goodbye {{message.user}}!"',
        )
        expect(
            "hello" not in found,
            f"{name} got {show(found)}, the answer to !hello; change the word inside the quotes",
        )
    for name, found in people.items():
        for other in people:
            expect(
                name == other or found != f"goodbye {other}!",
                f"{name} was called {other}: the name comes from the message, {{message.user}} "
                "in an f-text",
            )
    for name, found in people.items():
        wanted = f"goodbye {name}!"
        expect(found == wanted, f"{name} got {show(found)}; expected {wanted!r}, to the letter")
    return "your bot knows a second word, and calls everybody by their own name"


@exercise(
    "run the cells above first, then this one",
    "Mend one command at a time, in the order in which they are complained about.",
    "!hello: what is different from hello in exercise 1? Look right before the quotes.",
    "!night: a function that prints tells its log. To give the answer back there is another word.",
    "!who: read the last word of the NameError letter by letter, beside def who(message).",
)
def exercise_2(telegram: Telegram) -> str:
    """Three commands, each with a mistake of another kind."""
    wanted = {"!hello": "hello {}!", "!night": "good night {}...", "!who": "you are {}"}
    for text, form in wanted.items():
        for name in ("Viktor", "Ada"):
            expected, found = form.format(name), answer(telegram, name, text)
            shown = " ".join(str(found).split())  # with the log's line, if the bot has apologised
            said = shown if shown.startswith("Sorry") else show(shown)
            expect(
                found == expected,
                f"{name} writes {text}; expected {expected!r}, and the bot says {said}",
            )
    return "three mistakes of three kinds, found and mended"
