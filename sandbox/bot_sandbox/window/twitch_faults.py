"""Twitch's faults as requests: the fields of each, and a sentence about what was done."""

from typing import Annotated, TypedDict

from bot_sandbox.twitch.faults import Faults
from bot_sandbox.twitch.oauth import FAILING_PATHS
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.window.routes import (
    LONGEST_WAIT_S,
    OPTIONAL,
    Field,
    Values,
    number,
    text,
    whole_number,
)
from bot_sandbox.window.view import json_of

MOST_AT_ONCE = 1000  # the largest n
UNSENDABLE_CODES = (1004, 1005, 1006, 1015)  # no endpoint may send them (RFC 6455, 7.4.1)


def seconds(name: str, default: float) -> Field:
    """Return a field for seconds."""
    return number(name, "seconds", default, 0, LONGEST_WAIT_S)


LOGIN = text("login", "the program's account")
N = whole_number("n", "how many", 1, 1, MOST_AT_ONCE)
WENT_DOWN = "Every server went down, and all connections with it"
REVOKE = (
    text("login", "all tokens of this account", OPTIONAL),
    text("token", "only this one", OPTIONAL),
)
FAULTS: dict[str, tuple[str, *tuple[Field, ...]]] = {  # by the names of `Faults`' methods
    "drop": ("{login}'s line was cut, without a word.", LOGIN),
    "close_frame": (
        "{login}'s line was closed with code {code}.",
        *(LOGIN, whole_number("code", "a close code of a WebSocket", 1001, 1000, 4999)),
    ),
    "reconnect": (
        "{login} was asked to reconnect; if it stays, it is cut off in {close_after:g} s.",
        *(LOGIN, seconds("close_after", 30.0)),
    ),
    "stop_pong": ("{login}'s PINGs are not answered any more.", LOGIN),
    "silence": ("{login}'s line stays open, but nothing goes through it any more.", LOGIN),
    "half_line": ("Half of what is said next reaches {login}, and then nothing more.", LOGIN),
    "split_lines": ("Everything reaches {login} in two pieces from now on.", LOGIN),
    "delay": (
        "Everything reaches {login} {seconds:g} s late from now on.",
        *(LOGIN, seconds("seconds", 2.0)),
    ),
    "refuse_login": (
        "Logins of {login} that will be refused, whatever the token: {n}.",
        *(LOGIN, whole_number("n", "how many; 0 ends it", 1, 0, MOST_AT_ONCE)),
    ),
    "revoke": ("", *REVOKE),
    "fail_api": (
        "Requests to the API that will be answered with status {status}: {n}.",
        *(whole_number("status", "an HTTP status", 503, 400, 599), N),
    ),
    "fail_oauth": (
        "Requests to OAuth that will be answered with status {status}: {n}.",
        *(whole_number("status", "an HTTP status", 503, 400, 599), N),
        text("path", "only this one, under /oauth2", "", FAILING_PATHS),
    ),
    "repeat_delivery": ("Notifications that will reach a webhook twice, with the same id: {n}.", N),
    "clear": ("All faults have ended.",),
    "restart": (WENT_DOWN + "; they are up again {down:g} s later.", seconds("down", 0.0)),
    "stop": (WENT_DOWN + "; new ones are refused.",),
    "start": ("Every server is up, at the same addresses as before.",),
}


class FaultJson(TypedDict):
    fault: str
    login: Annotated[str, '"" for everybody']
    left: Annotated[int | None, "how many it will hit; null until it is cleared"]
    text: str


class HitJson(TypedDict):
    login: Annotated[str, '"" for everybody']
    text: str
    at: float


class FaultsJson(TypedDict):
    active: list[FaultJson]
    hits: Annotated[list[HitJson], "the newest 200"]


def faults_json(twitch: Twitch) -> FaultsJson:
    """Return the faults that act now or wait for something to hit, and what faults have done."""
    hits = list(twitch._world.fault_hits)[-200:]
    return {
        "active": [json_of(FaultJson, fault, fault=fault.name) for fault in twitch.faults.active],
        "hits": [json_of(HitJson, hit) for hit in hits],
    }


def make_fault(faults: Faults, name: str, values: Values) -> str:
    """Cause a fault of `FAULTS` and return what was done."""
    if name == "revoke":
        return revoke(faults, values["login"], values["token"])
    if values.get("code") in UNSENDABLE_CODES:
        code = values["code"]
        raise ValueError(f"a WebSocket cannot be closed with {code}; use one such as 1001 or 4000")
    getattr(faults, name)(*values.values())
    return FAULTS[name][0].format(**values)


def revoke(faults: Faults, login: str | None, token: str | None) -> str:
    """Revoke all tokens of an account, or one."""
    if login is not None and token is None:
        faults.revoke_all(login)
        return f"Every token of {login} was revoked; the connections with them have ended."
    if token is not None and login is None:
        faults.revoke(token)
        return "The token was revoked, if it was one; the connections with it have ended."
    raise ValueError("expected either 'login', for all its tokens, or 'token', for only one")
