"""Find the function that answers at an address, in all clouds of this process.

A bot's webhook is only an address, and a `Telegram()` or `Twitch()` doesn't know the `Cloud()` in
which its bots live. So every open cloud registers here. If a bot does not answer, its address leads
to the function and its log.
"""

from collections.abc import Callable, Sequence
from typing import Protocol


class NumberedLog(Protocol):
    """The lines of a log; the first one ever has number 1."""

    @property
    def last(self) -> int:
        """The number of the newest line."""

    def after(self, number: int) -> list[tuple[int, str]]:
        """Return the lines after line `number`, each with its number."""


class FunctionHistory(Protocol):
    """What a cloud remembers of a function."""

    @property
    def log(self) -> NumberedLog:
        """What it has printed."""


class RegisteredFunction(Protocol):
    """A function in any kind of cloud."""

    url: str
    host_url: str

    @property
    def history(self) -> FunctionHistory:
        """What its cloud remembers of it."""

    def line(self, file: str, number: int) -> str:
        """Return one line of its own code, or ""."""


Bookmark = dict[RegisteredFunction, int]  # how many lines each log had
_clouds: list[Callable[[], Sequence[RegisteredFunction]]] = []


def register_cloud(functions: Callable[[], Sequence[RegisteredFunction]]) -> None:
    """Register a cloud; the argument returns its current functions."""
    _clouds.append(functions)


def unregister_cloud(functions: Callable[[], Sequence[RegisteredFunction]]) -> None:
    """Remove a cloud that closes; do nothing if it was never registered."""
    if functions in _clouds:
        _clouds.remove(functions)


def registered_functions() -> list[RegisteredFunction]:
    """Return the functions of all clouds in this process."""
    return [function for functions in list(_clouds) for function in functions()]


def function_at(address: str) -> RegisteredFunction | None:
    """Return the function that answers at an address, or None."""
    path = address.partition("?")[0].rstrip("/") + "/"
    found = (each for each in registered_functions() if path.startswith((each.url, each.host_url)))
    return next(found, None)


def bookmark() -> Bookmark:
    """Return the length of each log, for `log_at`."""
    return {function: function.history.log.last for function in registered_functions()}


def log_at(address: str, after: Bookmark | None = None) -> list[str]:
    """Return the log of the function at an address, or its lines since a bookmark.

    Empty if no function is known there.
    """
    function = function_at(address)
    read = (after or {}).get(function, 0) if function else 0
    return [line for _, line in function.history.log.after(read)] if function else []
