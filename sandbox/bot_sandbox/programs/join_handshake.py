"""How a program's side and a sandbox make sure that both know a join code, which never travels.

All of it is JSON in text messages of a WebSocket, one handshake for each connection:

1. sandbox: {"nonce": S}
2. program: {"nonce": P, "ask": WHAT, "proof": a MAC by the code of its role, S, P and WHAT}
3. sandbox: {"sealed": its answer, encrypted and authenticated by a key that the code makes of its
   role, S, P and WHAT}, or {"refused": WHY}

A nonce is random and used once, so what somebody has recorded opens nothing later. Who has recorded
it can still try codes at leisure, as many as they like. That is why a code has to be a long one.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import ClientWebSocketResponse, web

from bot_sandbox.diagnosis.clean_text import escape_control_characters
from bot_sandbox.http.access import key_matches

T = TypeVar("T")
Connection = web.WebSocketResponse | ClientWebSocketResponse
PROGRAM, SANDBOX = "program", "sandbox"  # the roles: no message works in the other direction
NONCE_BYTES = 16
SHORTEST_CODE, FEWEST_CHARACTERS = 20, 8
LONGEST_REFUSAL = 500  # characters
NO_HANDSHAKE = "can't be joined by this version of bot-sandbox. Use the same version on both sides"
WRONG_CODE = (
    "knows no such code. Get the whole address from it again, and start your bot with that one"
)


class JoinError(ValueError):
    """A sandbox refuses a program; the text says why, and between the two begins with a verb."""


def check_code(code: str) -> str:
    """Return a code that somebody has chosen; ValueError, without the code, if it is too weak."""
    if len(code) < SHORTEST_CODE or len(set(code)) < FEWEST_CHARACTERS:
        raise ValueError(
            f"code= needs at least {SHORTEST_CODE} characters, {FEWEST_CHARACTERS} of them "
            "different, because a listener can try shorter ones. Leave it out for a random one"
        )
    return code


def key_from(code: str, *transcript: str) -> bytes:
    """Return 32 bytes that only who knows the code can make of what was said."""
    said = json.dumps(transcript).encode()
    return hmac.digest(code.encode("utf-8", "surrogatepass"), said, "sha256")


def seal(key: bytes, text: str) -> str:
    """Encrypt and authenticate a text with a key that is used once."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(bytes(12), text.encode(), None).hex()


def unseal(key: bytes, sealed: str) -> str:
    """Return the text; JoinError if it was sealed with another key, or changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(bytes(12), bytes.fromhex(sealed), None).decode()
    except (InvalidTag, ValueError):
        raise JoinError("doesn't know the code either. Somebody else may answer there") from None


async def ask_sandbox(connection: Connection, code: str, ask: str) -> str:
    """Ask a sandbox as a program; return its answer. Raises JoinError."""
    mine = secrets.token_hex(NONCE_BYTES)
    (theirs,) = await receive(connection, "nonce")
    proof = key_from(code, PROGRAM, theirs, mine, ask).hex()
    await connection.send_json({"nonce": mine, "ask": ask, "proof": proof})
    (sealed,) = await receive(connection, "sealed")
    return unseal(key_from(code, SANDBOX, theirs, mine, ask), sealed)


async def hear_program(connection: Connection, codes: Mapping[T, str]) -> tuple[T, str, bytes]:
    """Return whose code a program knows, what it asks, and the key that seals the answer.

    Raises JoinError, with what to tell the program.
    """
    mine = secrets.token_hex(NONCE_BYTES)
    await connection.send_json({"nonce": mine})
    theirs, ask, proof = await receive(connection, "nonce", "ask", "proof", by_sandbox=False)
    for owner, code in list(codes.items()):
        if key_matches(proof, key_from(code, PROGRAM, mine, theirs, ask).hex()):
            return owner, ask, key_from(code, SANDBOX, mine, theirs, ask)
    raise JoinError(WRONG_CODE)


async def receive(connection: Connection, *names: str, by_sandbox: bool = True) -> list[str]:
    """Receive a message, and return these of its values; raises JoinError.

    Only a sandbox refuses.
    """
    said: Any = {}
    with suppress(TypeError, ValueError, RecursionError):  # it is no text, or no JSON
        said = json.loads(await connection.receive_str())
    if not isinstance(said, dict):
        said = {}
    if "refused" in said and by_sandbox:
        raise JoinError(escape_control_characters(str(said["refused"]))[:LONGEST_REFUSAL])
    if not all(isinstance(said.get(name), str) for name in names):
        raise JoinError(NO_HANDSHAKE)
    return [said[name] for name in names]
