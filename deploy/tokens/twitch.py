"""Token checks for Twitch: whose token it is, what it may do, and what is wrong with it.

They find the mistakes that people really make: a name or quotes copied along, half a token, another
secret in its place, another account's token, one that has expired.
"""

from collections.abc import Collection

from botlib.details.settings import QUOTE_OR_SPACE
from botlib.function import constant_time_equal
from botlib.twitch.details.token import (
    AUTHORIZE,
    GIVE_THE_OTHER,
    IRC_SCOPES,
    TokenValidation,
    clean_token,
    validate_token,
)
from deploy.tokens.mistakes import ALONE, KnownMistake, find_mistakes

ONLY_THE_TOKEN = f"{ALONE}, without anything around it"
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
        rf"^(?=.*\S).*{QUOTE_OR_SPACE}",
        "There are quotes, spaces or line ends in the token",
        ONLY_THE_TOKEN,
    ),
)


class TwitchTokenReport(TokenValidation):
    """What Twitch says about a token; printed, it is for people."""

    @property
    def hours(self) -> float:
        """Hours that are left, rounded."""
        return round(self.expires_in / 3600, 1)

    def __str__(self) -> str:
        lines = [*self.problems] or ["the token is good"]
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
    bare, problems = clean_token(token), find_mistakes(token, KNOWN_MISTAKES)
    found = validate_token(bare, client_id, needed, api, until)
    if found.unknown and (other := other_secret(bare, client_secret, refresh_token)):
        found = TokenValidation((other,))
    if bare or not problems:
        problems += found.problems
    if found.login and account and found.login != account.lower():
        problems.append(
            f"This is {found.login}'s token, and it should be {account.lower()}'s. Log out of "
            f"Twitch, log in as {account.lower()}, authorize."
        )
    return TwitchTokenReport(*found._replace(problems=tuple(problems)))


def other_secret(token: str, client_secret: str | None, refresh_token: str | None) -> str:
    """Say which other secret was given instead of the token; "" if none was."""
    if client_secret and constant_time_equal(token, client_secret):
        what = "This is the application's client secret, not a token"
        return f"{what}. {AUTHORIZE}; keep the secret as TWITCH_CLIENT_SECRET."
    if refresh_token and constant_time_equal(token, refresh_token):
        return f"This is the refresh token, which only fetches new tokens. {GIVE_THE_OTHER}."
    return ""
