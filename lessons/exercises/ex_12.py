"""Checks of notebook 12: bots of foreign platforms, a command of her own, and a test for it."""

import ast
import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from bot_sandbox.diagnosis.bot_log import capture_bot_logs
from botlib.bot import Bot, Message
from lessons.exercises.slips import Values, empty_store, has_dots, load_or_not_yet
from lessons.exercises.verdict import NotYet, Untouched, describe_error, exercise, expect, show
from lessons.learner_bot import NOTEBOOKS, files_of_my_bot

HOMES_TASK = Values(
    '"function" or "program"',
    {
        "words": "program",
        "dice": "function",
        "shop": "function",
        "team": "function",
        "office": "program",
    },
    {
        "words": "it reads what people write in a channel. Which way does Discord have for that?",
        "dice": "Discord sends a slash command to an address. So who makes the first move?",
        "shop": "WhatsApp sends each message to an address. So who makes the first move?",
        "team": "with the Events API, Slack sends each event to an address",
        "office": "nobody can call that computer. Which of Slack's two ways is left?",
    },
    choices=("function", "program"),
)
HOUR_TASK = Values(
    '"late" or "lost"',
    {"words": "lost", "shop": "late", "team": "lost"},
    {
        "words": "Discord keeps what a bot missed for a few minutes",
        "shop": "WhatsApp tries again for up to seven days",
        "team": "Slack tries three more times, in about five minutes. An hour is longer",
    },
    choices=("late", "lost"),
)


@exercise(
    'write "function" or "program", and "late" or "lost", instead of the three dots',
    "For each bot find the sentence above that says how a message reaches it.",
    "If the platform sends it to an address, a function is enough. If the bot opens a connection, "
    "it must stay awake.",
    "An hour is more than Discord's few minutes and Slack's five, and less than seven days.",
    because="You have never written a bot for these platforms, and you know where it can live. "
    "Each of them has its own words, and the two questions stay the same.",
)
def exercise_1(homes: object, after_an_hour: object) -> str:
    """Where bots of other platforms can live, and what is left after an hour."""
    HOMES_TASK.check(homes)
    HOUR_TASK.check(after_an_hour)
    return "two questions are enough for platforms that you have never met"


STRANGE = ("", "banana", "-1", "2 3", "1000000", "🦀 é", "word " * 60)
MOST_REPLIES, MOST_SIGNS = 5, 4000  # to one message; Telegram takes 4,096 signs in one
COMMAND, TEST = "commands/own.py", "test_own.py"
EXAMPLE = """
def choose(message):
    if not message.words:
        return "Give me words to choose from: !choose tea coffee"
    return f"I would take {random.choice(message.words)}."
"""
WORDS = (ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.Add)  # texts, put together
OTHER_WORDS = "something else"
RERUNS = 10  # a test that passes at random, one time in two, is found 999 times in 1,000


@exercise(
    "write your own command instead of the three dots",
    "Write down two messages first: what people type, and what your bot answers. Then write the "
    "function.",
    "People forget the words after a command. Then message.words is empty: if not message.words:",
    "If your bot needs a number, ask message.words[0].isdigit() before you use int(…).",
    because="Nobody else has this command. It answers whatever people type, so it can go out.",
)
def exercise_2(file: str) -> str:
    """A command that she has designed: new, and ready for whatever people type."""
    path = Path(file)
    expect(path.is_file(), f"there is no {path.as_posix()}. Run this cell with %%save at its top")
    source = path.read_text(encoding="utf-8")
    if has_dots(source):
        raise Untouched
    with empty_store(), capture_bot_logs():  # my_bot() has said which other file is left out
        name = own_command(path)
        check_that_it_is_hers(name, source)
        bot = load_or_not_yet(path.parents[1] / "main.py")
        place = f"main.py has no !{name} of this file: it includes the folder commands"
        expect(name in bot.commands, place)
        check_strange_messages(bot, name)
    return f"!{name} is yours, and it answers {len(STRANGE)} strange messages"


