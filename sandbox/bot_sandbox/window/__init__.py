"""The sandbox's face: a page to chat in, to watch the cloud, and to break things; and its HTTP.

Start reading at `window.py`. What the page shows comes from a `View` (telegram.py, twitch.py,
cloud.py) through the `Feed` over one WebSocket; what is done in it goes the way of everybody
else's HTTP requests: `Access` and the key → a route of a view → a plain call of the sandbox.
"""

from bot_sandbox.window.window import Window

__all__ = ["Window"]
