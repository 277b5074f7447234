"""A call that may be refused, in one line: its result, or the words of the refusal."""

from collections.abc import Callable
from textwrap import fill
from typing import Any

WIDTH = 88  # characters in a line of a notebook's output, before JupyterLab cuts words


def tried(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """Call a function; return its result as text, or what its error says, in lines to read.

    >>> tried(int, "42"), tried(int, "cake")
    ('42', "invalid literal for int() with base 10: 'cake'")
    """
    try:
        words = str(function(*arguments, **named))
    except Exception as error:
        words = str(error)
    return fill(words, WIDTH, subsequent_indent="    ")
