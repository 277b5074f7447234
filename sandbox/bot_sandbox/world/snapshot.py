"""Return a server's world to an earlier moment, in milliseconds.

    start = telegram.snapshot()  # people, groups, a bot that is connected …
    viktor.ask("!roll")
    telegram.restore(start)  # everybody is still here, and nothing was said

A snapshot has a shallow copy of everything in the world that can change. Restoring puts the copies
back into the same objects, so what a test holds (`viktor`, a group, a message) stays valid. What
runs is left alone: event loops, tasks, sockets, connections, the clock, and counters, so that no id
is used twice. Only the cloud ends what runs: its functions start again (cloud/cloud.py).
"""

import itertools
from collections import deque
from dataclasses import is_dataclass
from typing import Any

from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.event_loop.runner import Runner, Service
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import Randomness

RUNNING_TYPES = (
    Runner,
    Service,
    Clock,
    ChangeNotifier,
    Randomness,
    BackgroundTasks,
    itertools.count,
)
PACKAGE = __name__.partition(".")[0] + "."


class Snapshot:
    """Everything that can change behind some objects, as it is now.

    A class names in `NOT_RESTORED` the attributes that a restore leaves alone, or "*" for all, or
    in `RESTORED` the only ones that come back.
    """

    def __init__(self, *roots: object) -> None:
        self._kept: dict[int, tuple[Any, Any]] = {}
        waiting = list(roots)
        seen = set()
        while waiting:
            one = waiting.pop()
            if type(one) in PLAIN_TYPES or id(one) in seen:
                continue
            seen.add(id(one))
            content = content_of(one)
            if content is None:
                continue
            self._kept[id(one)] = (one, content)
            if isinstance(content, dict):
                waiting += content.keys()
                waiting += content.values()
            else:
                waiting += content


def is_snapshot_of(snapshot: Snapshot, one: object) -> bool:
    """Return whether a snapshot has the content of this object."""
    return id(one) in snapshot._kept


def put_back(snapshot: Snapshot) -> None:
    """Give every object the content that it had."""
    for one, content in snapshot._kept.values():
        if isinstance(one, dict):
            one.clear()
            one.update(content)
        elif isinstance(one, list):
            one[:] = content
        elif isinstance(one, deque):
            one.clear()
            one.extend(content)
        elif isinstance(one, set):
            one.clear()
            one.update(content)
        elif not is_frozen(one) and not isinstance(one, tuple):
            restore_attributes(one, content)


PLAIN_TYPES = {str, int, float, bool, bytes, type(None)}


def content_of(one: Any) -> dict[Any, Any] | list[Any] | None:
    """Return a copy of what an object holds; None if it holds nothing that is restored."""
    if isinstance(one, dict):
        return dict(one)
    if isinstance(one, list | set | deque | tuple):
        return list(one)
    if isinstance(one, (*RUNNING_TYPES, type)):
        return None
    if type(one).__module__.startswith(PACKAGE):
        return attributes_of(one)
    return None


def attributes_of(one: Any) -> dict[str, Any] | None:
    """Return the attributes of an object that are restored, by name."""
    left_alone = getattr(type(one), "NOT_RESTORED", ())
    if "*" in left_alone:
        return None
    if only := getattr(type(one), "RESTORED", ()):
        return {name: getattr(one, name) for name in only if hasattr(one, name)}
    names = [*getattr(one, "__dict__", ())]
    for each in type(one).__mro__:
        slots = each.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return {
        name: getattr(one, name) for name in names if name not in left_alone and hasattr(one, name)
    }


def restore_attributes(one: Any, content: dict[str, Any]) -> None:
    """Give an object these attributes again; remove those that it has got since."""
    for name in attributes_of(one) or ():
        if name not in content:
            delattr(one, name)
    for name, value in content.items():
        setattr(one, name, value)


def is_frozen(one: object) -> bool:
    """Return whether an object is a frozen dataclass."""
    parameters = getattr(type(one), "__dataclass_params__", None)
    return is_dataclass(one) and parameters is not None and parameters.frozen
