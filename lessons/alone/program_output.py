"""What a program printed, for its author: her own line and the error, without a library's lines."""

import re
import sys
from pathlib import Path

from bot_sandbox.diagnosis.clean_text import escape_control_characters, hide_secrets
from bot_sandbox.programs.program import PYTHON_FRAME, own_line
from lessons.alone.short_errors import NEVER_AWAITED
from lessons.alone.traps import advice_on

LONGEST = 200  # characters of a line
SHOWN_LINES = 5
TRACEBACK = "Traceback (most recent call last):"
ERROR = re.compile(  # a library's errors may have any name, as in telegram.error.TimedOut
    r"(?:(?:\w+\.)*\w*(?:Error|Exception|Warning)|(?:\w+\.)+error\.\w+|\w+\.exceptions\.\w+)\b.*"
)
NODE_ERROR_LINE = re.compile(r"\s+at |file://.*:\d+$|Node\.js v")
NOISE = re.compile(  # what libraries log of their own
    r"HTTP Request|api\.telegram\.org|No error handlers are|tracemalloc|Application (is|st)"
    r"|StarletteAdapter|Ignoring exception in command|The above exception was the direct cause"
    r"|twitchio\.\S+\.CommandInvokeError"  # its cause comes before it
)


class ProgramOutput:
    """What a program has printed so far, and how it ended."""

    def __init__(
        self, lines: list[str], status: int | None, folder: Path, advice_if_ended: str
    ) -> None:
        self.status, self._advice_if_ended = status, advice_if_ended
        self.printed, self.error = split_error(lines)
        frames = [NEVER_AWAITED.sub(r'File "\1", line \2', line) for line in lines]
        self.line = own_line(frames, folder)
        self.advice = self._find_advice(folder)

    def lines(self) -> list[str]:
        """Return what to show: its last lines, its error, and the author's own line."""
        shown = [f"    {shorten_line(line)}" for line in self.printed[-SHOWN_LINES:]]
        shown[:0] = ["Your program printed:"] if shown else []
        if self.status is not None:
            shown += [f"Your program has ended, with status {self.status}."]
        shown += [f"Error:      {shorten_line(self.error)}"] if self.error else []
        shown += [f"Your line:  {shorten_line(self.line)}"] if self.line and self.error else []
        return shown

    def _find_advice(self, folder: Path) -> str:
        hiding = [path.name for path in folder.glob("*.py") if hides_library(path.stem)]
        if hiding and re.match("(Import|ModuleNotFound|Attribute)Error", self.error):
            return (
                f"Your file {hiding[0]} hides the library of that name, because Python looks into "
                "your folder first. Give your file another name."
            )
        if self.error and (advice := advice_on(f"{self.error}\n{self.line}")):
            return advice.removeprefix("→ ")
        if self.status == 0 and not self.error:
            return f"Nothing kept it running. {self._advice_if_ended}"
        return ""


def hides_library(stem: str) -> bool:
    """Return whether a file of this name hides a module of Python or of a library for bots."""
    return stem in sys.stdlib_module_names or stem in ("telegram", "aiogram", "telebot", "httpx")


def split_error(lines: list[str]) -> tuple[list[str], str]:
    """Return what is no part of an error, and the last error's own line."""
    printed, error, in_error = [], "", False
    for line in lines:
        if found := NEVER_AWAITED.match(line):
            error, in_error = found[3], True
        elif line == TRACEBACK or PYTHON_FRAME.match(line) or NODE_ERROR_LINE.match(line):
            in_error = True
        elif NOISE.search(line):
            continue
        elif ERROR.fullmatch(line):
            error, in_error = line, False
        elif line.strip() and not (in_error and line[0] in " ^"):
            printed.append(line)
            in_error = False
    return printed, error


def shorten_line(text: str, longest: int = LONGEST) -> str:
    """Make a line of foreign text fit to be shown: short, without secrets or control characters."""
    text = hide_secrets(text[: 10 * LONGEST], {})
    text = escape_control_characters(text.replace("\n", " / "))
    return text if len(text) <= longest else f"{text[:longest]} …"
