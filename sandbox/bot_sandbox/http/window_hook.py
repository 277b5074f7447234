"""How a server opens its window: the window imports the servers, so they must not import it.

`bot_sandbox/__init__.py`, which is always imported before them, connects the two.
"""

from collections.abc import Callable
from typing import Any

open_window: Callable[[Any], Any]  # takes a LocalServer and returns a ServerWindow
