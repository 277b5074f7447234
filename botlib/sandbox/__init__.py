"""The world on your own machine: a small cloud, a Telegram, a Twitch and a post office.

No account, no internet. Each server is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botlib.sandbox.cloud import Cloud
    from botlib.sandbox.mail import Mail
    from botlib.sandbox.telegram import Telegram
    from botlib.sandbox.twitch import Twitch

__all__ = ["Cloud", "Mail", "Telegram", "Twitch"]


def __getattr__(name: str) -> Any:
    """Import a server from its module."""
    if name not in __all__:
        raise AttributeError(f"botlib.sandbox has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"botlib.sandbox.{name.lower()}"), name)
