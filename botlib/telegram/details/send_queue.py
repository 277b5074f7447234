"""Replies on their way to Telegram: a queue for each chat, so that no chat waits for another.

Telegram may refuse a chat for a while (429), or may not be reachable. A reply then waits and is
sent again, in order, as long as it surely was not sent. What may have arrived is never sent twice.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from telegram.error import RetryAfter

from botlib.details.backoff import exponential_backoff
from botlib.telegram.details.bot_api import RETRY_S
from botlib.telegram.details.verified_request import seconds_of, was_not_done

LONGEST_QUEUE = 100  # replies that wait in one chat; of more, the oldest are dropped
LONGEST_WAIT_S = 3600.0  # after so long a reply is dropped: nobody waits for it any more
LONGEST_RETRY_S = 30.0  # between two tries; from RETRY_S it doubles while nothing gets through
CLOSING_TIMEOUT_S = 3.0  # to send what still waits when the bot stops

log = logging.getLogger(__name__)


class WaitingReply(NamedTuple):
    """All messages of a reply, and when it is too late for them (time.monotonic)."""

    texts: list[str]
    too_late: float


class SendQueues:
    """Sends replies: in order within a chat, and each chat on its own."""

    def __init__(self, send: Callable[[int, str], Awaitable[object]]) -> None:
        self._send = send
        self._queues: dict[int, deque[WaitingReply]] = {}  # of the chats that have a task
        self._full: set[int] = set()  # chats whose queue has overflowed since it was empty
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def put(self, chat: int, texts: list[str]) -> None:
        """Have these messages sent, and return at once."""
        if chat not in self._queues:
            self._queues[chat] = deque(maxlen=LONGEST_QUEUE)
            task = asyncio.create_task(self._empty(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue = self._queues[chat]
        if len(queue) == LONGEST_QUEUE and chat not in self._full:
            self._full.add(chat)
            log.error("chat %s: %d replies wait; the oldest are dropped", chat, LONGEST_QUEUE)
        queue.append(WaitingReply(texts, time.monotonic() + LONGEST_WAIT_S))

    async def close(self) -> None:
        """Send what can be sent at once, for a few seconds; drop the rest."""
        self._closing.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_TIMEOUT_S)
        for task in self._tasks:
            task.cancel()

    async def _empty(self, chat: int) -> None:
        """Send all that waits in a chat."""
        queue = self._queues[chat]
        try:
            while queue:
                reply = queue.popleft()
                for text in reply.texts:
                    if problem := await self._send_when_possible(chat, text, reply.too_late):
                        log.error("chat %s: a reply is lost: %s", chat, problem)
                        break  # the rest of it would make no sense
        finally:
            if queue:
                log.error("chat %s: %d more replies are lost", chat, len(queue))
            del self._queues[chat]
            self._full.discard(chat)

    async def _send_when_possible(self, chat: int, text: str, too_late: float) -> str:
        """Send a message, later if it must be; return why it was not possible, "" if it was."""
        failures = 0
        while time.monotonic() < too_late:
            try:
                await self._send(chat, text)
                return ""
            except RetryAfter as error:
                seconds = max(RETRY_S, min(seconds_of(error), LONGEST_WAIT_S))
                log.warning("chat %s: Telegram takes no message for %g s", chat, seconds)
            except Exception as error:
                if not was_not_done(error):
                    return repr(error)
                failures += 1
                if failures == 1:
                    log.warning("chat %s: not sent yet, trying again: %s", chat, error)
                seconds = exponential_backoff(failures, RETRY_S, LONGEST_RETRY_S)
            try:
                await asyncio.wait_for(self._closing.wait(), seconds)
            except TimeoutError:
                continue
            return "the bot stops"
        return f"it has waited for {LONGEST_WAIT_S:g} s"
