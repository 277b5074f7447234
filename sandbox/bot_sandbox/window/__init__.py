"""The window: a page to chat in, to watch the cloud and to break things, and its HTTP API.

Start reading at `window.py`. What the page shows comes from a `View` (telegram.py, twitch.py,
cloud.py) through the `Feed` over one WebSocket. What you do in it is an HTTP request like anybody
else's: `Access` and the key → a route of a view → a plain call of the sandbox. Where there is no
server, `in_memory.py` has the same views and routes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot_sandbox.window.window import Window

__all__ = ["Window"]


def __getattr__(name: str) -> Any:
    """Import the server on first use, because only the server needs aiohttp."""
    if name != "Window":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot_sandbox.window.window import Window

    return Window
