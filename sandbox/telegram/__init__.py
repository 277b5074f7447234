"""A Telegram you can phone on your own machine: a Bot API server and the people who chat.

Start reading at `service.py`. A message goes `people` → `world` → `updates` → `webhook` (or
getUpdates) → the bot → `api` → `methods` → `world` → the person's inbox.
"""

from sandbox.no_reply import NoReply
from sandbox.telegram.botfather import Account
from sandbox.telegram.buttons import Press
from sandbox.telegram.delivery import Delivery
from sandbox.telegram.errors import TelegramError
from sandbox.telegram.groups import Group
from sandbox.telegram.limits import Limits
from sandbox.telegram.model import Message
from sandbox.telegram.people import Person
from sandbox.telegram.service import Telegram
from sandbox.transcript import Transcript

__all__ = [
    "Account",
    "Delivery",
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
