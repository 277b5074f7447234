"""A bot for the learner to write, or a file of it, judged by its conversations."""

import ast
import inspect
import io
import os
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from unittest.mock import patch
from zlib import crc32

from botlib.bot import Bot, Message
from botlib.details.bot_files import load_bot_file
from botlib.telegram.timer_messages import EVERYONE
from lessons.exercises.slips.slip import Slip, Wrong, make_slips
from lessons.exercises.verdict import (
    NotYet,
    Untouched,
    advice_on_error,
    describe_error,
    expect,
    show,
)
from lessons.learner_bot import commands_of

Expected = str | Sequence[str] | Callable[[list[str]], str]
FORGOTTEN_HINT = ". The dictionary has no such key yet. Read it with get: .get(key, 0)"
ONE_MESSAGE = (
    "*args is from another library. Here a function gets one value, the message: write "
    "def, its name and (message):, and take the words from message.words"
)


@dataclass(frozen=True)
class Turn:
    """One message of a conversation, and the replies that it should get."""

    text: str
    user: str
    expected: Expected

    def complaint(self, said: list[str]) -> str:
        """Say what was expected instead of these replies; "" if they are right."""
        if callable(self.expected):
            return self.expected(said)
        return "" if said == self.wanted() else f"expected {in_chat(self.wanted())}"

    def wanted(self) -> list[str]:
        """Return the replies that are expected word by word; none if a function judges them."""
        if callable(self.expected):
            return []
        texts = [self.expected] if isinstance(self.expected, str) else self.expected
        return [text.replace("{user}", self.user) for text in texts]

    def hint(self, said: Sequence[str]) -> str:
        """Return what wrong replies show by themselves, such as a gap that isn't filled; or ""."""
        whole = "\n".join(said)
        if gap := re.search(r"\{\w[^{}]*\}", whole):
            return f"write f before the quotes, then Python fills {gap[0]}"
        if gap := re.search(r"\bmessage\.\w+", whole):
            return f"the gap needs braces, and an f before the quotes: {{{gap[0]}}}"
        if letters_of(said) == letters_of(self.wanted()):
            return "the words are right. Compare the dots and other signs"
        return ""


@dataclass(frozen=True)
class Answer:
    """What came back for one message: replies, an error, and what was printed besides."""

    replies: tuple[str, ...] = ()
    error: str = ""
    advice: str = ""
    printed: str = ""

    def __str__(self) -> str:
        return f"raised {self.error}" if self.error else f"says {in_chat(self.replies)}"

    def as_seen(self, form: Callable[[list[str]], Any]) -> tuple[Any, str, bool]:
        """Return what it is to somebody in the chat; alike answers are equal."""
        return form(list(self.replies)), self.error, bool(self.printed)


