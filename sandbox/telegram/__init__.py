"""A Telegram you can phone on your own machine: a Bot API server and the people who chat.

Start reading at `service.py`. A message goes `people` → `world` → `updates` → the bot →
`updates` (the answer of a webhook) or `api` → `methods` → `world` → the person's inbox.
"""

from sandbox.no_reply import NoReply
from sandbox.telegram.buttons import Press
from sandbox.telegram.errors import TelegramError
from sandbox.telegram.limits import Limits
from sandbox.telegram.media import File
from sandbox.telegram.people import Group, Person
from sandbox.telegram.service import Telegram
from sandbox.telegram.types import Message
from sandbox.telegram.updates import Delivery
from sandbox.telegram.world import BotAccount
from sandbox.transcript import Transcript

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
