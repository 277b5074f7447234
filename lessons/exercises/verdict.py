"""How every exercise speaks: "✔ passed: …" in green, "… not yet: …" in amber, and hints in steps.

A check is a function of the learner's answer. It returns what the answer has shown, or
raises `NotYet` with what to fix. `exercise` turns it into an `Exercise`, which prints the
verdict and never raises, whatever the learner hands in, and remembers what was passed.
"""

import ast
import inspect
import io
import linecache
import math
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from types import FrameType
from typing import Any, Protocol

from IPython.display import display

from lessons.display.note import AMBER, GREEN, Note
from lessons.extension.errors import capital_hint, library_hint
from lessons.progress.course_map import notebook_of
from lessons.progress.tries import remember_try

LONGEST_VALUE = 80  # of a value shown in a hint
SENTENCE_END = re.compile(r"[.:] ")


class NotYet(Exception):  # noqa: N818, a verdict is not an error
    """The answer is not right yet; the text says what to fix."""


class Untouched(NotYet):
    """The answer still has its three dots."""


def show_not_yet(words: str) -> None:
    """Show what to fix."""
    display(Note(f"… not yet: {words}", AMBER))


def show_passed(shown: str) -> None:
    """Show that an answer is right, and what it has shown."""
    display(Note(f"✔ passed: {shown}", GREEN))


class Answerable(Protocol):
    """A task that judges an answer by itself: see slips/."""

    def check(self, answer: Any, /) -> None:
        """Return if the answer is right; otherwise raise NotYet."""


class Exercise:
    """What a learner calls with the answer to see the verdict, or as `hint()` when stuck."""

    def __init__(
        self,
        check: Callable[..., str],
        todo: str,
        hints: tuple[str, ...],
        task: Answerable | None = None,
        because: str = "",
    ) -> None:
        self._check, self._todo, self._hints = check, todo, hints
        self.task, self.because = task, because
        self._given = 0
        self.name = check.__name__
        self.__doc__ = check.__doc__

    def __repr__(self) -> str:
        wanted = ", ".join(inspect.signature(self._check).parameters)
        return f"{self.name}({wanted}) checks your answer; {self.name}.hint() helps"

    def __call__(self, *answers: Any) -> None:
        """Show whether the answer is right, and if not, what to fix."""
        if words := self._missing(answers):
            show_not_yet(words)
            return
        try:
            if self.task:
                self.task.check(*answers)
            shown = self._check(*answers)
        except Untouched:
            show_not_yet(self._todo)
        except NotYet as reason:
            self._remember(False, known_slip(reason, getattr(self.task, "slips", ())))
            show_not_yet(" ".join(filter(None, (str(reason), library_hint(str(reason))))))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._remember(False)
            words = f"the check could not use your answer. It met {describe_error(error)}"
            show_not_yet(words)
        else:
            self._remember(True)
            show_passed(f"{shown}\n{self.because}".rstrip())

    def hint(self) -> None:
        """Show the next hint; after the last one, say where the solution is, and begin again."""
        if self._given == len(self._hints):
            self._given = 0
            print("That was all. The solution is folded under the exercise: click on Solution.")
            return
        self._given += 1
        print(f"hint {self._given} of {len(self._hints)}: {self._hints[self._given - 1]}")

    def _remember(self, passed: bool, slip: str = "") -> None:
        stem = notebook_of(self._check.__module__)
        remember_try(stem, self.name.rpartition("_")[2], passed, slip)

    def _missing(self, answers: tuple[Any, ...]) -> str:
        """Say what to do before there is something to check; "" if there is."""
        if any(answer is ... for answer in answers):
            names = zip(inspect.signature(self._check).parameters, answers, strict=False)
            dots = [name for name, answer in names if answer is ...]
            told = (still_dots(name, f"{name}(" in self._todo) for name in dots)
            return next(filter(None, told), self._todo)
        try:
            inspect.signature(self._check).bind(*answers)
        except TypeError:
            wanted = ", ".join(inspect.signature(self._check).parameters)
            return f"the last line must be {self.name}({wanted})"
        first = next(iter(inspect.signature(self._check).parameters))
        if getattr(self.task, "file", False) and defines_function(running_cell()):
            line = f"%%save {str(answers[0]).partition('workshop/')[2]}"
            return f"this cell saved nothing, so your file is older. Its first line must be {line}"
        return next(filter(None, map(explain_renamed, answers)), "") or (
            explain_other_name(first, answers[0])
        )


