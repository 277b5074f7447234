"""What one webhook delivery was, and when the next attempt is due."""

import random
import ssl
from dataclasses import dataclass

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

MAX_RETRY_AFTER_S = 3600


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand an update to a webhook."""

    update_id: int
    attempt: int  # 1 is the first
    status: int | None  # the HTTP status, None when no answer came
    error: str  # empty when the update was acknowledged
    reply: str  # the call in the answer's body and what became of it, empty when there was none
    at: float  # seconds since the sandbox started

    def __str__(self) -> str:
        outcome = self.error or f"acknowledged with {self.status}"
        return f"attempt {self.attempt}: {outcome}" + (f", {self.reply}" if self.reply else "")


@dataclass(frozen=True)
class Clock:
    """How long a webhook may take and how fast it is tried again."""

    retry_scale: float
    timeout_s: float
    started: float

    def delay(self, fails: int, retry_after: int = 0) -> float:
        """Seconds until the next attempt when so many attempts have failed before this one.

        >>> [Clock(1, 60, 0).delay(fails) for fails in range(5)]
        [0.0, 2.0, 4.0, 8.0, 16.0]
        >>> 60 <= Clock(1, 60, 0).delay(1000) <= 120
        True
        """
        cap = random.uniform(60, 120)  # noqa: S311 - not a secret
        seconds = 2 ** min(fails, 10) if fails else 0  # 2 ** 10 is far above the cap
        return (min(retry_after, MAX_RETRY_AFTER_S) or min(seconds, cap)) * float(self.retry_scale)


def describe(problem: BaseException) -> str:
    """The last_error_message for a webhook that gave no answer."""
    if isinstance(problem, TimeoutError):
        return "Read timeout expired"
    if isinstance(problem, ConnectionRefusedError):
        return "Connection refused"
    if isinstance(problem, ssl.SSLError):
        return f"SSL error {{{problem.reason or 'unknown'}}}"
    if isinstance(problem, HttpProcessingError | aiohttp.ClientPayloadError):
        return "Wrong response from the webhook"
    if isinstance(problem, ConnectionResetError | aiohttp.ClientOSError):
        return "Connection reset by peer"
    return "Webhook connection closed"
