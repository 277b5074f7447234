"""OpenID Connect: who a person is, in id tokens signed with a key that anybody can check.

dev.twitch.tv/docs/authentication/getting-tokens-oidc; the signature is RS256 (RFC 7518, 3.3).
"""

import base64
import hashlib
import json
import math
import string
from collections.abc import Iterable
from typing import Any

from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld
from bot_sandbox.world.randomness import Randomness

SCOPE = "openid"
CLAIMS = ("email", "email_verified", "picture", "preferred_username", "updated_at")  # on request
ID_TOKEN_S = 900  # how long an id token is valid (the sandbox's number)

KEY_ID = "1"
KEY_BITS = 2048
EXPONENT = 65_537
SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2, note 1
SMALL_PRIMES = math.prod(range(3, 2000, 2))


class SigningKey:
    """An RSA key of this sandbox, which is worth nothing elsewhere."""

    def __init__(self, randomness: Randomness) -> None:
        one, other = (find_prime(randomness, f"signing key {name}") for name in ("one", "other"))
        self._modulus = one * other
        self._private = pow(EXPONENT, -1, math.lcm(one - 1, other - 1))

    def public(self) -> dict[str, str]:
        """Return the public half as a JSON Web Key."""
        modulus, exponent = (base64_for_urls(number_to_bytes(n)) for n in (self._modulus, EXPONENT))
        return {"alg": "RS256", "e": exponent, "kid": KEY_ID, "kty": "RSA", "n": modulus,
                "use": "sig"}  # fmt: skip

    def sign(self, claims: dict[str, Any]) -> str:
        """Return claims as a signed JSON Web Token."""
        header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        signed = ".".join(base64_for_urls(json.dumps(part).encode()) for part in (header, claims))
        end = b"\0" + SHA_256 + hashlib.sha256(signed.encode()).digest()
        size = KEY_BITS // 8
        padded = b"\0\1" + b"\xff" * (size - 2 - len(end)) + end
        signature = pow(int.from_bytes(padded), self._private, self._modulus)
        return f"{signed}.{base64_for_urls(signature.to_bytes(size))}"


def find_prime(randomness: Randomness, name: str) -> int:
    """Return the first prime after a random number of half the key's length.

    Fermat's test errs for a random number of this length less than once in 10^40.
    """
    digits = randomness.text(KEY_BITS // 8, name, string.hexdigits[:16])
    number = int(digits, 16) | 3 << KEY_BITS // 2 - 2 | 1  # so that the product has all bits
    while (
        math.gcd(number, SMALL_PRIMES) != 1
        or (number - 1) % EXPONENT == 0
        or pow(2, number - 1, number) != 1
    ):
        number += 2
    return number


def base_claims(world: TwitchWorld, app: Application, user: TwitchUser) -> dict[str, Any]:
    """Return what every id token says."""
    now = int(world.clock.now())
    return {
        "aud": app.client_id,
        "azp": app.client_id,
        "exp": now + ID_TOKEN_S,
        "iat": now,
        "iss": f"{world.url}/oauth2",
        "sub": user.id,
    }


def user_claims(user: TwitchUser, names: Iterable[str]) -> dict[str, Any]:
    """Return the requested claims about a user; a name that Twitch does not know is ignored."""
    known = {
        "email": user.email,
        "email_verified": True,
        "picture": "",
        "preferred_username": user.display_name,
        "updated_at": user.created_at,
    }
    return {name: known[name] for name in CLAIMS if name in names}


def requested_claims(text: str) -> dict[str, list[str]] | None:
    """Return the names in the parameter `claims`, by place; None if it can't be read.

    >>> requested_claims('{"id_token": {"email": null}, "userinfo": {"picture": null}}')
    {'id_token': ['email'], 'userinfo': ['picture']}
    >>> requested_claims("email")
    """
    try:
        found = json.loads(text or "{}")
        return {place: list(dict(found.get(place) or {})) for place in ("id_token", "userinfo")}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def discovery_document(url: str) -> dict[str, Any]:
    """Return the discovery document of the server at this address."""
    base = f"{url}/oauth2"
    return {
        "authorization_endpoint": f"{base}/authorize",
        "claims_parameter_supported": True,
        "claims_supported": [*CLAIMS, "exp", "iss", "sub", "azp", "aud", "iat"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": base,
        "jwks_uri": f"{base}/keys",
        "response_types_supported": ["id_token", "code", "token", "code id_token",
                                     "token id_token"],
        "scopes_supported": [SCOPE],
        "subject_types_supported": ["public"],
        "token_endpoint": f"{base}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "userinfo_endpoint": f"{base}/userinfo",
    }  # fmt: skip


def number_to_bytes(number: int) -> bytes:
    """Return a number as bytes, without leading zeros."""
    return number.to_bytes((number.bit_length() + 7) // 8)


def base64_for_urls(data: bytes) -> str:
    """Return data as base64 for addresses, without padding (RFC 7515).

    >>> base64_for_urls(number_to_bytes(EXPONENT))
    'AQAB'
    """
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