@exercise(
    "write a function whose name begins with test_, and in it a line with assert",
    "Look at test_main.py above: each test asks the bot, and says what must be true.",
    'Begin with def test_it_answers(): and, below it, bot.ask("!… …", user="Viktor").',
    'Write assert "…" in bot.ask("!… …", user="Viktor"). The first text must be in each answer.',
    because="A test is worth as much as the mistakes that it notices. So the check has broken your "
    "command in three ways, and your test noticed each of them.",
)
def exercise_3(folder: str) -> str:
    """A test that notices when her own command breaks."""
    command, test = Path(folder, COMMAND), Path(folder, TEST)
    expect(test.is_file(), f"there is no {test.as_posix()}. Run this cell with %%save at its top")
    source = test.read_text(encoding="utf-8")
    if has_dots(source):
        raise Untouched
    check_form(source)
    with empty_store():
        name = own_command(command)
        with capture_bot_logs():
            bot = load_or_not_yet(Path(folder, "main.py"))
        expect(name in bot.commands, f"main.py has no !{name}: it includes the folder commands")
        asked = questions_of_tests(source, bot)
        calls = [text for text in asked if bot.command_in(text) == name]
        wrong = f"the tests ask {', '.join(map(show, asked)) or 'nothing'}"
        expect(bool(calls), f'{wrong}, and never !{name}. Write bot.ask("!{name} …")')
        check_that_tests_still_pass(source, Path(folder, "main.py"))
        for how, broken in BROKEN.items():
            check_that_tests_notice(source, bot, name, how, broken)
    return f"your test notices when !{name} breaks"


def check_that_it_is_hers(name: str, source: str) -> None:
    """Raise NotYet if the course has the command, or if it is the example in other words."""
    files = (Path(file) for file in files_of_my_bot(NOTEBOOKS))
    given = {file.stem for file in files if file.parent.name == "commands"} - {"own"}
    expect(
        name not in {*given, "choose", "help"},
        f"the course has given you !{name}. What should only your bot be able to do?",
    )
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    (example,) = ast.parse(EXAMPLE).body
    assert isinstance(example, ast.FunctionDef)
    expect(
        all(form_of(function) != form_of(example) for function in functions),
        f"!{name} is the example in other words: it also chooses one of the words. Let yours do "
        "something else",
    )


def form_of(function: ast.FunctionDef) -> list[str]:
    """Return what a function is built of, without its words and its own names."""
    nodes = [node for line in function.body for node in ast.walk(line)]
    return [
        node.attr if isinstance(node, ast.Attribute) else type(node).__name__
        for node in nodes
        if not isinstance(node, WORDS)
    ]


def check_form(source: str) -> None:
    """Raise NotYet if a file of tests has nothing that could fail."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    tests = [node for node in functions if node.name.startswith("test_")]
    names = ", ".join(node.name for node in functions) or "none"
    expect(bool(tests), f"a test is a function whose name begins with test_. There is: {names}")
    for test in tests:
        expect(
            not test.args.args,
            f"{test.name} needs no names in its brackets: def {test.name}():",
        )
        has_assert = any(isinstance(node, ast.Assert) for node in ast.walk(test))
        expect(has_assert, f"{test.name} says nothing that must be true. Write assert …")


def own_command(file: Path) -> str:
    """Return the name of the learner's own command."""
    expect(file.is_file(), f"there is no {file.as_posix()}. Run the cell that saves it, above")
    names = list(load_or_not_yet(file).own_commands())
    expect(bool(names), f'{file.name} makes no command yet. Write @bot.command("…") in it')
    return names[0]


def questions_of_tests(source: str, bot: Bot) -> list[str]:
    """Run the tests with the bot; return what they asked, NotYet if one fails."""
    asked: list[tuple[str, str]] = []
    failure = run_tests(source, bot, asked)
    if failure:
        said = f". The bot said {show(asked[-1][1])}" if asked else ""
        raise NotYet(f"{failure}{said}")
    return [text for text, _ in asked]


def check_that_tests_still_pass(source: str, file: Path) -> None:
    """Run the tests with new bots, for a second at most; NotYet if one of them fails now."""
    until = time.monotonic() + 1
    for _ in range(RERUNS):
        asked: list[tuple[str, str]] = []
        with empty_store(), capture_bot_logs():
            failure = run_tests(source, load_or_not_yet(file), asked)
        if failure:
            raise NotYet(
                f"your tests passed once, and then {failure}. The bot said {show(asked[-1][1])}. "
                "It may say something else each time, so test what is always true"
            )
        if time.monotonic() > until:
            return


