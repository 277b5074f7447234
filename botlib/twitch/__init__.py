"""The Twitch doors: a bot that holds a chat connection (IRC), and the token clinic.

They carry messages to the same brain. They import TwitchIO; the brain does not.
"""

from botlib.twitch.holding import Holding
from botlib.twitch.irc_bot import IrcBot
from botlib.twitch.tokens import diagnose, examine

__all__ = ["Holding", "IrcBot", "diagnose", "examine"]
