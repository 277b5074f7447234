"""Twitch's faults as requests: each makes it happen and says in a sentence what was done."""

from collections.abc import Callable
from typing import Any

from bot_sandbox.twitch.faults import Faults
from bot_sandbox.window.view import LONGEST_WAIT_S, Fields

MOST_AT_ONCE = 1000  # of what is to happen the next times
UNSENDABLE = (1004, 1005, 1006, 1015)  # close codes that no endpoint may send (RFC 6455, 7.4.1)

Read = Callable[[Fields, str], Any]  # gives the argument of a name


class Fault:
    """A method of `Faults`: what it takes from a request, and what is said when it is done."""

    def __init__(self, method: str, done: str, **arguments: Read) -> None:
        self.method, self._done, self._arguments = method, done, arguments

    def __call__(self, faults: Faults, values: Fields) -> str:
        """Make it happen."""
        found = {name: read(values, name) for name, read in self._arguments.items()}
        getattr(faults, self.method)(*found.values())
        return self._done.format(**found)


def text(values: Fields, name: str) -> str:
    """A text that must be there."""
    return values.take(name, str)


def close_code(values: Fields, name: str) -> int:
    """A close code; 1001 unless given."""
    code = values.take(name, int, 1001)
    if not 1000 <= code <= 4999 or code in UNSENDABLE:
        raise ValueError(f"a WebSocket cannot be closed with {code}; such as 1001 or 4000 can be")
    return code


def whole(default: int, least: int, most: int = MOST_AT_ONCE) -> Read:
    """A whole number within bounds."""
    return lambda values, name: int(number(values, name, default, least, most))


def seconds(default: float) -> Read:
    """A time in seconds."""
    return lambda values, name: number(values, name, default, 0, LONGEST_WAIT_S)


def revoke(faults: Faults, values: Fields) -> str:
    """{"token"}, or {"login"} for all of an account."""
    return (REVOKE if values.take("token", str, "") else REVOKE_ALL)(faults, values)


REVOKE = Fault(
    "revoke",
    "The token was revoked, if it was one; the connections made with it have ended.",
    token=text,
)
REVOKE_ALL = Fault(
    "revoke_all",
    "Every token of {login} was revoked; the connections made with them have ended.",
    login=text,
)
ALL_DOWN = "Every server went down, and all connections with it"
TABLE = (
    Fault("drop", "{login}'s line was cut, without a word.", login=text),
    Fault(
        "close_frame", "{login}'s line was closed with code {code}.", login=text, code=close_code
    ),
    Fault(
        "reconnect",
        "{login} was asked to reconnect; if it stays, it is cut off in {close_after:g} s.",
        login=text,
        close_after=seconds(30.0),
    ),
    Fault("stop_pong", "{login}'s PINGs are answered no more.", login=text),
    Fault(
        "silence", "{login}'s line stays open, but nothing goes through it any more.", login=text
    ),
    Fault(
        "half_line",
        "Half of what is said next reaches {login}, and then nothing more.",
        login=text,
    ),
    Fault("split_lines", "Everything reaches {login} in two pieces from now on.", login=text),
    Fault(
        "delay",
        "Everything reaches {login} {seconds:g} s late from now on.",
        login=text,
        seconds=seconds(2.0),
    ),
    Fault(
        "refuse_login",
        "Logins of {login} that will be refused, whatever the token: {n}.",
        login=text,
        n=whole(1, 0),
    ),
    Fault(
        "fail_api",
        "Requests to the API that will be answered with status {status}: {n}.",
        status=whole(503, 400, 599),
        n=whole(1, 1),
    ),
    Fault(
        "repeat_delivery",
        "Notifications that will reach a webhook twice, with the same id: {n}.",
        n=whole(1, 1),
    ),
    Fault("restart", ALL_DOWN + "; they are up again {down:g} s later.", down=seconds(0.0)),
    Fault("stop", ALL_DOWN + "; new ones are refused until the fault `start`."),
    Fault("start", "Every server is up, at the same addresses as before."),
)
# By the names of `Faults`' own methods
FAULTS: dict[str, Callable[[Faults, Fields], str]] = {fault.method: fault for fault in TABLE}
FAULTS["revoke"] = revoke


def number(values: Fields, name: str, default: float, least: float, most: float) -> float:
    """A number within bounds.

    >>> number(Fields({}), "n", 1, 0, 10), number(Fields({"n": 3}), "n", 1, 0, 10)
    (1, 3.0)
    """
    value = values.take(name, float, default)
    if not least <= value <= most:
        raise ValueError(f"{name!r} must be {least:g} to {most:g}; found {value!r}")
    return value
