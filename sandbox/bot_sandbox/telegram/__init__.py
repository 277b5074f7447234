"""A Telegram on your own machine: a Bot API server and the people who chat.

Start reading at `core.py`. A message goes `people` → `world` → `updates` → the bot → `updates` (the
answer of a webhook) or `api` → `methods` → `world` → the person's inbox. None of these files needs
a network or a thread. They receive what runs their coroutines (`event_loop/runner.py`) and what
POSTs to a webhook (`http/webhook_post.py`). `service.py` turns them into a server, with
`http_server.py` for aiohttp; `in_memory.py` runs them in one thread, as in a browser's tab.
"""

from typing import TYPE_CHECKING, Any

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.telegram.bot_api import BOT_API_VERSION
from bot_sandbox.telegram.buttons import Press
from bot_sandbox.telegram.delivered_update import DeliveredUpdate
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.media import File
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.types import Message
from bot_sandbox.telegram.updates import Delivery
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.world.transcript import Transcript

if TYPE_CHECKING:
    from bot_sandbox.telegram.service import Telegram

__all__ = [
    "BOT_API_VERSION",
    "BotAccount",
    "DeliveredUpdate",
    "Delivery",
    "File",
    "Group",
    "Limits",
    "Message",
    "NoReply",
    "Person",
    "Press",
    "Telegram",
    "TelegramError",
    "Transcript",
]


def __getattr__(name: str) -> Any:
    """Import the server on first use, because only the server needs aiohttp."""
    if name != "Telegram":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot_sandbox.telegram.service import Telegram

    return Telegram
