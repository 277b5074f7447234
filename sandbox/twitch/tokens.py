"""Tokens: issued, found, refreshed, revoked, expired.

A token is kept as a digest only, so looking one up takes the same time whatever was sent, and
nothing here can print one. Who may have a token is decided in oauth.py.
"""

import hashlib
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.twitch.clock import Clock
from sandbox.twitch.model import Application, Token, User
from sandbox.twitch.settings import Settings

ALPHABET = string.ascii_lowercase + string.digits


def random_text(length: int) -> str:
    """A secret as Twitch's look: lower-case letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Grant:
    """One issued token: whose it is (`user` is None for an app token) and what it allows."""

    app: Application
    user: User | None
    scopes: list[str]
    expires_at: float
    refresh_digest: str = field(default="", repr=False)
    revoked: bool = False


class TokenStore:
    """Every token that was issued."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, tuple[Grant, float]] = {}
        self.consents: dict[tuple[str, str], set[str]] = {}
        self.on_revoked: list[Callable[[Grant], None]] = []

    def issue(self, app: Application, user: User | None, scopes: list[str]) -> Token:
        """A new token for a user, or for the application itself when `user` is None."""
        if user is None:
            return self._remember(app, None, [], self._settings.app_token_s, "")
        self.consents.setdefault((app.client_id, user.id), set()).update(scopes)
        return self._remember(app, user, scopes, self._settings.user_token_s, random_text(50))

    def find(self, access_token: str) -> Grant | None:
        """What a token allows; None when it is unknown, expired or revoked."""
        grant = self._access.get(digest(access_token))
        if grant is None or grant.revoked or grant.expires_at <= self._clock.now():
            return None
        return grant

    def why_invalid(self, access_token: str) -> str:
        """Why `find` found nothing, in a few words."""
        grant = self._access.get(digest(access_token))
        if grant is None:
            return "Twitch never issued this token"
        return "the token was revoked" if grant.revoked else "the token expired"

    def refresh(self, app: Application, refresh_token: str) -> Token | None:
        """A new token for a refresh token; a public application's works only once."""
        found = self._refresh.get(digest(refresh_token))
        if found is None or found[0].app != app or found[1] <= self._clock.now():
            return None
        grant, seconds = found[0], self._settings.user_token_s
        if app.confidential:
            return self._remember(app, grant.user, grant.scopes, seconds, refresh_token)
        del self._refresh[digest(refresh_token)]
        return self._remember(app, grant.user, grant.scopes, seconds, random_text(50))

    def revoke(self, access_token: str) -> Grant | None:
        """End a token and its refresh token; None when it was not valid."""
        grant = self.find(access_token)
        if grant is not None:
            self._end(grant)
        return grant

    def disconnect(self, app: Application, user: User) -> None:
        """The user takes back everything this application was allowed."""
        self.consents.pop((app.client_id, user.id), None)
        for grant in list(self._access.values()):
            if grant.app == app and grant.user == user and not grant.revoked:
                self._end(grant)

    def allows(self, app: Application, user: User, *scopes: str) -> bool:
        """Whether the user ever allowed the application all of these scopes."""
        return set(scopes) <= self.consents.get((app.client_id, user.id), set())

    def _end(self, grant: Grant) -> None:
        grant.revoked = True
        self._refresh.pop(grant.refresh_digest, None)
        for listener in self.on_revoked:
            listener(grant)

    def _remember(
        self, app: Application, user: User | None, scopes: list[str], seconds: float, refresh: str
    ) -> Token:
        access = random_text(30)
        expires_at = self._clock.now() + seconds
        grant = Grant(app, user, list(scopes), expires_at, digest(refresh) if refresh else "")
        self._access[digest(access)] = grant
        if refresh:
            lasts = float("inf") if app.confidential else self._settings.public_refresh_s
            self._refresh[digest(refresh)] = (grant, self._clock.now() + lasts)
        return Token(access, refresh, list(scopes), int(seconds))
