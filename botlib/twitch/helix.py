"""Twitch's HTTP API, Helix, for a function: an app token, and one call at a time.

From the standard library alone: a function pays for every library it loads at each cold start,
and TwitchIO takes 0.2 to 0.5 s and 30 MB. Nothing here listens, and nothing answers EventSub's
challenge: that does the function at the callback, so it must run before it is subscribed.
"""

import http.client
import json
import re
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from botlib.settings import Unreachable, addresses, setting
from botlib.twitch.irc import distinct

PATIENCE_S = 10.0  # for a whole answer, however slowly it trickles, where the caller sets no end
EARLY_S = 60  # a token that ends so soon is renewed before it is used
GAP_S = 1.05  # Twitch takes one message a second from a bot that is no moderator
CHAT_MESSAGE = "channel.chat.message"
SUBSCRIPTIONS = "eventsub/subscriptions"
FIXES = {  # for a subscription that is refused
    400: "The callback must be an https:// address on port 443, reachable from the internet",
    401: "An app token is needed; it is made from TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET",
    403: "The bot's account must have authorized this application with user:read:chat and "
    "user:bot, and the channel's owner with channel:bot (or have made the bot a moderator)",
    409: "There is one already for this channel and callback: see subscriptions(), unsubscribe()",
}


class NoAnswer(Unreachable):
    """Twitch was asked, but its answer never came: what was asked for may have been done."""


class ApiRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch refused a call; the text says which, why, and what to do where that is known."""

    def __init__(self, call: str, status: int, message: str, fix: str = "") -> None:
        super().__init__(f"Twitch refused {call}: {status} {message}{fix and f'. {fix}'}")
        self.call, self.status, self.message = call, status, message


class Helix:
    """Calls Helix as an application; keeps its token until it expires.

    What is not given comes from the environment: TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET and, for
    another Twitch than the real one, TWITCH_API.
    Every call may raise ApiRefused; Unreachable where Twitch is not there, has no time or has
    trouble of its own; and of these NoAnswer where the call may have been carried out.
    """

    def __init__(
        self, client_id: str | None = None, client_secret: str | None = None, api: str | None = None
    ) -> None:
        self._client_id = setting("TWITCH_CLIENT_ID", client_id)
        self._client_secret = setting("TWITCH_CLIENT_SECRET", client_secret)
        self._where = addresses(api)
        self._token, self._ends = "", 0.0

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        until: float | None = None,
    ) -> dict[str, Any]:
        """Call /helix/PATH. No call goes on after `until`, a time of `time.monotonic`."""
        for _ in range(2):
            headers = {
                "Authorization": f"Bearer {self._app_token(until)}",
                "Client-Id": self._client_id,
            }
            if body is not None:
                headers["Content-Type"] = "application/json"
            text = "" if body is None else json.dumps(body)
            status, answer = request(method, self._where.helix + path, headers, text, until)
            if status != 401:
                break
            self._token = ""  # revoked, or expired sooner than was said: once more with a new one
        check(f"{method} {path}", status, answer)
        return answer

    def say(
        self,
        channel_id: str,
        bot_id: str,
        text: str,
        reply_to: str = "",
        until: float | None = None,
    ) -> str:
        """Say one message in a channel; give why Twitch dropped it, "" if it did not.

        What is dropped for a reason that passes is said again as long as there is time.
        """
        until = until or time.monotonic() + PATIENCE_S
        message = {"broadcaster_id": channel_id, "sender_id": bot_id, "message": text}
        message |= {"reply_parent_message_id": reply_to} if reply_to else {}
        while True:
            sent = first(self.call("POST", "chat/messages", message, until))
            if sent.get("is_sent"):
                return ""
            reason = sent.get("drop_reason")
            reason = reason if isinstance(reason, dict) else {}
            code = reason.get("code", "dropped")
            words = f"{code} {reason.get('message', 'no reason given')}"
            if code == "msg_duplicate" and message["message"] == text:
                message["message"] = distinct(text, last=text)
            elif code != "msg_ratelimit":
                return words
            elif time.monotonic() + GAP_S < until:
                time.sleep(GAP_S)
            else:
                raise Unreachable(f"Twitch takes no more in the function's time: {words}")

    def subscribe(
        self, channel_id: str, callback: str, secret: str | None = None, bot_id: str | None = None
    ) -> dict[str, Any]:
        """Have Twitch post what is said in a channel to `callback`; give the subscription.

        It is pending until the function there has answered the challenge. What is not given comes
        from the environment: TWITCH_EVENTSUB_SECRET, TWITCH_BOT_ID.
        """
        who = {"broadcaster_user_id": channel_id, "user_id": checked_id(bot_id)}
        how = {"method": "webhook", "callback": callback, "secret": checked_secret(secret)}
        wanted = {"type": CHAT_MESSAGE, "version": "1", "condition": who, "transport": how}
        try:
            return first(self.call("POST", SUBSCRIPTIONS, wanted))
        except ApiRefused as error:
            fix = FIXES.get(error.status, "")
            raise ApiRefused(error.call, error.status, error.message, fix) from None

    def subscriptions(self) -> list[dict[str, Any]]:
        """Give all subscriptions of the application, each with its "status"; at most a hundred."""
        data = self.call("GET", SUBSCRIPTIONS).get("data")
        return data if isinstance(data, list) else []

    def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription; raises ApiRefused if Twitch does not know it."""
        self.call("DELETE", f"{SUBSCRIPTIONS}?id={quote(subscription_id, safe='')}")

    def _app_token(self, until: float | None) -> str:
        """The token, fetched by client credentials if there is none that lasts."""
        if self._token and time.time() < self._ends:
            return self._token
        form = {"client_id": self._client_id, "client_secret": self._client_secret,
                "grant_type": "client_credentials"}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        where = f"{self._where.oauth}oauth2/token"
        try:
            status, answer = request("POST", where, headers, urlencode(form), until)
        except NoAnswer as error:
            raise Unreachable(str(error)) from None  # a token made in vain does no harm
        check(
            "an app token", status, answer,
            "Compare TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET with the application's page at "
            "dev.twitch.tv/console; a new secret makes the old one useless",
        )  # fmt: skip
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        is_token = isinstance(token, str) and re.fullmatch("[!-~]+", token)
        if not is_token or type(seconds) is not int or seconds > 10**9:
            raise Unreachable("Twitch gave a strange answer when it was asked for an app token")
        self._token, self._ends = str(token), time.time() + seconds - EARLY_S
        return self._token


