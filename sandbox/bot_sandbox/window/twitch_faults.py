"""Twitch's faults as requests: what each takes, and the sentence that says what was done."""

from collections.abc import Callable
from typing import Any

from bot_sandbox.twitch.faults import Faults
from bot_sandbox.window.view import LONGEST_WAIT_S, Fields

MOST_AT_ONCE = 1000  # of what is to happen the next times
UNSENDABLE = (1004, 1005, 1006, 1015)  # close codes that no endpoint may send (RFC 6455, 7.4.1)
Argument = tuple[str, Callable[[Fields, str], Any]]  # its name, and what reads it


def text(values: Fields, name: str) -> str:
    """A text that must be there."""
    return values.take(name, str)


def close_code(values: Fields, name: str) -> int:
    """A close code; 1001 unless given."""
    code = values.take(name, int, 1001)
    if not 1000 <= code <= 4999 or code in UNSENDABLE:
        raise ValueError(f"a WebSocket cannot be closed with {code}; such as 1001 or 4000 can be")
    return code


def within(default: float, least: float, most: float, kind: type = int) -> Callable[..., Any]:
    """A number within bounds."""
    return lambda values, name: kind(number(values, name, default, least, most))


def seconds(name: str, default: float) -> Argument:
    """A time."""
    return name, within(default, 0, LONGEST_WAIT_S, float)


LOGIN, TOKEN = ("login", text), ("token", text)
N = ("n", within(1, 1, MOST_AT_ONCE))
N_OR_0 = ("n", within(1, 0, MOST_AT_ONCE))
STATUS = ("status", within(503, 400, 599))
DOWN = "Every server went down, and all connections with it"
FAULTS: dict[str, tuple[str, *tuple[Argument, ...]]] = {  # by the names of `Faults`' own methods
    "drop": ("{login}'s line was cut, without a word.", LOGIN),
    "close_frame": ("{login}'s line was closed with code {code}.", LOGIN, ("code", close_code)),
    "reconnect": (
        "{login} was asked to reconnect; if it stays, it is cut off in {close_after:g} s.",
        *(LOGIN, seconds("close_after", 30.0)),
    ),
    "stop_pong": ("{login}'s PINGs are answered no more.", LOGIN),
    "silence": ("{login}'s line stays open, but nothing goes through it any more.", LOGIN),
    "half_line": ("Half of what is said next reaches {login}, and then nothing more.", LOGIN),
    "split_lines": ("Everything reaches {login} in two pieces from now on.", LOGIN),
    "delay": (
        "Everything reaches {login} {seconds:g} s late from now on.",
        *(LOGIN, seconds("seconds", 2.0)),
    ),
    "refuse_login": (
        "Logins of {login} that will be refused, whatever the token: {n}.",
        *(LOGIN, N_OR_0),
    ),
    "revoke": ("Every token of {login} was revoked; the connections with them have ended.", LOGIN),
    "fail_api": ("Requests to the API that will be answered with status {status}: {n}.", STATUS, N),
    "repeat_delivery": ("Notifications that will reach a webhook twice, with the same id: {n}.", N),
    "restart": (DOWN + "; they are up again {down:g} s later.", seconds("down", 0.0)),
    "stop": (DOWN + "; new ones are refused.",),
    "start": ("Every server is up, at the same addresses as before.",),
}
REVOKE_ONE = ("The token was revoked, if it was one; the connections with it have ended.", TOKEN)


def make_fault(faults: Faults, name: str, values: Fields) -> str:
    """Make a fault of `FAULTS` happen; what was done."""
    method, (done, *arguments) = name, FAULTS[name]
    if name == "revoke":
        if values.take("token", str, ""):
            done, *arguments = REVOKE_ONE
        else:
            method = "revoke_all"
    found = {argument: read(values, argument) for argument, read in arguments}
    getattr(faults, method)(*found.values())
    return done.format(**found)


def number(values: Fields, name: str, default: float, least: float, most: float) -> float:
    """A number within bounds.

    >>> number(Fields({}), "n", 1, 0, 10), number(Fields({"n": 3}), "n", 1, 0, 10)
    (1, 3.0)
    """
    value = values.take(name, float, default)
    if not least <= value <= most:
        raise ValueError(f"{name!r} must be {least:g} to {most:g}; found {value!r}")
    return value
