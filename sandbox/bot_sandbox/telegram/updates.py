"""Bring updates to a bot: they wait in its queue until getUpdates or a webhook takes them.

The semantics are the official server's. getUpdates: an offset acknowledges everything below it, a
negative one keeps the last |n|, and only one long poll may wait at a time. Webhook: every update is
POSTed until a 2xx response acknowledges it. Each chat has one message in flight, and each person
one press or inline query, so what fails blocks only what is like it. Retries come after 0, 2, 4,
8 … seconds, up to a random 60 to 120, or after Retry-After. A Bot API call in a 2xx response is
executed and its result dropped. Missing: slowing down a client that polls in a loop, giving up a
webhook after a day of 410s, and the limit on new connections.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import random
import string
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.messages import Response, header
from bot_sandbox.http.webhook_post import PostError, Sender, Why
from bot_sandbox.telegram.arguments import Arguments, leading_integer, parse_body
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.types import Chat, Json, Update, User, encode_json
from bot_sandbox.world.clock import Clock

# How long some updates live, in seconds, and which a webhook gets in the order of their chat, or of
# their sender; others wait for those of their kind in a chat (Client.cpp, tdlib/telegram-bot-api).
LIFETIMES_S = {"inline_query": 30.0, "callback_query": 150.0, "chosen_inline_result": 600.0}
IN_ORDER = ("message", "edited_message", "channel_post", "edited_channel_post")
NOT_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
ALL_TYPES = tuple(name for name in TYPES["Update"].fields if name != "update_id")
CAUSED_TYPES = (  # what people of the sandbox cause; a test may deliver any other
    "message", "edited_message", "channel_post", "edited_channel_post", "message_reaction",
    "callback_query", "my_chat_member", "chat_member", "inline_query", "chosen_inline_result",
)  # fmt: skip
DEFAULT_TYPES = tuple(kind for kind in ALL_TYPES if kind not in NOT_DEFAULT)
OTHER_GET_UPDATES = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
LOST_BY_FAULT = "lost by a fault of this sandbox"  # the text of a PostError, then of a delivery
KEPT_DELIVERIES = 10_000
KEPT_ANSWER = 2_000  # bytes of a webhook's response to keep
MAX_RETRY_AFTER_S = 3600
LAST_ERRORS: dict[Why, str] = {  # last_error_message for each kind of missing response
    "timeout": "Read timeout expired",
    "refused": "Connection refused",
    "not HTTP": "Wrong response from the webhook",
    "reset": "Connection reset by peer",
    "closed": "Webhook connection closed",
}
NOT_IN_AN_ANSWER = ("setwebhook", "deletewebhook", "close", "logout")  # nor any get… method

BotApiCall = Callable[[str, Arguments], Awaitable[object]]  # calls the Bot API for one bot
Post = Callable[[], Awaitable[Response]]


class PostFaults(Protocol):
    """The faults that POSTs to webhooks meet."""

    async def _wait_until_up(self) -> None:
        """Wait while the server is down."""

    async def _post_with_faults(self, account: Any, post: Post) -> Response:
        """POST an update of a bot; raise PostError if the response gets lost."""


class UpdateQueue:
    """The pending updates of one bot, oldest first, and its webhook deliveries."""

    NOT_RESTORED = ("_poll", "_next_id")  # an update_id is never used twice

    def __init__(
        self, first_id: int, lifetime_s: float, clock: Clock, changes: ChangeNotifier
    ) -> None:
        self.allowed = DEFAULT_TYPES
        self.polls = 0  # how often getUpdates was called
        self.webhook: Webhook | None = None
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self.delivery_count = 0
        self.changes = changes
        self._pending: dict[int, Update] = {}
        self._ids = itertools.count(first_id)
        self._next_id = next(self._ids)
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._poll: asyncio.Future[TelegramError | None] | None = None

    def add(self, account: User, kind: str, payload: Json, chat: Chat) -> Update | None:
        """Queue an update; return None if the bot's allowed_updates exclude this kind."""
        if kind not in self.allowed:
            return None
        expires = self._clock.now() + min(self._lifetime_s, LIFETIMES_S.get(kind, self._lifetime_s))
        update = Update(self._next_id, account, chat, kind, payload, expires)
        self._next_id = next(self._ids)
        self._pending[update.id] = update
        if self.webhook:
            self.webhook.add(update)
        self.wake_poll(None)
        return update

    def pending(self) -> list[Update]:
        """Return the updates that were neither acknowledged nor expired, oldest first."""
        now = self._clock.now()
        for update in [one for one in self._pending.values() if one.expires <= now]:
            del self._pending[update.id]
        return list(self._pending.values())

    def __len__(self) -> int:
        return len(self.pending())

    def __contains__(self, update: Update) -> bool:
        return update.id in self._pending and update.expires > self._clock.now()

    def acknowledge(self, update: Update) -> None:
        """Acknowledge one update."""
        self._pending.pop(update.id, None)

    def clear(self) -> None:
        """Drop everything, as drop_pending_updates asks."""
        self._pending.clear()

    @property
    def is_polled(self) -> bool:
        """Whether somebody waits in getUpdates now."""
        return self._poll is not None

    def allow(self, kinds: Any) -> None:
        """Set allowed_updates: None keeps the last choice, no known kind means the default."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            return
        wanted = {kind.lower() for kind in kinds}
        self.allowed = tuple(kind for kind in ALL_TYPES if kind in wanted) or DEFAULT_TYPES

    async def get(self, offset: int, limit: int, timeout_s: float) -> list[Update]:
        """Do getUpdates: acknowledge, then return updates or wait for one; 409 ends a wait."""
        self.polls += 1
        self._acknowledge(offset)
        if not self.pending() and timeout_s > 0:
            await self._wait(timeout_s)
        updates = self.pending()[:limit]
        for update in updates:
            update.note_delivery(self._clock.now())
        self.changes.changed()
        return updates

    def wake_poll(self, error: TelegramError | None) -> None:
        """Wake a waiting getUpdates, with an error or to look again."""
        if self._poll and not self._poll.done():
            self._poll.set_result(error)

    def set_webhook(self, webhook: Webhook) -> None:
        """Deliver pending and future updates to a webhook."""
        self.webhook = webhook
        for update in self.pending():
            webhook.add(update)
        self.changes.changed()

    def remove_webhook(self) -> None:
        """Stop delivering; unacknowledged updates stay here."""
        if self.webhook:
            self.webhook.close()
            self.webhook = None
        self.changes.changed()

    def pause(self) -> None:
        """Stop delivering until `resume`, because the world returns to a snapshot."""
        if self.webhook:
            self.webhook.close()

    def resume(self) -> None:
        """Deliver what waits since the snapshot, with new ids: a client never looks back."""
        pending = list(self._pending.values())
        self._pending.clear()
        for update in pending:
            update.id = self._next_id
            self._next_id = next(self._ids)
            self._pending[update.id] = update
        if self.webhook:
            self.webhook.begin_again(pending)
        if pending:
            self.wake_poll(None)

    def delivered(self, delivery: Delivery) -> None:
        """Record one attempt of the webhook."""
        self.deliveries.append(delivery)
        self.delivery_count += 1
        self.changes.changed()

    def _acknowledge(self, offset: int) -> None:
        pending = self.pending()
        if offset < 0:
            offset = pending[offset].id if -offset < len(pending) else 0
        if offset > self._next_id + 10:  # the real server ignores one too far in the future
            return
        for update in pending:
            if update.id < offset:
                del self._pending[update.id]

    async def _wait(self, timeout_s: float) -> None:
        self.wake_poll(TelegramError(409, OTHER_GET_UPDATES))  # the older poll ends
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
class WebhookUrl:
    """The URL of a webhook: `url` as the bot gave it, `address` in ASCII for the request."""

    url: str = field(repr=False)  # may hold the token, as many bots' addresses do
    address: str = field(repr=False)
    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> WebhookUrl:
        """Read an address like Telegram: without a scheme it is https; ValueError if invalid.

        >>> WebhookUrl.parse("exämple.com/hook?é").address
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
        """Return why the public Telegram would not call this address, or ""."""
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
    """One attempt to deliver an update to a webhook."""

    update_id: int
    attempt: int  # 1 is the first
    status: int | None  # the HTTP status; None without a response
    error: str  # "" if the update was acknowledged
    reply: str  # the call in the response and its outcome, or ""
    at: float  # seconds since the sandbox started
    url: str = field(default="", repr=False)  # may hold the token, as many bots' addresses do
    answer: str = field(default="", repr=False)  # the first KEPT_ANSWER bytes of the body

    def __str__(self) -> str:
        outcome = self.error or f"acknowledged with {self.status}"
        return f"attempt {self.attempt}: {outcome}" + (f", {self.reply}" if self.reply else "")


