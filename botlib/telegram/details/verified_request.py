"""Requests of python-telegram-bot that believe only Telegram's own answers.

A proxy or a Wi-Fi login page may answer instead of Telegram, with any status. Its page may
repeat the address, and with it the token. python-telegram-bot would take a 401 of it for
Telegram's word, and quote the page.
"""

import asyncio
import json
import logging
import time
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData

from botlib.details.settings import TOKEN_TRIES
from botlib.telegram.details.bot_api import GATEWAY_TIMEOUT, RETRY_S, pause_of
from botlib.telegram.details.bounded_request import bounded_request

CONNECTIONS = 256  # for replies at the same time, as python-telegram-bot has them
SILENT_METHODS = ("get", "sendChatAction")  # calls that say nothing in a chat
NOT_SENT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

log = logging.getLogger(__name__)
# httpx logs each address that it calls, and Telegram's addresses hold the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


class TelegramInTroubleError(NetworkError):
    """Telegram says that it cannot do this now; it was not done."""


def was_not_done(error: BaseException) -> bool:
    """Whether a call surely had no effect and may work later: no connection, a busy Telegram."""
    refused = isinstance(error, RetryAfter | TelegramInTroubleError)
    return refused or isinstance(error.__cause__, NOT_SENT_ERRORS)


class VerifiedRequest(BaseRequest):
    """Passes calls on to another request object, checks the answers, and counts the messages.

    A program needs no other: its own has a limit to the size of an answer, and the token counts as
    wrong only after several tries, because no update comes again.
    """

    def __init__(self, token: str, inner: BaseRequest | None = None) -> None:
        self.sent = 0  # calls that changed something in a chat, or may have
        self._retry_until = 0.0
        self._token, self._token_tries = token, 1 if inner else TOKEN_TRIES
        self._inner = inner or bounded_request(connection_pool_size=CONNECTIONS)

    def begin_update(self, until: float) -> None:
        """Count from 0 again, and repeat calls until then, a time of `time.monotonic`.

        After the first message of an update, it repeats what surely was not done: the update will
        not come again. Before that, the caller tries again.
        """
        self.sent, self._retry_until = 0, until

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Send a call; raises NetworkError if something else than Telegram answers."""
        while True:
            try:
                return await self._send(url, method, request_data, *timeouts, **more)
            except TelegramError as error:
                late = time.monotonic() + RETRY_S >= self._retry_until
                if late or not self.sent or not was_not_done(error):
                    raise
            await asyncio.sleep(RETRY_S)

    async def _send(
        self, url: str, method: str, request_data: RequestData | None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        is_silent = method == "GET" or name.startswith(SILENT_METHODS)
        for attempt in range(1, self._token_tries + 1):
            self.sent += not is_silent
            try:
                status, body = await self._inner.do_request(
                    url, method, request_data, *timeouts, **more
                )
            except TelegramError as error:
                self.sent -= not is_silent and was_not_done(error)
                raise
            if method == "GET" and status < 400:
                break  # a file
            if not is_bot_api_answer(body) or status == GATEWAY_TIMEOUT:
                raise NetworkError(
                    f"{name} got no answer of the Bot API: {status} {self._quoted(body)}"
                )
            self.sent -= not is_silent and status >= 400
            if status == 429:
                raise RetryAfter(pause_of(body))
            if status >= 500:
                raise TelegramInTroubleError(f"{name} was refused: {status} {self._quoted(body)}")
            if status not in (401, 404) or attempt == self._token_tries:
                break
            log.warning("Telegram does not know the token; asking again (%d)", attempt)
            await asyncio.sleep(RETRY_S * attempt)
        return status, body

    def _quoted(self, body: bytes) -> str:
        from botlib.details.http import quote_for_error  # here: few answers need it

        return quote_for_error(body.decode("utf-8", "replace"), self._token)

    async def initialize(self) -> None:
        """Open the connections."""
        await self._inner.initialize()

    async def shutdown(self) -> None:
        """Close the connections."""
        await self._inner.shutdown()

    @property
    def read_timeout(self) -> float | None:
        """How many seconds to wait for an answer."""
        return self._inner.read_timeout


def seconds_of(error: RetryAfter) -> float:
    """Return the seconds of a RetryAfter, which may hold them as a timedelta."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else pause


def is_bot_api_answer(body: bytes) -> bool:
    """Whether a body is what the Bot API answers.

    >>> is_bot_api_answer(b'{"ok": false, "error_code": 401, "description": "Unauthorized"}')
    True
    >>> is_bot_api_answer(b"<html>"), is_bot_api_answer(b'{"error": "no such page"}')
    (False, False)
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(answer, dict):
        return False
    return "result" in answer if answer.get("ok") is True else "error_code" in answer
