"""A Twitch on your own machine: OAuth, chat by IRC, Helix, EventSub, and people who chat.

Start reading at `service.py`. A message goes `people` → `chat` → `irc_hub` (or `eventsub`) → the
bot → `irc_commands` (or `helix_chat`) → `chat` → whoever waits for it.
"""

from botlib.sandbox.no_reply import NoReply
from botlib.sandbox.transcript import Transcript
from botlib.sandbox.twitch.eventsub_events import Subscription
from botlib.sandbox.twitch.eventsub_webhook import Delivery
from botlib.sandbox.twitch.model import Application, ChatMessage, ConnectionRecord, Token
from botlib.sandbox.twitch.people import Account
from botlib.sandbox.twitch.service import Twitch
from botlib.sandbox.twitch.settings import Settings

__all__ = [
    "Account",
    "Application",
    "ChatMessage",
    "ConnectionRecord",
    "Delivery",
    "NoReply",
    "Settings",
    "Subscription",
    "Token",
    "Transcript",
    "Twitch",
]