class WebhookClient:
    """What the webhooks of all bots share: the sender, the clock, and the pauses between retries.

    `retry_scale` shortens the pauses, which only the sandbox can do. `faults` are those
    that you asked for (faults.py).
    """

    def __init__(
        self, sender: Sender, retry_scale: float, clock: Clock, faults: PostFaults
    ) -> None:
        self.sender = sender
        self.faults = faults
        self.retry_scale = retry_scale
        self.clock = clock
        self.started = clock.now()

    async def post(self, target: WebhookUrl, secret_token: str, update: Update) -> Response:
        """POST an update and return the response; if none comes, raise an error to describe."""
        return await self.faults._post_with_faults(
            update.account, lambda: self.send(target, secret_token, update.to_json())
        )

    async def send(self, target: WebhookUrl, secret_token: str, update: Json) -> Response:
        """POST any JSON without faults."""
        headers = {
            "Content-Type": "application/json",
            "Connection": "keep-alive",
            "Accept-Encoding": "gzip, deflate",
        }
        if secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret_token
        return await self.sender.post(target.address, headers, encode_json(update))


def retry_delay(fails: int, retry_after: int = 0) -> float:
    """Return the seconds until the next attempt, after so many failures before this one.

    >>> [retry_delay(fails) for fails in range(5)]
    [0, 2, 4, 8, 16]
    >>> 60 <= retry_delay(1000) <= 120
    True
    """
    cap = random.uniform(60, 120)  # noqa: S311 - not a secret
    seconds = 2 ** min(fails, 10) if fails else 0  # 2 ** 10 is far above the cap
    return min(retry_after, MAX_RETRY_AFTER_S) or min(seconds, cap)


