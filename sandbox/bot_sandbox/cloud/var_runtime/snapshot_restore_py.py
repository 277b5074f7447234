"""Hooks around a snapshot, as AWS's Python runtimes bring them in /var/runtime.

Names and behavior are those of AWS's own package snapshot-restore-py 1.0; a function that has that
package in its folder gets its own. Both decorators may also be called with arguments for the hook.
"""

from collections.abc import Callable
from typing import Any

Hook = Callable[..., Any]
Registered = tuple[Hook, tuple[Any, ...], dict[str, Any]]

_before_snapshot: list[Registered] = []
_after_restore: list[Registered] = []


def register_before_snapshot(func: Hook, *args: Any, **kwargs: Any) -> Hook:
    """Have a function called before the snapshot is taken, the last registered first."""
    _before_snapshot.append((func, args, kwargs))
    return func


def register_after_restore(func: Hook, *args: Any, **kwargs: Any) -> Hook:
    """Have a function called in each instance that starts from the snapshot, the first first."""
    _after_restore.append((func, args, kwargs))
    return func


def get_before_snapshot() -> list[Registered]:
    """All hooks for before the snapshot, in the order in which they were registered."""
    return _before_snapshot


def get_after_restore() -> list[Registered]:
    """All hooks for after a restore, in the order in which they were registered."""
    return _after_restore
