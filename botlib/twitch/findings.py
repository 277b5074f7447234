"""What can be wrong with a token, each with its fix.

It only compares texts: what Twitch says about a token is asked for elsewhere.
"""

import re
from collections.abc import Collection

from botlib.function import same
from botlib.problem import Problem

AUTHORIZE = "Log in to Twitch as the bot's own account and authorize the application again"
ALONE = "Give the token alone, without anything around it"
LONGEST_ACCESS_TOKEN = 40  # characters; Twitch makes 30 today, and 50 for a refresh token


def clean(token: str) -> str:
    """Take away what a token was pasted with; empty if no token is left.

    Raises TypeError, which does not show it, for what is no text.

    >>> clean(' "oauth:abc" '), clean("Bearer abc"), clean("TWITCH_TOKEN=abc"), clean("a b")
    ('abc', 'abc', 'abc', '')
    """
    if not isinstance(token, str):
        found = type(token).__name__
        raise TypeError(f"a token is text; found {found}. Pass its text: token.access_token")
    token = re.sub(r"[\s\x00-\x1f\"'`‘’“”\u200b\ufeff]+", " ", token).strip()
    token = re.sub(r"^\w+ ?= ?", "", token)
    token = re.sub(r"^(?:(?:oauth ?:?|bearer) ?)+(?=.)", "", token, flags=re.IGNORECASE)
    return token if re.fullmatch(r"[!-~]+", token) else ""


def pasted_with(token: str) -> list[Problem]:
    """Find what stands around the token and does not belong to it."""
    found = []
    prefixes = len(re.findall(r"oauth:", token, flags=re.IGNORECASE))
    if not token.strip():
        found.append(Problem("There is no token", f"{AUTHORIZE}, and set TWITCH_TOKEN"))
    if prefixes == 1:
        found.append(Problem("The token begins with oauth:, which only IRC's PASS wants", ALONE))
    if prefixes > 1:
        found.append(Problem(f"oauth: stands {prefixes} times before the token", ALONE))
    if re.match(r"\W*(bearer|oauth)\s", token, flags=re.IGNORECASE):
        found.append(Problem("A word of the HTTP header stands before the token", ALONE))
    if re.match(r"\W*\w+\s*=", token):
        found.append(Problem("The name of the setting was copied with the token", ALONE))
    if token.strip() and re.search(r"[\s\x00-\x1f\"'`‘’“”\u200b\ufeff]", token):
        found.append(Problem("There are quotes, spaces or line ends in the token", ALONE))
    return found


def mistaken(token: str, client_secret: str | None, refresh_token: str | None) -> list[Problem]:
    """Find another secret that was given in the token's place."""
    if client_secret and same(token, client_secret):
        what = "This is the application's client secret, not a token"
        return [Problem(what, f"{AUTHORIZE}; keep the secret as TWITCH_CLIENT_SECRET")]
    if refresh_token and same(token, refresh_token):
        what = "This is the refresh token, which only fetches new tokens"
        return [Problem(what, "Give the access token, and this one as TWITCH_REFRESH_TOKEN")]
    return []


def unknown(token: str) -> Problem:
    """Say what it can mean that Twitch answers "invalid access token"."""
    if len(token) > LONGEST_ACCESS_TOKEN:
        what = "Twitch does not know this token; it is as long as a refresh token"
        return Problem(what, "Give the access token, and this one as TWITCH_REFRESH_TOKEN")
    return Problem(
        "Twitch does not know this token: it expired (after about 4 hours), was revoked, is not "
        "copied whole, or is something else, such as a client secret",
        f"Refresh it, if there is a refresh token. If not: {AUTHORIZE}",
    )


def misfits(
    whose: str,
    app: str,
    granted: Collection[str],
    needed: Collection[str],
    account: str | None,
    client_id: str | None,
) -> list[Problem]:
    """Find why a token that Twitch knows is not the one that is needed."""
    found = []
    missing = [scope for scope in needed if scope not in granted]
    if not whose:
        what = "This is an app token: it speaks for the application, and chat needs a user"
        found.append(Problem(what, AUTHORIZE))
    elif missing:
        what = f"The token may not do all that is needed: missing {' and '.join(missing)}"
        found.append(Problem(what, f"{AUTHORIZE}, with the scopes {' '.join(needed)}"))
    if whose and account and whose != account.lower():
        what = f"This is {whose}'s token, and it should be {account.lower()}'s"
        found.append(Problem(what, f"Log out of Twitch, log in as {account.lower()}, authorize"))
    if client_id and app != client_id:
        what = f"The token was made for another application: {app}, not {client_id}"
        found.append(Problem(what, "Use that one's TWITCH_CLIENT_ID, or authorize with this one"))
    return found
