"""Exercises of notebook 01: a bot that adds, stays friendly, and a joke of the learner's own."""

from collections.abc import Callable
from pathlib import Path

from botlib.bot import Bot
from lessons.exercises.ex_00 import names_in
from lessons.exercises.slips import BotTask, contains
from lessons.exercises.verdict import exercise

MINUS_HINT = (
    "isdigit knows digits only, and -4 has a minus. Let int decide what is a number, and catch "
    "its ValueError"
)


def sums_and_refusals(said: list[str]) -> tuple[str, ...]:
    """Reduce replies to the sums in them; one text with the word numbers is like another."""
    return tuple("numbers" if "numbers" in text.casefold() else text for text in said)


SUMS = [("!add 2 3", "5"), ("!add 10 -4 1", "7"), ("!add 8", "8")]
SUM_CODE = """
    total = 0
    for word in message.words:
        total = total + int(word)
    return str(total)
"""
ADD_TASK = BotTask(
    "add",
    [SUMS],
    {
        'return "".join(message.words)': "the words were joined, not added. int(word) turns a "
        "word into a number",
        "return message.words[0] + message.words[1]": "between two texts, + joins. int(word) "
        "turns a word into a number",
        "return int(message.words[0]) + int(message.words[1])": "a bot can only say texts: return "
        "str(total)",
        "return str(int(message.words[0]) + int(message.words[1]))": "you have added the first "
        "two numbers. A loop goes through all words: for word in message.words:",
        ("total = total + int(word)", "return str(int(word))"): "that is only the first number, "
        "because return is inside the loop. Move it below the loop, further to the left",
        ("total = total + int(word)", "total = int(word)"): "that is only the last number. Write "
        "total = 0 above the loop, and inside it total = total + int(word)",
        ("total = total + int(word)", "total + int(word)"): "you added, but didn't keep the sum. "
        "Write total = before it",
        "return message.arguments": "that is what Viktor wrote. Go through message.words in a "
        "loop, and add",
        "return str(sum(map(float, message.words)))": "float makes numbers with a point. int "
        "makes whole numbers",
        (
            "    total = total",
            '    if not word.isdigit():\n        return "numbers, please"\n    total = total',
        ): MINUS_HINT,
        ("total = total", "if word.isdigit():\n        total = total"): MINUS_HINT,
        """
        try:
            return str(int(message))
        except Exception:
            return "I can only add numbers."
        """: "these are numbers, so add them. If you catch every error, with except: or except "
        "Exception:, the real one is hidden: write except ValueError: and run the cell again",
        "return str(int(message.words))": "int takes one word of the list at a time: for word in "
        "message.words:",
        "return str(int(message.arguments))": "int takes one word at a time: for word in "
        "message.words:",
        "return str(sum(message.words))": "words are texts. int(word) turns one into a number",
        ("message.words", "message.arguments"): "this loop goes through characters, and a space "
        "isn't a number. Use message.words",
        ("int(word)", "len(word)"): "len counts letters. int(word) is the number",
        ("message.words", "range(len(message.words))"): "range counts 0, 1, 2. A loop over the "
        "words themselves: for word in message.words:",
        ("str(total)", 'f"The sum is {total}"'): "your sum is right. Answer with the number "
        "alone, so that the check finds it",
        "return [str(int(word)) for word in message.words]": "that is a message for each number. "
        "Add them in a loop, and return one text",
    },
    solution=SUM_CODE,
    form=sums_and_refusals,
)

LEAVE_OUT_CODE = """
    total = 0
    for word in message.words:
        try:
            total = total + int(word)
        except ValueError:
            pass
    return str(total)
"""
FRIENDLY_TASK = BotTask(
    "add",
    [
        SUMS,
        [
            (f"!add {words}", contains("numbers"))
            for words in ("two", "two 3", "1 two 3", "1 2 two")
        ],
    ],
    {
        **{slip.code: slip.says for slip in ADD_TASK.slips},
        'return str(eval("+".join(message.words)))': "eval runs whatever a stranger types as "
        "Python. Add int(word) for each word in a loop",
        SUM_CODE: "your sums are right. Is the loop under try:, and is except ValueError: below "
        "it? What int raises is a ValueError",
        LEAVE_OUT_CODE: "it leaves out the words that are not numbers. Return a text under except "
        "ValueError:, and the function ends there",
        LEAVE_OUT_CODE.replace("pass", 'print("I can only add numbers.")'): "your sentence was "
        "printed, so nobody in the chat reads it. Write return instead of print",
        LEAVE_OUT_CODE.replace("pass", 'total = "I can only add numbers."'): "after a wrong word "
        "the loop continues, and adds a number to your text. Return the text under except "
        "ValueError:, and the function ends there",
        ("I can only add numbers.", "That does not work."): "you have caught the error. Now say "
        "what your bot wants: a text with the word numbers",
    },
    solution="""
        total = 0
        try:
            for word in message.words:
                total = total + int(word)
        except ValueError:
            return "I can only add numbers."
        return str(total)
    """,
    form=sums_and_refusals,
)


