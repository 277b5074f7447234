"""A Twitch on your own machine: OAuth, chat by IRC, Helix, EventSub, and people who chat.

Start reading at `service.py`. A message goes `people` → `chat` → `irc` (or `eventsub`) → the
bot → `irc` (or `helix`) → `chat` → whoever waits for it.
"""

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.server import ServerWindow
from bot_sandbox.transcript import Transcript
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.eventsub_events import Delivery, Subscription
from bot_sandbox.twitch.people import Account
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, Token
from bot_sandbox.twitch.travels import Travel

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


def _open_window(twitch: Twitch) -> ServerWindow:
    from bot_sandbox.window.window import Window  # only here: most users need no window

    return Window(twitch=twitch)


Twitch.open_window = _open_window
