"""How every exercise speaks: "✔ passed: …" in green, "… not yet: …" in amber, and hints in steps.

A check is a function of the learner's answer. It returns what the answer has shown, or
raises `NotYet` with what is to be mended. `exercise` makes an `Exercise` of it, which prints the
verdict and never raises, whatever the learner hands in, and remembers what was passed.
"""

import inspect
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from html import escape
from typing import Any

from IPython.display import display

from lessons.errors import in_capitals
from lessons.progress import remember

LONGEST = 80  # of a value shown in a hint
GREEN, AMBER = "#1a7f37", "#b26a00"  # both readable on white and on JupyterLab's dark background


class NotYet(Exception):  # noqa: N818, a verdict is not an error
    """The answer is not right yet; the text says what is to be mended."""


class Verdict:
    """One line for the learner; a sign tells as much as the colour."""

    def __init__(self, words: str, colour: str) -> None:
        self.words, self._colour = words, colour

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return (
            f'<div style="border-left: 4px solid {self._colour}; padding-left: 8px">'
            f"{escape(self.words)}</div>"
        )


def tell_not_yet(words: str) -> None:
    """Show what is to be mended."""
    display(Verdict(f"… not yet: {words}", AMBER))


class Exercise:
    """What a learner calls: with the answer, to hear the verdict; `hint()` when stuck."""

    def __init__(self, check: Callable[..., str], todo: str, hints: tuple[str, ...]) -> None:
        self._check, self._todo, self._hints = check, todo, hints
        self._given = 0
        self.name = check.__name__
        self.__doc__ = check.__doc__

    def __call__(self, *answers: Any) -> None:
        """Show whether the answer is right, and if not, what is to be mended."""
        if words := self._lacking(answers):
            tell_not_yet(words)
            return
        try:
            shown = self._check(*answers)
        except NotYet as reason:
            tell_not_yet(str(reason))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            words = f"the check could not use your answer. It met {describe(error)}"
            tell_not_yet(words)
        else:
            remember(self._check.__module__.rpartition("_")[2], self.name.rpartition("_")[2])
            display(Verdict(f"✔ passed: {shown}", GREEN))

    def hint(self) -> None:
        """Show the next hint; after the last one, where the solution is."""
        if self._given == len(self._hints):
            print("That was all. The solution is folded under the exercise: click on Solution.")
            return
        self._given += 1
        print(f"hint {self._given} of {len(self._hints)}: {self._hints[self._given - 1]}")

    def _lacking(self, answers: tuple[Any, ...]) -> str:
        """What to do before there is something to check; "" if there is."""
        if any(answer is ... for answer in answers):
            return self._todo
        try:
            inspect.signature(self._check).bind(*answers)
        except TypeError:
            wanted = ", ".join(inspect.signature(self._check).parameters)
            return f"the last line must be {self.name}({wanted})"
        return ""


def exercise(todo: str, *hints: str) -> Callable[[Callable[..., str]], Exercise]:
    """Make an Exercise of a check; `todo` is said while the placeholder stands.

    The hints go from a nudge to nearly the answer; the solution itself stands in the notebook.
    """

    def decorate(check: Callable[..., str]) -> Exercise:
        return Exercise(check, todo, hints)

    return decorate


def expect(condition: bool, hint: str) -> None:
    """Go on if the condition holds; otherwise the verdict is "not yet" with this hint."""
    if not condition:
        raise NotYet(hint)


def entries(answer: Any, names: Iterable[str], wanted: str) -> dict[str, Any]:
    """The learner's dictionary, which has something to check under each of these names.

    `wanted` says what belongs there: "a number", "True or False".
    """
    if isinstance(answer, set):
        raise NotYet("expected a dictionary: a colon stands between each name and its value")
    expect(isinstance(answer, dict), f"expected a dictionary, found {show(answer)}")
    missing = [name for name in names if name not in answer]
    there = ", ".join(map(str, answer)) or "nothing"
    expect(not missing, f"{wanted} is missing for {', '.join(missing)}. There is: {there}")
    dots = [name for name in names if answer[name] is ...]
    expect(not dots, f"write {wanted} in the place of the three dots: {', '.join(dots)}")
    return dict(answer)


def run(function: Any, *arguments: Any, call: str = "") -> Any:
    """Call the learner's function; what it raises, or prints and does not return, becomes a hint.

    `call` is the call as a person would write it, where its arguments cannot be shown.
    """
    expect(callable(function), f"expected a function, found {show(function)}")
    name = getattr(function, "__name__", "your function")
    call = call or f"{name}({', '.join(map(show, arguments))})"
    result, printed = quietly(function, *arguments, call=call)
    if result is None and printed:
        raise NotYet(
            f"{call} gave nothing back; it printed {show(printed)}. "
            "Write return in place of print: only what is returned goes back to the caller"
        )
    expect(result is not None, f"{call} gave nothing back. Does it end with return?")
    if inspect.iscoroutine(result):
        result.close()  # else Python complains of it, too
        raise NotYet(f"{call} gave a plan that nobody carries out: write def without async")
    return result


