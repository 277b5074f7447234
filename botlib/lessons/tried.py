"""A call that may be refused, in one line: its result, or the words of the refusal."""

from collections.abc import Callable
from typing import Any


def tried(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """Call a function; return its result as text, or what its error says.

    >>> tried(int, "42"), tried(int, "cake")
    ('42', "invalid literal for int() with base 10: 'cake'")
    """
    try:
        return str(function(*arguments, **named))
    except Exception as error:
        return str(error)
