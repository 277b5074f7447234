"""Checks of notebook 01: a bot that adds, counts and remembers."""

import io
import re
from contextlib import redirect_stdout

from botlib.bot import Bot, Message
from lessons.exercises.verdict import NotYet, advice, describe, exercise, expect, show

FORGOTTEN = ", since the dictionary has no such key yet: ask it with get, as in .get(key, 0)"


def replies(bot: object, text: str, user: str = "Viktor") -> list[str]:
    """Ask the learner's bot; an error in its command becomes the hint."""
    found = "a function" if callable(bot) else show(bot)
    expect(isinstance(bot, Bot), f"expected a bot, as Bot() makes it; found {found}")
    assert isinstance(bot, Bot)
    name = bot.called(text)
    known = ", ".join(bot.commands)
    expect(
        name in bot.commands,
        f"the bot has no command {name} yet; it has: {known}. Right above the function stands "
        f'@, the name of this bot, and .command("{name}")',
    )
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            answers = bot.replies(Message(text, user))
    except Exception as error:
        what = FORGOTTEN if isinstance(error, KeyError) else advice(error)
        raise NotYet(f"with {text} your command raised {describe(error)}{what}") from None
    if not answers and printed.getvalue():
        raise NotYet(
            f"for {text} the function printed {show(printed.getvalue().strip())} and gave nothing "
            "back, so nobody is answered: write return in place of print"
        )
    return answers


def said(replies: list[str]) -> str:
    """Replies as one reads them in a chat."""
    return " and ".join(map(show, replies)) or "nothing at all"


@exercise(
    "the first lines of the cell must stay: adder = Bot()",
    'Begin with @adder.command("add") and def add(message):. message.words has the words.',
    "total = 0 before a loop; in the loop, for word in message.words:, add int(word) to it.",
    "Put the loop under try: and, under except ValueError:, return a text with the word numbers. "
    "At the end return str(total).",
)
def exercise_1(bot: Bot) -> str:
    """`!add 2 3` is 5; words that are no numbers get a friendly text."""
    for text, total in {"!add 2 3": 5, "!add 10 -4 1": 7, "!add 8": 8}.items():
        found = replies(bot, text)
        joined = "".join(text.split()[1:])
        if found == [joined] and joined != str(total):
            raise NotYet(
                f"for {text} it answers {joined}: the words were joined, not added. "
                "int(word) makes a number of a word"
            )
        expect(found != [], f"for {text} it says nothing. Does the command end with return?")
        first, *others = text.split()[1:]
        expect(
            found != [first] or not others,
            f"for {text} it says {said(found)}, the first number alone: does return stand inside "
            "the loop? It belongs behind it, further to the left",
        )
        expect(
            found != [others[-1] if others else ""],
            f"for {text} it says {said(found)}, the last number alone: total = 0 stands above the "
            "loop, and in it total = total + int(word)",
        )
        expect(
            found != ["0"],
            f"for {text} it says '0': what was added was not kept. Is there total = before it?",
        )
        expect(
            found != [text.partition(" ")[2]] or not others,
            f"for {text} it says {said(found)}, as it was written: go through message.words in a "
            "loop, and add",
        )
        expect(
            found != [f"{total}.0"],
            f"for {text} it says {said(found)}: int makes whole numbers, float does not",
        )
        expect(
            len(others) < 2 or found != [str(int(first) + int(others[0]))],
            f"for {text} it says {said(found)}, the first two numbers: a loop goes through all "
            "words, for word in message.words:",
        )
        expect(
            "numbers" not in "".join(found).lower() or "-" not in text,
            f"for {text} it says {said(found)}, and -4 is a whole number too: let int decide, and "
            "catch its ValueError",
        )
        expect(
            "numbers" not in "".join(found).lower(),
            f"for {text} it says {said(found)}, and these are numbers. "
            "Does the loop go through message.words?",
        )
        expect(found == [str(total)], f"for {text} it says {said(found)}; expected '{total}'")
    for text in ["!add two", "!add 1 2 cakes"]:
        try:
            found = replies(bot, text)
        except NotYet as reason:
            if "ValueError" not in str(reason):
                raise
            raise NotYet(f"{reason}. Put the loop under try:, and catch ValueError") from None
        friendly = len(found) == 1 and "numbers" in found[0].lower()
        expect(
            friendly,
            f"for {text} it says {said(found)}; expected a text with the word numbers. Return it "
            "under except ValueError, which leaves the function at once",
        )
    return "it adds, and stays friendly when somebody writes words"


