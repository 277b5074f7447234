"""How updates reach a bot: they wait in its queue until getUpdates or a webhook takes them.

Semantics are the official server's. getUpdates: an offset acknowledges everything below it, a
negative one keeps the last |n|, and only one long poll may wait at a time. A webhook: every
update is POSTed until a 2xx answer acknowledges it; one update in flight per chat, so that a
failing chat blocks only itself; retries after 0, 2, 4, 8 … seconds, capped at a random 60 to 120;
Retry-After honoured; a Bot API call in a 2xx answer's body is executed and its result dropped.
Left out: slowing down a client that polls in a circle, giving up a webhook after a day of 410s,
and the limit on how fast new connections are opened.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import random
import string
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.http_messages import Response, header
from bot_sandbox.tasks import BackgroundTasks
from bot_sandbox.telegram.arguments import Arguments, from_body, leading_integer
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.types import Chat, Json, Update, User, encode
from bot_sandbox.webhook_post import PostError, Sender, Why

NOT_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
ALL_TYPES = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost",
)  # fmt: skip
DEFAULT_TYPES = tuple(kind for kind in ALL_TYPES if kind not in NOT_DEFAULT)
OTHER_GET_UPDATES = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
KEPT_DELIVERIES = 10_000
KEPT_ANSWER = 2_000  # bytes of a webhook's answer that a delivery shows
MAX_RETRY_AFTER_S = 3600
LAST_ERRORS: dict[Why, str] = {  # last_error_message, by why a webhook gave no answer
    "timeout": "Read timeout expired",
    "refused": "Connection refused",
    "not HTTP": "Wrong response from the webhook",
    "reset": "Connection reset by peer",
    "closed": "Webhook connection closed",
}
NOT_IN_AN_ANSWER = ("setwebhook", "deletewebhook", "close", "logout")  # nor any get… method

Call = Callable[[str, Arguments], Awaitable[object]]  # one bot's calls of the Bot API


class UpdateQueue:
    """The pending updates of one bot, oldest first, and what became of its webhook deliveries."""

    def __init__(self, lifetime_s: float, changes: ChangeNotifier) -> None:
        self.allowed = DEFAULT_TYPES
        self.polled = False  # has anybody ever called getUpdates?
        self.webhook: Webhook | None = None
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self.delivery_count = 0
        self.changes = changes
        self._pending: dict[int, Update] = {}
        self._ids = itertools.count(100_000_001)
        self._next_id = next(self._ids)
        self._lifetime_s = lifetime_s
        self._poll: asyncio.Future[TelegramError | None] | None = None

    def add(self, account: User, kind: str, payload: Json, chat: Chat) -> Update | None:
        """Queue an update; None when the bot's allowed_updates leave this kind out."""
        if kind not in self.allowed:
            return None
        expires = time.monotonic() + self._lifetime_s
        update = Update(self._next_id, account, chat, kind, payload, expires)
        self._next_id = next(self._ids)
        self._pending[update.id] = update
        if self.webhook:
            self.webhook.add(update)
        self.wake_poll(None)
        return update

    def pending(self) -> list[Update]:
        """What was not acknowledged and has not expired, oldest first."""
        now = time.monotonic()
        while self._pending:
            oldest = next(iter(self._pending.values()))
            if oldest.expires > now:
                break
            del self._pending[oldest.id]
        return list(self._pending.values())

    def __len__(self) -> int:
        return len(self._pending)

    def __contains__(self, update: Update) -> bool:
        return update.id in self._pending

    def forget(self, update: Update) -> None:
        """Acknowledge one update."""
        self._pending.pop(update.id, None)

    def clear(self) -> None:
        """Drop everything, as drop_pending_updates asks."""
        self._pending.clear()

    @property
    def is_polled(self) -> bool:
        """Whether somebody waits in getUpdates right now."""
        return self._poll is not None

    def allow(self, kinds: Any) -> None:
        """Take over allowed_updates: None keeps the last choice, no known kind means default."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            return
        wanted = {kind.lower() for kind in kinds}
        self.allowed = tuple(kind for kind in ALL_TYPES if kind in wanted) or DEFAULT_TYPES

    async def get(self, offset: int, limit: int, timeout_s: float) -> list[Update]:
        """getUpdates: acknowledge, then return what there is or wait for it; 409 ends a wait."""
        self.polled = True
        self._acknowledge(offset)
        if not self.pending() and timeout_s > 0:
            await self._wait(timeout_s)
        updates = self.pending()[:limit]
        for update in updates:
            update.hand_out()
        self.changes.changed()
        return updates

    def wake_poll(self, error: TelegramError | None) -> None:
        """End a waiting getUpdates, with an error or to look again."""
        if self._poll and not self._poll.done():
            self._poll.set_result(error)

    def set_webhook(self, webhook: Webhook) -> None:
        """Deliver what is pending and what will come to a webhook."""
        self.webhook = webhook
        for update in self.pending():
            webhook.add(update)
        self.changes.changed()

    def remove_webhook(self) -> None:
        """Stop delivering; what was not acknowledged stays here."""
        if self.webhook:
            self.webhook.close()
            self.webhook = None
        self.changes.changed()

    def delivered(self, delivery: Delivery) -> None:
        """Note one attempt of the webhook."""
        self.deliveries.append(delivery)
        self.delivery_count += 1
        self.changes.changed()

    def _acknowledge(self, offset: int) -> None:
        pending = self.pending()
        if offset < 0:
            offset = pending[offset].id if -offset < len(pending) else 0
        if offset > self._next_id + 10:  # too far in the future: the real server ignores it
            return
        for update in pending:
            if update.id < offset:
                del self._pending[update.id]

    async def _wait(self, timeout_s: float) -> None:
        self.wake_poll(TelegramError(409, OTHER_GET_UPDATES))  # the older poll dies
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.changes.changed()
        try:
            async with asyncio.timeout(timeout_s):
                error = await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if error:
            raise error


@dataclass(frozen=True)
class Target:
    """Where a webhook is: `url` as the bot gave it, `address` as it is called, in pure ASCII."""

    url: str = field(repr=False)  # may hold the token, as many bots' addresses do
    address: str = field(repr=False)
    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> Target:
        """Read an address as Telegram does: without a scheme it is https. ValueError for none.

        >>> Target.parse("exämple.com/hook?é").address
        'https://xn--exmple-cua.com/hook?%C3%A9'
        """
        if any(character <= " " for character in url):
            raise ValueError("an address has no blanks")
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
        host = host if host.isascii() else host.encode("idna").decode()
        port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
        if parts.scheme not in ("http", "https") or not host or not port:
            raise ValueError("not an address of a webhook")
        if not host.isprintable() or " " in host or "\\" in parts.netloc:
            raise ValueError("not a name of a host")
        user, at, _ = parts.netloc.rpartition("@")
        place = f"[{host}]" if ":" in host else host
        place += "" if parts.port is None else f":{port}"
        called = parts._replace(netloc=f"{user}{at}{place}", fragment="").geturl()
        return cls(url, quote(called, safe=string.punctuation), parts.scheme, host, port)

    def refusal(self, addresses: list[str]) -> str:
        """Why the public Telegram would not call this address; empty when it would."""
        if self.scheme != "https":
            return "An HTTPS URL must be provided for webhook"
        if self.port not in (80, 88, 443, 8443):
            return "Webhook can be set up only on ports 80, 88, 443 or 8443"
        for address in addresses:
            if not ipaddress.ip_address(address).is_global:
                return f"IP address {address} is reserved"
        return ""


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand an update to a webhook."""

    update_id: int
    attempt: int  # 1 is the first
    status: int | None  # the HTTP status, None when no answer came
    error: str  # empty when the update was acknowledged
    reply: str  # the call in the answer's body and what became of it, empty when there was none
    at: float  # seconds since the sandbox started
    url: str = field(default="", repr=False)  # may hold the token, as many bots' addresses do
    answer: str = field(default="", repr=False)  # its body, the first KEPT_ANSWER bytes

    def __str__(self) -> str:
        outcome = self.error or f"acknowledged with {self.status}"
        return f"attempt {self.attempt}: {outcome}" + (f", {self.reply}" if self.reply else "")