class BotTask:
    """A bot for the learner to write, or a file of it, by the conversations it should have."""

    def __init__(
        self,
        command: str,
        cases: Iterable[Sequence[tuple[Any, ...]]],
        wrong: Wrong | None = None,
        *,
        solution: str = "",
        before: str = "",
        file: bool = False,
        form: Callable[[list[str]], Any] = tuple,
    ) -> None:
        """Take the command, and conversations of (text, expected) or (text, user, expected).

        `expected` is the reply, a list of replies, or a function of the replies that says what is
        wrong, or "": see `contains`. In a text {user} is who wrote.

        `file`: the answer is the path of a .py file or of a bot's folder, which each conversation
        loads again, with an empty store. Otherwise it is a `Bot`, whose variables last.

        If learners choose the words, `form` reduces replies to what a slip is known by.

        `wrong` and `solution` are for `make_slips`. Their code is the body of the command's
        function, and `before` are lines above it; or it is a whole file, with @bot.command("…").
        """
        self.command, self.solution = command, solution
        self.slips = make_slips(wrong or {}, solution)
        self.cases = [[as_turn(*turn) for turn in case] for case in cases]
        self.file, self._before, self._form = file, before, form

    def check(self, answer: Any) -> None:
        """Return if every conversation goes as it should; otherwise raise NotYet."""
        load = self._loader(answer)
        said = outcomes(load, self.cases)
        turns = [turn for case in self.cases for turn in case]
        complaints = [
            "an answer" if each.error else turn.complaint(list(each.replies))
            for turn, each in zip(turns, said, strict=True)
        ]
        wrong = next((n for n, complaint in enumerate(complaints) if complaint), None)
        if wrong is None:
            return
        turn, found = turns[wrong], said[wrong]
        of_several = f" from {turn.user}" if len({each.user for each in turns}) > 1 else ""
        what = f"for {turn.text}{of_several} it {found}"
        expected = turn.complaint([]) or "expected an answer" if found.error else complaints[wrong]
        with empty_store():
            has_star = takes_words(load(), turn.text)
        if has_star:
            raise NotYet(f"{what.rstrip('.')}, {expected}: {ONE_MESSAGE}")
        if slip := self._slip(said, wrong):
            raise NotYet(f"{what.rstrip('.')}, {expected}: {slip.says}")
        if found.error:
            raise NotYet(f"{what}{found.advice}")
        if found.replies and (hint := turn.hint(found.replies)):
            raise NotYet(f"{what.rstrip('.')}, {expected}: {hint}")
        if found.replies:
            raise NotYet(f"{what}; {expected}")
        if found.printed:
            raise NotYet(
                f"for {turn.text} the function printed {show(found.printed)} and gave nothing "
                "back, so nobody gets an answer: write return instead of print, because print "
                "itself returns nothing"
            )
        raise NotYet(f"{what}. Does the command end with return?")

    def written(self, slip: Slip) -> str:
        """Return the file of a bot with the wrong code."""
        code = dedent(slip.code).strip()
        start = "" if "Bot()" in code else "from botlib import Bot\n\nbot = Bot()\n"
        if "@bot.command" in code:
            return f"{start}{code}\n"
        head = f'@bot.command("{self.command}")\ndef {self.command}(message):\n'
        return f"{start}{self._before}\n\n{head}{indent(code, '    ')}\n"

    def _loader(self, answer: Any) -> Callable[[], Bot]:
        """Return what gives the learner's bot, again for each conversation; NotYet if none can."""
        if self.file:
            is_path = isinstance(answer, str | Path)
            expect(is_path, f"expected the name of a file, in quotes; found {show(answer)}")
            path = Path(answer)
            file = path / "main.py" if path.is_dir() else path
            if file.is_file() and has_dots(file.read_text(encoding="utf-8")):
                raise Untouched
            return lambda: load_or_not_yet(file)
        expect(answer is not Bot, "Bot needs brackets to make one: bot = Bot()")
        found = "a function" if callable(answer) else show(answer)
        expect(isinstance(answer, Bot), f"expected a bot, as Bot() makes it; found {found}")
        assert isinstance(answer, Bot)
        own = answer.own_commands()
        if not own or any(has_dots(source_of(function)) for function, _ in own.values()):
            raise Untouched
        return lambda: answer

    def _slip(self, said: list[Answer], wrong: int) -> Slip | None:
        """The slip that explains all up to the first wrong answer, and the most others."""
        best, most = None, 0
        seen = [each.as_seen(self._form) for each in said]
        for slip, answers in self._slip_answers:
            alike = [a == b for a, b in zip(seen, answers, strict=True)]
            if all(alike[: wrong + 1]) and sum(alike) > most:
                best, most = slip, sum(alike)
        return best

    @cached_property
    def _slip_answers(self) -> list[tuple[Slip, list[Any]]]:
        said = [(slip, outcomes(self._slip_loader(slip), self.cases)) for slip in self.slips]
        return [(slip, [each.as_seen(self._form) for each in answers]) for slip, answers in said]

    def _slip_loader(self, slip: Slip) -> Callable[[], Bot]:
        def load_bot_with_slip() -> Bot:
            names: dict[str, Any] = {"__name__": "slip"}
            exec(self.written(slip), names)  # noqa: S102, code of our own
            bot: Bot = names["bot"]
            return bot

        return (
            load_bot_with_slip if self.file else cache(load_bot_with_slip)
        )  # a bot's variables last, a file's do not


def load_or_not_yet(file: Path) -> Bot:
    """Load a bot from its file; NotYet says why it does not load."""
    try:
        return load_bot_file(file, Bot)
    except ValueError as error:
        raise NotYet(str(error)) from None


def expect_known_command(said: str, folder: Path, own: str) -> None:
    """NotYet if a text of the command `own` suggests none that the bot in a folder has."""
    suggested = re.findall(r"[!/](\w+)", said.casefold())
    known = commands_of(folder)
    others = ", ".join(f"!{name}" for name in known if name != own)
    expect(
        not known or any(name in known for name in suggested),
        f"your bot has no command {' or '.join(suggested)}. Name one that it has: {others}",
    )


