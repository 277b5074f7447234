"""The token clinic: whose token is this, what may it do, and what is wrong with it.

It asks the platform (Telegram's getMe, Twitch's /oauth2/validate) and compares; it changes nothing
and never shows a token. What it finds are people's real slips: a name or quotes copied along, half
a token, another secret in its place, another account's, one that has died.
"""

import asyncio
import re
from collections.abc import Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from botlib.function import same
from botlib.settings import Unreachable, addresses, telegram_api

PATIENCE_S = 10.0  # for a whole answer, however slowly it trickles
AROUND = r"[\s\x00-\x1f\"'`‘’“”\u200b\ufeff]"  # what comes along when a token is copied


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}. {self.fix}."


class Diagnosis(NamedTuple):
    """What the platform says about a token; all is empty if it does not know it."""

    problems: tuple[Problem, ...] = ()
    whose: str = ""  # the account's login, or the bot's username
    name: str = ""  # Telegram's bots have one
    user_id: str = ""
    app: str = ""  # Twitch: the application it was made for
    scopes: tuple[str, ...] = ()  # Twitch: what it may do
    expires_in: int = 0  # Twitch: seconds; 0 for a token that never expires

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def hours(self) -> float:
        """Hours that are left, rounded."""
        return round(self.expires_in / 3600, 1)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems] or ["the token is good"]
        if self.app:
            lines += [
                f"whose:   {self.whose or 'nobody: it is the application itself'}",
                f"app:     {self.app}",
                f"scopes:  {' '.join(self.scopes) or 'none'}",
                f"expires: in {self.hours} hours" if self.expires_in else "expires: never",
            ]
        elif self.whose:
            lines.append(f"whose: @{self.whose} ({self.name})")
        return "\n".join(lines)


