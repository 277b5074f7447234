"""A program's error output, with each traceback in two lines: her own line, and what happened."""

import linecache
import re
from collections.abc import Iterator
from pathlib import Path

from bot_sandbox.programs.program import own_line

BEGINNING = re.compile(r"\s*(\+ )?(Exception Group )?Traceback \(most recent call last\)|  File \"")
# Between two tracebacks of which one has led to the other.
CHAIN = re.compile(r"(The above exception was the direct cause|During handling of the above exc)")
LAST_LINE = re.compile(r"^[\w.]+(: |$)")  # as in ValueError: …
NOISE = re.compile(
    r"^\s+at .*(node:|node_modules)|^Node\.js v|No error handlers are registered|"
    r"^RuntimeWarning: Enable tracemalloc|^If you require the StarletteAdapter"
)
LIBRARY_PATH = re.compile(r" \([^()]*site-packages[^()]*\)$")
NEVER_AWAITED = re.compile(r"^(.+):(\d+): RuntimeWarning: (coroutine '.*' was never awaited)")


class ShortErrors:
    """Takes the lines of a program's error output, and returns those that help.

    Lines outside a traceback are returned as they are. A traceback is returned when it is over:
    when another line follows, or `flush` is called.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._traceback: list[str] = []
        self._is_over = False  # its last line has come; only a chain can continue it

    def feed(self, line: str) -> Iterator[str]:
        """Take a line; yield what is to be shown now."""
        if self._traceback and not self._is_over:
            self._traceback.append(line)
            self._is_over = bool(LAST_LINE.match(line))
        elif self._is_over and (not line.strip() or CHAIN.match(line)):
            pass
        elif BEGINNING.match(line):
            self._traceback.append(line)
            self._is_over = False
        else:
            yield from self.flush()
            yield from self._plain_line(line)

    def flush(self) -> Iterator[str]:
        """Yield what is left of a traceback, in two lines."""
        lines, self._traceback, self._is_over = self._traceback, [], False
        if not lines:
            return
        linecache.checkcache()  # the file may have been saved since
        if own := own_line(lines, self._folder):
            yield own
        last = next((line for line in reversed(lines) if LAST_LINE.match(line)), lines[-1])
        yield LIBRARY_PATH.sub("", last)

    def _plain_line(self, line: str) -> Iterator[str]:
        if found := NEVER_AWAITED.match(line):
            file, number, words = found.groups()
            yield f"{Path(file).name}:{number}: {words}"
        elif not NOISE.match(line):
            yield line


def shorten_errors(lines: list[str], folder: Path) -> list[str]:
    """Return what helps of an error output that has ended."""
    errors = ShortErrors(folder)
    return [*(kept for line in lines for kept in errors.feed(line)), *errors.flush()]
