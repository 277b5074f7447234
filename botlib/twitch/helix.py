"""Twitch's HTTP API, Helix, for a function: an app token and one call at a time.

From the standard library alone: a function pays for every library it loads at each cold start,
and TwitchIO takes 0.2 to 0.5 s and 30 MB. Nothing here listens.
"""

import http.client
import json
import os
import ssl
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from botlib.environment import setting
from botlib.twitch.errors import LoginRefused, Unreachable

ID, API = "https://id.twitch.tv", "https://api.twitch.tv"
TIMEOUT_S = 3.0  # Twitch waits a few seconds for the function, which waits for this
EARLY_S = 60  # a token that ends so soon is renewed before it is used


class ApiRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch refused a call; the text says which and why."""

    def __init__(self, call: str, status: int, message: str, fix: str = "") -> None:
        super().__init__(f"Twitch refused {call}: {status} {message}{fix and f'. {fix}'}")
        self.call, self.status, self.message = call, status, message


class NoAnswer(Unreachable):
    """Twitch was asked, but its answer never came: what was asked for may have been done."""


class Helix:
    """Calls Helix as an application; keeps its token until it expires."""

    def __init__(
        self, client_id: str | None = None, client_secret: str | None = None, api: str | None = None
    ) -> None:
        self._client_id = setting("TWITCH_CLIENT_ID", client_id)
        self._client_secret = setting("TWITCH_CLIENT_SECRET", client_secret)
        root = (api or os.environ.get("TWITCH_API") or "").rstrip("/")
        if root and not root.startswith(("http://", "https://")):
            raise ValueError(f"{root!r} is no address: expected http://…, as `twitch.url` gives it")
        self._id, self._api = root or ID, root or API
        self._token, self._ends = "", 0.0

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call /helix/PATH; a token that Twitch no longer knows is renewed once.

        Raises ApiRefused for a refusal, LoginRefused where there is no token to be had,
        Unreachable where Twitch is not there or has trouble of its own, and of these NoAnswer
        where the call may have been carried out.
        """
        status, answer = self._call(method, path, body)
        if status == 401:  # revoked, or expired sooner than was said
            self._token = ""
            status, answer = self._call(method, path, body)
        if status >= 500:
            raise Unreachable(f"Twitch has trouble of its own: {status} for {method} {path}")
        if status >= 400:
            raise ApiRefused(f"{method} {path}", status, message_of(answer))
        return answer

    def send(self, channel_id: str, bot_id: str, text: str, reply_to: str = "") -> tuple[str, str]:
        """Say one message in a channel; give code and reason if it was dropped, else two ""."""
        message = {"broadcaster_id": channel_id, "sender_id": bot_id, "message": text}
        message |= {"reply_parent_message_id": reply_to} if reply_to else {}
        sent = first(self.call("POST", "chat/messages", message))
        if sent.get("is_sent"):
            return "", ""
        reason = sent.get("drop_reason") or {}
        return str(reason.get("code", "dropped")), str(reason.get("message", "no reason given"))

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._app_token()}", "Client-Id": self._client_id}
        if body is None:
            return request(method, f"{self._api}/helix/{path}", headers, "")
        headers["Content-Type"] = "application/json"
        return request(method, f"{self._api}/helix/{path}", headers, json.dumps(body))

    def _app_token(self) -> str:
        """The token, fetched by client credentials if there is none that lasts."""
        if self._token and time.time() < self._ends:
            return self._token
        form = {"client_id": self._client_id, "client_secret": self._client_secret,
                "grant_type": "client_credentials"}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            status, answer = request("POST", f"{self._id}/oauth2/token", headers, urlencode(form))
        except NoAnswer as error:
            raise Unreachable(str(error)) from None  # a token made in vain does no harm
        if status >= 500:
            raise Unreachable(f"Twitch has trouble of its own: {status} for an app token")
        if status >= 400 or not isinstance(answer.get("access_token"), str):
            raise LoginRefused(
                f"Twitch gives no app token: {status} {message_of(answer)}. Compare "
                "TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET with the application's page at "
                "dev.twitch.tv/console; a new secret makes the old one useless."
            )
        self._token = answer["access_token"]
        self._ends = time.time() + float(answer.get("expires_in", 0)) - EARLY_S
        return self._token


def request(
    method: str, address: str, headers: dict[str, str], body: str
) -> tuple[int, dict[str, Any]]:
    """Make one HTTP request; give its status and the JSON object in the answer, {} for none."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connect(connection, parts.netloc)
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


def message_of(answer: dict[str, Any]) -> str:
    """What Twitch says in a refusal."""
    return str(answer.get("message") or "without a reason")


def first(answer: dict[str, Any]) -> dict[str, Any]:
    """The first thing in an answer's "data"; an empty one if there is none.

    >>> first({"data": [{"id": "7"}]}), first({})
    ({'id': '7'}, {})
    """
    data = answer.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
