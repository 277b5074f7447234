"""Codes that a person's consent turns into tokens: authorization codes and device codes.

Each works once and for a short time. The pages where the person consents are in oauth_pages.py.
"""

import secrets
from dataclasses import dataclass

from sandbox.twitch.model import Application, User
from sandbox.twitch.tokens import digest, random_text
from sandbox.twitch.world import World

USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits


@dataclass
class Consent:
    """What a user was asked for; `user` is None until they say yes."""

    app: Application
    scopes: list[str]
    expires_at: float
    redirect: str = ""
    user: User | None = None
    denied: bool = False


class Codes:
    """Every code that was handed out and not used yet."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._authorization: dict[str, Consent] = {}
        self._device: dict[str, Consent] = {}
        self._by_user_code: dict[str, Consent] = {}

    def new_authorization(
        self, app: Application, user: User, scopes: list[str], redirect: str
    ) -> str:
        """A code for an application that a user said yes to."""
        code = random_text(30)
        expires_at = self._world.clock.now() + self._world.settings.code_s
        self._authorization[digest(code)] = Consent(app, scopes, expires_at, redirect, user)
        return code

    def take_authorization(self, app: Application, code: str) -> Consent | None:
        """Use an authorization code up; None when it is spent, expired or another's."""
        consent = self._authorization.get(digest(code))
        if consent is None or consent.app != app:
            return None
        del self._authorization[digest(code)]
        return consent if self._fresh(consent) else None

    def new_device(self, app: Application, scopes: list[str]) -> tuple[str, str]:
        """A device code for the program and a user code for the person."""
        device_code = random_text(40)
        user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(8))
        expires_at = self._world.clock.now() + self._world.settings.device_code_s
        consent = Consent(app, scopes, expires_at)
        self._device[digest(device_code)] = consent
        self._by_user_code[user_code] = consent
        return device_code, user_code

    def asked(self, user_code: str) -> Consent | None:
        """What a user code asks for; None when it is unknown, answered or expired."""
        consent = self._by_user_code.get(user_code.strip().upper())
        if consent is None or consent.user or consent.denied or not self._fresh(consent):
            return None
        return consent

    def device(self, app: Application, device_code: str) -> Consent | None:
        """The state of a device code, still pending or just answered; None when it is no good."""
        consent = self._device.get(digest(device_code))
        if consent is None or consent.app != app or consent.denied or not self._fresh(consent):
            return None
        if consent.user:
            del self._device[digest(device_code)]
        return consent

    def _fresh(self, consent: Consent) -> bool:
        return self._world.clock.now() < consent.expires_at
