"""Say which extra of botlib brings a package that isn't installed.

A function that only replies needs no package, so `pip install .` brings none.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import packages of an extra inside it; ModuleNotFoundError then names the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is not installed, and this part of botlib needs it. In the course's "
            f'folder, type: python -m pip install ".[{name}]"',
            name=error.name,
        ) from None
