"""What the token checks of both platforms share: problems, and how to find one in a text.

A check asks the platform about a token and compares. It changes nothing and never shows a token.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

COPIED_ALONG = r"[\s\x00-\x1f\"'`‘’“”\u200b\ufeff]"  # quotes, spaces and line ends
ALONE = "Give the token alone"


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}. {self.fix}."


class KnownMistake(NamedTuple):
    """A mistake that can be seen in a text, without asking the platform."""

    pattern: str  # a regular expression
    what: str
    fix: str


def find_mistakes(text: str, mistakes: Iterable[KnownMistake]) -> list[Problem]:
    """Return the problem of each mistake whose pattern is found in the text, in order."""
    return [Problem(what, fix) for pattern, what, fix in mistakes if re.search(pattern, text, re.S)]