class WebhookClient:
    """What the webhooks of all bots share: who sends, and how soon an update is sent again.

    `retry_scale` makes the retry clock faster; that is the sandbox's own.
    """

    def __init__(self, sender: Sender, retry_scale: float) -> None:
        self.sender = sender
        self.retry_scale = retry_scale
        self.started = time.monotonic()

    async def post(self, target: Target, secret_token: str, update: Update) -> Response:
        """POST an update and return the answer; an exception for `describe` when none comes."""
        headers = {
            "Content-Type": "application/json",
            "Connection": "keep-alive",
            "Accept-Encoding": "gzip, deflate",
        }
        if secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret_token
        return await self.sender.post(target.address, headers, encode(update.to_json()))


def retry_delay(fails: int, retry_after: int = 0) -> float:
    """Seconds until the next attempt when so many attempts have failed before this one.

    >>> [retry_delay(fails) for fails in range(5)]
    [0, 2, 4, 8, 16]
    >>> 60 <= retry_delay(1000) <= 120
    True
    """
    cap = random.uniform(60, 120)  # noqa: S311 - not a secret
    seconds = 2 ** min(fails, 10) if fails else 0  # 2 ** 10 is far above the cap
    return min(retry_after, MAX_RETRY_AFTER_S) or min(seconds, cap)


