"""A Twitch on your own machine: OAuth, chat by IRC, Helix, EventSub, and people who chat.

Start reading at `service.py`. A message goes `people` → `chat` → `irc_hub` (or `eventsub`) → the
bot → `irc_commands` (or `helix_chat`) → `chat` → whoever waits for it.
"""

from sandbox.no_reply import NoReply
from sandbox.transcript import Transcript
from sandbox.twitch.eventsub_events import Subscription
from sandbox.twitch.eventsub_webhook import Delivery
from sandbox.twitch.model import Application, ChatMessage, ConnectionRecord, Token
from sandbox.twitch.people import Account
from sandbox.twitch.service import Twitch
from sandbox.twitch.settings import Settings

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
