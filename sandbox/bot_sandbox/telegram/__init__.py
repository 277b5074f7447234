"""A Telegram you can phone on your own machine: a Bot API server and the people who chat.

Start reading at `service.py`. A message goes `people` → `world` → `updates` → the bot →
`updates` (the answer of a webhook) or `api` → `methods` → `world` → the person's inbox.
"""

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.server import ServerWindow
from bot_sandbox.telegram.buttons import Press
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.media import File
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.types import Message
from bot_sandbox.telegram.updates import Delivery
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.transcript import Transcript

__all__ = [
    "BotAccount",
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


def _open_window(telegram: Telegram) -> ServerWindow:
    from bot_sandbox.window.window import Window  # only here: most users need no window

    return Window(telegram)


Telegram.open_window = _open_window
