"""Exercises of notebook 11: visitors of four homes, and a conclusion that no program judges."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from lessons.exercises.ex_09 import BetweenStore, load_command_file
from lessons.exercises.slips import BotTask, Slip, empty_store
from lessons.exercises.verdict import Untouched, exercise, expect, require_entries, show
from lessons.views import keep_view


def number_features(said: list[str]) -> tuple[str, ...]:
    """Reduce replies to the numbers in them, and to what was not filled in."""
    return tuple(re.findall(r"\d+|\{|Message\(|None", "\n".join(said)))


def expect_number(number: int) -> Callable[[list[str]], str]:
    """Expect one or more texts with this number, and no other."""

    def complaint(said: list[str]) -> str:
        right = number_features(said) == (str(number),)
        return "" if right else f"expected a text with the number {number}"

    return complaint


HEAD = """from botlib import Bot
from botlib.store import open_store

bot, store = Bot(), open_store()"""
COMMAND = '@bot.command("visitor")\ndef visitor(message):'
VISITOR_TASK = BotTask(
    "visitor",
    [
        [
            ("!visitor", "Viktor", expect_number(1)),
            ("!visitor", "Ada", expect_number(2)),
            ("!visitor", "Viktor", expect_number(3)),
            ("!visitor", "Bob", expect_number(4)),
        ]
    ],
    [
        Slip(
            f"{HEAD}\nvisitors = 0\n\n{COMMAND}\n    return f'You are visitor {{visitors + 1}}!'",
            'the number never changes. store.increment("visitors") adds 1 and returns it',
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    number = store.increment(message.user)\n"
            "    return f'You are visitor {number}!'",
            "everybody is counted in a drawer of their own. All visitors need one drawer, with one "
            "name",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    store.increment('visitors')\n    return 'Welcome!'",
            "it counts, but doesn't say the number. Put it into the text: number = "
            "store.increment(…), then {number}",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    number = store.increment('visitors')\n"
            "    return 'You are visitor {number}!'",
            "write f before the quotes, and Python fills the braces",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    return store.increment('visitors')",
            "a command returns a text, and this is a number: put it into an f-text",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    return f'You are visitor {{store.get(\"visitors\")}}!'",
            "get only looks into the drawer, and set returns nothing. store.increment adds 1 and "
            "returns the number",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    number = store.get('visitors', 0)\n"
            "    store.increment('visitors')\n    return f'You are visitor {number}!'",
            "the first visitor is number 0. Take the number that increment returns",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    store.increment('visitors')\n"
            "    number = store.increment('visitors')\n    return f'You are visitor {number}!'",
            "increment adds 1 each time it is called. Call it once, and keep what it returns",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    number = store.increment('visitors')\n"
            "    print(f'You are visitor {number}!')",
            "the text was printed here, and not sent. Write return instead of print",
        ),
        Slip(
            f"{HEAD}\n\n{COMMAND}\n    number = store.increment('visitors', message.user)\n"
            "    return f'You are visitor {number}!'",
            "the second value of increment is how much to add. Leave it out, and it adds 1",
        ),
    ],
    file=True,
    form=number_features,
)


@exercise(
    'write @bot.command("visitor", help="…") and its function instead of the three dots',
    "A variable of your bot is in one process. Four homes are four processes. What do they share?",
    'store.increment("visitors") adds 1 to the number in that drawer, and returns it.',
    'Inside the function: number = store.increment("visitors"), then return an f-text with '
    "{number} in it.",
    task=VISITOR_TASK,
    because="The number is in the store, and the store belongs to all homes. A variable would "
    "count in one home, and in a function it would soon begin at 1 again.",
)
def exercise_1(file: str | Path) -> str:
    """One number for all visitors, in the store."""
    with empty_store():
        answers = [load_bot_file(Path(file), Bot).ask("!visitor", "Ada") for _ in range(2)]
    in_second_home = "".join(number_features([answers[1]]))
    expect(
        in_second_home == "2",
        f"in one home it counts well. In a second home with the same store it says "
        f"{show(answers[1])} to the second visitor: the number lives in a variable, and each home "
        'has its own. store.increment("visitors") counts in the store',
    )
    check_two_homes(Path(file))
    return "your bot counts its visitors, wherever they come in"


def check_two_homes(file: Path) -> None:
    """Check that a visitor counts who comes into one home while another home is counting."""
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        closing(BetweenStore(Path(folder, "visitors.sqlite3"))) as store,
    ):
        here, there = load_command_file(file, store), load_command_file(file, store)
        store.meanwhile = lambda: there.ask("!visitor", "Ada")
        here.ask("!visitor", "Viktor")
        store.meanwhile = None
        came = 1 + store.times
        counted = int(number_features([here.ask("!visitor", "Bob")])[0]) - 1
    expect(
        counted == came,
        f"somebody came into another home while this one was counting, and of {came} visitors it "
        f"counted {counted}: what you get may be old before you set it. store.increment reads and "
        "writes in one step",
    )


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
