"""Tokens and their scopes: issued, found, refreshed, revoked, expired.

A token is kept as a digest only, so looking one up takes the same time whatever was sent, and
nothing here can print one. Who may have a token is decided in oauth.py.
"""

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from bot_sandbox.randomness import Randomness
from bot_sandbox.twitch.chat import User
from bot_sandbox.twitch.clock import Clock
from bot_sandbox.twitch.settings import TwitchSettings

# Every scope Twitch knows, by its own names (dev.twitch.tv/docs/authentication/scopes)
SCOPES = frozenset(
    """
    analytics:read:extensions analytics:read:games bits:read channel:bot
    channel:edit:commercial channel:manage:ads channel:manage:broadcast
    channel:manage:extensions channel:manage:guest_star channel:manage:moderators
    channel:manage:polls channel:manage:predictions channel:manage:raids
    channel:manage:redemptions channel:manage:schedule channel:manage:videos
    channel:manage:vips channel:moderate channel:read:ads channel:read:charity
    channel:read:editors channel:read:goals channel:read:guest_star channel:read:hype_train
    channel:read:polls channel:read:predictions channel:read:redemptions
    channel:read:stream_key channel:read:subscriptions channel:read:vips chat:edit chat:read
    clips:edit moderation:read moderator:manage:announcements moderator:manage:automod
    moderator:manage:automod_settings moderator:manage:banned_users
    moderator:manage:blocked_terms moderator:manage:chat_messages
    moderator:manage:chat_settings moderator:manage:guest_star moderator:manage:shield_mode
    moderator:manage:shoutouts moderator:manage:suspicious_users
    moderator:manage:unban_requests moderator:manage:warnings moderator:read:automod_settings
    moderator:read:banned_users moderator:read:blocked_terms moderator:read:chat_messages
    moderator:read:chat_settings moderator:read:chatters moderator:read:followers
    moderator:read:guest_star moderator:read:moderators moderator:read:shield_mode
    moderator:read:shoutouts moderator:read:suspicious_users moderator:read:unban_requests
    moderator:read:vips moderator:read:warnings user:bot user:edit user:edit:broadcast
    user:edit:follows user:manage:blocked_users user:manage:chat_color user:manage:whispers
    user:read:blocked_users user:read:broadcast user:read:chat user:read:email
    user:read:emotes user:read:follows user:read:moderated_channels user:read:subscriptions
    user:read:whispers user:write:chat whispers:edit whispers:read
    """.split()  # noqa: SIM905 - eighty names in lines are easier to read
)


@dataclass(frozen=True)
class Application:
    """A registered application; a confidential one can keep a secret, a public one has none."""

    name: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    redirect: str
    confidential: bool = True
    more_redirects: tuple[str, ...] = field(default=(), repr=False)

    @property
    def redirects(self) -> tuple[str, ...]:
        """Every address that a browser may be sent back to."""
        return self.redirect, *self.more_redirects


@dataclass(frozen=True)
class Token:
    """What the token endpoint answers; never shown by repr."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: list[str]
    expires_in: int


@dataclass
class Grant:
    """One issued token: whose it is (`user` is None for an app token) and what it allows."""

    app: Application
    user: User | None
    scopes: list[str]
    expires_at: float
    refresh_digest: str = field(default="", repr=False)
    revoked: bool = False


def unknown_scope(scopes: list[str]) -> str:
    """The first scope Twitch does not know, or an empty string.

    >>> unknown_scope(["chat:read", "chat_edit"])
    'chat_edit'
    """
    return next((scope for scope in scopes if scope not in SCOPES), "")


def explain_scope(scope: str) -> str:
    """What to say about an unknown scope.

    >>> explain_scope("chat_edit")
    "Twitch knows no scope 'chat_edit'; did you mean 'chat:edit'?"
    """
    close = difflib.get_close_matches(scope, sorted(SCOPES), n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    return f"Twitch knows no scope {scope!r}{guess}"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class TokenStore:
    """Every token that was issued."""

    def __init__(self, clock: Clock, settings: TwitchSettings, randomness: Randomness) -> None:
        self._clock = clock
        self._randomness = randomness
        self._settings = settings
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, tuple[Grant, float]] = {}
        self.consents: dict[tuple[str, str], set[str]] = {}
        self.on_revoked: list[Callable[[Grant], None]] = []
        self.on_withdrawn: list[Callable[[Application, User], None]] = []

    def issue(self, app: Application, user: User | None, scopes: list[str]) -> Token:
        """A new token for a user, or for the application itself when `user` is None."""
        if user is None:
            return self._remember(app, None, [], self._settings.app_token_s)
        self.consents.setdefault((app.client_id, user.id), set()).update(scopes)
        return self._remember(app, user, scopes, self._settings.user_token_s)

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
        return self._remember(app, grant.user, grant.scopes, seconds)

    def revoke(self, access_token: str) -> Grant | None:
        """End a token and its refresh token; None when it was not valid."""
        grant = self.find(access_token)
        if grant is not None:
            self._end(grant)
        return grant

    def revoke_all(self, user: User) -> int:
        """End every valid token of a user; how many there were."""
        now = self._clock.now()
        theirs = [
            grant
            for grant in list(self._access.values())
            if grant.user == user and not grant.revoked and grant.expires_at > now
        ]
        for grant in theirs:
            self._end(grant)
        return len(theirs)

    def disconnect(self, app: Application, user: User) -> None:
        """The user takes back everything this application was allowed."""
        self.consents.pop((app.client_id, user.id), None)
        for listener in self.on_withdrawn:
            listener(app, user)
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
        self,
        app: Application,
        user: User | None,
        scopes: list[str],
        seconds: float,
        refresh: str = "",
    ) -> Token:
        """A new access token, and a new refresh token unless there is one; an app has none."""
        whose = f"{app.name} {user.login if user else ''}"
        access = self._randomness.text(30, f"token {whose}")
        if user and not refresh:
            refresh = self._randomness.text(50, f"refresh token {whose}")
        expires_at = self._clock.now() + seconds
        grant = Grant(app, user, list(scopes), expires_at, digest(refresh) if refresh else "")
        self._access[digest(access)] = grant
        if refresh:
            lasts = float("inf") if app.confidential else self._settings.public_refresh_s
            self._refresh[digest(refresh)] = (grant, self._clock.now() + lasts)
        return Token(access, refresh, list(scopes), int(seconds))
