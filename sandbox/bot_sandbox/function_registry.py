"""Which function answers at an address, of all the clouds in this process.

A bot's webhook is nothing but an address, and a `Telegram()` or `Twitch()` is made without the
`Cloud()` that its bots may live in. So every cloud announces itself here while it is open. If a
bot does not answer, the log of the function that should have answered is found by its address.
"""

from collections.abc import Sequence
from typing import Protocol


class DeployedFunction(Protocol):
    """A function as a cloud has it."""

    @property
    def url(self) -> str:
        """Its address, which ends with a slash."""

    @property
    def host_url(self) -> str:
        """Its address on a host of its own."""

    @property
    def logs(self) -> list[str]:
        """What it printed, line by line."""

    @property
    def logged(self) -> int:
        """How many lines its log has got so far."""

    def log_after(self, number: int) -> list[tuple[int, str]]:
        """The log's lines after line `number`, each with its number."""

    def line(self, file: str, number: int) -> str:
        """One line of its own code; "" for none."""


class HasFunctions(Protocol):
    """A cloud."""

    def functions(self) -> Sequence[DeployedFunction]:
        """Everything that is deployed."""


_clouds: list[HasFunctions] = []


def announce(cloud: HasFunctions) -> None:
    """Let the functions of a cloud be found."""
    _clouds.append(cloud)


def withdraw(cloud: HasFunctions) -> None:
    """Forget a cloud that closes; one that was never announced does not matter."""
    if cloud in _clouds:
        _clouds.remove(cloud)


def function_at(address: str) -> DeployedFunction | None:
    """The function that answers at an address; None for one not known here."""
    path = address.partition("?")[0].rstrip("/") + "/"
    for cloud in list(_clouds):
        for function in cloud.functions():
            if path.startswith((function.url, function.host_url)):
                return function
    return None


def log_at(address: str) -> list[str]:
    """The log of the function that answers at an address; empty for one not known here."""
    function = function_at(address)
    return function.logs if function else []


def bookmark() -> dict[DeployedFunction, int]:
    """How far each log has got, for `log_since`."""
    functions = [function for cloud in list(_clouds) for function in cloud.functions()]
    return {function: function.logged for function in functions}


def log_since(read: dict[DeployedFunction, int], address: str) -> list[str]:
    """What the function that answers at an address has logged since the bookmark."""
    function = function_at(address)
    return [line for _, line in function.log_after(read.get(function, 0))] if function else []
