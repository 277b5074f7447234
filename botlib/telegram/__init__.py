"""The Telegram doors: a webhook function and long polling.

Both doors carry messages to the same brain. They import python-telegram-bot; the brain does not,
nor does `botlib.telegram.lean`. So each door is loaded only when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botlib.telegram.application import application
    from botlib.telegram.function import webhook
    from botlib.telegram.polling import Polling, poll

__all__ = ["Polling", "application", "poll", "webhook"]

HOMES = {
    "Polling": "polling",
    "application": "application",
    "poll": "polling",
    "webhook": "function",
}


def __getattr__(name: str) -> Any:
    """Import a door from its module."""
    if name not in HOMES:
        raise AttributeError(f"botlib.telegram has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"botlib.telegram.{HOMES[name]}"), name)
