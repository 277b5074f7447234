"""Telegram's bot for a program: it confirms an update when its command has ended, not before.

`getUpdates` with an offset tells Telegram to forget all updates before it. So while commands are at
work, the offset stays at the oldest of them. Telegram then gives their updates again, and at once,
so the program doesn't wait for an answer but between two questions. Telegram gives a hundred from
the offset on, so a command that never ends would make the program deaf. Once `MOST_DONE` newer ones
are done, the offset moves past it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import telegram
from telegram.error import TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest

MOST_AT_ONCE = 100  # updates at work; Telegram gives no more, so newer ones wait there
MOST_DONE = 50  # updates that Telegram keeps for an older one
PAUSE_S = 0.3  # between two questions while commands are at work


class ConfirmingBot(ExtBot[None]):
    """A bot whose updates stay with Telegram until their commands have ended."""

    def __init__(
        self, token: str, root: str, request: BaseRequest, updates_request: BaseRequest
    ) -> None:
        super().__init__(
            token,
            f"{root}/bot",
            f"{root}/file/bot",
            request=request,
            get_updates_request=updates_request,
        )
        self._at_work: set[int] = set()
        self._next = 0  # after the latest update
        self._all_done = asyncio.Event()

    async def get_updates(
        self,
        offset: int | None = None,
        limit: int | None = None,
        timeout: int | timedelta | None = None,  # noqa: ASYNC109  (Telegram's)
        allowed_updates: Sequence[str] | None = None,
        **options: Any,
    ) -> tuple[telegram.Update, ...]:
        """Ask for updates from `offset` on, and confirm only those whose commands have ended."""
        if self._at_work:
            self._all_done.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_done.wait(), PAUSE_S)
        first = self._oldest_kept() if self._at_work else offset
        timeout = 0 if self._at_work else timeout
        found = await super().get_updates(first, limit, timeout, allowed_updates, **options)
        if first != offset:  # some of them were here before
            found = tuple(one for one in found if one.update_id >= self._next)
        for one in found:
            self._at_work.add(one.update_id)
            self._next = one.update_id + 1
        return found

    @contextmanager
    def confirmed_at_end(self, update_id: int) -> Iterator[None]:
        """Count an update as done at the end of the `with` block, unless that is cut short."""
        try:
            yield
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._end(update_id)
            raise
        self._end(update_id)

    async def confirm(self) -> None:
        """Have Telegram forget the updates that are done; the next program gets the rest."""
        with suppress(TelegramError):
            await super().get_updates(self._oldest_kept(), 1, 0)

    def _oldest_kept(self) -> int:
        """Return the oldest update at work with few done after it, or the next one to come."""
        at_work = sorted(self._at_work)
        for number, update_id in enumerate(at_work):
            if self._next - update_id - len(at_work[number:]) <= MOST_DONE:
                return update_id
        return self._next

    def _end(self, update_id: int) -> None:
        self._at_work.discard(update_id)
        if not self._at_work:
            self._all_done.set()
