"""A guess, bound to its question, beside what was found: compared, never graded.

A guess answers its own question and no other. If a cell with a guess is left out, the guess of the
question before is still in `my_guess`; it has been compared in another cell, so it doesn't count.
"""

import re
import sys
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from lessons.display.note import BLUE, Note

YES_NO = ("yes", "no")


class Guess:
    """A question and what somebody thinks the answer is; `...` if they don't guess."""

    def __init__(self, question: str, answer: object) -> None:
        self.question, self.answer = question, answer
        self.compared_in = ""  # the cell that compared it first

    def __repr__(self) -> str:
        if self.answer is ...:
            return f"{self.question} No guess yet."
        return f"{self.question} My guess: {format_answer(self.answer)}"


def guess(question: str, *answer: Any) -> Guess:
    """Remember a guess and its question; shows nothing. Several answers are one guess.

    >>> guess("How many of 5 are answered?", 3)
    How many of 5 are answered? My guess: 3
    >>> guess("Which two?", 1, 4)
    Which two? My guess: 1, 4
    >>> guess("How many of 5 are answered?", ...)
    How many of 5 are answered? No guess yet.
    """
    return Guess(question, answer[0] if len(answer) == 1 else answer or ...)


def compare(made: object, found: object) -> None:
    """Show a question, the guess and the result. No guess, or another question's, is fine.

    >>> compare(guess("How many?", 3), 2)
    How many? You guessed 3. It was 2.
    >>> compare(guess("How many?", ...), 2)
    How many? No guess this time. It was 2.
    >>> compare(..., 1)
    No guess this time. It was 1.
    >>> compare(guess("How many?", 1), 1)
    How many? You guessed 1, and so it was.
    >>> compare(guess("How much?", "two"), "≈ 0.3 %")
    How much? You guessed two. It was ≈ 0.3 %.
    >>> compare(guess("Which status?", [403, None]), (403, None))
    Which status? You guessed 403, None, and so it was.
    >>> compare(guess("Who gets what?", 1, 1, 2), "1 1 2")
    Who gets what? You guessed 1, 1, 2, and so it was.
    >>> compare(guess("How many times?", 2), "≈ 2 times")
    How many times? You guessed 2, and so it was.
    >>> compare(guess("What share?", 0, 5), "≈ 0.5 %")
    What share? You guessed 0, 5. It was ≈ 0.5 %. (Python writes a decimal with a point: 0.5)
    """
    if not isinstance(made, Guess):
        made = Guess("", made)
    cell = cell_of_caller()
    if made.compared_in not in ("", cell):
        made = Guess("", ...)
    made.compared_in = cell
    answer, question = format_answer(made.answer), f"{made.question} ".lstrip()
    if made.answer is ...:
        words = f"No guess this time. It was {found}."
    elif made.answer == found or is_same(answer, str(found)):
        words = f"You guessed {answer}, and so it was."
    elif found in YES_NO and answer.casefold() not in YES_NO:
        words = f'Write only "yes" or "no". It was {found}.'
    else:
        words = f"You guessed {answer}. It was {found}.{decimal_hint(made.answer, found)}"
    display(Note(question + words, BLUE))


def cell_of_caller() -> str:
    """Name the cell that called `compare`, by JupyterLab's id for it or else by its text."""
    shell: Any = get_ipython()
    try:
        return str(shell.get_parent()["metadata"]["cellId"])
    except (AttributeError, LookupError, TypeError):
        frame = sys._getframe(2)
        # In a notebook each cell has a file name of its own; without one, a line's number.
        return frame.f_code.co_filename if shell else f"line {frame.f_lineno}"


def format_answer(answer: object) -> str:
    """Write an answer without the brackets of a list or tuple."""
    return ", ".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer)


def decimal_hint(answer: object, found: object) -> str:
    """Say how a decimal is written if somebody wrote 0,5 where one number was found."""
    parts = answer if isinstance(answer, tuple) else ()
    both = [type(part) for part in parts] == [int, int]
    if both and re.fullmatch(r"[^\d]*\d[\d,.]*[^\d]*", str(found)):
        return f" (Python writes a decimal with a point: {parts[0]}.{parts[1]})"
    return ""


def is_same(answer: str, found: str) -> bool:
    """Return whether two texts have the same words and numbers; units are ignored."""
    guessed, measured = words_of(answer), words_of(found)
    return guessed == measured or (found.startswith("≈") and guessed == measured[:1])


def words_of(text: str) -> list[str]:
    """Split a text into its parts, in lower case, without spaces, commas, brackets and ≈.

    >>> words_of("(1, 1) ")
    ['1', '1']
    """
    return re.sub(r"[\s,()\[\]≈]+", " ", text.lower()).split()
