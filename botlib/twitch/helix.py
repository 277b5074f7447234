"""Twitch's HTTP API, Helix, for a function: an app token and one call at a time.

From the standard library alone: a function pays for every library it loads at each cold start,
and TwitchIO takes 0.2 to 0.5 s and 30 MB. Nothing here listens.
"""

import json
import os
import time
from typing import Any
from urllib.parse import urlencode

from botlib.settings import Unreachable, setting
from botlib.twitch.errors import LoginRefused
from botlib.twitch.request import NoAnswer, request

ID, API = "https://id.twitch.tv", "https://api.twitch.tv"
EARLY_S = 60  # a token that ends so soon is renewed before it is used


class ApiRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch refused a call; the text says which and why."""

    def __init__(self, call: str, status: int, message: str, fix: str = "") -> None:
        super().__init__(f"Twitch refused {call}: {status} {message}{fix and f'. {fix}'}")
        self.call, self.status, self.message = call, status, message


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

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        until: float | None = None,
    ) -> dict[str, Any]:
        """Call /helix/PATH; a token that Twitch no longer knows is renewed once.

        Raises ApiRefused for a refusal, LoginRefused where there is no token to be had,
        Unreachable where Twitch is not there, has no time or has trouble of its own, and of these
        NoAnswer where the call may have been carried out. No call goes on after `until`, a time of
        `time.monotonic`.
        """
        status, answer = self._call(method, path, body, until)
        if status == 401:  # revoked, or expired sooner than was said
            self._token = ""
            status, answer = self._call(method, path, body, until)
        check_it_may_pass(status, f"{method} {path}")
        if status >= 400:
            raise ApiRefused(f"{method} {path}", status, message_of(answer))
        return answer

    def send(
        self,
        channel_id: str,
        bot_id: str,
        text: str,
        reply_to: str = "",
        until: float | None = None,
    ) -> tuple[str, str]:
        """Say one message in a channel; give code and reason if it was dropped, else two ""."""
        message = {"broadcaster_id": channel_id, "sender_id": bot_id, "message": text}
        message |= {"reply_parent_message_id": reply_to} if reply_to else {}
        sent = first(self.call("POST", "chat/messages", message, until))
        if sent.get("is_sent"):
            return "", ""
        reason = sent.get("drop_reason") or {}
        return str(reason.get("code", "dropped")), str(reason.get("message", "no reason given"))

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, until: float | None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._app_token(until)}"}
        headers["Client-Id"] = self._client_id
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = "" if body is None else json.dumps(body)
        return request(method, f"{self._api}/helix/{path}", headers, text, until)

    def _app_token(self, until: float | None) -> str:
        """The token, fetched by client credentials if there is none that lasts."""
        if self._token and time.time() < self._ends:
            return self._token
        form = {"client_id": self._client_id, "client_secret": self._client_secret,
                "grant_type": "client_credentials"}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            where = f"{self._id}/oauth2/token"
            status, answer = request("POST", where, headers, urlencode(form), until)
        except NoAnswer as error:
            raise Unreachable(str(error)) from None  # a token made in vain does no harm
        check_it_may_pass(status, "an app token")
        if status >= 400 or not isinstance(answer.get("access_token"), str):
            raise LoginRefused(
                f"Twitch gives no app token: {status} {message_of(answer)}. Compare "
                "TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET with the application's page at "
                "dev.twitch.tv/console; a new secret makes the old one useless."
            )
        self._token = answer["access_token"]
        self._ends = time.time() + float(answer.get("expires_in", 0)) - EARLY_S
        return self._token


def check_it_may_pass(status: int, call: str) -> None:
    """Raise Unreachable for an answer that may be another one later: nothing was done."""
    if status == 429:
        raise Unreachable(f"Twitch was asked too often: 429 for {call}")
    if status >= 500:
        raise Unreachable(f"Twitch has trouble of its own: {status} for {call}")


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