def describe(problem: Exception) -> str:
    """The last_error_message for a webhook that gave no answer."""
    why = problem.why if isinstance(problem, PostError) else "closed"
    if isinstance(problem, PostError) and why == "tls":
        return f"SSL error {{{problem.tls_reason or 'unknown'}}}"
    return LAST_ERRORS[why]


class Webhook:
    """The webhook of one bot, while it is set; `call` executes what its answers ask for."""

    def __init__(
        self,
        queue: UpdateQueue,
        client: WebhookClient,
        call: Call,
        target: Target,
        secret_token: str,
        max_connections: int,
        ip_address: str,
    ) -> None:
        self.target = target
        self.secret_token = secret_token
        self.max_connections = max_connections
        self.ip_address = ip_address
        self.last_error_date = 0
        self.last_error_message = ""
        self._queue = queue
        self._client = client
        self._call = call
        self._chats: dict[int, deque[Update]] = {}
        self._tasks = BackgroundTasks()
        self._slots = asyncio.Semaphore(max_connections)

    def add(self, update: Update) -> None:
        """Deliver one update, after the others of its chat."""
        waiting = self._chats.get(update.chat.id)
        if waiting is not None:
            waiting.append(update)
            return
        waiting = self._chats[update.chat.id] = deque([update])
        self._tasks.start(self._deliver_chat(update.chat.id, waiting))

    def close(self) -> None:
        """Stop; what was not acknowledged stays in the bot's queue."""
        self._tasks.cancel()

    async def _deliver_chat(self, chat_id: int, waiting: deque[Update]) -> None:
        try:
            while waiting:
                await self._deliver(waiting[0])
                waiting.popleft()
        finally:  # after an interrupt, too: later messages of this chat start a new task
            del self._chats[chat_id]

    async def _deliver(self, update: Update) -> None:
        while update in self._queue:
            async with self._slots:
                delivery, retry_after = await self._attempt(update)
            if not delivery.error:
                self._queue.forget(update)
            delay = retry_delay(update.attempts - 1, retry_after) * self._client.retry_scale
            if delivery.error and time.monotonic() + delay > update.expires:
                self._queue.forget(update)
            self._queue.delivered(delivery)
            if delivery.error:
                await asyncio.sleep(delay)

    async def _attempt(self, update: Update) -> tuple[Delivery, int]:
        update.attempts += 1
        update.hand_out()
        status, error, reply, retry_after, body = None, "", "", 0, b""
        try:
            answer = await self._client.post(self.target, self.secret_token, update)
        except Exception as problem:  # whatever a webhook does, delivery goes on
            error = describe(problem)
        else:
            status, body = answer.status, answer.body[:KEPT_ANSWER]
            if 200 <= status <= 299:
                reply = await self._execute(answer)
            else:
                error = f"Wrong response from the webhook: {status} {answer.reason}"
                retry_after = max(0, leading_integer(header(answer.headers, "Retry-After")))
        if error:
            self.last_error_date = int(time.time())
            self.last_error_message = error
        update.status, update.error = status, error
        at = time.monotonic() - self._client.started
        delivery = Delivery(
            update.id,
            update.attempts,
            status,
            error,
            reply,
            at,
            self.target.url,
            body.decode("utf-8", "replace"),
        )
        return delivery, retry_after

    async def _execute(self, answer: Response) -> str:
        """Run the call in an answer's body; tell what came of it, for `deliveries`."""
        if not answer.body:
            return ""
        try:
            content_type = header(answer.headers, "Content-Type")
            arguments = Arguments(*from_body(content_type, answer.body))
            method = arguments.text("method").lower()
            if not method:
                return ""
            if method.startswith("get") or method in NOT_IN_AN_ANSWER:
                return f"{method} ignored: not possible in a webhook's answer"
            await self._call(method, arguments)
        except TelegramError as refusal:
            return f"its reply was refused: {refusal.description}"
        return f"replied with {arguments.text('method')}"
