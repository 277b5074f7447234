"""The token clinic: whose token is this, what may it do, and what is wrong with it.

It asks Twitch (`/oauth2/validate`) and judges; it changes nothing and never shows a token.
"""

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from botlib.problem import Problem
from botlib.twitch.addresses import addresses
from botlib.twitch.errors import Unreachable
from botlib.twitch.findings import clean, misfits, mistaken, pasted_with, unknown

IRC_SCOPES = ("chat:read", "chat:edit")


@dataclass(frozen=True)
class Diagnosis:
    """What Twitch says about a token; everything is empty if Twitch does not know it."""

    whose: str = ""
    user_id: str = ""
    app: str = ""
    scopes: tuple[str, ...] = ()
    expires_in: int = 0  # seconds; 0 for a token that never expires
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def hours(self) -> float:
        """Hours that are left, rounded."""
        return round(self.expires_in / 3600, 1)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.app:
            lines += [
                f"whose:   {self.whose or 'nobody: it is the application itself'}",
                f"app:     {self.app}",
                f"scopes:  {' '.join(self.scopes) or 'none'}",
                f"expires: in {self.hours} hours" if self.expires_in else "expires: never",
            ]
        return "\n".join(lines if self.problems else ["the token is good", *lines])


def diagnose(token: str, **more: Any) -> Diagnosis:
    """Examine a token, as a plain call; takes what `examine` takes."""
    with ThreadPoolExecutor(1) as thread:  # a notebook's own thread already runs a loop
        return thread.submit(asyncio.run, examine(token, **more)).result()


async def examine(
    token: str,
    *,
    scopes: Collection[str] = IRC_SCOPES,
    account: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    refresh_token: str | None = None,
    api: str | None = None,
) -> Diagnosis:
    """Find out all about a token; what else is given is compared with it.

    `account` is the login that the token should belong to; `scopes` are those that it needs, as a
    list or in one text with spaces between. Raises Unreachable.
    """
    needed = scopes.split() if isinstance(scopes, str) else scopes
    bare = clean(token)
    problems = pasted_with(token)
    confusion = mistaken(bare, client_secret, refresh_token)
    answer = await validate(bare, api) if bare else None
    if answer is None:
        return Diagnosis(problems=problems + (confusion or [unknown(bare)]))
    found = read(answer)
    wrong = misfits(found.whose, found.app, found.scopes, needed, account, client_id)
    return replace(found, problems=problems + wrong)


async def validate(token: str, api: str | None = None) -> dict[str, Any] | None:
    """Ask Twitch about a token; None if it is not valid. Raises Unreachable."""
    url = addresses(api).oauth + "oauth2/validate"
    headers = {"Authorization": f"OAuth {token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
            session.get(url, headers=headers) as response,
        ):
            if response.status == 401:
                return None
            answer = await response.json() if response.status == 200 else None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise Unreachable(f"{url} could not be asked: {type(error).__name__}") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("client_id"), str):
        raise Unreachable(f"{url} gave no sensible answer: status {response.status}")
    return answer


def read(answer: dict[str, Any]) -> Diagnosis:
    """Read Twitch's answer; an app token's has no login."""
    return Diagnosis(
        whose=answer.get("login") or "",
        user_id=answer.get("user_id") or "",
        app=answer["client_id"],
        scopes=tuple(answer.get("scopes") or ()),
        expires_in=int(answer.get("expires_in") or 0),
    )
