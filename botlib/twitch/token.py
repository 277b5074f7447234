"""Token checks for Twitch: whose token it is, what it may do, and what is wrong with it.

They find the mistakes that people really make: a name or quotes copied along, half a token, another
secret in its place, another account's token, one that has expired.
"""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from botlib.details.http import HttpResponse, NoAnswer, quoted, request
from botlib.details.settings import addresses
from botlib.function import constant_time_equal
from botlib.tokens import ALONE, COPIED_ALONG, KnownMistake, Problem, find_mistakes

IRC_SCOPES = ("chat:read", "chat:edit")
AUTHORIZE = "Log in to Twitch as the bot's own account and authorize the application again"
ONLY_THE_TOKEN = f"{ALONE}, without anything around it"
GIVE_THE_OTHER = "Give the access token, and this one as TWITCH_REFRESH_TOKEN"
LONGEST_ACCESS_TOKEN = 40  # characters; Twitch makes 30 today, and 50 for a refresh token
KNOWN_MISTAKES = (
    KnownMistake(r"^\s*$", "There is no token", f"{AUTHORIZE}, and set TWITCH_TOKEN"),
    KnownMistake(
        r"(?i)^(?!.*oauth:.*oauth:).*oauth:",
        "The token begins with oauth:, which only IRC's PASS wants",
        ONLY_THE_TOKEN,
    ),
    KnownMistake(r"(?i)oauth:.*oauth:", "oauth: is written twice before the token", ONLY_THE_TOKEN),
    KnownMistake(
        r"(?i)^\W*(bearer|oauth)\s",
        "A word of the HTTP header is before the token",
        ONLY_THE_TOKEN,
    ),
    KnownMistake(
        r"^\W*\w+\s*=", "The name of the setting was copied with the token", ONLY_THE_TOKEN
    ),
    KnownMistake(
        rf"^(?=.*\S).*{COPIED_ALONG}",
        "There are quotes, spaces or line ends in the token",
        ONLY_THE_TOKEN,
    ),
)


class TwitchTokenReport(NamedTuple):
    """What Twitch says about a token; the fields are empty if it does not know the token."""

    problems: tuple[Problem, ...] = ()
    login: str = ""  # empty for an app token
    user_id: str = ""
    client_id: str = ""  # of the application that it was made for
    scopes: tuple[str, ...] = ()  # what it may do
    expires_in: int = 0  # seconds; 0 for a token that never expires
    unknown: bool = False  # Twitch says "invalid access token", and nothing here tells why

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
        if self.client_id:
            lines += [
                f"whose:   {self.login or 'nobody: it is the application itself'}",
                f"app:     {self.client_id}",
                f"scopes:  {' '.join(self.scopes) or 'none'}",
                f"expires: in {self.hours} hours" if self.expires_in else "expires: never",
            ]
        return "\n".join(lines)


def check_token(
    token: str,
    *,
    scopes: Collection[str] = IRC_SCOPES,
    account: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    refresh_token: str | None = None,
    api: str | None = None,
    until: float | None = None,
) -> TwitchTokenReport:
    """Check a Twitch token; raises ConnectionError if Twitch gives no usable answer.

    What else is given is compared with the token: `account` is the login that it should belong to,
    `scopes` are what it must be allowed, as a list or in one text with spaces between. `until` is
    a time of `time.monotonic`.
    """
    needed = scopes.split() if isinstance(scopes, str) else scopes
    bare = clean_token(token)
    problems = find_mistakes(token, KNOWN_MISTAKES)
    found = ask_twitch(bare, api, until) if bare else None
    if found is None:
        if confusion := mistaken_for_a_token(bare, client_secret, refresh_token):
            return TwitchTokenReport((*problems, confusion))
        if not problems or bare:
            problems.append(unknown_to_twitch(bare))
        return TwitchTokenReport(tuple(problems), unknown=bool(bare))
    missing = [scope for scope in needed if scope not in found.scopes]
    if not found.login:
        what = "This is an app token: it speaks for the application, and chat needs a user"
        problems.append(Problem(what, AUTHORIZE))
    elif missing:
        what = f"The token may not do all that is needed: missing {' and '.join(missing)}"
        problems.append(Problem(what, f"{AUTHORIZE}, with the scopes {' '.join(needed)}"))
    if found.login and account and found.login != account.lower():
        what = f"This is {found.login}'s token, and it should be {account.lower()}'s"
        fix = f"Log out of Twitch, log in as {account.lower()}, authorize"
        problems.append(Problem(what, fix))
    if client_id and found.client_id != client_id:
        # What was given is not shown: it may be the client secret, pasted into the wrong place.
        made_for = quoted(found.client_id, bare)  # a server in between may repeat the token
        what = f"The token was made for another application ({made_for}), not for yours"
        fix = "Use that one's TWITCH_CLIENT_ID, or authorize with this one"
        problems.append(Problem(what, fix))
    return found._replace(problems=tuple(problems))


