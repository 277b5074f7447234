"""Hooks around a snapshot, as in /var/runtime of AWS's Python runtimes.

Names and behavior are those of AWS's package snapshot-restore-py 1.0. If a function has that
package in its folder, it gets its own. You may also call both decorators with arguments for the
hook.
"""

from collections.abc import Callable
from typing import Any

Hook = Callable[..., Any]
Registered = tuple[Hook, tuple[Any, ...], dict[str, Any]]

_before_snapshot: list[Registered] = []
_after_restore: list[Registered] = []


def register_before_snapshot(func: Hook, *args: Any, **kwargs: Any) -> Hook:
    """Register a function to call before the snapshot; the last registered is called first."""
    _before_snapshot.append((func, args, kwargs))
    return func


def register_after_restore(func: Hook, *args: Any, **kwargs: Any) -> Hook:
    """Register a function to call in each instance from the snapshot, in this order."""
    _after_restore.append((func, args, kwargs))
    return func


def get_before_snapshot() -> list[Registered]:
    """Return all hooks for before the snapshot, in the order of registration."""
    return _before_snapshot


def get_after_restore() -> list[Registered]:
    """Return all hooks for after a restore, in the order of registration."""
    return _after_restore
