"""No reply, or an apology: where the reason stands, for whoever waited for an answer.

A bot writes what went wrong into its log. If it is a function, the cloud of this process has the
log, found by the function's address; if it runs in this process, Python's `logging` hears it. Of
a bot elsewhere nothing is known here.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol
from weakref import WeakValueDictionary

from botlib import bot

LONGEST = 300  # characters of a log that are quoted
_APOLOGY = re.compile(re.escape(bot.APOLOGY).replace(r"\{command\}", "(.+)"))
_CLOUDS_OWN = re.compile(r"(INIT_START|START|END|REPORT)\b")
_UNAWAITED = re.compile(
    r"([^/\\]+\.py):(\d{1,9}): RuntimeWarning: (coroutine '.*' was never awaited)"
)
_CALL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s")
_NAMED = re.compile(r"\(([^()/\\:]+\.py), line (\d{1,9})\)$")
_PLACE = re.compile(r'\s*File "([^"/\\:<][^":]*)", (line \d+)')  # a relative path: their own file


class NoReply(Exception):  # noqa: N818 - a name a learner reads as a sentence
    """Nothing came in time; the text says what was found and what to do next."""


class Apology(str):
    """What a bot said when a command failed, and shown under it the line that its log got."""

    def __new__(cls, said: str, logged: str) -> "Apology":
        """The text itself is what was said: it compares and counts as that."""
        apology = super().__new__(cls, said)
        apology.logged = logged
        return apology

    logged: str

    def __str__(self) -> str:
        return f"{super().__str__()}\nIn its log: {self.logged}"

    def __repr__(self) -> str:
        return f"{super().__repr__()}\nIn its log: {self.logged}"


class HasLog(Protocol):
    """A function as a cloud of this process keeps it."""

    url: str
    host_url: str

    @property
    def logs(self) -> list[str]:
        """What it printed, line by line."""

    def line(self, file: str, number: int) -> str:
        """One line of its own code; "" for none."""


_functions: WeakValueDictionary[str, HasLog] = WeakValueDictionary()  # by address


def keep_log(function: HasLog) -> None:
    """Let whoever calls a function's address and gets no answer find its log."""
    _functions[function.url] = _functions[function.host_url] = function


def function_at(address: str) -> HasLog | None:
    """The function that answers at an address; None for one not known here."""
    path = address.partition("?")[0].rstrip("/") + "/"
    found = [function for url, function in _functions.items() if path.startswith(url)]
    return found[0] if found else None


def log_at(address: str) -> list[str]:
    """The log of the function that answers at an address; empty for one not known here."""
    function = function_at(address)
    return function.logs if function else []


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
    logger = logging.getLogger(bot.__name__)
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def with_reason(said: str, log: Iterable[str]) -> str:
    """What a bot said; an apology together with the line that its log got.

    >>> with_reason("hello Viktor!", [])
    'hello Viktor!'
    """
    apology = _APOLOGY.fullmatch(said)
    logged = failure(apology[1], log) if apology else ""
    return Apology(said, logged) if logged else said


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
    printed = ""
    for line in log:
        own = _CLOUDS_OWN.match(line)
        if not own:
            printed = line[:LONGEST]
        elif own[1] == "START":
            printed = ""
    return printed


def handler_mistake(log: Iterable[str]) -> str:
    """What a handler of python-telegram-bot's did wrong in the latest call; "" for nothing.

    >>> handler_mistake(["START", "main.py:7: RuntimeWarning: coroutine 'f' was never awaited"])
    "coroutine 'f' was never awaited (main.py, line 7)"
    >>> handler_mistake(["START", "a handler failed: KeyError: 'x' (main.py, line 7)", "END"])
    "a handler failed: KeyError: 'x' (main.py, line 7)"
    """
    mistake = ""
    for line in log:
        if line.startswith("START"):
            mistake = ""
        elif line.startswith("a handler failed: "):
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