def known_slip(reason: NotYet, slips: Iterable[Any] = ()) -> str:
    """Return the sentence of the course in what a learner hears, without anything of hers; or "".

    It is a slip's sentence, or the longest part of the hint that is written in a check as it is.
    """
    words = str(reason)
    for slip in slips:
        if slip.says in words:
            return str(slip.says)
    frames = (frame for frame, _ in traceback.walk_tb(reason.__traceback__))
    checks = (frame for frame in frames if frame.f_globals["__name__"].startswith("lessons."))
    texts = (text for frame in checks for text in frame.f_code.co_consts if isinstance(text, str))
    return max((whole_sentences(text, words) for text in texts), key=len, default="")


def whole_sentences(text: str, words: str) -> str:
    """Return the sentences of a text that are in these words, without the halves at its ends.

    >>> whole_sentences(" came. Use two quotes. You wrote ", "3 came. Use two quotes. You wrote 4")
    'Use two quotes'
    """
    if text not in words:
        return ""
    ends = [*SENTENCE_END.finditer(text)]
    begin = 0 if words.startswith(text) else ends[0].end() if ends else len(text)
    return text[begin:] if words.endswith(text) else text[begin : ends[-1].start() if ends else 0]


def explain_renamed(answer: Any) -> str:
    """Say so if an answer is a function or a class of an earlier run, and the cell defines another.

    Somebody who misspells its name would hear about the older one.
    """
    cell, is_class = running_cell(), inspect.isclass(answer)
    is_own = (is_class or inspect.isfunction(answer)) and answer.__module__ == "__main__"
    if not is_own or (not is_class and answer.__code__.co_filename == cell):
        return ""
    kind = ast.ClassDef if is_class else ast.FunctionDef
    here = [line.name for line in lines_of(cell) if isinstance(line, kind)]
    name = answer.__name__
    if not here or name in here:
        return ""
    if name == "<lambda>":  # it has no name of its own
        return f"this cell defines {here[-1]}, and what is checked is older. Compare their names"
    head = f"class {name}:" if is_class else f"def {name}(…):"
    return f"this cell defines {here[-1]}, and {name} is from an earlier run. Write {head}"


def explain_other_name(name: str, answer: Any) -> str:
    """Say so if the first answer is of an earlier run, and the cell has one under another name.

    Such as environment = {…} above exercise_1(settings).
    """
    frame = running_frame()
    lines = lines_of(frame.f_code.co_filename)
    lines = [line for line in lines if not isinstance(line, ast.FunctionDef)]  # it has its own
    names = [each for line in lines for each in ast.walk(line) if isinstance(each, ast.Name)]
    written = [each.id for each in names if isinstance(each.ctx, ast.Store)]
    if name in written or name not in {each.id for each in names}:
        return ""
    values = {other: frame.f_globals.get(other) for other in written}
    for other, value in values.items():
        if type(value) is type(answer) and not isinstance(value, str | int | float):
            return f"this cell defines {other}, and {name} is from an earlier run. Write {name} = …"
    return ""


def still_dots(name: str, is_function: bool) -> str:
    """Say why an answer is still its three dots, if the cell has one; "" if it has none.

    Either the cell's answer has another name, or the line with the dots is below it.
    """
    written = {}  # by each name of the cell: how to write the same for the right name
    for line in lines_of(running_cell()):
        if is_function and isinstance(line, ast.FunctionDef):
            written[line.name] = f"def {name}(…):"
        elif is_function and isinstance(line, ast.AsyncFunctionDef):
            written[line.name] = f"async def {name}(…):"
        elif isinstance(line, ast.Assign) and ast.unparse(line.value) != "...":
            names = [each.id for each in line.targets if isinstance(each, ast.Name)]
            written.update(dict.fromkeys(names, f"{name} = …"))
    if name in written:
        return f"the line {name} = ... is below your answer and puts the dots back: remove it"
    for similar in get_close_matches(name, written, 1, 0.5):
        still = f"but {name} is still the three dots"
        return f"this cell defines {similar}, {still}. Write {written[similar]}"
    return ""


def running_frame() -> FrameType:
    """Return the frame of the cell that runs."""
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__") != "__main__":
        frame = frame.f_back
    return frame


def running_cell() -> str:
    """Return the file name of the cell that runs; in a notebook each cell has its own."""
    return running_frame().f_code.co_filename


def lines_of(cell: str) -> list[ast.stmt]:
    """Return the statements of a cell; none if Python alone cannot read it."""
    try:
        return ast.parse("".join(linecache.getlines(cell))).body
    except SyntaxError:
        return []


