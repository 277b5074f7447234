"""The Twitch door of a program: a bot that holds a chat connection (IRC).

It carries messages to the same brain, and is imported only when it is asked for: TwitchIO, which
the IRC bot needs, is too heavy for a function.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botlib.twitch.irc_bot import Holding, IrcBot

__all__ = ["Holding", "IrcBot"]

_MODULES = {"Holding": "irc_bot", "IrcBot": "irc_bot"}


def __getattr__(name: str) -> Any:
    """Import a door when it is asked for."""
    if name not in _MODULES:
        raise AttributeError(f"botlib.twitch has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"botlib.twitch.{_MODULES[name]}"), name)
