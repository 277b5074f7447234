"""A prediction beside what was measured: never graded, only compared."""

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
    """
    if guess is ...:
        words = f"No guess this time. It was {found}."
    elif guess == found or plain(guess) == plain(found):
        words = f"You guessed {guess}, and so it was."
    else:
        words = f"You guessed {guess}. It was {found}."
    display(Comparison(words))


def plain(value: object) -> str:
    """Its words alone, for brackets, quotes around it and capital letters make no guess wrong."""
    return str(value).strip(" ()[]").lower()
