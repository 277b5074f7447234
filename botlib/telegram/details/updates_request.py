"""Questions for updates: each ends, and a bad answer to one neither stops a bot nor blocks it."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import telegram
from telegram.error import NetworkError, RetryAfter, TimedOut

from botlib.telegram.details.verified_request import VerifiedRequest, seconds_of

LONGEST_PAUSE_S = 60.0  # between two questions for updates, if Telegram wants a pause
ANSWER_TIMEOUT_S = 60.0  # for Telegram's whole answer to a question for updates

log = logging.getLogger(__name__)


class UpdatesRequest(VerifiedRequest):
    """Asks for updates and notices when the token is refused: it was revoked in the meantime.

    python-telegram-bot would stop asking and stay alive, deaf. It gets "no updates" instead, so
    that it can be stopped in good order.
    """

    def __init__(self, token: str, on_refused: Callable[[], None]) -> None:
        super().__init__(token)
        self.refused = False
        self._on_refused = on_refused

    async def do_request(self, *request: Any, **options: Any) -> tuple[int, bytes]:
        """Ask for updates; 401 and 404 are Telegram's words for a wrong token."""
        if not self.refused:
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):  # httpx limits each read alone
                    status, body = await super().do_request(*request, **options)
            except TimeoutError:
                raise TimedOut(f"no whole answer within {ANSWER_TIMEOUT_S:g} s") from None
            except RetryAfter as error:
                wanted = seconds_of(error)
                pause_s = int(min(wanted, LONGEST_PAUSE_S))
                log.warning("polling: Telegram asks for %d s of pause; it gets %d", wanted, pause_s)
                raise RetryAfter(pause_s) from None
            if status not in (401, 404):
                return status, empty_unreadable(body) if status == 200 else body
            self.refused = True
            self._on_refused()
        await asyncio.sleep(0.1)  # Telegram is not asked again
        return 200, b'{"ok": true, "result": []}'


def empty_unreadable(body: bytes) -> bytes:
    """Reduce each update that cannot be read to its number; NetworkError if it has none.

    Otherwise python-telegram-bot asks for the same updates again, forever and without a pause.
    """
    answer = json.loads(body)
    updates = answer["result"] if isinstance(answer.get("result"), list) else [None]
    if not all(isinstance(one, dict) and type(one.get("update_id")) is int for one in updates):
        raise NetworkError("expected a list of updates, each with an update_id")
    found = list(updates)
    for place, update in enumerate(updates):
        try:
            telegram.Update.de_json(update, None)
        except Exception as error:
            log.error("an update was ignored: it cannot be read: %s", type(error).__name__)
            found[place] = {"update_id": update["update_id"]}
    return body if found == updates else json.dumps(answer | {"result": found}).encode()