@exercise(
    'adder has no command yet. Write @adder.command("add") and its function instead of the three '
    "dots",
    'Begin with @adder.command("add") and def add(message):. message.words has the words.',
    "total = 0 before a loop. In the loop, for word in message.words:, add int(word) to it.",
    "At the end, below the loop and as far to the left as for, return str(total).",
    task=ADD_TASK,
    because="A loop takes as many words as there are, so your bot adds two numbers or twenty.",
)
def exercise_1(adder: Bot) -> str:
    """`!add 2 3` is 5."""
    return "it adds as many numbers as people write"


@exercise(
    'copy @adder.command("add") and its function from exercise 1, and put the loop under try:',
    "Put the loop under try:, four spaces further to the right.",
    "Below the loop, as far to the left as try:, write except ValueError:, and under it return a "
    "text with the word numbers.",
    "The last line, return str(total), is as far to the left as try:.",
    task=FRIENDLY_TASK,
    because="int decides what is a number, and try lets you answer in your own words. "
    "You need this for everything that people type. Catch only ValueError, because a bare except: "
    "also hides your own mistakes.",
)
def exercise_2(adder: Bot) -> str:
    """`!add 2 3` is 5; words that are no numbers get a friendly text."""
    return "it adds, and stays friendly when somebody writes words"


PEOPLE = ("Viktor", "Ada")


def expect_two_parts(name: str) -> Callable[[list[str]], str]:
    """Expect a joke in two different parts; the first has this name, and no other."""

    def complaint(said: list[str]) -> str:
        named = set(names_in(said[:1])).intersection(PEOPLE)
        right = len(set(said)) >= 2 and named == {name} and "Message(" not in said[0]
        return "" if right else f"expected two messages, the first with the name {name}"

    return complaint


def joke_features(said: list[str]) -> tuple[object, ...]:
    """Reduce a joke to its form: how many parts, whose name is where, what was not filled in."""
    whole = "\n".join(said)
    signs = tuple(sign in whole for sign in ("{", "Message(", "?"))
    return min(len(said), 2), len(set(said)) > 1, names_in(said[:1]), names_in(said[1:]), signs


JOKE_TASK = BotTask(
    "joke",
    [[("!joke", name, expect_two_parts(name))] for name in PEOPLE],
    {
        ('f"{message.user}, why', '"Why'): "that is a joke, but it calls nobody by name. Put "
        "{message.user} into the first text, with an f before its quotes",
        ('f"', '"'): "write f before the quotes, and Python fills the braces",
        ('f"{message.user}', '"Viktor'): "everybody is called Viktor. The name comes from the "
        "message: {message.user}",
        (
            '[question, "Because light attracts bugs."]',
            'question + " Because."',
        ): "only one message "
        "came, and a function ends at its first return. Return a list of two texts, in square "
        "brackets and with a comma between them",
        'return "Why do programmers like the dark? Because light attracts bugs."': "that is one "
        "message without a name. Return a list of two texts, in square brackets, and begin the "
        "first one with {message.user}",
        'return "{message.user}, why do programmers like the dark? Light attracts bugs."': (
            "write f before the quotes, and return a list of two texts, in square brackets"
        ),
        ('question, "Because light attracts bugs."', '"Because light attracts bugs.", question'): (
            "the name comes in the second message. Put the text with the name first in the list"
        ),
        ('"Because light attracts bugs."', "question"): "both messages are the same. A joke needs "
        "an answer, too",
        (
            'return [question, "Because light attracts bugs."]',
            'print(question)\nreturn "Because light attracts bugs."',
        ): "only one message came, and without a name. What you print doesn't reach the chat. "
        "Return both texts in a list, in square brackets",
        ("{message.user}", "{message}"): "that is the whole message. The name alone is "
        "{message.user}",
    },
    solution="""
        question = f"{message.user}, why do programmers like the dark?"
        return [question, "Because light attracts bugs."]
    """,
    file=True,
    form=joke_features,
)


@exercise(
    'write @bot.command("joke", help="…") and its function instead of the three dots',
    "A command may return a list. Each text in it becomes a message.",
    'The first text needs a name, so put an f before its quotes: f"{message.user}, …".',
    'Three lines: @bot.command("joke", help="tells a joke"), def joke(message):, and, four spaces '
    'to the right, return [f"{message.user}, why …?", "Because …"].',
    task=JOKE_TASK,
    because="Your bot finds the new file because main.py takes every file in commands. You did "
    "not touch the others.",
)
def exercise_3(file: str | Path) -> str:
    """A joke in two parts, told to the person who asks."""
    return "your bot is funny, and it knows who laughs"
