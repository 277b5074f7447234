"""How every exercise check speaks: "not yet: a hint", or "passed: what was shown".

A check is a function of the learner's answer. It returns what the answer has shown, or
raises `NotYet` with a hint. `exercise` makes it print the verdict and never raise, whatever
the learner hands in.
"""

import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

LONGEST = 80  # of a value shown in a hint


class NotYet(Exception):  # noqa: N818, a verdict is not an error
    """The answer is not right yet; the text is the hint."""


def exercise(todo: str) -> Callable[[Callable[..., str]], Callable[..., None]]:
    """Make a check print its verdict; `todo` is the hint while the placeholder stands."""

    def decorate(check: Callable[..., str]) -> Callable[..., None]:
        @wraps(check)
        def printed(*answers: Any) -> None:
            print(verdict(check, answers, todo))

        return printed

    return decorate


def verdict(check: Callable[..., str], answers: tuple[Any, ...], todo: str) -> str:
    """Run a check and put what it says into one line."""
    if any(answer is ... for answer in answers):
        return f"not yet: {todo}"
    try:
        inspect.signature(check).bind(*answers)
    except TypeError:
        wanted = ", ".join(inspect.signature(check).parameters)
        return f"not yet: the last line must be {check.__name__}({wanted})"
    try:
        return f"passed: {check(*answers)}"
    except NotYet as hint:
        return f"not yet: {hint}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"not yet: the check could not use your answer. It met {describe(error)}"


def expect(condition: bool, hint: str) -> None:
    """Go on if the condition holds; otherwise the verdict is "not yet" with this hint."""
    if not condition:
        raise NotYet(hint)


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the learner's function; what it raises becomes a hint that shows the call."""
    expect(callable(function), f"expected a function, found {show(function)}")
    call = f"{getattr(function, '__name__', 'your function')}({', '.join(map(show, arguments))})"
    try:
        result = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise NotYet(f"your function raised {describe(error)} in {call}") from None
    expect(result is not None, f"{call} gave nothing back. Does it end with return?")
    return result


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
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