def ask_twitch(token: str, api: str | None, until: float | None) -> TwitchTokenReport | None:
    """Ask Twitch what it knows of a token; None if Twitch says that it is not valid.

    Source: dev.twitch.tv/docs/authentication/validate-tokens.
    """
    url = addresses(api).oauth + "oauth2/validate"
    response = request("GET", url, {"Authorization": f"OAuth {token}"}, until=until)
    answer = response.json_object()
    if refusal_of(response) == "invalid access token":
        return None
    if response.status != 200 or not isinstance(answer.get("client_id"), str):
        raise NoAnswer(f"{url} gave no sensible answer: status {response.status}")
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
        raise NoAnswer(f"{url} gave a strange answer: a field has the wrong type")
    return TwitchTokenReport((), login, user_id, answer["client_id"], tuple(scopes), expires_in)


def refusal_of(response: HttpResponse) -> str:
    """Return Twitch's own words of refusal in lower case; "" for any other answer.

    Twitch refuses in JSON that repeats the status. A page of a proxy or a captive portal does not,
    so a bot must not take its 401 or 404 for Twitch's word.

    >>> refusal_of(HttpResponse(401, b'{"status": 401, "message": "invalid access token"}'))
    'invalid access token'
    >>> refusal_of(HttpResponse(401, b"<html>Please log in to the Wi-Fi"))
    ''
    """
    answer = response.json_object()
    message: Any = answer.get("message")
    is_refusal = 400 <= response.status < 500 and answer.get("status") == response.status
    return message.lower() if is_refusal and isinstance(message, str) else ""


def clean_token(token: str) -> str:
    """Take away what a token was pasted with; empty if no token is left.

    Raises TypeError, which does not show it, for anything but a text.

    >>> [clean_token(text) for text in (' "oauth:abc" ', "Bearer abc", "TWITCH_TOKEN=abc", "a b")]
    ['abc', 'abc', 'abc', '']
    """
    if not isinstance(token, str):
        found = type(token).__name__
        text = 'pair["access_token"]' if isinstance(token, dict) else "token.access_token"
        raise TypeError(f"a token is text; found {found}. Pass its text: {text}")
    token = re.sub(f"{COPIED_ALONG}+", " ", token).strip()
    token = re.sub(r"^\w+ ?= ?", "", token)
    token = re.sub(r"^(?:(?:oauth ?:?|bearer) ?)+(?=.)", "", token, flags=re.IGNORECASE)
    return token if re.fullmatch(r"[!-~]+", token) else ""


def mistaken_for_a_token(
    token: str, client_secret: str | None, refresh_token: str | None
) -> Problem | None:
    """Find another secret that was given instead of the token."""
    if client_secret and constant_time_equal(token, client_secret):
        what = "This is the application's client secret, not a token"
        return Problem(what, f"{AUTHORIZE}; keep the secret as TWITCH_CLIENT_SECRET")
    if refresh_token and constant_time_equal(token, refresh_token):
        what = "This is the refresh token, which only fetches new tokens"
        return Problem(what, GIVE_THE_OTHER)
    return None


def unknown_to_twitch(token: str) -> Problem:
    """Say what it can mean that Twitch answers "invalid access token"."""
    if len(token) > LONGEST_ACCESS_TOKEN:
        what = "Twitch does not know this token; it is as long as a refresh token"
        return Problem(what, GIVE_THE_OTHER)
    return Problem(
        "Twitch does not know this token: it expired (after about 4 hours), was revoked, is not "
        "copied whole, or is something else, such as a client secret",
        f"Refresh it, if there is a refresh token. If not: {AUTHORIZE}",
    )
