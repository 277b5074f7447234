"""Webhook delivery: every update is POSTed until a 2xx answer acknowledges it.

As the official server does it: one update in flight per chat, so that a failing chat blocks only
itself; retries after 0, 2, 4, 8 … seconds, capped at a random 60 to 120; Retry-After honoured; a
Bot API call in a 2xx answer's body is executed and its result dropped. `retry_scale` makes the
retry clock faster; that is the sandbox's own. Left out: giving up a webhook after a day of 410s,
and its limit on how fast new connections are opened.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from sandbox.telegram.arguments import Arguments, from_body, leading_integer
from sandbox.telegram.botfather import Account
from sandbox.telegram.connection import Answer, Connection, Target
from sandbox.telegram.delivery import Clock, Delivery, describe
from sandbox.telegram.errors import TelegramError
from sandbox.telegram.updates import Update

Call = Callable[[Account, str, Arguments], Awaitable[object]]


class Webhook:
    """The webhook of one bot, while it is set."""

    def __init__(
        self,
        account: Account,
        target: Target,
        call: Call,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self.account = account
        self.target = target
        self.secret_token = ""
        self.max_connections = 40
        self.ip_address = ""
        self.has_certificate = False
        self.last_error_date = 0
        self.last_error_message = ""
        self._call = call
        self._clock = clock
        self._changed = changed
        self._chats: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: list[Connection] = []

    def start(self) -> None:
        """Begin to deliver what is pending and what will come."""
        self._slots = asyncio.Semaphore(self.max_connections)
        for update in self.account.updates.pending():
            self.add(update)
        self.account.updates.on_update = self.add

    def add(self, update: Update) -> None:
        """Deliver one update, after the others of its chat."""
        queue = self._chats.get(update.chat.id)
        if queue is not None:
            queue.append(update)
            return
        queue = self._chats[update.chat.id] = deque([update])
        task = asyncio.create_task(self._deliver_chat(update.chat.id, queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Stop; what was not acknowledged stays in the bot's queue."""
        self.account.updates.on_update = None
        for task in self._tasks:
            task.cancel()
        for connection in self._idle:
            connection.close()

    async def _deliver_chat(self, chat_id: int, queue: deque[Update]) -> None:
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        del self._chats[chat_id]

    async def _deliver(self, update: Update) -> None:
        updates = self.account.updates
        while update in updates:
            async with self._slots:
                delivery, retry_after = await self._attempt(update)
            if not delivery.error:
                updates.forget(update)
            delay = self._clock.delay(update.attempts - 1, retry_after)
            if delivery.error and time.monotonic() + delay > update.expires:
                updates.forget(update)
            self.account.deliveries.append(delivery)
            self.account.delivery_count += 1
            self._changed()
            if delivery.error:
                await asyncio.sleep(delay)

    async def _attempt(self, update: Update) -> tuple[Delivery, int]:
        update.attempts += 1
        update.hand_out()
        status, error, reply, retry_after = None, "", "", 0
        try:
            answer = await self._post(update.body())
        except Exception as problem:  # whatever a webhook does, delivery goes on
            error = describe(problem)
        else:
            status = answer.status
            if 200 <= status <= 299:
                reply = await self._execute(answer)
            else:
                error = f"Wrong response from the webhook: {status} {answer.reason}"
                retry_after = max(0, leading_integer(answer.retry_after))
        if error:
            self.last_error_date = int(time.time())
            self.last_error_message = error
        at = time.monotonic() - self._clock.started
        return Delivery(update.id, update.attempts, status, error, reply, at), retry_after

    async def _post(self, body: bytes) -> Answer:
        connection = self._idle.pop() if self._idle else None
        try:
            async with asyncio.timeout(self._clock.timeout_s):
                if connection is None or not connection.is_open:
                    connection = await Connection.open(self.target)
                answer = await connection.post(self.target, body)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        if connection.is_open:
            self._idle.append(connection)
        return answer

    async def _execute(self, answer: Answer) -> str:
        """Carry out the call in an answer's body; tell what became of it, for `deliveries`."""
        if not answer.body:
            return ""
        try:
            arguments = Arguments(from_body(answer.content_type, answer.body))
            method = arguments.text("method").lower()
            if not method:
                return ""
            if method.startswith("get") or method in (
                "setwebhook",
                "deletewebhook",
                "close",
                "logout",
            ):
                return f"{method} ignored: not possible in a webhook's answer"
            await self._call(self.account, method, arguments)
        except TelegramError as refusal:
            return f"its reply was refused: {refusal.description}"
        return f"replied with {arguments.text('method')}"
