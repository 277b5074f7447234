"""Wrong code, plus what to say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

Wrong = Mapping[str | tuple[str, str], str]


@dataclass(frozen=True)
class Slip:
    """Wrong code, and what a learner hears whose code does the same.

    `code` is the body of the function, as people write it, and imports what it uses; for a bot it
    may also be a whole file. `says` completes the sentence "month(5, 1) gave 7, expected 5: …",
    about the first case with a wrong result.
    """

    code: str
    says: str


def make_slips(wrong: Wrong, solution: str) -> list[Slip]:
    """Make slips of a table: what people write, and what to say about it.

    Two texts are a piece of the solution, and what people write instead of it.

    >>> make_slips({"return 1": "that is one", ("+", "-"): "that is less"}, "return a + b")
    [Slip(code='return 1', says='that is one'), Slip(code='return a - b', says='that is less')]
    """
    right = dedent(solution).strip()
    return [
        Slip(code if isinstance(code, str) else right.replace(*code), says)
        for code, says in wrong.items()
    ]