def quietly(function: Callable[..., Any], *arguments: Any, call: str) -> tuple[Any, str]:
    """What a function returns and what it prints, which is not shown; NotYet if it raises."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            result = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = advice(error)
        if "positional arg" in str(error) and error.__traceback__ and error.__traceback__.tb_next:
            what = ". A call in your function hands over too few values, or too many"
        raise NotYet(f"your function raised {describe(error)} in {call}{what}") from None
    return result, printed.getvalue().strip()


@contextmanager
def explained(slips: Mapping[str, str]) -> Iterator[None]:
    """Have what `run` says of a slip that people make in this exercise told in words of its own.

    `slips` has a part of what is said, and the hint that takes its place; the first that fits.

    >>> with explained({"KeyError": "the names are in small letters"}):
    ...     run(lambda event: event["Body"], {})
    Traceback (most recent call last):
    lessons.exercises.verdict.NotYet: the names are in small letters
    """
    try:
        yield
    except NotYet as told:
        for slip, hint in slips.items():
            if slip in str(told):
                raise NotYet(hint) from None
        raise


def is_number(value: object) -> bool:
    """True for an int or float that is neither infinite nor not-a-number; a bool is none."""
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and math.isfinite(value)  # type: ignore[arg-type]


def close(found: object, expected: float) -> bool:
    """True if `found` is a number and equals `expected` but for rounding."""
    return is_number(found) and math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9)  # type: ignore[arg-type]


def show(value: object) -> str:
    """Write a value as Python would, shortened, even if its own __repr__ fails."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def describe(error: BaseException) -> str:
    """Name an error and its message, even if the message itself fails."""
    try:
        text = str(error)
    except Exception:
        text = ""
    if capital := in_capitals(error):
        text += f" ({capital})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def advice(error: BaseException) -> str:
    """What to do about an error that beginners meet; "" about any other.

    >>> advice(TypeError('can only concatenate str (not "int") to str'))
    '. str(…) makes a text of a number, int(…) a number of a text'
    >>> advice(ZeroDivisionError())
    ''
    """
    if in_capitals(error):  # `describe` has said it
        return ""
    words = str(error)
    for kind, found, what in ADVICE:
        if isinstance(error, kind) and re.search(found, words):
            return f". {what}"
    return ""


ADVICE = (  # the first that fits
    (
        UnboundLocalError,
        "",
        "A name to which a function gives a value is the function's own, and has none yet. Above "
        "a loop begin with total = 0. What is to last from one message to the next belongs into "
        "a dictionary outside: counts[key] = …",
    ),
    (
        NameError,
        "",
        "Look at the spelling. A text needs quotes, and so does the key of a dictionary",
    ),
    (
        ValueError,
        r"int\(\) with base 10: '.* .*'",
        "int takes one word at a time: for word in message.words:",
    ),
    (
        IndexError,
        "",
        "Python counts from zero: the first is [0], and the last of three is [2]. A loop takes "
        "as many as there are",
    ),
    (
        (AttributeError, TypeError),
        "'function' object (does not support item|is not subscriptable|has no attribute 'get')",
        "A function has the same name as your dictionary or list, and takes its place: give one of "
        "them another name",
    ),
    (
        TypeError,
        "'int' object is not iterable",
        "A loop goes through a list or a range: for number in range(1, last + 1):. And min needs "
        "two values: min(last, 5)",
    ),
    (
        AttributeError,
        "NoneType.*append",
        "append changes the list itself and gives nothing back: write it without =",
    ),
    (AttributeError, "'dict'.*append", "A dictionary takes a value with counts[key] = …"),
    (AttributeError, "'dict'", 'A dictionary is asked with brackets, as in event["name"]'),
    (AttributeError, "'Message'", "A message has text, user, arguments and words"),
    (TypeError, r"int\(\) argument.*'list'", "int takes one word of the list at a time"),
    (
        TypeError,
        "unsupported operand.*NoneType",
        "None is no number. Does a get lack its second value, .get(key, 0)?",
    ),
    (TypeError, "concatenate str", "str(…) makes a text of a number, int(…) a number of a text"),
    (
        TypeError,
        "(operand|supported|interpreted).*'str'|'str'.*(supported|interpreted)",
        "What people write is text: int(…) makes a number of it",
    ),
    (TypeError, "positional arg", "The brackets after def need a name for each value in the call"),
)
