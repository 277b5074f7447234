"""A Telegram without a server, for a browser's tab and for tests without a network.

Its webhooks can reach functions of this Python:

    cloud = InProcessCloud()
    telegram = InMemoryTelegram(cloud)
"""

import asyncio
from typing import Any, Self

from bot_sandbox.event_loop.runner import SameThreadRunner
from bot_sandbox.http.messages import Request, Response
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.transcript import Transcript


class InMemoryTelegram(TelegramCore):
    """A Telegram in this Python; `sender` POSTs to webhooks.

    Its plain calls work everywhere, also inside a running loop. If your bot runs in a `loop`,
    give it, and await the calls (SameThreadRunner says more). Send requests to the Bot API to
    `handle`; nothing listens at `url`. `settings` are those of `Telegram` that need no network.
    """

    url = "http://telegram.localhost"
    _runner: SameThreadRunner

    def __init__(
        self,
        sender: Sender,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        clock: Clock | None = None,
        **settings: Any,
    ) -> None:
        self._runner = SameThreadRunner(loop)
        self.clock = clock or Clock()
        self.clock._add_runner(self._runner)
        super().__init__(sender, **settings)

    async def handle(self, request: Request) -> Response:
        """Answer a request to the Bot API, in this Telegram's loop."""
        return await self._handle(request)

    def window(
        self, person: Person | None = None, to: BotAccount | Group | None = None
    ) -> Transcript:
        """Return the chat as it is now; a page to chat in would need a server."""
        return self._transcript_and_link(person, to)[0]

    def close(self) -> None:
        """Stop all deliveries and polls."""
        self.clock._remove_runner(self._runner)
        self._runner.do(self._stop_deliveries)
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
