"""Hooks for a function whose instances start from a snapshot, as Lambda SnapStart makes it.

Such instances all begin with what the function had when it was loaded, such as the same random
numbers and the same connection. Anywhere else the hooks do nothing. Both serve as decorators.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Hook = TypeVar("Hook", bound=Callable[[], object])


def before_snapshot(hook: Hook) -> Hook:
    """Have `hook()` called before the snapshot, for example to close what is open."""
    return _register("register_before_snapshot", hook)


def after_restore(hook: Hook) -> Hook:
    """Have `hook()` called in each instance, to make new what must differ."""
    return _register("register_after_restore", hook)


def _register(name: str, hook: Hook) -> Hook:
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        with suppress(ImportError):
            import snapshot_restore_py  # AWS's Python has it

            getattr(snapshot_restore_py, name)(hook)
    return hook
