"""How a program is stopped: Ctrl-C or SIGTERM, politely first.

The bot is asked to stop, and may finish the reply at hand. A few seconds later the process ends,
whatever a command is doing then. It knows no bot: whoever runs one says how to ask it.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio  # not loaded here: Ctrl-C is to be minded before anything takes time

GRACE_S = 5.0  # systemd, Docker and Kubernetes wait at least twice as long before they kill

log = logging.getLogger(__name__)


class Stopping:
    """Waits for the first signal; make one in the main thread, before anything takes time."""

    def __init__(self) -> None:
        self._ask: Callable[[], object] | None = None
        self._grace_s = GRACE_S
        self._asked = threading.Event()
        # It waits from the start, since a signal's handler is no place to start a thread.
        threading.Thread(target=self._end_anyway, name="stopping", daemon=True).start()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._on_signal)

    def hand_over(
        self,
        loop: "asyncio.AbstractEventLoop",
        ask: Callable[[], object],
        grace_s: float = GRACE_S,
    ) -> None:
        """Have a signal call `ask` on the loop; until then it raises KeyboardInterrupt."""
        self._grace_s = grace_s
        with contextlib.suppress(NotImplementedError):  # Windows' loop wakes up by itself
            loop.add_signal_handler(signal.SIGTERM, lambda: None)  # so that signals wake the loop
            signal.signal(signal.SIGTERM, self._on_signal)  # asyncio has put its own there
        self._ask = lambda: loop.call_soon_threadsafe(ask)

    def _on_signal(self, *_: object) -> None:
        if self._asked.is_set():
            return
        self._asked.set()
        if self._ask is None:
            raise KeyboardInterrupt
        self._ask()

    def _end_anyway(self) -> None:
        self._asked.wait()
        time.sleep(self._grace_s)
        log.warning("still busy after %g s: the command at hand is left unfinished", self._grace_s)
        sys.stdout.flush()
        os._exit(0)
