"""How long to wait before the next attempt to connect.

A strategy is any function from the number of failures in a row (1, 2, 3, …) to seconds. The
bot takes another one as `IrcBot(…, backoff=…)`. Nothing here waits.
"""

import random
from collections.abc import Callable

Backoff = Callable[[int], float]


def exponential(failures: int, first_s: float = 1.0, longest_s: float = 60.0) -> float:
    """Double the wait with each failure; half of it is left to chance (jitter).

    Chance keeps a thousand bots that were thrown out at once from coming back at once.

    >>> 0.5 <= exponential(1) <= 1, 2 <= exponential(3) <= 4, 30 <= exponential(1000) <= 60
    (True, True, True)
    """
    wait = min(longest_s, first_s * 2.0 ** min(failures - 1, 30))
    return random.uniform(wait / 2, wait)  # noqa: S311  (no secret depends on it)
