"""The updates a bot has not taken yet, and getUpdates, which takes them.

Semantics are the official server's: an offset acknowledges everything below it, a negative one
keeps the last |n|, and only one long poll may wait at a time. Webhooks take from the same queue
(`webhook.py`). The real server also slows down a client that asks the same question again and
again; this one does not.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.telegram.errors import TelegramError
from sandbox.telegram.model import Chat, Json, encode

if TYPE_CHECKING:
    from sandbox.telegram.botfather import Account

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


@dataclass(eq=False, slots=True)
class Update:
    """One thing that happened, on its way to one bot."""

    id: int
    account: Account
    chat: Chat
    kind: str
    payload: Json
    expires: float
    attempts: int = 0  # webhook deliveries tried
    replies_from: int = -1  # how many messages the chat held when the bot was first told

    def hand_out(self) -> None:
        """Remember when the bot was first told, so that its answer can be recognised."""
        if self.replies_from < 0:
            self.replies_from = len(self.chat.messages)

    def to_json(self) -> Json:
        """The Bot API's Update."""
        return {"update_id": self.id, self.kind: self.payload}

    def body(self) -> bytes:
        """The JSON that is POSTed to a webhook."""
        return encode(self.to_json())


class UpdateQueue:
    """The pending updates of one bot, oldest first."""

    def __init__(self, lifetime_s: float, changed: Callable[[], None]) -> None:
        self.allowed = DEFAULT_TYPES
        self.on_update: Callable[[Update], None] | None = None  # set while a webhook is
        self.polled = False  # has anybody ever called getUpdates?
        self._pending: dict[int, Update] = {}
        self._ids = itertools.count(100_000_001)
        self._next_id = next(self._ids)
        self._lifetime_s = lifetime_s
        self._changed = changed
        self._poll: asyncio.Future[TelegramError | None] | None = None

    def add(self, account: Account, kind: str, payload: Json, chat: Chat) -> Update | None:
        """Queue an update; None when the bot's allowed_updates leave this kind out."""
        if kind not in self.allowed:
            return None
        expires = time.monotonic() + self._lifetime_s
        update = Update(self._next_id, account, chat, kind, payload, expires)
        self._next_id = next(self._ids)
        self._pending[update.id] = update
        if self.on_update:
            self.on_update(update)
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
        self._changed()
        return updates

    def wake_poll(self, error: TelegramError | None) -> None:
        """End a waiting getUpdates, with an error or to look again."""
        if self._poll and not self._poll.done():
            self._poll.set_result(error)

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
        self._changed()
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
