"""A Twitch on your own machine: OAuth, chat by IRC, Helix, EventSub, and people who chat.

Start reading at `service.py`. A message goes `people` → `chat` → `irc` (or `eventsub`) → the
bot → `irc` (or `helix`) → `chat` → whoever waits for it.
"""

from sandbox.no_reply import NoReply
from sandbox.transcript import Transcript
from sandbox.twitch.chat import ChatMessage
from sandbox.twitch.connection import ConnectionRecord
from sandbox.twitch.eventsub_events import Delivery, Subscription
from sandbox.twitch.people import Account
from sandbox.twitch.service import Twitch
from sandbox.twitch.settings import TwitchSettings
from sandbox.twitch.tokens import Application, Token
from sandbox.twitch.travels import Travel

__all__ = [
    "Account",
    "Application",
    "ChatMessage",
    "ConnectionRecord",
    "Delivery",
    "NoReply",
    "Subscription",
    "Token",
    "Transcript",
    "Travel",
    "Twitch",
    "TwitchSettings",
]
