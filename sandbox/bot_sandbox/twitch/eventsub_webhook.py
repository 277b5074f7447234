"""EventSub by webhook: the challenge, signed deliveries, resends, revocation.

Every message is signed with HMAC-SHA256 over id + timestamp + body. A subscription has one
notification in flight at a time. eventsub.py decides who may subscribe.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.webhook_post import PostError
from bot_sandbox.http.webhook_sender import NetworkSender
from bot_sandbox.twitch.eventsub_events import EventSubDelivery, Subscription
from bot_sandbox.twitch.message_trace import http_text
from bot_sandbox.twitch.world import TwitchWorld

LONGEST_ANSWER = 1 << 20  # bytes; Twitch expects a challenge, or nothing
HEADER_PREFIX = "Twitch-Eventsub-"


class Webhooks:
    """Sends webhook messages."""

    NOT_RESTORED = ("_queues",)  # they belong to the tasks that run

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._sender = NetworkSender(world.settings.webhook_timeout_s, LONGEST_ANSWER)
        self._queues: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._tasks = BackgroundTasks()
        self.send_twice = 0  # notifications to deliver twice (faults.repeat_delivery)

    def verify(self, subscription: Subscription) -> None:
        """Send the challenge, then start to deliver."""
        self._tasks.start(self._verify(subscription))

    def notify(self, subscription: Subscription, event: dict[str, Any]) -> None:
        """Queue an event for its callback."""
        self._queues[subscription.id].put_nowait(event)

    def send_revocation(self, subscription: Subscription) -> None:
        """Tell the callback that its subscription ended, and stop."""
        self.drop_queue(subscription)
        body = {"subscription": subscription.as_json()}
        self._tasks.start(self._revoke(subscription, body))

    def drop_queue(self, subscription: Subscription) -> None:
        """Drop the queued notifications of a subscription that ended."""
        self._queues.pop(subscription.id, None)

    def begin_again(self, subscriptions: Iterable[Subscription]) -> None:
        """Drop what waits, and deliver for these subscriptions from now on."""
        self._tasks.cancel()
        self._queues.clear()
        for subscription in subscriptions:
            if subscription.enabled:
                queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
                self._queues[subscription.id] = queue
                self._tasks.start(self._deliver(subscription, queue))
            elif subscription.status == "webhook_callback_verification_pending":
                self.verify(subscription)

    async def close(self) -> None:
        """Stop sending."""
        self._tasks.cancel()
        await self._sender.close()

    async def _verify(self, subscription: Subscription) -> None:
        challenge = self._world.randomness.text(40, "challenge")
        body = {"challenge": challenge, "subscription": subscription.as_json()}
        kind = "webhook_callback_verification"
        delivery, text = await self._attempt_delivery(
            subscription, kind, body, self._world.randomness.uuid("EventSub message"), 0
        )
        if delivery.ok and text == challenge:
            subscription.status = "enabled"
            queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            self._queues[subscription.id] = queue
            self._world.changes.changed()
            await self._deliver(subscription, queue)
        else:
            subscription.status = "webhook_callback_verification_failed"
            self._world.changes.changed()

    async def _deliver(
        self, subscription: Subscription, queue: asyncio.Queue[dict[str, Any]]
    ) -> None:
        while subscription.enabled:
            event = await queue.get()
            if self._queues.get(subscription.id) is not queue:
                return
            body = {"subscription": subscription.as_json(), "event": event}
            if await self._deliver_with_resends(subscription, body):
                subscription.failures = 0
                continue
            subscription.failures += 1
            if subscription.failures >= self._world.settings.webhook_failures:
                subscription.status = "notification_failures_exceeded"
                self.send_revocation(subscription)
                self._world.changes.changed()

    async def _deliver_with_resends(self, subscription: Subscription, body: dict[str, Any]) -> bool:
        """Deliver at least once: the same id again until the callback answers 2xx."""
        settings = self._world.settings
        message_id, pause = (
            self._world.randomness.uuid("EventSub message"),
            settings.webhook_retry_s,
        )
        for attempt in range(settings.webhook_retries + 1):
            delivery, _ = await self._attempt_delivery(
                subscription, "notification", body, message_id, attempt
            )
            if delivery.ok and self.send_twice > 0:
                self.send_twice -= 1
                await self._attempt_delivery(
                    subscription, "notification", body, message_id, attempt + 1
                )
            if delivery.ok:
                return True
            if attempt < settings.webhook_retries:
                await self._world.clock.sleep(pause)
            pause *= 2
        return False

    async def _revoke(self, subscription: Subscription, body: dict[str, Any]) -> None:
        await self._attempt_delivery(
            subscription, "revocation", body, self._world.randomness.uuid("EventSub message"), 0
        )

    async def _attempt_delivery(
        self,
        subscription: Subscription,
        kind: str,
        body: dict[str, Any],
        message_id: str,
        attempt: int,
    ) -> tuple[EventSubDelivery, str]:
        """Make one attempt; return its record and the text of the response."""
        callback = str(subscription.transport["callback"])
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = self._headers(subscription, kind, message_id, attempt, raw)
        about = body.get("event", {}).get("message_id", "")
        request = http_text(f"POST {callback}", headers, raw.decode())
        self._trace_message(about, "to", callback, request)
        status, text, error = 0, "", ""
        try:
            answer = await self._sender.post(callback, headers, raw)
        except PostError as problem:
            error = str(problem)
            self._trace_message(about, "from", callback, f"no answer: {error}")
        else:
            status, text = answer.status, answer.body.decode("utf-8", "replace")
            first_line = f"{status} {answer.reason}"
            self._trace_message(
                about, "from", callback, http_text(first_line, dict(answer.headers), text)
            )
        at = self._world.clock.now()
        delivery = EventSubDelivery(kind, message_id, attempt, status, error, at, callback, about)
        self._world.deliveries.append(delivery)
        self._world.changes.changed()
        return delivery, text

    def _trace_message(self, about: str, direction: str, callback: str, text: str) -> None:
        """Record what was sent or received for a chat message, if it was for one."""
        if about:
            self._world.chat.trace.record_text(about, direction, "EventSub webhook", callback, text)

    def _headers(
        self, subscription: Subscription, kind: str, message_id: str, attempt: int, raw: bytes
    ) -> dict[str, str]:
        at = self._world.clock.timestamp()
        return {
            "Content-Type": "application/json",
            f"{HEADER_PREFIX}Message-Id": message_id,
            f"{HEADER_PREFIX}Message-Retry": str(attempt),
            f"{HEADER_PREFIX}Message-Type": kind,
            f"{HEADER_PREFIX}Message-Signature": sign(subscription.secret, message_id, at, raw),
            f"{HEADER_PREFIX}Message-Timestamp": at,
            f"{HEADER_PREFIX}Subscription-Type": subscription.type,
            f"{HEADER_PREFIX}Subscription-Version": subscription.version,
        }


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature that a callback compares.

    >>> sign("0123456789", "id", "2026-01-01T00:00:00Z", b"{}")[:20]
    'sha256=338fcffb7c617'
    """
    message = message_id.encode() + timestamp.encode() + body
    return "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
