"""One HTTP request to Twitch, which ends in time, and says whether it may have been carried out.

From the standard library alone, and without any knowledge of what is asked for.
"""

import http.client
import json
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from botlib.settings import Unreachable

TIMEOUT_S = 3.0  # Twitch waits a few seconds for the function, which waits for this


class NoAnswer(Unreachable):
    """Twitch was asked, but its answer never came: what was asked for may have been done."""


def seconds_left(until: float | None) -> float:
    """How long to wait for Twitch now; raises Unreachable when the time is over."""
    seconds = TIMEOUT_S if until is None else min(TIMEOUT_S, until - time.monotonic())
    if seconds <= 0:
        raise Unreachable("the function's time limit leaves no time to call Twitch")
    return seconds


def request(
    method: str, address: str, headers: dict[str, str], body: str, until: float | None = None
) -> tuple[int, dict[str, Any]]:
    """Make one HTTP request; give its status and the JSON object in the answer, {} for none."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection = kind(parts.hostname or "", parts.port, timeout=seconds_left(until))
    try:
        connect(connection, parts.netloc)
        connection.sock.settimeout(seconds_left(until))
        connection.request(method, path, body.encode(), headers)
        response = connection.getresponse()
        return response.status, json_object(response.read())
    except Unreachable:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"Twitch at {parts.netloc} gave no answer: {error!r}") from None
    finally:
        connection.close()


def connect(connection: http.client.HTTPConnection, place: str) -> None:
    """Open a connection; Unreachable says what is in the way."""
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"{place} cannot prove who it is: {error.verify_message}. On macOS, run "
            "“Install Certificates.command” in Python's folder."
        ) from None
    except OSError as error:
        raise Unreachable(f"Twitch at {place} cannot be reached: {error!r}") from None


def json_object(text: bytes) -> dict[str, Any]:
    """Read an answer; what is no JSON object becomes an empty one.

    >>> json_object(b'{"data": []}'), json_object(b"<html>")
    ({'data': []}, {})
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
