"""Work that may be handed out twice is done once, over all instances.

Telegram and Twitch deliver *at least* once: the same message may reach two instances, even at
the same moment. Marking it only after the work lets both do it; marking it only before loses
it if the instance dies. So it is marked twice: "working" for a short time, then "done".
What is left: an instance that dies after its reply went out but before it wrote "done" is
followed by another that replies again. Nobody can do better without the chat's own help.
"""

from collections.abc import Callable
from typing import TypeVar

from botlib.store.base import DAY_S, Store

T = TypeVar("T")


class BusyError(Exception):
    """Another instance is at this work; come again later to learn how it ended."""


class Once:
    """Runs work by key: once if it succeeds, again if it fails."""

    def __init__(self, store: Store, working_s: float = 60, done_s: float = DAY_S) -> None:
        self.store = store
        self.working_s = working_s  # longer than the work may take: the function's own time limit
        self.done_s = done_s  # longer than the platform keeps on sending

    def run(self, key: str, work: Callable[[], T]) -> T | None:
        """Do the work and return its result; None if it is done; BusyError while someone is at it.

        What the work raises goes on to the caller, and the work may then be tried again.
        """
        key = f"once:{key}"
        if not self.store.add_once(key, self.working_s):
            if self.store.get(key) == "done":
                return None
            raise BusyError(f"{key} is being worked on by another instance")
        try:
            result = work()
        except BaseException:
            self.store.remove(key)
            raise
        self.store.set(key, "done", self.done_s)
        return result