def run_tests(source: str, bot: Bot, asked: list[tuple[str, str]]) -> str:
    """Run all tests of a file; return what went wrong in the first that fails, "" if none does."""
    module = ModuleType("main")
    names: dict[str, Any] = {"__name__": "test_own"}
    silence = redirect_stdout(io.StringIO())
    with recording_asks(bot, asked), patch.dict(sys.modules, {"main": module}), silence:
        module.__dict__["bot"] = bot
        test = ""
        try:
            exec(compile(source, TEST, "exec"), names)  # noqa: S102, the learner's own file
            for test, function in list(names.items()):
                if test.startswith("test_"):
                    function()
        except KeyboardInterrupt:
            raise
        except AssertionError as error:
            return f"{test} fails: {line_of(error, source)} is not true"
        except BaseException as error:
            advice = ""
            if isinstance(error, NameError) and error.name == "bot":
                advice = ". Above the tests write from main import bot"
            return f"{test or TEST} raised {describe_error(error)}{advice}"
    return ""


@contextmanager
def recording_asks(bot: Bot, asked: list[tuple[str, str]]) -> Iterator[None]:
    """Note what a bot is asked, and what it answers."""
    ask = bot.ask

    def ask_and_note(text: str, user: str = "someone") -> str:
        asked.append((text, ""))
        reply = ask(text, user)
        asked[-1] = text, reply
        return reply

    with patch.object(bot, "ask", ask_and_note):
        yield


def line_of(error: BaseException, source: str) -> str:
    """Return the line of the tests in which an error came up."""
    trace, number = error.__traceback__, 1
    while trace:
        if trace.tb_frame.f_code.co_filename == TEST:
            number = trace.tb_lineno
        trace = trace.tb_next
    return source.splitlines()[number - 1].strip()


def check_strange_messages(bot: Bot, name: str) -> None:
    """Write as strangers do; NotYet if the command raises, is silent, or says too much."""
    for words in STRANGE:
        text = f"!{name} {words}".strip()
        try:
            with redirect_stdout(io.StringIO()):
                replies = bot.replies(Message(text, "Viktor"))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise NotYet(
                f"{show(text)} raises {describe_error(error)}. People type anything, so look at "
                "message.words before you use them"
            ) from None
        expect(
            bool(replies),
            f"{show(text)} gets no answer. Does every path end with return, and "
            "with a text that isn't empty?",
        )
        signs = sum(map(len, replies))
        messages = "1 message" if len(replies) == 1 else f"{len(replies)} messages"
        expect(
            len(replies) <= MOST_REPLIES and signs <= MOST_SIGNS,
            f"{show(text)} gets {messages} with {signs:,} signs, and floods the chat. "
            f"Stop at {MOST_REPLIES} messages and {MOST_SIGNS:,} signs",
        )


def break_by_silence(message: Message) -> None:
    """Answer nothing."""


def break_by_other_words(message: Message) -> str:
    """Answer the same words to everything."""
    return OTHER_WORDS


def break_by_error(message: Message) -> str:
    """Fail, as a command with a mistake does."""
    raise ValueError("broken on purpose")


BROKEN: dict[str, Callable[[Message], str | None]] = {
    "says nothing any more": break_by_silence,
    f"answers {OTHER_WORDS!r} to everything": break_by_other_words,
    "raises an error": break_by_error,
}


def check_that_tests_notice(
    source: str, bot: Bot, name: str, how: str, broken: Callable[..., Any]
) -> None:
    """Raise NotYet if the tests still pass with a broken command."""
    working, help = bot.own_commands()[name]
    bot.command(name)(broken)
    try:
        failure = run_tests(source, bot, [])
    finally:
        bot.command(name, help)(working)
    expect(
        bool(failure),
        f"your tests also pass if !{name} {how}. Let one of them say which words must be in the "
        f'answer: assert "…" in bot.ask("!{name} …")',
    )