def defines_function(cell: str) -> bool:
    """Return whether a cell has a function of its own; one that %%save writes to a file hasn't."""
    return any(isinstance(line, ast.FunctionDef) for line in lines_of(cell))


def exercise(
    todo: str, *hints: str, task: Answerable | None = None, because: str = ""
) -> Callable[[Callable[..., str]], Exercise]:
    """Turn a check into an Exercise; the learner sees `todo` while the placeholder is there.

    The hints go from a nudge to nearly the answer; the solution itself is in the notebook. With a
    `task`, the answer goes through its cases first, and the check may only say what was shown.
    `because` is a sentence or two of explanation, for somebody who has just passed.
    """

    def decorate(check: Callable[..., str]) -> Exercise:
        return Exercise(check, todo, hints, task, because)

    return decorate


def expect(condition: bool, hint: str) -> None:
    """Raise NotYet with this hint unless the condition holds."""
    if not condition:
        raise NotYet(hint)


def require_entries(answer: Any, names: Iterable[str], wanted: str) -> dict[str, Any]:
    """Return the learner's dictionary; NotYet if a value is missing for one of these names.

    `wanted` says what belongs there: "a number", "True or False".
    """
    if isinstance(answer, set):
        raise NotYet("expected a dictionary: write a colon between each name and its value")
    expect(isinstance(answer, dict), f"expected a dictionary, found {show(answer)}")
    missing = [name for name in names if name not in answer]
    there = ", ".join(map(str, answer)) or "nothing"
    expect(not missing, f"{wanted} is missing for {join_names(missing)}. There is: {there}")
    dots = [name for name in names if answer[name] is ...]
    expect(not dots, f"write {wanted} instead of the three dots: {join_names(dots)}")
    return dict(answer)


def join_names(names: Iterable[str]) -> str:
    """Put names into one line; between names with a comma in them comes a semicolon.

    >>> join_names(["quiz", "shop"]), join_names(["nobody asks", "a webhook, and a program asks"])
    ('quiz, shop', 'nobody asks; a webhook, and a program asks')
    """
    names = list(names)
    return ("; " if any("," in name for name in names) else ", ").join(names)


def run_learner_code(function: Any, *arguments: Any, call: str = "") -> Any:
    """Call the learner's function; what it raises, or prints and does not return, becomes a hint.

    `call` is the call as a person would write it, where its arguments cannot be shown.
    """
    expect(callable(function), function_problem(function))
    name = getattr(function, "__name__", "your function")
    call = call or f"{name}({', '.join(map(show, arguments))})"
    result, printed = call_silently(function, *arguments, call=call)
    if result is None and printed:
        raise NotYet(
            f"{call} returned nothing; it printed {show(printed)}. "
            "Write return instead of print, because print itself returns nothing"
        )
    expect(result is not None, f"{call} returned nothing. Does it end with return?")
    if inspect.iscoroutine(result):
        result.close()  # else Python complains of it, too
        raise NotYet(f"{call} returned a coroutine, and nobody runs it: write def without async")
    return result


def call_silently(function: Callable[..., Any], *arguments: Any, call: str) -> tuple[Any, str]:
    """Return a function's result and what it printed; NotYet if it raises."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            result = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = advice_on_error(error)
        if "positional arg" in str(error) and error.__traceback__ and error.__traceback__.tb_next:
            what = ". A call in your function hands over too few values, or too many"
        raise NotYet(f"your function raised {describe_error(error)} in {call}{what}") from None
    return result, printed.getvalue().strip()


@contextmanager
def replace_hints(slips: Mapping[str, str]) -> Iterator[None]:
    """Replace what `run_learner_code` says about a known slip by a hint of this exercise.

    `slips` has a part of what is said, and the hint that takes its place; the first that fits.

    >>> with replace_hints({"KeyError": "the names are in small letters"}):
    ...     run_learner_code(lambda event: event["Body"], {})
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


def find_hint(words: str, hints: Mapping[str, str]) -> str:
    """Return the first hint whose regular expression is found in these words; "" if none is."""
    return next((hint for found, hint in hints.items() if re.search(found, words)), "")


def names_used(function: Any) -> set[str]:
    """Return the names that a function uses, and those that its helpers in the notebook use."""
    names = set(getattr(getattr(function, "__code__", None), "co_names", ()))
    for name in tuple(names):
        helper = getattr(function, "__globals__", {}).get(name)
        if getattr(helper, "__module__", "") == function.__module__:
            names.update(getattr(getattr(helper, "__code__", None), "co_names", ()))
    return names


