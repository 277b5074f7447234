"""A store in a Redis server, for instances on many machines."""

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botlib.details.extras import extra

with extra("redis"):
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

from botlib.store.interface import TIMEOUT_S, Store, StoreError

_call = threading.local()  # its `until`: when the call of this thread must end


class TimedSocket:
    """A socket whose reads and writes end with the call.

    redis-py's own timeout is for each read alone, so an answer that trickles would have no end.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        # redis-py looks for unread bytes with a timeout of 0: then nothing waits.
        if name in ("recv", "recv_into", "sendall") and self._sock.gettimeout() != 0:
            seconds = _call.until - time.monotonic()
            if seconds <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(seconds)
        return getattr(self._sock, name)


class _Connection(redis.Connection):
    def _connect(self) -> Any:
        return TimedSocket(super()._connect())  # type: ignore[no-untyped-call]


class _TlsConnection(redis.SSLConnection):
    def _connect(self) -> Any:
        return TimedSocket(super()._connect())  # type: ignore[no-untyped-call]


class RedisStore(Store):
    """Keeps values in a Redis server, for instances on many machines.

    Each call is one Redis command, so it is atomic. Nothing is sent before the first call.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self.address = f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
            # One for each process. A forked one never touches what it inherited, not even to
            # close it: a thread that it doesn't have may hold redis-py's locks forever.
            self._clients = {os.getpid(): make_client(url)}
            pool = self._clients[os.getpid()].connection_pool
            pool.connection_class(**pool.connection_kwargs)  # TypeError for an unknown option
        except (TypeError, ValueError):  # their texts quote the URL, and so perhaps the password
            raise ValueError(
                "the store's URL cannot be read. Expected redis://HOST:PORT/NUMBER, and after a ? "
                "only options that redis-py knows. Signs like / ? or # in a password must be "
                "percent-encoded."
            ) from None
        if not re.fullmatch(r"(/\d*)?", parts.path):
            raise ValueError(
                "the store's URL must end in a number: Redis numbers its databases. Expected "
                "redis://HOST:PORT/NUMBER, such as redis://127.0.0.1:6379/0."
            )
        self._url = url

    def _get(self, key: str) -> str | bytes | None:
        with self._command(key):
            found: Any = self._redis.get(key)
            if not isinstance(found, str | bytes | None):  # a number or a list
                raise TypeError
            return found

    def _set(self, key: str, text: str, seconds: float | None) -> None:
        with self._command(key):
            self._redis.set(key, text, px=None if seconds is None else milliseconds(seconds))

    def _remove(self, key: str) -> None:
        with self._command(key):
            self._redis.delete(key)

    def _increment(self, key: str, by: int) -> int:
        with self._command(key):
            total: Any = self._redis.incrby(key, by)
            return int(total)

    def _add_once(self, key: str, seconds: float) -> bool:
        with self._command(key):
            return bool(self._redis.set(key, "true", nx=True, px=milliseconds(seconds)))

    def close(self) -> None:
        """Close the connections; the next call opens one again."""
        self._redis.close()

    @property
    def _redis(self) -> redis.Redis:
        process = os.getpid()
        if process not in self._clients:
            self._clients[process] = make_client(self._url)
        return self._clients[process]

    def __repr__(self) -> str:
        return f"RedisStore({self.address})"

    @contextmanager
    def _command(self, key: str) -> Iterator[None]:
        """Limit the call's time; Redis's errors become ValueError or StoreError."""
        _call.until = time.monotonic() + TIMEOUT_S
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
        except Exception as error:  # redis-py's, when it cannot read the answer
            raise StoreError(
                f"what answers at {self.address} is no Redis ({type(error).__name__}). Is that its "
                "address in STORE_URL?"
            ) from None


def make_client(url: str) -> redis.Redis:
    """Make redis-py's client, a pool of connections; TypeError or ValueError for a wrong URL."""
    return redis.Redis.from_url(
        url,
        connection_class=_TlsConnection if url.startswith("rediss:") else _Connection,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),  # a command sent twice would count twice
    )


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, at least one.

    >>> milliseconds(0.25), milliseconds(0)
    (250, 1)
    """
    return max(1, round(seconds * 1000))
