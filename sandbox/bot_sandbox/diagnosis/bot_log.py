"""Explain a missing reply or an apology from the bot's log.

A bot writes errors into its log. This module knows two kinds of lines: `!roll failed: REASON` for a
command, `a handler failed: REASON` for anything else. A REASON is free text. If the bot is a
function of a cloud in this process, its address leads to its log (function_registry.py). If it runs
in this process, its log is a logger named to `add_bot_logger`. For a bot elsewhere there is no log.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.diagnosis.function_registry import Bookmark, bookmark, function_at, log_at
from bot_sandbox.diagnosis.no_reply import ReplyWithLog

LONGEST_LINE = 300  # characters of a log line that are quoted
LOG_WAIT_S = 0.5  # how long to wait for a function to end after its reply, before reading its log
_CLOUDS_OWN = re.compile(r"(INIT_START|START|END|REPORT)\b")
_UNAWAITED = re.compile(
    r"([^/\\]+\.py):(\d{1,9}): RuntimeWarning: (coroutine '.*' was never awaited)"
)
_CALL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s")
_NAMED = re.compile(r"\(([^()/\\:]+\.py), line (\d{1,9})\)$")
_PLACE = re.compile(
    r'\s*File "([^"/\\:<][^":]*)", (line \d+)'
)  # a relative path: the function's own file


def shorten(line: str) -> str:
    """Return the beginning of a log line, without tokens: they are found only whole."""
    return hide_tokens(line)[:LONGEST_LINE]


_loggers: set[str] = set()  # names of loggers that bots in this process use


def add_bot_logger(logger: str) -> None:
    """Use this logger's errors as the log of bots that run in this process.

    While somebody waits for a reply, errors are shown with it and not printed.
    """
    _loggers.add(logger)


@dataclass(frozen=True)
class HeardLogs:
    """What bots have logged since somebody began to listen."""

    lines: list[str]  # of bots in this process
    start: Bookmark = field(default_factory=bookmark)  # of the logs of functions

    def of_function(self, address: str) -> list[str]:
        """Return what the function at an address has logged; [] if none is known there."""
        return log_at(address, self.start)


@dataclass(frozen=True)
class LogFacts:
    """What is known from a bot's log; a text is "" if the log has no such line."""

    is_function: bool  # whether it is a function of a cloud in this process
    failed_command: str  # why the command failed that somebody waits for
    handler_error: str  # of a python-telegram-bot handler, in the latest call
    last_output: str  # what the latest call printed last
    last_error: str


def append_source_line(words: str, address: str) -> str:
    """Append the source line to words that end in "(main.py, line 7)", if it is known."""
    function, named = function_at(address), _NAMED.search(words)
    source = function.line(named[1], int(named[2])) if function and named else ""
    return f"{words}\n    {shorten(source)}" if source else words


@contextmanager
def capture_bot_logs() -> Iterator[list[str]]:
    """Collect what bots of this process log meanwhile about failed commands."""
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


@contextmanager
def hear_bot_logs() -> Iterator[HeardLogs]:
    """Listen meanwhile to the logs of all bots that this process knows."""
    with capture_bot_logs() as lines:
        yield HeardLogs(lines)


def read_log_facts(address: str, command: str = "", heard: HeardLogs | None = None) -> LogFacts:
    """Return what the log of the bot at an address says; of a command, only what was heard."""
    log, failed = log_at(address), ""
    if heard:
        new = [append_source_line(line, address) for line in heard.of_function(address)]
        failed = find_failure(command, heard.lines or new)
    return LogFacts(
        is_function=function_at(address) is not None,
        failed_command=failed,
        handler_error=append_source_line(find_handler_error(log), address),
        last_output=find_last_output(log),
        last_error=append_source_line(find_last_error(log), address),
    )


def add_failure_reason(said: str, asked: str, log: Iterable[str]) -> str:
    """Return what a bot said; if its command failed, together with the line in its log.

    `log` is what it has logged since the question.

    >>> add_failure_reason("hello Viktor!", "!hello", ["!roll failed: ValueError"])
    'hello Viktor!'
    """
    logged = find_failure((asked.split() or [""])[0], log)
    return ReplyWithLog(said, logged) if logged else said


def select_latest_call(log: Iterable[str]) -> list[str]:
    """Return the lines of a function's latest call so far.

    >>> select_latest_call(["START RequestId: 1", "END RequestId: 1", "START RequestId: 2", "a"])
    ['START RequestId: 2', 'a']
    """
    lines: list[str] = []
    for line in log:
        if line.startswith("START RequestId: "):
            lines.clear()
        lines.append(line)
    return lines


def find_failure(command: str, log: Iterable[str]) -> str:
    """Return a log's last line about a failed command, with any prefix; "" if there is none.

    >>> find_failure("/Roll", ["START", "!roll failed: ValueError: 'x' (main.py, line 7)", "END"])
    "!roll failed: ValueError: 'x' (main.py, line 7)"
    """
    name = re.sub(r"^\W+|@.*", "", command).casefold()
    said = re.compile(rf"[^\w\s]{re.escape(name)} failed: .*(?:\n    .*)?")
    found = [match[0] for line in log if name and (match := said.search(line))]
    return shorten(found[-1]) if found else ""


def find_last_output(log: Iterable[str]) -> str:
    """Return what a function printed last in its latest call; "" if it printed nothing.

    >>> find_last_output(["START RequestId: 1", "hello", "END RequestId: 1", "REPORT RequestId: 1"])
    'hello'
    """
    printed = [line for line in select_latest_call(log) if not _CLOUDS_OWN.match(line)]
    return shorten(printed[-1]) if printed else ""


def find_handler_error(log: Iterable[str]) -> str:
    """Return the error of a python-telegram-bot handler in the latest call, or "".

    >>> find_handler_error(["main.py:7: RuntimeWarning: coroutine 'f' was never awaited"])
    "coroutine 'f' was never awaited (main.py, line 7)"
    >>> find_handler_error(["a handler failed: KeyError: 'x' (main.py, line 7)", "END"])
    "a handler failed: KeyError: 'x' (main.py, line 7)"
    """
    mistake = ""
    for line in select_latest_call(log):
        if line.startswith("a handler failed: "):
            mistake = shorten(line)
        elif not mistake and (found := _UNAWAITED.search(line)):
            mistake = f"{shorten(found[3])} ({found[1]}, line {found[2]})"
    return mistake


def find_last_error(log: Iterable[str]) -> str:
    """Return the last error in a function's log, without ids and times, or "".

    >>> find_last_error(["[ERROR] KeyError: 'id'", 'Traceback …', '  File "main.py", line 3, in f'])
    "KeyError: 'id' (main.py, line 3)"
    """
    error, place = "", ""
    for line in log:
        if line.startswith("[ERROR]") or _CALL_ID.match(line):
            error, place = _CALL_ID.sub("", line.removeprefix("[ERROR]")).strip(), ""
        elif error and (found := _PLACE.match(line)):
            place = f" ({found[1]}, {found[2]})"
    return f"{shorten(error)}{place}"