def is_number(value: object) -> bool:
    """Return whether a value is an int or a float, finite, and no bool."""
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and math.isfinite(value)  # type: ignore[arg-type]


def is_close(found: object, expected: float) -> bool:
    """Return whether `found` is a number and equals `expected` but for rounding."""
    return is_number(found) and math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9)  # type: ignore[arg-type]


def function_problem(found: object) -> str:
    """Say what to do if an answer should be a function and isn't."""
    return (
        f"expected a function, found {show(found)}. A function begins with def. Hand over its "
        "name alone, without brackets"
    )


def show(value: object) -> str:
    """Write a value as Python would, shortened, even if its own __repr__ fails."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def describe_error(error: BaseException) -> str:
    """Name an error and its message, even if the message itself fails."""
    try:
        text = str(error)
    except Exception:
        text = ""
    if capital := capital_hint(error):
        text += f" ({capital})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def advice_on_error(error: BaseException) -> str:
    """Say what to do about an error that beginners meet; "" about any other.

    >>> advice_on_error(TypeError('can only concatenate str (not "int") to str'))
    '. str(…) turns a number into a text, int(…) a text into a number'
    >>> advice_on_error(TypeError('can only concatenate str (not "set") to str'))
    '. Braces are filled only inside f"…". Outside quotes, they make a set'
    >>> advice_on_error(ZeroDivisionError())
    ''
    """
    if capital_hint(error):  # `describe_error` has said it
        return ""
    if isinstance(error, NameError) and error.name in sys.stdlib_module_names:
        return f". If you mean Python's module, write import {error.name} above the function"
    advice = find_hint(describe_error(error), ADVICE)
    return advice and f". {advice}"


ADVICE = {  # what is in an error's name and words, and what to do: the first that fits
    "^UnboundLocalError": "A name to which a function gives a value is the function's own, and has "
    "none yet. Above a loop begin with total = 0. What is to last from one message to the next "
    "belongs into a dictionary outside: counts[key] = …",
    "^NameError.*'sleep'": "sleep is in the module time: write time.sleep(…)",
    "^NameError": "Look at the spelling. A text needs quotes, and so does the key of a dictionary",
    r"^ValueError.*int\(\) with base 10: '.* .*'": "int takes one word at a time: for word in "
    "message.words:",
    "^ValueError.*to unpack": "There must be as many names, left of = or after for, as there are "
    "parts",
    "^IndexError": "Python counts from zero: the first is [0], and the last of three is [2]. A "
    "loop takes as many as there are",
    "'function' object (does not support item|is not subscriptable|has no attribute 'get')": "A "
    "function has the same name as your dictionary or list, and takes its place: give one of them "
    "another name",
    "^TypeError.*'int' object is not iterable": "A loop goes through a list or a range: for number "
    "in range(1, last + 1):. And min needs two values: min(last, 5)",
    "^AttributeError.*NoneType.*append": "append changes the list itself and gives nothing back: "
    "write it without =",
    "^AttributeError.*'dict'.*append": "A dictionary takes a value with counts[key] = …",
    "^AttributeError.*'dict'": 'A dictionary is asked with brackets, as in event["name"]',
    "^AttributeError.*'Message'": "A message has text, user, user_id, chat, arguments and words",
    "^TypeError.*tuple indices must be integers or slices, not str": "A message takes a point and "
    "not brackets: message.user, message.user_id",
    "^AttributeError.*'IrcMessage'": "A parsed line has command, nick, channel and text",
    "^TypeError.*'(tuple|list)' object is not callable": "Square brackets take one part: [0]",
    r"^TypeError.*int\(\) argument.*'list'": "int takes one word of the list at a time",
    # of hmac.compare_digest
    "^TypeError.*combination of types.*NoneType": "None is no text. Does a get lack its second "
    'value, .get(key, "")?',
    "^TypeError.*unsupported operand.*NoneType": "None is no number. Does a get lack its second "
    "value, .get(key, 0)?",
    r'^TypeError.*concatenate str \(not "set"\)': 'Braces are filled only inside f"…". Outside '
    "quotes, they make a set",
    "^TypeError.*concatenate str": "str(…) turns a number into a text, int(…) a text into a number",
    "^TypeError.*((operand|supported|interpreted).*'str'|'str'.*(supported|interpreted))": "A name "
    "or a number in quotes is a text: remove the quotes. What people write becomes a number with "
    "int(…)",
    "^TypeError.*positional arg": "The brackets after def need a name for each value in the call",
}
