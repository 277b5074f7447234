"""Twitch's HTTP API, Helix, for a function: an app token, and one call at a time.

It uses the standard library alone, because a function pays for each import at each cold start.
EventSub's challenge is answered by the function at the callback, so deploy that one before you
subscribe it.
"""

import json
import re
import time
from typing import Any
from urllib.parse import quote, urlencode

from botlib.details.http import (
    DEADLINE_S,
    HttpResponse,
    NoAnswer,
    Unreachable,
    quote_for_error,
    request,
)
from botlib.details.settings import addresses, require_setting
from botlib.twitch.details.texts import avoid_duplicate

RENEW_EARLY_S = 60  # a token that ends so soon is renewed before it is used
MESSAGE_GAP_S = 1.05  # Twitch takes one message a second from a bot that is no moderator
CHAT_MESSAGE = "channel.chat.message"
SUBSCRIPTIONS = "eventsub/subscriptions"
FIXES = {  # for a subscription that is refused
    400: "The callback must be an https:// address on port 443, reachable from the internet",
    401: "An app token is needed; it is made from TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET",
    403: "The bot's account must have authorized this application with user:read:chat and "
    "user:bot, and the channel's owner with channel:bot (or have made the bot a moderator)",
    409: "There is one already for this channel and callback: see subscriptions(), unsubscribe()",
}


class ApiRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch refused a call; the text says which, why, and what to do where that is known."""

    def __init__(self, call: str, status: int, message: str, fix: str = "") -> None:
        super().__init__(f"Twitch refused {call}: {status} {message}{fix and f'. {fix}'}")
        self.call, self.status, self.message = call, status, message


class Helix:
    """Calls Helix as an application; keeps its token until it expires.

    Arguments that are not given come from the environment: TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET
    and, for another Twitch than the real one, TWITCH_API.
    Every call may raise ApiRefused; Unreachable if Twitch heard nothing or has trouble of its own;
    NoAnswer if it may have done what was asked.
    """

    def __init__(
        self, client_id: str | None = None, client_secret: str | None = None, api: str | None = None
    ) -> None:
        self._client_id = require_setting("TWITCH_CLIENT_ID", client_id)
        self._client_secret = require_setting("TWITCH_CLIENT_SECRET", client_secret)
        self._where = addresses(api)
        self._token, self._ends = "", 0.0

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        until: float | None = None,
        secret: str = "",
    ) -> dict[str, Any]:
        """Call /helix/PATH; it ends at `until`, a time of `time.monotonic`.

        An error shows no `secret` of the body, though Twitch may repeat it.
        """
        for _ in range(2):
            headers = {
                "Authorization": f"Bearer {self._app_token(until)}",
                "Client-Id": self._client_id,
            }
            if body is not None:
                headers["Content-Type"] = "application/json"
            content = None if body is None else json.dumps(body).encode()
            response = request(method, self._where.helix + path, headers, content, until)
            if response.status != 401:
                break
            self._token = ""  # revoked, or expired too soon: try again with a new one
        return self._accepted(f"{method} {path}", response, secret=secret)

    def say(
        self,
        channel_id: str,
        bot_id: str,
        text: str,
        reply_to: str = "",
        until: float | None = None,
    ) -> str:
        """Send one message to a channel; return why Twitch dropped it, or "".

        A message that is dropped for a reason that passes is sent again while there is time.
        """
        until = until or time.monotonic() + DEADLINE_S
        message = {"broadcaster_id": channel_id, "sender_id": bot_id, "message": text}
        message |= {"reply_parent_message_id": reply_to} if reply_to else {}
        while True:
            sent = first_object(self.call("POST", "chat/messages", message, until))
            if sent.get("is_sent"):
                return ""
            reason = sent.get("drop_reason")
            reason = reason if isinstance(reason, dict) else {}
            code = reason.get("code", "dropped")
            words = f"{code} {reason.get('message', 'no reason given')}"
            if code == "msg_duplicate" and message["message"] == text:
                message["message"] = avoid_duplicate(text, last=text)
            elif code != "msg_ratelimit":
                return words
            elif time.monotonic() + MESSAGE_GAP_S < until:
                time.sleep(MESSAGE_GAP_S)
            else:
                raise Unreachable(f"Twitch takes no more in the function's time: {words}")

    def subscribe(
        self, channel_id: str, callback: str, secret: str | None = None, bot_id: str | None = None
    ) -> dict[str, Any]:
        """Have Twitch post a channel's messages to `callback`; return the subscription.

        It is pending until the function there has answered the challenge. Arguments that are not
        given come from the environment: TWITCH_EVENTSUB_SECRET, TWITCH_BOT_ID.
        """
        who = {"broadcaster_user_id": channel_id, "user_id": checked_id(bot_id)}
        how = {"method": "webhook", "callback": callback, "secret": checked_secret(secret)}
        wanted = {"type": CHAT_MESSAGE, "version": "1", "condition": who, "transport": how}
        try:
            return first_object(self.call("POST", SUBSCRIPTIONS, wanted, secret=how["secret"]))
        except ApiRefused as error:
            fix = FIXES.get(error.status, "")
            raise ApiRefused(error.call, error.status, error.message, fix) from None

    def subscriptions(self) -> list[dict[str, Any]]:
        """Return the application's subscriptions, each with its "status"; at most a hundred."""
        data = self.call("GET", SUBSCRIPTIONS).get("data")
        return data if isinstance(data, list) else []

    def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription; raises ApiRefused if Twitch does not know it."""
        self.call("DELETE", f"{SUBSCRIPTIONS}?id={quote(subscription_id, safe='')}")

    def _app_token(self, until: float | None) -> str:
        """Return the token; fetch a new one by client credentials if the old one expires soon."""
        if self._token and time.time() < self._ends:
            return self._token
        form = {"client_id": self._client_id, "client_secret": self._client_secret,
                "grant_type": "client_credentials"}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        where = f"{self._where.oauth}oauth2/token"
        try:
            response = request("POST", where, headers, urlencode(form).encode(), until)
        except NoAnswer as error:
            raise Unreachable(str(error)) from None  # a token made in vain does no harm
        answer = self._accepted(
            "an app token", response,
            "Compare TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET with the application's page at "
            "dev.twitch.tv/console; a new secret makes the old one useless",
        )  # fmt: skip
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        is_token = isinstance(token, str) and re.fullmatch("[!-~]+", token)
        if not is_token or type(seconds) is not int or seconds > 10**9:
            raise Unreachable("Twitch gave a strange answer when it was asked for an app token")
        self._token, self._ends = str(token), time.time() + seconds - RENEW_EARLY_S
        return self._token

    def _accepted(
        self, call: str, response: HttpResponse, fix: str = "", secret: str = ""
    ) -> dict[str, Any]:
        """Return the answer to a call; ApiRefused for a refusal, Unreachable if it may pass."""
        status, answer = response.status, response.json_object()
        if status == 429:
            raise Unreachable(f"Twitch was asked too often: 429 for {call}")
        if status >= 500:
            raise Unreachable(f"Twitch has trouble of its own: {status} for {call}")
        if status >= 400:
            reason = str(answer.get("message") or "without a reason")
            hidden = quote_for_error(reason, self._token, self._client_secret, secret)
            raise ApiRefused(call, status, hidden, fix)
        if status >= 300:
            raise Unreachable(f"somebody else answers in Twitch's place: {status} for {call}")
        return answer


def first_object(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the first object in an answer's "data"; {} if there is none.

    >>> first_object({"data": [{"id": "7"}]}), first_object({})
    ({'id': '7'}, {})
    """
    data = answer.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}


def checked_secret(secret: str | None) -> str:
    """Return EventSub's secret; ValueError if Twitch would not take it."""
    found = require_setting("TWITCH_EVENTSUB_SECRET", secret)
    if not (10 <= len(found) <= 100 and found.isascii() and found.isprintable()):
        raise ValueError(
            f"the EventSub secret has {len(found)} characters. Expected 10 to 100 ASCII ones, no "
            "line ends, made up by you: python -c 'import secrets; print(secrets.token_hex())'."
        )
    return found


def checked_id(bot_id: str | None) -> str:
    """Return the id of the bot's account; ValueError if it is not a number."""
    found = require_setting("TWITCH_BOT_ID", bot_id)
    if not (found.isascii() and found.isdecimal()):
        raise ValueError(
            "TWITCH_BOT_ID is no number. Expected the number of the bot's account, not its login. "
            "The token check shows it."
        )
    return found
