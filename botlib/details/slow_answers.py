"""What a webhook does about an answer that takes long: it says so in the log.

Nobody knows how long a platform listens. Telegram does for 60 s, by its developer's word
(github.com/tdlib/telegram-bot-api/issues/341); users saw 10 s, and Twitch wants its answer within
a few. The first to lose patience is mostly the function's own time limit: 3 s on AWS, if you set no
other.
"""

import _thread  # threading takes time to load
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LATE_S = 1.5  # after so long, an answer doesn't count on a platform that still listens
LAST_WORDS_S = 0.2  # before the function's limit ends it, an answer that is not done says so


@contextmanager
def slowness_logged(what: str, seconds_left: float | None, is_shared: bool) -> Iterator[None]:
    """Log that the work in the `with` block is late, or that the function's limit ends it now.

    `is_shared` tells whether all instances have one store. Then no other one answers a second time.
    """
    began, done = time.monotonic(), _thread.allocate_lock()
    done.acquire()

    def watch(seconds: float) -> None:
        if not done.acquire(timeout=max(0, seconds - LAST_WORDS_S)):
            log(
                "%s is still being answered after %.1f s, and the function's time limit ends that "
                "now. Give the function more time, or let a second one do the slow part",
                what,
                time.monotonic() - began,
            )

    if seconds_left is not None:
        with suppress(RuntimeError):  # a Python without threads, as in a browser's tab
            _thread.start_new_thread(watch, (seconds_left,))
    try:
        yield
    finally:
        done.release()
    seconds = time.monotonic() - began
    if seconds > LATE_S and not is_shared:
        log(
            "%s was answered after %.1f s. If the platform didn't listen so long, it asks again, "
            "and another instance answers a second time. A store that they share prevents that",
            what,
            seconds,
        )


def log(text: str, *values: object) -> None:
    """Log a warning."""
    import logging  # here, because few answers take long, and each import is paid at a cold start

    logging.getLogger(__name__).warning(text, *values)