@exercise(
    "the first lines of the cell must stay: counter = Bot()",
    "A command may return a list of texts. How do you make a list that grows in a loop?",
    "last = int(message.words[0]) is how far to count; min(last, 5) is never more than five.",
    "for number in range(1, last + 1): appends str(number) to a list, which you return at the end.",
)
def exercise_2(bot: Bot) -> str:
    """`!count 3` is three messages; never more than five."""
    three = replies(bot, "!count 3")
    digits = re.sub(r"[\s,'\[\]]", "", "".join(three))
    one_text = digits == "123" and len(three) == 1
    expect(three != [], "for !count 3 it says nothing. Does the command end with return?")
    expect(not one_text, "that is one message with all numbers; return a list of three texts")
    expect(
        three != ["0", "1", "2"],
        "it began at 0 and ended too early: range(1, 4) gives 1, 2, 3, since the end is left out",
    )
    expect(
        three != ["1", "2"],
        "the last number is missing: range leaves its end out, so range(1, last + 1)",
    )
    expect(
        three != ["1"],
        "for !count 3 it says '1' alone: does return stand inside the loop? It belongs behind it",
    )
    expect(
        three != ["1", "2", "3", "4", "5"],
        "for !count 3 it counts to five: how far to count is int(message.words[0]), and min(…, 5) "
        "the smaller of two numbers",
    )
    expect(
        three != ["3"],
        "for !count 3 it says '3' alone: does the list begin anew in the loop? It belongs above it",
    )
    expect(three == ["1", "2", "3"], f"for !count 3 it says {said(three)}; expected 1, 2 and 3")
    one = replies(bot, "!count 1")
    expect(
        one == ["1"],
        f"for !count 1 it says {said(one)}; expected '1' alone. How far to count is "
        "int(message.words[0])",
    )
    for many in ["!count 6", "!count 1000000"]:
        found = len(replies(bot, many))
        expect(found <= 5, f"for {many} it sends {found} messages; min(…, 5) keeps it at five")
        expect(found == 5, f"for {many} it sends {found} of the five messages that it may send")
    return "it counts, and knows when to stop"


@exercise(
    "the first lines of the cell must stay: doorman = Bot()",
    "Where does the dictionary stand so that it is not made anew at each message?",
    "visits = {} stands above the command. In it, message.user is the key.",
    "visits.get(message.user, 0) + 1 is the new count. Keep it in visits[message.user], and "
    'return f"{message.user}: {…}".',
)
def exercise_3(bot: Bot) -> str:
    """Each user has a count of their own; the check's users are new each time it runs."""
    exercise_3_runs[0] += 1
    ann, bob = f"Ann{exercise_3_runs[0]}", f"Bob{exercise_3_runs[0]}"
    visits = [(ann, 1), (ann, 2), (bob, 1), (ann, 3), (bob, 2)]
    for user, times in visits:
        found = replies(bot, "!hi", user)
        if found == [f"{user}: 1"] and times > 1:
            raise NotYet(
                f"{user} came again and is still at 1: keep the counts outside of hi, "
                "and add 1 to what is there"
            )
        if user == bob and times == 1 and found == [f"{user}: 3"]:
            raise NotYet("Bob got Ann's count: use a dictionary, one number for each user")
        together = "".join(found)
        expect(
            "{" not in together or f"{user}: {{" not in together,
            f"it says {said(found)}, with the whole dictionary: one drawer of it is "
            "visits[message.user]",
        )
        expect("{" not in together, f"it says {said(found)}: write f before the quotes")
        wrong = f"it says {said(found)}; expected '{user}: {times}'"
        expect(
            found != [f"{user}: {times - 1}"],
            f"{wrong}. Put the new count into the dictionary, with =, before you tell it",
        )
        expect(
            found != [f"{user}: {times + 1}"],
            f"{wrong}. Who was never here has come 0 times: get(message.user, 0)",
        )
        expect(found == [f"{user}: {times}"], wrong)
    return "it remembers everybody by name"


exercise_3_runs = [0]  # so that a learner's dictionary, kept from the last run, does no harm