def request(
    method: str, address: str, headers: dict[str, str], body: str, until: float | None = None
) -> tuple[int, dict[str, Any]]:
    """Make one HTTP request; give its status and the JSON object in the answer, {} for none.

    Raises Unreachable where Twitch heard nothing, and NoAnswer where it may have done what it was
    asked for. It ends by `until`, a time of `time.monotonic`.
    """
    until = until or time.monotonic() + PATIENCE_S
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    with closing(kind(parts.hostname or "", parts.port, timeout=seconds_left(until))) as connection:
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"{parts.netloc} cannot prove who it is: {error.verify_message}. On macOS, run "
                "“Install Certificates.command” in Python's folder."
            ) from None
        except OSError as error:
            raise Unreachable(f"Twitch at {parts.netloc} cannot be reached: {error!r}") from None
        left = seconds_left(until)
        connection.sock.settimeout(left)
        # A socket's timeout is for each read alone: an answer that trickles would have no end.
        end = threading.Timer(left, hang_up, [connection.sock])
        end.start()
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            content = answer.read()
            if time.monotonic() >= until:
                raise TimeoutError("it took too long, and may not be whole")
            return answer.status, json_object(content)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"Twitch at {parts.netloc} gave no answer: {error!r}") from None
        finally:
            end.cancel()


def seconds_left(until: float) -> float:
    """How long to wait for Twitch; raises Unreachable when the time is over."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise Unreachable("the function's time limit leaves no time to call Twitch")
    return seconds


def hang_up(sock: socket.socket) -> None:
    """End what another thread is waiting for; by the plain socket's way, also under TLS."""
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def check(call: str, status: int, answer: dict[str, Any], fix: str = "") -> None:
    """Raise ApiRefused for a refusal, Unreachable for one that may be another answer later."""
    if status == 429:
        raise Unreachable(f"Twitch was asked too often: 429 for {call}")
    if status >= 500:
        raise Unreachable(f"Twitch has trouble of its own: {status} for {call}")
    if status >= 400:
        raise ApiRefused(call, status, str(answer.get("message") or "without a reason"), fix)


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


def first(answer: dict[str, Any]) -> dict[str, Any]:
    """The first thing in an answer's "data"; an empty one if there is none.

    >>> first({"data": [{"id": "7"}]}), first({})
    ({'id': '7'}, {})
    """
    data = answer.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}


def checked_secret(secret: str | None) -> str:
    """EventSub's secret, given or from the environment; ValueError if Twitch would not take it."""
    found = setting("TWITCH_EVENTSUB_SECRET", secret)
    if not (10 <= len(found) <= 100 and found.isascii()):
        raise ValueError(
            f"the EventSub secret has {len(found)} characters. Expected 10 to 100 ASCII ones, "
            "made up by you: python -c 'import secrets; print(secrets.token_hex())'."
        )
    return found


def checked_id(bot_id: str | None) -> str:
    """The number of the bot's account, given or from the environment; ValueError if it is none."""
    found = setting("TWITCH_BOT_ID", bot_id)
    if not (found.isascii() and found.isdecimal()):
        raise ValueError(
            f"TWITCH_BOT_ID is {found!r}. Expected the number of the bot's account, not its "
            "login; the token clinic shows it."
        )
    return found
