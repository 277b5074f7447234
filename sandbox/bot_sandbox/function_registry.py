"""Which function answers at an address, of all the clouds in this process.

A bot's webhook is nothing but an address, and a `Telegram()` or `Twitch()` is made without the
`Cloud()` that its bots may live in. So every cloud announces itself here while it is open. If a
bot does not answer, the log of the function that should have answered is found by its address.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot_sandbox.cloud.history import History


class Known(Protocol):
    """A function of a cloud, whatever runs it."""

    url: str
    host_url: str
    history: History

    def line(self, file: str, number: int) -> str:
        """One line of its own code; "" for none."""


Bookmark = dict[Known, int]  # how many lines of a function's log there were
_clouds: list[Callable[[], Sequence[Known]]] = []


def announce(functions: Callable[[], Sequence[Known]]) -> None:
    """Let a cloud's functions be found; the argument gives those that it has now."""
    _clouds.append(functions)


def withdraw(functions: Callable[[], Sequence[Known]]) -> None:
    """Forget a cloud that closes; one that was never announced does not matter."""
    if functions in _clouds:
        _clouds.remove(functions)


def known() -> list[Known]:
    """The functions of all clouds in this process."""
    return [function for functions in list(_clouds) for function in functions()]


def function_at(address: str) -> Known | None:
    """The function that answers at an address; None for one not known here."""
    path = address.partition("?")[0].rstrip("/") + "/"
    found = (each for each in known() if path.startswith((each.url, each.host_url)))
    return next(found, None)


def bookmark() -> Bookmark:
    """How far each log has got, for `log_at`."""
    return {function: function.history.log.last for function in known()}


def log_at(address: str, since: Bookmark | None = None) -> list[str]:
    """The log of the function that answers at an address, or what came since a bookmark.

    Empty for an address that is not known here.
    """
    function = function_at(address)
    read = (since or {}).get(function, 0) if function else 0
    return [line for _, line in function.history.log.after(read)] if function else []
