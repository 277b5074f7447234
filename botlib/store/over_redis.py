"""A store in Redis, for instances on many machines.

Each call is one Redis command, so it is atomic; redis-py's pool of connections is safe with
threads and after a fork.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from botlib.store.base import (
    DAY_S,
    Store,
    StoreError,
    added,
    checked_key,
    checked_seconds,
    read_json,
    write_json,
)

TIMEOUT_S = 2.0  # below the 3 s that a function usually has, so that the error can be read


class RedisStore(Store):
    """Keeps values in a Redis server; nothing is sent before the first call."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self.address = f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
            self._redis = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_S,
                socket_connect_timeout=TIMEOUT_S,
                retry=Retry(NoBackoff(), 0),  # a command sent twice would count twice
            )
        except ValueError:  # its text quotes the URL, and so perhaps the password
            raise ValueError(
                "the store's URL cannot be read. Expected redis://HOST:PORT/NUMBER; a password "
                "with signs like / or # in it must be percent-encoded."
            ) from None

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; `default` where there is none, or where it has expired."""
        with self._errors(key):
            found: Any = self._redis.get(checked_key(key))
        return default if found is None else read_json(key, found)

    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a JSON value, for ever or for some seconds."""
        expires_ms = None if expires_s is None else milliseconds(expires_s)
        with self._errors(key):
            self._redis.set(checked_key(key), write_json(value), px=expires_ms)

    def remove(self, key: str) -> None:
        """Forget a key."""
        with self._errors(key):
            self._redis.delete(checked_key(key))

    def increment(self, key: str, by: int = 1) -> int:
        """Add to a counter and return it."""
        added(key, 0, by)
        with self._errors(key):
            total: Any = self._redis.incrby(checked_key(key), by)
            return int(total)

    def add_once(self, key: str, expires_s: float = DAY_S) -> bool:
        """Set the key to true unless it is there; True for the first caller only."""
        with self._errors(key):
            return bool(
                self._redis.set(checked_key(key), "true", nx=True, px=milliseconds(expires_s))
            )

    def close(self) -> None:
        """Close the connections; the next call opens one again."""
        self._redis.close()

    def __repr__(self) -> str:
        return f"RedisStore({self.address})"

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Redis's errors leave as ValueError or StoreError, in words that say what to do."""
        try:
            yield
        except redis.AuthenticationError:
            raise StoreError(
                f"Redis at {self.address} refused the password. Expected the right one in the "
                "URL: redis://:PASSWORD@HOST:PORT/NUMBER."
            ) from None
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise StoreError(
                f"Redis at {self.address} cannot be reached: {error}. Is it running, and is "
                "that its address? Start one with redis-server, or set STORE_URL."
            ) from None
        except redis.ResponseError as error:
            if "not an integer" in str(error) or "overflow" in str(error):
                raise ValueError(f"{key!r} cannot be counted up: {error}") from None
            raise StoreError(f"Redis at {self.address} refused to use {key!r}: {error}") from None


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, at least one.

    >>> milliseconds(0.25), milliseconds(0)
    (250, 1)
    """
    return max(1, round(checked_seconds(seconds) * 1000))
