"""A Telegram without a server: for a browser's tab, and for tests that want no network.

Its webhooks can reach functions of this Python:

    cloud = InProcessCloud()
    telegram = InMemoryTelegram(loop.run_until_complete, cloud)  # or pyodide.ffi.run_sync
"""

from typing import Any, Self

from bot_sandbox.runner import Run, SameThreadRunner
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.transcript import Transcript
from bot_sandbox.webhook_post import Sender


class InMemoryTelegram(SameThreadRunner, TelegramCore):
    """A Telegram in this Python: `run` runs its coroutines, `sender` POSTs to its webhooks.

    SameThreadRunner says which calls work where. Requests to the Bot API go to `handle`; nothing
    listens at `url`. `settings` are those of `Telegram` that need no network.
    """

    url = "http://telegram.localhost"

    def __init__(self, run: Run, sender: Sender, **settings: Any) -> None:
        SameThreadRunner.__init__(self, run)
        TelegramCore.__init__(self, sender, **settings)

    def window(
        self, person: Person | None = None, to: BotAccount | Group | None = None
    ) -> Transcript:
        """The chat as it is now: a page to chat in would need a server."""
        return self.still(person, to)[0]

    def close(self) -> None:
        """Stop all deliveries and polls."""
        self.do(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
