"""The token clinic: which bot's token is this, and what is wrong with it.

It asks Telegram (`getMe`) and judges; it changes nothing and never shows a token.
"""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from botlib.function import same
from botlib.problem import Problem
from botlib.telegram.findings import ASK, clean, look_at, misfits, unknown
from botlib.telegram.update import api_root

TIMEOUT_S = 30.0
NOT_KNOWN = (401, 404)  # a token that is none any more, and one that cannot be one


@dataclass(frozen=True)
class Diagnosis:
    """What Telegram says about a token; `whose` is empty if Telegram does not know it."""

    whose: str = ""  # the bot's username
    name: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems] or ["the token is good"]
        return "\n".join([*lines, f"whose: @{self.whose} ({self.name})"] if self.whose else lines)


def diagnose(
    token: str,
    *,
    username: str | None = None,
    secret: str | None = None,
    api: str | None = None,
) -> Diagnosis:
    """Find out all about a token; raises ConnectionError when Telegram cannot be asked.

    `username` is the bot that it should belong to, `secret` the webhook's, which people mix up
    with the token.
    """
    if secret and same(token.strip(), secret):
        return Diagnosis(problems=[Problem("This is the webhook's secret, not the token", ASK)])
    problems, bare = look_at(token), clean(token)
    if not bare:
        return Diagnosis(problems=problems)
    me = get_me(bare, api)
    if me is None:
        return Diagnosis(problems=[*problems, unknown()])
    whose = str(me["username"])
    wrong = problems + misfits(whose, username)
    return Diagnosis(whose, str(me.get("first_name", "")), wrong)


def get_me(token: str, api: str | None = None) -> dict[str, Any] | None:
    """Ask Telegram whose token it is; None if nobody's. Raises ConnectionError."""
    root = api_root(api)
    try:
        with urllib.request.urlopen(f"{root}/bot{token}/getMe", timeout=TIMEOUT_S) as answer:  # noqa: S310
            me = json.load(answer)["result"]
            return me if isinstance(me["username"], str) else None
    except urllib.error.HTTPError as error:
        with error:
            if error.code in NOT_KNOWN:
                return None
            reason = f"status {error.code}"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        reason = type(error).__name__
    raise ConnectionError(f"{root} gave no sensible answer: {reason}")  # the address has the token
