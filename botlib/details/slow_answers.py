"""What a webhook does about an answer that takes long: it says so in the log.

Nobody knows how long a platform listens. Telegram does for 60 s, by its developer's word
(github.com/tdlib/telegram-bot-api/issues/341); users saw 10 s, and Twitch wants its answer within
a few. The first to lose patience is mostly the function's own time limit: 3 s on AWS, if you set no
other.
"""

import _thread  # threading takes time to load
import time
from contextlib import suppress

LATE_S = 1.5  # after so long, an answer doesn't count on a platform that still listens
LAST_WORDS_S = 0.2  # before the function's limit ends it, an answer that is not done says so
NEVER = float("inf")


class SlowAnswer:
    """Logs that the work in its `with` block is late, or that the function's limit ends it now.

    `is_shared` tells whether all instances have one store. Then no other one answers a second time.
    """

    def __init__(self, what: str, seconds_left: float | None, is_shared: bool) -> None:
        self.what, self._is_shared = what, is_shared
        self.began = time.monotonic()
        self.last_words_at = self.began - LAST_WORDS_S
        self.last_words_at += NEVER if seconds_left is None else seconds_left

    def __enter__(self) -> None:
        if self.last_words_at < NEVER:
            watch.add(self)

    def __exit__(self, error: object, *_: object) -> None:
        watch.answers.discard(self)
        seconds = time.monotonic() - self.began
        if error is None and seconds > LATE_S and not self._is_shared:
            log(
                "%s was answered after %.1f s. If the platform didn't listen so long, it asks "
                "again, and another instance answers a second time. A store that they share "
                "prevents that",
                self.what,
                seconds,
            )


class Watch:
    """Looks at the answers that are not done when their time is over, in a thread.

    One thread serves many answers, because to start one takes 0.2 ms, four times what a `Bot`
    needs. It ends if it finds no answer that is not done.
    """

    def __init__(self) -> None:
        self.answers: set[SlowAnswer] = set()
        self._lock, self._looks_at = _thread.allocate_lock(), NEVER

    def add(self, answer: SlowAnswer) -> None:
        """Watch an answer from now on."""
        with self._lock:
            self.answers.add(answer)
            if self._looks_at <= answer.last_words_at:
                return  # in time for this one, too
            self._looks_at = answer.last_words_at
        with suppress(RuntimeError):  # a Python without threads, as in a browser's tab
            _thread.start_new_thread(self._look, (answer.last_words_at,))

    def _look(self, at: float) -> None:
        while at < NEVER:
            time.sleep(max(0, at - time.monotonic()))
            with self._lock:
                now, answers = time.monotonic(), list(self.answers)
                late = [answer for answer in answers if answer.last_words_at <= now]
                others = [answer.last_words_at for answer in answers if answer not in late]
                self.answers.difference_update(late)
                at = self._looks_at = min(others, default=NEVER)
            for answer in late:
                log(
                    "%s is still being answered after %.1f s, and the function's time limit ends "
                    "that now. Give the function more time, or let a second one do the slow part",
                    answer.what,
                    now - answer.began,
                )


watch = Watch()


def log(text: str, *values: object) -> None:
    """Log a warning."""
    import logging  # here, because few answers take long, and each import is paid at a cold start

    logging.getLogger(__name__).warning(text, *values)
