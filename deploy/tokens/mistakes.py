"""Mistakes that can be seen in what somebody pasted, without asking the platform."""

import re
from collections.abc import Iterable
from typing import NamedTuple

ALONE = "Give the token alone"


class KnownMistake(NamedTuple):
    """A mistake, and what to do about it."""

    pattern: str  # a regular expression
    what: str
    fix: str


def find_mistakes(text: str, mistakes: Iterable[KnownMistake]) -> list[str]:
    """Return a problem for each mistake whose pattern is found in the text, in order."""
    return [f"{what}. {fix}." for pattern, what, fix in mistakes if re.search(pattern, text, re.S)]
