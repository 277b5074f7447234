"""The world on your own machine: a small cloud, a Telegram, a Twitch, a post office, and a window.

No account, no internet. Each server is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.cloud import Cloud
    from sandbox.mail import Mail
    from sandbox.telegram import Telegram
    from sandbox.twitch import Twitch
    from sandbox.window import Window

__all__ = ["Cloud", "Mail", "Telegram", "Twitch", "Window"]


def __getattr__(name: str) -> Any:
    """Import a server from its module."""
    if name not in __all__:
        raise AttributeError(f"sandbox has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"sandbox.{name.lower()}"), name)