def as_turn(text: str, *rest: Any) -> Turn:
    """Make a turn of (text, expected) or (text, user, expected)."""
    user, expected = rest if len(rest) == 2 else ("Viktor", rest[0])
    return Turn(text, user, expected)


def contains(word: str) -> Callable[[list[str]], str]:
    """Expect one reply that has this word, in any case.

    >>> contains("numbers")(["Only numbers, please."]), contains("numbers")(["no"])
    ('', 'expected a text with the word numbers')
    """

    def complaint(said: list[str]) -> str:
        found = len(said) == 1 and word.casefold() in said[0].casefold()
        return "" if found else f"expected a text with the word {word}"

    return complaint


def outcomes(load: Callable[[], Bot], cases: list[list[Turn]]) -> list[Answer]:
    """Have each conversation with a bot, and return all answers; chance is the same each time."""
    answers = []
    for number, case in enumerate(cases):
        with empty_store(), same_chance(number):
            bot = load()
            answers += [answer_of(bot, turn) for turn in case]
    return answers


@contextmanager
def same_chance(seed: int = 0) -> Iterator[None]:
    """Let a bot that chooses its words at random choose the same each time."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


@contextmanager
def empty_store() -> Iterator[None]:
    """Let `open_store` find nothing that was kept before, and keep nothing for later."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        others = {name: value for name, value in os.environ.items() if name != "STORE_URL"}
        with patch.dict(os.environ, others | {"STORE_FOLDER": folder}, clear=True):
            yield


def answer_of(bot: Bot, turn: Turn) -> Answer:
    """Write one message to a bot; NotYet if it has no such command."""
    name, printed = bot.command_in(turn.text), io.StringIO()
    known = ", ".join(bot.commands)
    expect(
        name is None or name in bot.commands,
        f"the bot has no command {name} yet; it has: {known}. Is this line right above "
        f'def, with exactly this word? @{variable_of(bot)}.command("{name}")',
    )
    try:
        with redirect_stdout(printed):
            replies = bot.replies(message_of(turn))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = FORGOTTEN_HINT if isinstance(error, KeyError) else advice_on_error(error)
        return Answer((), describe_error(error), what, printed.getvalue().strip())
    return Answer(tuple(replies), printed=printed.getvalue().strip())


def variable_of(bot: Bot) -> str:
    """Return the name of a bot in the file, or in the notebook, that has its commands."""
    for function, _ in bot.own_commands().values():
        for name, value in getattr(function, "__globals__", {}).items():
            if value is bot and not name.startswith("_"):
                return str(name)
    return "bot"


def message_of(turn: Turn) -> Message:
    """Make the message of a turn; a timer's has no number, as in `timer_messages`.

    Its name is a text of its own, so that `is` in place of == finds no equal one.
    """
    number = "" if turn.user == EVERYONE else str(500_000_000 + crc32(turn.user.encode()))
    return Message(turn.text, "".join(list(turn.user)), user_id=number)


def takes_words(bot: Bot, text: str) -> bool:
    """Return whether the command of a text has *args, which other libraries fill with words."""
    function, _ = bot.own_commands().get(bot.command_in(text) or "", (None, ""))
    kinds = (
        [each.kind for each in inspect.signature(function).parameters.values()] if function else []
    )
    return inspect.Parameter.VAR_POSITIONAL in kinds


def letters_of(texts: Iterable[str]) -> list[str]:
    """Return the letters and digits of texts."""
    return [*filter(str.isalnum, "".join(texts))]


def in_chat(replies: Iterable[str]) -> str:
    """Write replies as people see them in a chat.

    >>> in_chat(["1", "2"]), in_chat([])
    ("'1' and '2'", 'nothing')
    """
    return " and ".join(map(show, replies)) or "nothing"


def has_dots(source: str) -> bool:
    """Return whether Python code still has a placeholder, `...`.

    >>> has_dots("x = ...  # write here"), has_dots("return '...'"), has_dots("x = (")
    (True, False, False)
    """
    try:
        nodes = ast.walk(ast.parse(dedent(source)))
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Constant) and node.value is ... for node in nodes)


def source_of(function: Callable[..., Any]) -> str:
    """Return the code of a function; "" if nobody knows it any more."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
