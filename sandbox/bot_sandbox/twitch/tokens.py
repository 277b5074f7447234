"""Tokens and their scopes: issued, found, refreshed, revoked, expired.

Only a digest of each token is kept, so looking one up takes the same time for any text, and nothing
here can print one. oauth.py decides who may have a token.
"""

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot_sandbox.http.guest import guest_refusal
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import Randomness

# All of Twitch's scopes (dev.twitch.tv/docs/authentication/scopes)
KNOWN_SCOPES = frozenset(
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
    moderator:read:vips moderator:read:warnings openid user:bot user:edit user:edit:broadcast
    user:edit:follows user:manage:blocked_users user:manage:chat_color user:manage:whispers
    user:read:blocked_users user:read:broadcast user:read:chat user:read:email
    user:read:emotes user:read:follows user:read:moderated_channels user:read:subscriptions
    user:read:whispers user:write:chat whispers:edit whispers:read
    """.split()  # noqa: SIM905 - eighty names in lines are easier to read
)


@dataclass(frozen=True)
class Application:
    """A registered application; a confidential one has a secret, a public one has none."""

    name: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    redirect: str
    confidential: bool = True
    more_redirects: tuple[str, ...] = field(default=(), repr=False)

    @property
    def redirects(self) -> tuple[str, ...]:
        """All addresses to which a browser may be sent back."""
        return self.redirect, *self.more_redirects


@dataclass(frozen=True)
class Token:
    """The answer of the token endpoint; repr never shows it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: list[str]
    expires_in: int


@dataclass
class TokenRecord:
    """One issued token: its user (None for an app token) and its scopes."""

    app: Application
    user: TwitchUser | None
    scopes: list[str]
    expires_at: float = 0.0
    refresh_digest: str = field(default="", repr=False)
    revoked: bool = False
    claims: tuple[str, ...] = ()  # what it may learn at /oauth2/userinfo, besides the id

    @property
    def sequence_name(self) -> str:
        """The application and its user, as a name for random sequences."""
        return f"{self.app.name} {self.user.login if self.user else ''}"


def unknown_scope(scopes: list[str]) -> str:
    """Return the first scope that Twitch does not know, or "".

    >>> unknown_scope(["chat:read", "chat_edit"])
    'chat_edit'
    """
    return next((scope for scope in scopes if scope not in KNOWN_SCOPES), "")


def explain_scope(scope: str) -> str:
    """Return an error text about an unknown scope.

    >>> explain_scope("chat_edit")
    "Twitch knows no scope 'chat_edit'; did you mean 'chat:edit'?"
    """
    close = difflib.get_close_matches(scope, sorted(KNOWN_SCOPES), n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    return f"Twitch knows no scope {scope!r}{guess}"


def digest_secret(secret: str) -> str:
    """Return the digest of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class TokenStore:
    """All issued tokens."""

    def __init__(self, clock: Clock, settings: TwitchSettings, randomness: Randomness) -> None:
        self._clock = clock
        self._randomness = randomness
        self._settings = settings
        self._access: dict[str, TokenRecord] = {}
        self._refresh: dict[str, tuple[TokenRecord, float]] = {}
        self.consents: dict[tuple[str, str], set[str]] = {}
        self.on_revoked: list[Callable[[TokenRecord], None]] = []
        self.on_withdrawn: list[Callable[[Application, TwitchUser], None]] = []

    def issue(
        self,
        app: Application,
        user: TwitchUser | None,
        scopes: list[str],
        claims: Iterable[str] = (),
        *,
        implicit: bool = False,
    ) -> Token:
        """Issue a token for a user, or for the application itself if `user` is None.

        One by implicit grant lasts longer, and cannot be refreshed.
        """
        settings = self._settings
        if user is None:
            return self._make_access_token(TokenRecord(app, None, []), settings.app_token_s)
        self.consents.setdefault((app.client_id, user.id), set()).update(scopes)
        record = TokenRecord(app, user, list(scopes), claims=tuple(claims))
        if implicit:
            return self._make_access_token(record, settings.implicit_token_s)
        return self._make_access_token(
            record, settings.user_token_s, self._new_refresh_token(record)
        )

    def find(self, access_token: str) -> TokenRecord | None:
        """Return what is known of a token; None if it is unknown, expired or revoked.

        And None if the client has joined for other accounts.
        """
        token = self._access.get(digest_secret(access_token))
        if token is None or token.revoked or token.expires_at <= self._clock.now():
            return None
        return None if guest_refusal(token.user or token.app) else token

    def why_invalid(self, access_token: str) -> str:
        """Return in a few words why `find` found nothing."""
        token = self._access.get(digest_secret(access_token))
        if token is None:
            return "Twitch never issued this token"
        if refused := guest_refusal(token.user or token.app):
            return refused
        return "the token was revoked" if token.revoked else "the token expired"

    def refresh(self, app: Application, refresh_token: str) -> Token | None:
        """Return a new token for a refresh token; a public application's works only once."""
        found = self._refresh.get(digest_secret(refresh_token))
        if found is None or found[0].app != app or found[1] <= self._clock.now():
            return None
        old = found[0]
        new = TokenRecord(app, old.user, old.scopes, claims=old.claims)
        if not app.confidential:
            del self._refresh[digest_secret(refresh_token)]
            refresh_token = self._new_refresh_token(new)
        return self._make_access_token(new, self._settings.user_token_s, refresh_token)

    def revoke(self, access_token: str) -> TokenRecord | None:
        """Revoke a token and its refresh token; return None if it was not valid."""
        token = self.find(access_token)
        if token is not None:
            self._end_token(token)
        return token

    def revoke_all(self, user: TwitchUser) -> int:
        """Revoke all valid tokens of a user and return their number."""
        now = self._clock.now()
        tokens = [
            token
            for token in list(self._access.values())
            if token.user == user and not token.revoked and token.expires_at > now
        ]
        for token in tokens:
            self._end_token(token)
        return len(tokens)

    def disconnect(self, app: Application, user: TwitchUser) -> None:
        """Withdraw all of a user's consent to an application."""
        self.consents.pop((app.client_id, user.id), None)
        for listener in self.on_withdrawn:
            listener(app, user)
        for token in list(self._access.values()):
            if token.app == app and token.user == user and not token.revoked:
                self._end_token(token)

    def allows(self, app: Application, user: TwitchUser, *scopes: str) -> bool:
        """Return whether the user has allowed the application all of these scopes."""
        return set(scopes) <= self.consents.get((app.client_id, user.id), set())

    def _end_token(self, token: TokenRecord) -> None:
        token.revoked = True
        self._refresh.pop(token.refresh_digest, None)
        for listener in self.on_revoked:
            listener(token)

    def _new_refresh_token(self, token: TokenRecord) -> str:
        return self._randomness.text(50, f"refresh token {token.sequence_name}")

    def _make_access_token(self, token: TokenRecord, seconds: float, refresh: str = "") -> Token:
        """Make the access token, which can be refreshed if there is a refresh token."""
        access = self._randomness.text(30, f"token {token.sequence_name}")
        token.expires_at = self._clock.now() + seconds
        self._access[digest_secret(access)] = token
        if refresh:
            token.refresh_digest = digest_secret(refresh)
            lasts = float("inf") if token.app.confidential else self._settings.public_refresh_s
            self._refresh[token.refresh_digest] = (token, self._clock.now() + lasts)
        return Token(access, refresh, list(token.scopes), int(seconds))