def describe_problem(problem: Exception) -> str:
    """Return the last_error_message for a webhook without a response."""
    why = problem.why if isinstance(problem, PostError) else "closed"
    if isinstance(problem, PostError) and why == "tls":
        return f"SSL error {{{problem.tls_reason or 'unknown'}}}"
    return LAST_ERRORS[why]


def describe_refusal(answer: Response) -> str:
    """Return the last_error_message for a response, "" if it acknowledges the update."""
    if 200 <= answer.status <= 299:
        return ""
    return f"Wrong response from the webhook: {answer.status} {answer.reason}"


class Webhook:
    """The webhook of one bot, while it is set; `call` executes calls in its responses."""

    NOT_RESTORED = ("_lines", "_slots")  # they belong to the tasks that run

    def __init__(
        self,
        queue: UpdateQueue,
        client: WebhookClient,
        call: BotApiCall,
        target: WebhookUrl,
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
        self._lines: dict[tuple[str, int], deque[Update]] = {}
        self._tasks = BackgroundTasks()
        self._slots = asyncio.Semaphore(max_connections)

    def add(self, update: Update) -> None:
        """Deliver one update, after the others of its line."""
        of_person = update.kind in LIFETIMES_S
        place = update.payload["from"]["id"] if of_person else update.chat.id
        line = ("message" if update.kind in IN_ORDER else update.kind, place)
        waiting = self._lines.get(line)
        if waiting is not None:
            waiting.append(update)
            return
        waiting = self._lines[line] = deque([update])
        self._tasks.start(self._deliver_line(line, waiting))

    def close(self) -> None:
        """Stop; unacknowledged updates stay in the bot's queue."""
        self._tasks.cancel()

    def begin_again(self, updates: list[Update]) -> None:
        """Deliver these updates and no others."""
        self._tasks.cancel()
        self._lines.clear()
        for update in updates:
            self.add(update)

    async def forge(self, update: Json, secret_token: str) -> Delivery:
        """POST an update once, as somebody else would; nothing in the response is executed."""
        status, body = None, b""
        try:
            answer = await self._client.send(self.target, secret_token, update)
        except PostError as problem:
            error = describe_problem(problem)
        else:
            status, body, error = answer.status, answer.body[:KEPT_ANSWER], describe_refusal(answer)
        number = update.get("update_id")
        return Delivery(
            number if isinstance(number, int) else 0,
            1,
            status,
            error,
            "",
            self._client.clock.now() - self._client.started,
            self.target.url,
            body.decode("utf-8", "replace"),
        )

    async def _deliver_line(self, line: tuple[str, int], waiting: deque[Update]) -> None:
        try:
            while waiting:
                await self._deliver(waiting[0])
                waiting.popleft()
        finally:  # even after an interrupt, so that later updates of this line start a new task
            if self._lines.get(line) is waiting:
                del self._lines[line]

    async def _deliver(self, update: Update) -> None:
        while update in self._queue:
            async with self._slots:
                await self._client.faults._wait_until_up()
                if update not in self._queue:  # it is a day old by now
                    return
                delivery, retry_after = await self._attempt_delivery(update)
            if not delivery.error:
                self._queue.acknowledge(update)
            delay = retry_delay(update.attempts - 1, retry_after) * self._client.retry_scale
            due = self._client.clock.now() + delay
            if delivery.error and due > update.expires:
                self._queue.acknowledge(update)
            self._queue.delivered(delivery)  # somebody who waits for it may move the clock at once
            if delivery.error:
                await self._client.clock.sleep_until(due)

    async def _attempt_delivery(self, update: Update) -> tuple[Delivery, int]:
        update.attempts += 1
        update.note_delivery(self._client.clock.now())
        status, error, reply, retry_after, body = None, "", "", 0, b""
        try:
            answer = await self._client.post(self.target, self.secret_token, update)
        except Exception as problem:  # delivery must continue after any error
            error = describe_problem(problem)
            reply = LOST_BY_FAULT if str(problem) == LOST_BY_FAULT else ""
        else:
            status, body = answer.status, answer.body[:KEPT_ANSWER]
            error = describe_refusal(answer)
            if not error:
                reply = await self._execute_answer(answer)
            else:
                retry_after = max(0, leading_integer(header(answer.headers, "Retry-After")))
        if error:
            self.last_error_date = int(self._client.clock.now())
            self.last_error_message = error
        update.status, update.error = status, error
        at = self._client.clock.now() - self._client.started
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

    async def _execute_answer(self, answer: Response) -> str:
        """Run the call in a response's body and return its outcome, for `deliveries`."""
        if not answer.body:
            return ""
        try:
            content_type = header(answer.headers, "Content-Type")
            arguments = Arguments(*parse_body(content_type, answer.body))
            method = arguments.text("method").lower()
            if not method:
                return ""
            if method.startswith("get") or method in NOT_IN_AN_ANSWER:
                return f"{method} ignored: not possible in a webhook's response"
            await self._call(method, arguments)
        except TelegramError as refusal:
            return f"its reply was refused: {refusal.description}"
        return f"replied with {arguments.text('method')}"
