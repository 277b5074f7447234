"""A prediction beside what was measured: never graded, only compared."""

import re
from html import escape

from IPython.display import display


class Comparison:
    """What was guessed and what was found, in one line."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        style = "border-left: 4px solid #0072b2; padding-left: 8px"
        return f'<div style="{style}">{escape(self.words)}</div>'


def compare(guess: object, found: object) -> None:
    """Show a guess beside what was found; a guess that was not made (...) is no fault.

    >>> compare(..., 1)
    No guess this time. It was 1.
    >>> compare(1, 1)
    You guessed 1, and so it was.
    >>> compare("two", "≈ 0.3 %")
    You guessed two. It was ≈ 0.3 %.
    >>> compare([403, None], (403, None))
    You guessed [403, None], and so it was.
    >>> compare((1, 1, 2), "1 1 2")
    You guessed (1, 1, 2), and so it was.
    >>> compare(2, "≈ 2 times")
    You guessed 2, and so it was.
    """
    if guess is ...:
        words = f"No guess this time. It was {found}."
    elif guess == found or is_same(str(guess), str(found)):
        words = f"You guessed {guess}, and so it was."
    else:
        words = f"You guessed {guess}. It was {found}."
    display(Comparison(words))


def is_same(guess: str, found: str) -> bool:
    """The same words and numbers, however they are separated; a measured one without its unit."""
    guessed, measured = words_of(guess), words_of(found)
    return guessed == measured or (found.startswith("≈") and guessed == measured[:1])


def words_of(text: str) -> list[str]:
    """The parts of a text, in small letters, without spaces, commas, brackets and ≈.

    >>> words_of("(1, 1) ")
    ['1', '1']
    """
    return re.sub(r"[\s,()\[\]≈]+", " ", text.lower()).split()
