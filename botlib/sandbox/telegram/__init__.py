"""A Telegram you can phone on your own machine: a Bot API server and the people who chat.

Start reading at `service.py`. A message goes `people` → `world` → `updates` → `webhook` (or
getUpdates) → the bot → `api` → `methods` → `world` → the person's inbox.
"""

from botlib.sandbox.no_reply import NoReply
from botlib.sandbox.telegram.botfather import Account
from botlib.sandbox.telegram.buttons import Press
from botlib.sandbox.telegram.delivery import Delivery
from botlib.sandbox.telegram.errors import TelegramError
from botlib.sandbox.telegram.groups import Group
from botlib.sandbox.telegram.limits import Limits
from botlib.sandbox.telegram.model import Message
from botlib.sandbox.telegram.people import Person
from botlib.sandbox.telegram.service import Telegram
from botlib.sandbox.transcript import Transcript

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
