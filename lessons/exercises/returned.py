"""Call the learner's function, and tell `print` from `return`."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from lessons.exercises.verdict import NotYet, describe, expect, show


def returned(function: Any, *arguments: Any, call: str) -> Any:
    """What the function returns; NotYet, in words, if it fails or only prints.

    `call` is the call as a person would write it, since some arguments cannot be shown.
    """
    expect(callable(function), f"expected a function, found {show(function)}")
    result, printed = quietly(function, *arguments, call=call)
    if result is None and printed:
        raise NotYet(
            f"{call} returned nothing; it printed {show(printed)}. "
            "Write return in place of print: only what is returned goes back to the caller"
        )
    expect(result is not None, f"{call} returned nothing. Does it end with return?")
    return result


def quietly(function: Callable[..., Any], *arguments: Any, call: str) -> tuple[Any, str]:
    """What a function returns and what it prints, which is not shown."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            result = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise NotYet(f"your function raised {describe(error)} in {call}") from None
    return result, printed.getvalue().strip()
