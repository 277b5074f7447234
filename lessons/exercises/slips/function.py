"""A function for the learner to write, judged by the results that it gives."""

import inspect
import io
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent, indent
from types import FrameType
from typing import Any
from unittest.mock import patch

from lessons.exercises.slips.slip import Slip, Wrong, make_slips
from lessons.exercises.verdict import (
    NotYet,
    describe_error,
    expect,
    function_problem,
    is_close,
    is_number,
    run_learner_code,
    show,
)

MOST_LINES = 100_000  # of a learner's function, run in a moment


@dataclass(frozen=True)
class Outcome:
    """What came of one call: a value, or an error."""

    value: Any = None
    error: str = ""
    printed: bool = False

    def __str__(self) -> str:
        return f"raised {self.error}" if self.error else f"gave {show(self.value)}"


class Task:
    """A function for the learner to write, by the results that it should give."""

    def __init__(
        self,
        signature: str,
        cases: Iterable[tuple[tuple[Any, ...], Any]],
        wrong: Wrong | None = None,
        *,
        solution: str = "",
        kind: Callable[[Any], str] = lambda found: "",
        same: Callable[[Any, Any], bool] | None = None,
        call: Callable[..., str] | None = None,
    ) -> None:
        """Take what follows `def`, and for each case its arguments and the right result.

        `wrong` is the table for `make_slips`, and so is `solution`, the body of a right function.
        `kind` says what is wrong with the kind of a result, or "". `same` compares a result with
        another one; without it, `is_equal` does. `call` writes a call with these arguments in
        words, where they are too long to be shown.
        """
        self.signature, self.cases, self.solution = signature, list(cases), solution
        self.slips = make_slips(wrong or {}, solution)
        self._kind, self._same = kind, same or is_equal
        self._name = signature.partition("(")[0]
        self._call = call or self._as_written

    def check(self, function: Any) -> None:
        """Return if every case has the right result; otherwise raise NotYet."""
        expect(callable(function), function_problem(function))
        found = self._outcomes(function)
        rights = [Outcome(right) for _, right in self.cases]
        wrong = [n for n, right in enumerate(rights) if not self._alike(found[n], right)]
        if not wrong:
            return
        arguments, right = self.cases[wrong[0]]
        call, result = self._call(*arguments), found[wrong[0]]
        expected = (
            f"expected {short_number(right, result.value) if is_number(right) else show(right)}"
        )
        if slip := self._slip(found, wrong[0]):
            raise NotYet(f"{call} {result}, {expected}: {slip.says}")
        with no_waiting(function), no_endless_loop(function):
            run_learner_code(
                function, *copied(arguments), call=call
            )  # says more of errors, print and None
        problem = "" if self._kind(right) else self._kind(result.value)
        raise NotYet(f"{call} {result}, {problem or expected + self._ignores_values(found)}")

    def written(self, slip: Slip) -> Callable[..., Any]:
        """Define the function with the wrong code as its body."""
        names: dict[str, Any] = {}
        body = indent(dedent(slip.code).strip(), "    ")
        exec(f"def {self.signature}:\n{body}", names)  # noqa: S102, code of our own
        function: Callable[..., Any] = names[self._name]
        return function

    def _slip(self, found: list[Outcome], first: int) -> Slip | None:
        """The slip that explains all up to the first wrong case, and the most others."""
        best, most = None, 0
        for slip, outcomes in self._slip_outcomes:
            alike = list(map(self._alike, found, outcomes))
            if found[first].value is None and found[first].printed != outcomes[first].printed:
                continue  # nothing came back, and only one of the two has printed it
            if all(alike[: first + 1]) and sum(alike) > most:
                best, most = slip, sum(alike)
        return best

    @cached_property
    def _slip_outcomes(self) -> list[tuple[Slip, list[Outcome]]]:
        return [(slip, self._outcomes(self.written(slip))) for slip in self.slips]

    def _ignores_values(self, found: list[Outcome]) -> str:
        """Say so if every call has given the same number or text, and they should differ."""
        values = [each.value for each in found]
        same = all(is_equal(value, values[0]) for value in values)
        differ = any(not is_equal(right, self.cases[0][1]) for _, right in self.cases)
        if values[0] is None or not same or not differ:
            return ""
        names = self.signature.partition("(")[2].rstrip(")").replace(", ", " and ")
        return f", and all other calls gave the same. Does it use {names}, the values that it gets?"

    def _as_written(self, *arguments: Any) -> str:
        return f"{self._name}({', '.join(map(show, arguments))})"

    def _outcomes(self, function: Callable[..., Any]) -> list[Outcome]:
        return [outcome(function, *copied(arguments)) for arguments, _ in self.cases]

    def _alike(self, one: Outcome, other: Outcome) -> bool:
        if one.error or other.error:
            return one.error == other.error
        return self._same(one.value, other.value)


