"""Checks of notebook 17: where five bots live, what goes into the zip, a bot of one's own."""

import io
import random
from contextlib import redirect_stdout
from typing import Any

from botlib import Bot
from lessons.exercises.verdict import NotYet, describe, entries, exercise, expect, show

LIVES = {
    "shop": ("function", "Telegram calls it, and there is a cloud account"),
    "game": ("program", "Without a cloud account there is no function; a program asks Telegram"),
    "friend": ("function", "She agrees, so Twitch may call it, and there is a cloud account"),
    "stranger": ("program", "Nobody agreed, so Twitch does not call: it must hold the line"),
    "countdown": ("program", "It speaks by itself; a function exists only while it is called"),
}


@exercise(
    'write "function" or "program" in the place of each three dots.',
    "ask of each bot: who begins? If the bot itself must begin, or listen, it stays awake.",
    "two of the five can be functions.",
    "the shop's bot and the friend's bot are called by their platforms, and there is a cloud.",
)
def exercise_1(homes: Any) -> str:
    """Five bots, five homes."""
    answers = entries(homes, LIVES, '"function" or "program"')
    for name, (right, why) in LIVES.items():
        found = answers[name]
        both = isinstance(found, tuple) and found[:1] == (right,)
        expect(
            not both, f"{name}: that is the home and the reason. The home alone is which_home(…)[0]"
        )
        allowed = found in ("function", "program")
        expect(allowed, f'{name}: expected "function" or "program", found {show(found)}')
        expect(found == right, f"{name}: think again. {why}")
    return "who is called can sleep, who listens or speaks by itself stays awake"


ZIPPED = {"main.py", "telegram_function.py", "twitch_function.py"}


@exercise(
    'write a set of file names: {"main.py", …}',
    "the cloud needs what runs when somebody writes, and nothing else.",
    "tests run at home, and a secret travels by another way.",
    "three files go in: the bot, and its two doors.",
)
def exercise_2(packed: Any) -> str:
    """What goes into the zip, and what does not."""
    several = isinstance(packed, set | list | tuple)
    expect(several, f"expected a set of file names, found {show(packed)}")
    texts = all(isinstance(name, str) for name in packed)
    expect(texts, f"each name is a text in quotes; found {show(packed)}")
    packed = set(packed)
    glued = [name for name in packed if name.count(".py") > 1]
    expect(not glued, f"there is no {', '.join(glued)}: a comma belongs between two names")
    bare = sorted(name for name in packed if f"{name}.py" in ZIPPED)
    expect(not bare, f"a file's name has its ending: {', '.join(f'{name}.py' for name in bare)}")
    leak = ".env holds the token, and a zip is copied from hand to hand: packing refuses it"
    expect(".env" not in packed, leak)
    expect("test_main.py" not in packed, "the test has done its work when you pack; it stays here")
    asked = "requirements.txt is only read while packing: the packages it names go in instead"
    expect("requirements.txt" not in packed, asked)
    other = sorted(packed - ZIPPED)
    expect(not other, f"there is no {', '.join(other)} in the folder")
    left = sorted(ZIPPED - packed)
    expect(not left, f"the cloud would look in vain for {', '.join(left)}")
    return "the bot and its doors travel; the test, the list of packages and the token do not"


OWN = 3  # commands besides help
NONSENSE = ("", "banana", "3", "-1 0", "2 3", "🦀 é", "tea coffee", "word " * 60)
PAIRS = (("tea coffee", "red green blue"), ("2 3", "40 50"), ("6", "100"), ("Ann", "Bob"))
LONGEST = 500  # Twitch's limit


@exercise(
    "make your bot: bot = Bot(), and below it at least three commands.",
    "begin with one command, run the cell, and read what is still wanted.",
    "message.user is who writes, message.words is a list of the words after the command.",
    "before you use the words, ask whether there are any, and whether they are numbers: "
    "message.arguments.isdecimal()",
)
def exercise_3(bot: Any) -> str:
    """A bot of one's own, by what it does."""
    expect(bot is not Bot, "Bot is the plan of a bot; with parentheses it makes one: bot = Bot()")
    expect(isinstance(bot, Bot), f"expected your Bot, found {show(bot)}")
    own = [name for name in bot.commands if name != "help"]
    calls = [f"{bot.prefixes[0]}{name}" for name in own]
    names = ", ".join(calls) or "none"
    wanted = f"three commands of your own are wanted; so far there is: {names}"
    expect(len(own) >= OWN, f"{wanted}. (Two of the same name count as one.)")
    shown = bot.ask(f"{bot.prefixes[0]}help").splitlines()
    bare = [name for name, call in zip(own, calls, strict=True) if call in shown]
    line = f'@bot.command("{bare[0] if bare else ""}", help="…")'
    expect(not bare, f"people see in !help what a command does. Write {line}")
    for call in calls:
        for words in NONSENSE:
            survives(bot, f"{call} {words}".strip())
    named = any("Zoë" in said(bot, f"{call} {w}", "Zoë") for call in calls for w in ("", "tea"))
    expect(named, "no command says who is meant: let one of them use message.user")
    listens = any(depends_on_words(bot, call) for call in calls)
    expect(listens, "no command uses what is written after it: look into message.words")
    return f"{names}: your bot knows who writes, listens, and survives nonsense. Now its file."


def survives(bot: Bot, text: str) -> None:
    """Ask once; NotYet if the bot fails, is silent or talks too much."""
    shown, printed = show(text), io.StringIO()
    try:
        with redirect_stdout(printed):
            reply = said(bot, text)
    except Exception as error:
        words = f"{shown} raised {describe(error)}"
        if isinstance(error, NameError | AttributeError):
            words += ". Look at the spelling"
        elif not words.endswith("."):  # the brain's own errors say what to do
            words += ". People type anything: look at the words before you use them"
        raise NotYet(words) from None
    if not reply.strip():
        hint = "Does the command end with return?"
        if " " not in text:
            hint = "Does the command return a text, even when no word follows it?"
        if printed.getvalue():
            hint = f"It printed {show(printed.getvalue().strip())}: write return in place of print"
        raise NotYet(f"{shown} gets no answer. {hint}")
    expect(len(reply) <= LONGEST, f"{shown} gets {len(reply)} characters; Twitch takes {LONGEST}")


def said(bot: Bot, text: str, user: str = "Viktor", seed: int = 0) -> str:
    """The answer, with chance made the same each time."""
    random.seed(seed)
    return bot.ask(text, user=user)


def depends_on_words(bot: Bot, call: str) -> bool:
    """Whether other words give another answer, and the same ones the same."""
    for one, other in PAIRS:
        for seed in range(5):
            first, again, changed = (
                said(bot, f"{call} {words}", seed=seed) for words in (one, one, other)
            )
            if first == again != changed:
                return True
    return False
