"""The world on your own machine: a small cloud, a Telegram, a Twitch, a post office, and a window.

No account, no internet. Each server is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot_sandbox.cloud import Cloud
    from bot_sandbox.mail import Mail
    from bot_sandbox.telegram import Telegram
    from bot_sandbox.twitch import Twitch
    from bot_sandbox.window import Window

__version__ = "0.3.0"
__all__ = ["Cloud", "Mail", "Telegram", "Twitch", "Window"]


def __getattr__(name: str) -> Any:
    """Import a server from its module."""
    if name not in __all__:
        raise AttributeError(f"bot_sandbox has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"bot_sandbox.{name.lower()}"), name)
