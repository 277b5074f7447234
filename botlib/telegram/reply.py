"""A reply in the webhook's own response, so that no second call goes out.

Telegram takes one method call in the response's body. python-telegram-bot cannot do that
by itself; but it sends all it sends through a *request* object, so this one keeps the last
call instead of sending it. Earlier calls and calls that need an answer go over HTTP;
`sent` counts those that changed something.
"""

import json
from typing import Any

from telegram.request import BaseRequest, HTTPXRequest, RequestData

# The calls that can wait for the response. The code that made them is told True meanwhile: what
# Telegram will make of it, a message and its number, nobody knows yet.
KEPT = {"sendMessage", "answerCallbackQuery", "sendChatAction"}


class ReplyInResponse(BaseRequest):
    """Keeps the latest call for the response; sends the one before it, so order is kept."""

    def __init__(self, bot_id: int) -> None:
        self._me = {"id": bot_id, "is_bot": True, "first_name": "bot", "username": ""}
        self.sent = 0
        self._started = False
        self._kept: tuple[str, RequestData | None] | None = None
        self._http: HTTPXRequest | None = None

    def take(self) -> dict[str, Any] | None:
        """Give the kept call as Telegram expects it in the body, or None; it is kept no more."""
        kept, self._kept = self._kept, None
        if kept is None:
            return None
        url, data = kept
        return {"method": method_of(url)} | (data.parameters if data else {})

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Keep the call, or answer the first getMe from what is known, or send it for real."""
        name = method_of(url)
        if name == "getMe" and not self._started:
            self._started = True
            return result(self._me)
        await self._send_kept()
        if name not in KEPT or (request_data and request_data.contains_files):
            return await self._send(url, request_data)
        self._kept = (url, request_data)
        return result(True)

    async def _send_kept(self) -> None:
        if self._kept:
            (url, data), self._kept = self._kept, None
            await (await self._client()).post(url, data)  # raises what Telegram refuses
            self.sent += 1

    async def _send(self, url: str, data: RequestData | None) -> tuple[int, bytes]:
        status, body = await (await self._client()).do_request(url, "POST", data)
        if status == 200 and not method_of(url).startswith("get"):
            self.sent += 1
        return status, body

    async def _client(self) -> HTTPXRequest:
        if self._http is None:
            self._http = HTTPXRequest()
            await self._http.initialize()
        return self._http

    async def initialize(self) -> None:
        """Nothing to open yet: most updates need no call at all."""

    async def shutdown(self) -> None:
        """Close the connection, if one was needed."""
        if self._http:
            await self._http.shutdown()

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer: httpx's own choice."""
        return 5.0


def method_of(url: str) -> str:
    """Name the method at the end of an address."""
    return url.rsplit("/", 1)[1]


def result(value: Any) -> tuple[int, bytes]:
    """Write what the Bot API answers when all is well."""
    return 200, json.dumps({"ok": True, "result": value}).encode()
