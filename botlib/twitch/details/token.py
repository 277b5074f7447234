"""What Twitch says about a token: whose it is, what it may do, and whether a bot can use it."""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from botlib.details.http import HttpResponse, NoAnswer, quote_for_error, request
from botlib.details.settings import QUOTE_OR_SPACE, addresses

IRC_SCOPES = ("chat:read", "chat:edit")
AUTHORIZE = "Log in to Twitch as the bot's own account and authorize the application again"
GIVE_THE_OTHER = "Give the access token, and this one as TWITCH_REFRESH_TOKEN"
LONGEST_ACCESS_TOKEN = 40  # characters; Twitch makes 30 today, and 50 for a refresh token


class TokenValidation(NamedTuple):
    """What Twitch says about a token; the fields are empty if it does not know the token."""

    problems: tuple[str, ...] = ()  # what is wrong, and what to do about it
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


def validate_token(
    token: str,
    client_id: str | None = None,
    scopes: Collection[str] = IRC_SCOPES,
    api: str | None = None,
    until: float | None = None,
) -> TokenValidation:
    """Ask Twitch about a token; raises ConnectionError if it gives no usable answer.

    The token must be allowed the `scopes`, and be made for the application `client_id`, if that is
    given. `until` is a time of `time.monotonic`.
    """
    found = ask_twitch(token, api, until) if token else None
    if found is None:
        return TokenValidation((unknown_to_twitch(token),), unknown=bool(token))
    problems = []
    missing = [scope for scope in scopes if scope not in found.scopes]
    if not found.login:
        problems.append(
            "This is an app token: it speaks for the application, and chat needs a user. "
            f"{AUTHORIZE}."
        )
    elif missing:
        problems.append(
            f"The token may not do all that is needed: missing {' and '.join(missing)}. "
            f"{AUTHORIZE}, with the scopes {' '.join(scopes)}."
        )
    if client_id and found.client_id != client_id:
        # What was given is not shown: it may be the client secret, pasted into the wrong place.
        made_for = quote_for_error(
            found.client_id, token
        )  # a server in between may repeat the token
        problems.append(
            f"The token was made for another application ({made_for}), not for yours. Use that "
            "one's TWITCH_CLIENT_ID, or authorize with this one."
        )
    return found._replace(problems=tuple(problems))


def ask_twitch(token: str, api: str | None, until: float | None) -> TokenValidation | None:
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
    return TokenValidation((), login, user_id, answer["client_id"], tuple(scopes), expires_in)


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
    token = re.sub(f"{QUOTE_OR_SPACE}+", " ", token).strip()
    token = re.sub(r"^\w+ ?= ?", "", token)
    token = re.sub(r"^(?:(?:oauth ?:?|bearer) ?)+(?=.)", "", token, flags=re.IGNORECASE)
    return token if re.fullmatch(r"[!-~]+", token) else ""


def unknown_to_twitch(token: str) -> str:
    """Say what it can mean that Twitch answers "invalid access token"."""
    if len(token) > LONGEST_ACCESS_TOKEN:
        what = "Twitch does not know this token; it is as long as a refresh token"
        return f"{what}. {GIVE_THE_OTHER}."
    return (
        "Twitch does not know this token: it expired (after about 4 hours), was revoked, is not "
        "copied whole, or is something else, such as a client secret. Refresh it, if there is a "
        f"refresh token. If not: {AUTHORIZE}."
    )
