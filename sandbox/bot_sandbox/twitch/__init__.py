"""A Twitch on your own machine: OAuth, chat by IRC, Helix, EventSub, and people who chat.

Start reading at `service.py`. A message goes `people` → `chat` → `irc` (or `eventsub`) → the bot →
`irc` (or `helix`) → `chat` → the person who waits.
"""

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.eventsub_events import EventSubDelivery, Subscription
from bot_sandbox.twitch.message_trace import TraceEntry
from bot_sandbox.twitch.people import TwitchAccount
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, Token
from bot_sandbox.world.transcript import Transcript

__all__ = [
    "Application",
    "ChatMessage",
    "ConnectionRecord",
    "EventSubDelivery",
    "NoReply",
    "Subscription",
    "Token",
    "TraceEntry",
    "Transcript",
    "Twitch",
    "TwitchAccount",
    "TwitchSettings",
]
