"""No reply, or an apology: where the reason is, for somebody who waits for an answer.

A bot writes what went wrong into its log. Two kinds of lines are known here: `!roll failed: REASON`
for a command, `a handler failed: REASON` for anything else; what a REASON says is the bot's own.
If the bot is a function of a cloud in this process, its log is found by its address
(function_registry.py). If it runs in this process, its log is what a logger says that was named to
`listen_to`. Of a bot elsewhere nothing is known here.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot_sandbox.function_registry import function_at

LONGEST = 300  # characters of a log that are quoted
LOG_S = 0.5  # how long a function may still be at work after its answer until its log is read
_CLOUDS_OWN = re.compile(r"(INIT_START|START|END|REPORT)\b")
_UNAWAITED = re.compile(
    r"([^/\\]+\.py):(\d{1,9}): RuntimeWarning: (coroutine '.*' was never awaited)"
)
_CALL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s")
_NAMED = re.compile(r"\(([^()/\\:]+\.py), line (\d{1,9})\)$")
_PLACE = re.compile(r'\s*File "([^"/\\:<][^":]*)", (line \d+)')  # a relative path: their own file


# What others write must not move a terminal's cursor or change its colors: ESC becomes ␛.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_VISIBLE = _CONTROLS | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def visible(text: str) -> str:
    """The text with a sign in place of each control character.

    >>> visible("a\\x1b[2Jb")
    'a␛[2Jb'
    """
    return text.translate(_VISIBLE)


class NoReply(Exception):  # noqa: N818 - a name that reads as a sentence
    """Nothing came in time; the text says what was found and what to do next."""

    def __init__(self, text: str) -> None:
        super().__init__(visible(text))


class Apology(str):
    """What a bot said although its command failed, and under it the line that its log got."""

    def __new__(cls, said: str, logged: str) -> "Apology":
        """The text itself is what was said: it compares and counts as that."""
        apology = super().__new__(cls, said)
        apology.logged = visible(logged)
        return apology

    logged: str

    def __str__(self) -> str:
        return f"{super().__str__()}\nIn its log: {self.logged}"

    def __repr__(self) -> str:
        return f"{super().__repr__()}\nIn its log: {self.logged}"


_loggers: set[str] = set()  # the names of those that bots in this process write to


def listen_to(logger: str) -> None:
    """Take the errors of this logger for the log of the bots that run in this process.

    While somebody waits for an answer they are shown in it, and not printed.
    """
    _loggers.add(logger)


def with_line(words: str, address: str) -> str:
    """Words that end in "(main.py, line 7)", and under them that line, if it is known here."""
    function, named = function_at(address), _NAMED.search(words)
    source = function.line(named[1], int(named[2])) if function and named else ""
    return f"{words}\n    {source[:LONGEST]}" if source else words


@contextmanager
def bots_in_this_process() -> Iterator[list[str]]:
    """A list that gets what the bots of this process log of failed commands meanwhile."""
    lines: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    loggers = [logging.getLogger(name) for name in _loggers]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield lines
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def with_reason(said: str, asked: str, log: Iterable[str]) -> str:
    """What a bot said; if the command it was asked failed, together with the line in its log.

    `log` is what it logged since it was asked.

    >>> with_reason("hello Viktor!", "!hello", ["!roll failed: ValueError"])
    'hello Viktor!'
    """
    logged = failure((asked.split() or [""])[0], log)
    return Apology(said, logged) if logged else said


def latest_call(log: Iterable[str]) -> list[str]:
    """What a function's log has of its latest call, as far as it has got.

    >>> latest_call(["START RequestId: 1", "END RequestId: 1", "START RequestId: 2", "hello"])
    ['START RequestId: 2', 'hello']
    """
    lines: list[str] = []
    for line in log:
        if line.startswith("START RequestId: "):
            lines.clear()
        lines.append(line)
    return lines


def failure(command: str, log: Iterable[str]) -> str:
    """What a log says last of a failed command, however its prefix was typed; "" for nothing.

    >>> failure("/Roll", ["START", "!roll failed: ValueError: 'x' (main.py, line 7)", "END"])
    "!roll failed: ValueError: 'x' (main.py, line 7)"
    """
    name = re.sub(r"^\W+|@.*", "", command).casefold()
    said = re.compile(rf"[^\w\s]{re.escape(name)} failed: .*(?:\n    .*)?")
    found = [match[0] for line in log if name and (match := said.search(line))]
    return found[-1][:LONGEST] if found else ""


def last_printed(log: Iterable[str]) -> str:
    """What a function printed last in its latest call; "" for nothing.

    >>> last_printed(["START RequestId: 1", "hello", "END RequestId: 1", "REPORT RequestId: 1"])
    'hello'
    """
    printed = [line for line in latest_call(log) if not _CLOUDS_OWN.match(line)]
    return printed[-1][:LONGEST] if printed else ""


def handler_mistake(log: Iterable[str]) -> str:
    """What a handler of python-telegram-bot's did wrong in the latest call; "" for nothing.

    >>> handler_mistake(["main.py:7: RuntimeWarning: coroutine 'f' was never awaited"])
    "coroutine 'f' was never awaited (main.py, line 7)"
    >>> handler_mistake(["a handler failed: KeyError: 'x' (main.py, line 7)", "END"])
    "a handler failed: KeyError: 'x' (main.py, line 7)"
    """
    mistake = ""
    for line in latest_call(log):
        if line.startswith("a handler failed: "):
            mistake = line[:LONGEST]
        elif not mistake and (found := _UNAWAITED.search(line)):
            mistake = f"{found[3][:LONGEST]} ({found[1]}, line {found[2]})"
    return mistake


def last_error(log: Iterable[str]) -> str:
    """What the log of a function names as its last error, without ids and times; "" for none.

    >>> last_error(["[ERROR] KeyError: 'id'", 'Traceback …', '  File "main.py", line 3, in hello'])
    "KeyError: 'id' (main.py, line 3)"
    """
    error, place = "", ""
    for line in log:
        if line.startswith("[ERROR]") or _CALL_ID.match(line):
            error, place = _CALL_ID.sub("", line.removeprefix("[ERROR]")).strip(), ""
        elif error and (found := _PLACE.match(line)):
            place = f" ({found[1]}, {found[2]})"
    return f"{error[:LONGEST]}{place}"
