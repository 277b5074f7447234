"""How long to wait before another try, longer after each failure."""

import random
from collections.abc import Callable

Backoff = Callable[[int], float]  # failures in a row → seconds


def exponential_backoff(failures: int, first_s: float = 1.0, longest_s: float = 40.0) -> float:
    """Return the seconds to wait after so many failures in a row; half of them are random.

    Without this jitter, a thousand bots that were thrown out at once would come back at once. Give
    IrcBot(…, backoff=…) another function if you want to wait differently.

    >>> 0.5 <= exponential_backoff(1) <= 1, 20 <= exponential_backoff(1000) <= 40
    (True, True)
    """
    wait = min(longest_s, first_s * 2.0 ** min(failures - 1, 30))
    return random.uniform(wait / 2, wait)  # noqa: S311  (no secret depends on it)
