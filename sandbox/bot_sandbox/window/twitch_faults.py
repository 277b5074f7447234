"""Twitch's faults as requests: each makes it happen and says in a sentence what was done."""

from collections.abc import Callable

from bot_sandbox.twitch.faults import Faults
from bot_sandbox.window.view import LONGEST_WAIT_S, Fields

Fault = Callable[[Faults, Fields], str]
MOST_AT_ONCE = 1000  # of what is to happen the next times
UNSENDABLE = (1004, 1005, 1006, 1015)  # close codes that no endpoint may send (RFC 6455, 7.4.1)


def drop(faults: Faults, values: Fields) -> str:
    """{"login"}."""
    login = values.take("login", str)
    faults.drop(login)
    return f"{login}'s line was cut, without a word."


def close_frame(faults: Faults, values: Fields) -> str:
    """{"login", "code": 1001}."""
    login, code = values.take("login", str), values.take("code", int, 1001)
    if not 1000 <= code <= 4999 or code in UNSENDABLE:
        raise ValueError(f"a WebSocket cannot be closed with {code}; such as 1001 or 4000 can be")
    faults.close_frame(login, code)
    return f"{login}'s line was closed with code {code}."


def reconnect(faults: Faults, values: Fields) -> str:
    """{"login", "close_after": 30}."""
    login, left = values.take("login", str), number(values, "close_after", 30.0, 0, LONGEST_WAIT_S)
    faults.reconnect(login, left)
    return f"{login} was asked to reconnect; if it stays, it is cut off in {left:g} s."


def stop_pong(faults: Faults, values: Fields) -> str:
    """{"login"}."""
    login = values.take("login", str)
    faults.stop_pong(login)
    return f"{login}'s PINGs are answered no more."


def silence(faults: Faults, values: Fields) -> str:
    """{"login"}."""
    login = values.take("login", str)
    faults.silence(login)
    return f"{login}'s line stands, but nothing goes through it any more."


def half_line(faults: Faults, values: Fields) -> str:
    """{"login"}."""
    login = values.take("login", str)
    faults.half_line(login)
    return f"Half of what is said next reaches {login}, and then nothing more."


def split_lines(faults: Faults, values: Fields) -> str:
    """{"login"}."""
    login = values.take("login", str)
    faults.split_lines(login)
    return f"Everything reaches {login} in two pieces from now on."


def delay(faults: Faults, values: Fields) -> str:
    """{"login", "seconds": 2}."""
    login, late = values.take("login", str), number(values, "seconds", 2.0, 0, LONGEST_WAIT_S)
    faults.delay(login, late)
    return f"Everything reaches {login} {late:g} s late from now on."


def refuse_login(faults: Faults, values: Fields) -> str:
    """{"login", "n": 1}."""
    login, n = values.take("login", str), int(number(values, "n", 1, 0, MOST_AT_ONCE))
    faults.refuse_login(login, n)
    return f"Logins of {login} that will be refused, whatever the token: {n}."


def revoke(faults: Faults, values: Fields) -> str:
    """{"token"}, or {"login"} for all of an account."""
    token = values.take("token", str, "")
    if token:
        faults.revoke(token)
        return "The token was revoked, if it was one; the connections made with it have ended."
    login = values.take("login", str)
    faults.revoke_all(login)
    return f"Every token of {login} was revoked; the connections made with them have ended."


def fail_api(faults: Faults, values: Fields) -> str:
    """{"status": 503, "n": 1}."""
    status = int(number(values, "status", 503, 400, 599))
    n = int(number(values, "n", 1, 1, MOST_AT_ONCE))
    faults.fail_api(status, n)
    return f"Requests to the API that will be answered with status {status}: {n}."


def repeat_delivery(faults: Faults, values: Fields) -> str:
    """{"n": 1}."""
    n = int(number(values, "n", 1, 1, MOST_AT_ONCE))
    faults.repeat_delivery(n)
    return f"Notifications that will reach a webhook twice, with the same id: {n}."


def restart(faults: Faults, values: Fields) -> str:
    """{"down": 0}."""
    down = number(values, "down", 0.0, 0, LONGEST_WAIT_S)
    faults.restart(down)
    when = f"they come up again in {down:g} s" if down else "they are up again"
    return f"Every server went down, and all connections with it; {when}."


def stop(faults: Faults, _: Fields) -> str:
    """Until `start`."""
    faults.stop()
    return "Every server went down, and all connections with it; new ones are refused."


def start(faults: Faults, _: Fields) -> str:
    """After `stop`."""
    faults.start()
    return "Every server is up, at the same addresses as before."


FAULTS: dict[str, Fault] = {  # by the names of `Faults`' own methods
    fault.__name__: fault
    for fault in (
        *(drop, close_frame, reconnect, stop_pong, silence, half_line, split_lines, delay),
        *(refuse_login, revoke, fail_api, repeat_delivery, restart, stop, start),
    )
}


def number(values: Fields, name: str, default: float, least: float, most: float) -> float:
    """A number within bounds.

    >>> number(Fields({}), "n", 1, 0, 10), number(Fields({"n": 3}), "n", 1, 0, 10)
    (1, 3.0)
    """
    value = values.take(name, float, default)
    if not least <= value <= most:
        raise ValueError(f"{name!r} must be {least:g} to {most:g}; found {value!r}")
    return value
