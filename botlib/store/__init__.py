"""Memory that outlives a function: SQLite in a file by default, Redis by URL.

A function's variables go when its instance goes, and another instance never sees them. What
must stay goes into a store: a few plain calls, safe for many processes at once. It holds
small JSON values by key; it is no database for questions like "all users of last week".
Each name is loaded only when it is asked for: a function pays for what it imports.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botlib.store.base import Seen, Store, StoreError
    from botlib.store.opening import open_store

__all__ = ["Seen", "Store", "StoreError", "open_store"]

HOMES = {"Seen": "base", "Store": "base", "StoreError": "base", "open_store": "opening"}


def __getattr__(name: str) -> Any:
    """Import a name from its module."""
    if name not in HOMES:
        raise AttributeError(f"botlib.store has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"botlib.store.{HOMES[name]}"), name)
