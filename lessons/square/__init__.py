"""The square: Telegram and Twitch, each with a bot in a function and in a program, measured.

    measure(TelegramProgram("workshop/my_bot"))
    square()

A home takes the folder of a bot: main.py, which makes `bot`, and its commands. Each home is
measured in the same way, in a sandbox of its own, and its numbers are kept beside the learner's
progress.

Only the picture is needed where nothing is measured, so the rest is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lessons.square.picture import square

if TYPE_CHECKING:
    from lessons.square.homes import (
        TelegramFunction,
        TelegramProgram,
        TwitchFunction,
        TwitchIrcFunction,
        TwitchProgram,
    )
    from lessons.square.measuring import fill_square, measure

__all__ = [
    "TelegramFunction",
    "TelegramProgram",
    "TwitchFunction",
    "TwitchIrcFunction",
    "TwitchProgram",
    "fill_square",
    "measure",
    "square",
]


def __getattr__(name: str) -> Any:
    """Import a home, or what measures one, on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "measuring" if name in ("fill_square", "measure") else "homes"
    return getattr(import_module(f"{__name__}.{module}"), name)