def copied(value: Any) -> Any:
    """Copy arguments; each text is an object of its own, so `is` in place of == finds no equal."""
    if isinstance(value, str):
        return "".join(list(value))
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    if type(value) is dict:
        return {key: copied(each) for key, each in value.items()}
    return deepcopy(value)


def outcome(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Call a function; what it prints is not shown."""
    printed = io.StringIO()
    try:
        with no_waiting(function), no_endless_loop(function), redirect_stdout(printed):
            value = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Outcome(error=describe_error(error))
    if inspect.iscoroutine(value):
        value.close()  # else Python complains of it, too
    return Outcome(value, printed=bool(printed.getvalue().strip()))


@contextmanager
def no_waiting(function: Any) -> Iterator[None]:
    """Let time.sleep return at once in this thread, or a function that waits holds up the check.

    `from time import sleep` has put it among the names that the function sees, too.
    """
    sleep, here = time.sleep, threading.get_ident()

    def sleep_elsewhere(seconds: float) -> None:
        if threading.get_ident() != here:
            sleep(seconds)

    names = getattr(function, "__globals__", {})
    taken = [name for name, value in names.items() if value is sleep]
    names.update(dict.fromkeys(taken, sleep_elsewhere))
    try:
        with patch("time.sleep", sleep_elsewhere):
            yield
    finally:
        names.update(dict.fromkeys(taken, sleep))


class EndlessLoopError(BaseException):
    """The learner's function has run so many lines that it will hardly end.

    No `except Exception` of a learner catches it.
    """


@contextmanager
def no_endless_loop(function: Any) -> Iterator[None]:
    """Raise EndlessLoopError in a function that has run MOST_LINES lines of its own."""
    code, before, lines = getattr(function, "__code__", None), sys.gettrace(), 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines > MOST_LINES:
            raise EndlessLoopError("it repeats the same lines and doesn't end")
        return count

    sys.settrace(lambda frame, event, argument: count if frame.f_code is code else None)
    try:
        yield
    finally:
        sys.settrace(before)


def is_equal(found: Any, right: Any) -> bool:
    """Compare two results: numbers but for rounding, a list and a tuple by what is in them.

    >>> is_equal([0.1 + 0.2, "a"], (0.3, "a")), is_equal(1, True), is_equal("1", 1)
    (True, False, False)
    """
    if is_number(right):
        return is_close(found, right)
    if isinstance(right, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(found) == len(right)
            and all(map(is_equal, found, right))
        )
    return isinstance(found, type(right)) and bool(found == right)


def short_number(right: float, found: Any) -> str:
    """Write the right number with six digits, or in full if those of `found` are the same.

    >>> short_number(1 / 3, 0.5), short_number(1 / 3, 0.3333)
    ('0.333333', '0.333333')
    >>> short_number(24 / 7, 3.428571)
    '3.4285714285714284'
    """
    text = f"{right:g}"
    return show(right) if is_number(found) and f"{found:g}" == text else text


def number_problem(found: Any) -> str:
    """Say what is wrong with a result that should be a number; "" if it is one."""
    if isinstance(found, str):
        return "a text. Return the number itself, without str() or quotes"
    if isinstance(found, tuple):
        return "expected one number. A decimal has a point, as in 24.5"
    return "" if is_number(found) else "expected a number"