async def ask(address: str, shown: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Ask a platform: the status of its answer, and the JSON in it, None if there is none.

    Raises Unreachable, which names it as `shown`: an address of Telegram's holds the token.
    """
    import aiohttp  # here: most who load this module never ask

    patience = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(address, headers=headers) as response,
        ):
            if response.status != 200:
                return response.status, None
            return response.status, await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, ValueError, RecursionError) as error:
        reason = type(error).__name__
    raise Unreachable(f"{shown} gave no sensible answer: {reason}")


def run(asking: Coroutine[Any, Any, Diagnosis]) -> Diagnosis:
    """Wait for a diagnosis; on a thread, since a notebook's own already runs a loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asking).result()


# --- Telegram

ASK_BOTFATHER = "Ask BotFather: /mybots, your bot, API Token"
ALONE = "Give the token alone"
SECRET_LENGTH = 35  # characters after the colon, in every token that BotFather makes today
TELEGRAM_TOKEN = re.compile(rf"\d{{6,}}:[A-Za-z0-9_-]{{{SECRET_LENGTH}}}(?![A-Za-z0-9_-])")


def telegram_token(
    token: str, *, username: str | None = None, secret: str | None = None, api: str | None = None
) -> Diagnosis:
    """Find out all about a Telegram bot's token; raises Unreachable when Telegram cannot be asked.

    `username` is the bot that it should belong to, `secret` the webhook's, which people mix up
    with the token.
    """
    if secret and same(token.strip(), secret):
        mixed_up = Problem("This is the webhook's secret, not the token", ASK_BOTFATHER)
        return Diagnosis((mixed_up,))
    problems = telegram_slips(token)
    bare = clean_telegram(token)
    if not bare:
        return Diagnosis(tuple(problems))
    return run(_ask_telegram(bare, problems, (username or "").removeprefix("@"), api))


async def _ask_telegram(
    token: str, problems: list[Problem], username: str, api: str | None
) -> Diagnosis:
    root = telegram_api(api)
    status, answer = await ask(f"{root}/bot{token}/getMe", root)
    if status in (401, 404):  # a token that is none any more, and one that cannot be one
        what = (
            "Telegram does not know this token: a newer one was made by /revoke, the bot was "
            "deleted, or a character is wrong"
        )
        return Diagnosis((*problems, Problem(what, ASK_BOTFATHER)))
    me = answer.get("result") if isinstance(answer, dict) else None
    whose = me.get("username") if isinstance(me, dict) else None
    if not isinstance(me, dict) or not isinstance(whose, str):
        raise Unreachable(f"{root} gave no sensible answer: status {status}")
    if username and whose.lower() != username.lower():
        what = f"This is the token of @{whose}, and it should be @{username}'s"
        problems = [*problems, Problem(what, ASK_BOTFATHER)]
    return Diagnosis(tuple(problems), whose, str(me.get("first_name", "")), str(me.get("id", "")))


def clean_telegram(text: str) -> str:
    """Find the token in what was pasted; empty if no whole token is in it.

    >>> whole = "1234567:" + "A" * 35
    >>> clean_telegram(f'TELEGRAM_TOKEN="{whole}" ') == whole, clean_telegram("1234567:AA")
    (True, '')
    """
    found = TELEGRAM_TOKEN.search(text)
    return found[0] if found else ""


def telegram_slips(text: str) -> list[Problem]:
    """Find what can be seen without asking Telegram; nothing if the text is a token alone."""
    token = clean_telegram(text)
    if not token:
        return [unlike_a_telegram_token(text)]
    found = []
    before, _, after = text.partition(token)
    if re.search(r"\w\s*=", before):
        found.append(Problem("The name of the setting was copied with the token", ALONE))
    if before.lower().endswith("bot"):
        what = "The word bot stands before the token, as it does in addresses only"
        found.append(Problem(what, ALONE))
    if re.search(AROUND, before + after):
        found.append(Problem("There are quotes, spaces or line ends around the token", ALONE))
    if before + after and not found:
        found.append(Problem("There are other characters around the token", ALONE))
    return found


def unlike_a_telegram_token(text: str) -> Problem:
    """Say what a text may be that holds no whole token."""
    bare = re.sub(AROUND, "", text)
    number, colon, rest = bare.rpartition("=")[2].partition(":")
    if not bare:
        return Problem("There is no token", ASK_BOTFATHER)
    if clean_telegram(bare):
        return Problem("A space or a line end stands inside the token", "Copy it again, in one go")
    if bare.lstrip("-").isdecimal():
        return Problem("This is a number only: a bot's, a person's or a chat's", ASK_BOTFATHER)
    if colon and number.removeprefix("bot").isdecimal() and len(rest) < SECRET_LENGTH:
        what = f"The token is not whole: {len(rest)} of {SECRET_LENGTH} characters after the colon"
        return Problem(what, "Copy it again, to its end")
    what = f"This is no bot token: expected digits, a colon and {SECRET_LENGTH} letters"
    return Problem(what, ASK_BOTFATHER)


# --- Twitch

IRC_SCOPES = ("chat:read", "chat:edit")
AUTHORIZE = "Log in to Twitch as the bot's own account and authorize the application again"
LONGEST_ACCESS_TOKEN = 40  # characters; Twitch makes 30 today, and 50 for a refresh token


def twitch_token(token: str, **more: Any) -> Diagnosis:
    """Examine a Twitch token, as a plain call; takes what `examine` takes."""
    return run(examine(token, **more))


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
    """Find out all about a Twitch token; what else is given is compared with it.

    `account` is the login that the token should belong to; `scopes` are those that it needs, as a
    list or in one text with spaces between. Raises Unreachable when Twitch cannot be asked.
    """
    needed = scopes.split() if isinstance(scopes, str) else scopes
    bare = clean_twitch(token)
    problems = twitch_slips(token)
    found = await _ask_twitch(bare, api) if bare else None
    if found is None:
        confusion = mistaken_for_a_token(bare, client_secret, refresh_token)
        return Diagnosis((*problems, *(confusion or [unknown_to_twitch(bare)])))
    missing = [scope for scope in needed if scope not in found.scopes]
    if not found.whose:
        what = "This is an app token: it speaks for the application, and chat needs a user"
        problems.append(Problem(what, AUTHORIZE))
    elif missing:
        what = f"The token may not do all that is needed: missing {' and '.join(missing)}"
        problems.append(Problem(what, f"{AUTHORIZE}, with the scopes {' '.join(needed)}"))
    if found.whose and account and found.whose != account.lower():
        what = f"This is {found.whose}'s token, and it should be {account.lower()}'s"
        fix = f"Log out of Twitch, log in as {account.lower()}, authorize"
        problems.append(Problem(what, fix))
    if client_id and found.app != client_id:
        what = f"The token was made for another application: {found.app}, not {client_id}"
        fix = "Use that one's TWITCH_CLIENT_ID, or authorize with this one"
        problems.append(Problem(what, fix))
    return found._replace(problems=tuple(problems))


async def _ask_twitch(token: str, api: str | None) -> Diagnosis | None:
    """What Twitch knows of a token; None if it is not valid."""
    url = addresses(api).oauth + "oauth2/validate"
    status, answer = await ask(url, url, {"Authorization": f"OAuth {token}"})
    if status == 401:
        return None
    if not isinstance(answer, dict) or not isinstance(answer.get("client_id"), str):
        raise Unreachable(f"{url} gave no sensible answer: status {status}")
    # An app token has no login; a token without scopes has null for them.
    login, user_id = answer.get("login") or "", answer.get("user_id") or ""
    scopes, expires_in = answer.get("scopes") or [], answer.get("expires_in") or 0
    if not (
        isinstance(login, str)
        and isinstance(user_id, str)
        and isinstance(scopes, list)
        and all(isinstance(scope, str) for scope in scopes)
        and type(expires_in) is int
        and 0 <= expires_in < 10**9
    ):
        raise Unreachable(f"{url} gave a strange answer: a field is not of the kind it should be")
    app = answer["client_id"]
    return Diagnosis(
        whose=login, user_id=user_id, app=app, scopes=tuple(scopes), expires_in=expires_in
    )


def clean_twitch(token: str) -> str:
    """Take away what a token was pasted with; empty if no token is left.

    Raises TypeError, which does not show it, for what is no text.

    >>> [clean_twitch(text) for text in (' "oauth:abc" ', "Bearer abc", "TWITCH_TOKEN=abc", "a b")]
    ['abc', 'abc', 'abc', '']
    """
    if not isinstance(token, str):
        found = type(token).__name__
        raise TypeError(f"a token is text; found {found}. Pass its text: token.access_token")
    token = re.sub(f"{AROUND}+", " ", token).strip()
    token = re.sub(r"^\w+ ?= ?", "", token)
    token = re.sub(r"^(?:(?:oauth ?:?|bearer) ?)+(?=.)", "", token, flags=re.IGNORECASE)
    return token if re.fullmatch(r"[!-~]+", token) else ""


def twitch_slips(token: str) -> list[Problem]:
    """Find what stands around the token and does not belong to it."""
    alone = f"{ALONE}, without anything around it"
    found = []
    prefixes = len(re.findall(r"oauth:", token, flags=re.IGNORECASE))
    if not token.strip():
        found.append(Problem("There is no token", f"{AUTHORIZE}, and set TWITCH_TOKEN"))
    if prefixes == 1:
        found.append(Problem("The token begins with oauth:, which only IRC's PASS wants", alone))
    if prefixes > 1:
        found.append(Problem(f"oauth: stands {prefixes} times before the token", alone))
    if re.match(r"\W*(bearer|oauth)\s", token, flags=re.IGNORECASE):
        found.append(Problem("A word of the HTTP header stands before the token", alone))
    if re.match(r"\W*\w+\s*=", token):
        found.append(Problem("The name of the setting was copied with the token", alone))
    if token.strip() and re.search(AROUND, token):
        found.append(Problem("There are quotes, spaces or line ends in the token", alone))
    return found


def mistaken_for_a_token(
    token: str, client_secret: str | None, refresh_token: str | None
) -> list[Problem]:
    """Find another secret that was given in the token's place."""
    if client_secret and same(token, client_secret):
        what = "This is the application's client secret, not a token"
        return [Problem(what, f"{AUTHORIZE}; keep the secret as TWITCH_CLIENT_SECRET")]
    if refresh_token and same(token, refresh_token):
        what = "This is the refresh token, which only fetches new tokens"
        return [Problem(what, "Give the access token, and this one as TWITCH_REFRESH_TOKEN")]
    return []


def unknown_to_twitch(token: str) -> Problem:
    """Say what it can mean that Twitch answers "invalid access token"."""
    if len(token) > LONGEST_ACCESS_TOKEN:
        what = "Twitch does not know this token; it is as long as a refresh token"
        return Problem(what, "Give the access token, and this one as TWITCH_REFRESH_TOKEN")
    return Problem(
        "Twitch does not know this token: it expired (after about 4 hours), was revoked, is not "
        "copied whole, or is something else, such as a client secret",
        f"Refresh it, if there is a refresh token. If not: {AUTHORIZE}",
    )
