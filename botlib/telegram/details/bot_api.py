"""Calls of the Bot API over HTTP, from the standard library alone."""

import json
import time
from collections.abc import Iterable
from typing import Any

from botlib.details.texts import split_text
from botlib.telegram.updates import Json, bot_id, log_error

LONGEST_TEXT = 4096  # code points in one message, Telegram's message_length_max
RETRY_S = 1.0  # before a call that was refused is made again, if Telegram names no pause
UNKNOWN_TO_TELEGRAM = (
    "Telegram does not know this token. Expected the one that BotFather wrote for this bot. "
    "If BotFather made a new one since, the old one no longer works. Set TELEGRAM_TOKEN again."
)
GATEWAY_TIMEOUT = 504  # the server that took too long may have done it all the same
LARGEST_RETRY_AFTER_S = 10**9  # of a refusal; far more would not fit into a timedelta


class BotApiError(RuntimeError):
    """Telegram refused a call, in its own words; nothing was sent."""

    def __init__(self, text: str, code: Any, pause_s: float = 0) -> None:
        super().__init__(text)
        self.is_permanent = code in (400, 403)  # no such chat, the bot is blocked
        self.pause_s = pause_s  # for how long Telegram wants to be left alone


class BotApi:
    """The Bot API of one bot, whose name you may know already. No error text shows the token."""

    def __init__(self, token: str, root: str, username: str = "") -> None:
        bot_id(token)
        self._token, self._root = token, root
        self._username = username

    def username(self) -> str:
        """Return the bot's own name; if it is not known, Telegram is asked for it once."""
        if not self._username:
            self._username = str(self.call("getMe", {})["username"])
        return self._username

    def call(self, method: str, parameters: Json, until: float | None = None) -> Any:
        """Call a method and return its result; it ends at `until`, a time of `time.monotonic`.

        Raises BotApiError for a refusal, Unreachable if Telegram surely heard nothing, and NoAnswer
        if it may have done what was asked.
        """
        from botlib.details.http import (
            NoAnswer,
            quote_for_error,
            request,
        )  # here: most updates need no call

        body, headers = json.dumps(parameters).encode(), {"Content-Type": "application/json"}
        address = f"{self._root}/bot{self._token}/{method}"
        response = request("POST", address, headers, body, until)
        answer = response.json_object()
        if answer.get("ok") is True and "result" in answer:
            return answer["result"]
        secrets = self._token, str(parameters.get("secret_token", ""))
        words = quote_for_error(response.body.decode("utf-8", "replace"), *secrets)
        code = answer.get("error_code")
        if answer.get("ok") is False and code != GATEWAY_TIMEOUT:
            pause_s = pause_of(response.body) if code == 429 else 0
            raise BotApiError(f"Telegram refused {method}: {code} {words}", code, pause_s)
        raise NoAnswer(f"{method} got no answer of the Bot API: {response.status} {words}")


def message_calls(chat: int, texts: Iterable[str]) -> list[Json]:
    """Return the parameters of each sendMessage that these texts need; a long text is split.

    >>> message_calls(42, ["hello"])
    [{'chat_id': 42, 'text': 'hello'}]
    """
    parts = (part for text in texts for part in split_text(text, LONGEST_TEXT))
    return [{"chat_id": chat, "text": part} for part in parts]


def send_all(
    telegram: BotApi, calls: list[Json], until: float, again: bool = False, sent: int = 0
) -> bool:
    """Send messages in order until `until`, a time of `time.monotonic`; return if all were sent.

    Raises an error if nothing was sent and the same messages may be sent later. Once a part may be
    in the chat, it raises none: the rest is tried again while there is time, then it is logged as
    lost. With `again`, the first message is tried again, too. `sent` messages of the same reply
    went out before.
    """
    for number, call in enumerate(calls, sent):
        try:
            send(telegram, call, until, again=again or number > 0)
        except (OSError, BotApiError) as error:
            if number == 0 and can_retry(error):
                raise
            lost = "the rest of a reply" if number else "a message"
            log_error("%s is lost: %r", lost, error)
            return False
    return True


def send(telegram: BotApi, call: Json, until: float, again: bool) -> None:
    """Send a message, and with `again` repeat what surely was not sent while there is time."""
    while True:
        try:
            telegram.call("sendMessage", call, until)
            return
        except (OSError, BotApiError) as error:
            pause_s = max(RETRY_S, error.pause_s if isinstance(error, BotApiError) else 0)
            if not again or not can_retry(error) or time.monotonic() + pause_s >= until:
                raise
        time.sleep(pause_s)


def can_retry(error: OSError | BotApiError) -> bool:
    """Tell whether a call surely had no effect, and the same call may work later."""
    from botlib.details.http import Blocked, Unreachable  # here: the call that failed has loaded it

    if isinstance(error, BotApiError):
        return not error.is_permanent
    return isinstance(error, Unreachable) and not isinstance(error, Blocked)


def pause_of(body: bytes) -> int:
    """Return for how many seconds Telegram wants to be left alone, at least 1.

    >>> pause_of(b'{"parameters": {"retry_after": 3}}')
    3
    >>> [pause_of(b'{"parameters": %s}' % one) for one in (b"{}", b'{"retry_after": "soon"}', b"5")]
    [1, 1, 1]
    """
    parameters = json.loads(body).get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return max(1, min(seconds, LARGEST_RETRY_AFTER_S)) if type(seconds) is int else 1
