"""Memory that outlives a function: SQLite in a file by default, Redis by URL.

A function's variables go when its instance goes, and another instance never sees them. What
must stay goes into a store: a few plain calls, safe for many processes at once. It holds
small JSON values by key; it is no database for questions like "all users of last week".

What a function imports it pays for at each cold start. So the libraries are imported where they
are used: `sqlite3` and `redis` (0.3 s) load with the first store of their kind, not with this file.
"""

import json
import math
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from weakref import WeakSet

from botlib.bot import TryAgain

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

T = TypeVar("T")
State = Literal["new", "busy", "done"]

DEFAULT_URL = "sqlite:///store.sqlite3"
EXPECTED = "Expected sqlite:///FILE, sqlite:// (in memory only) or redis://HOST:PORT/NUMBER."
DAY_S = 86_400
LONGEST_S = 36_500 * DAY_S  # 100 years
LARGEST = 2**63 - 1  # counters are 64-bit numbers, in Redis as in SQLite
BUSY_S = 10.0  # how long SQLite waits for another process that is writing
TIMEOUT_S = 2.0  # for Redis: below the 3 s that a function usually has, so the error can be read


def open_store(url: str | None = None) -> "Store":
    """Open a store by URL; without one, by STORE_URL, else the file store.sqlite3 right here.

    Raises ValueError for a URL that is none of these; StoreError where it cannot be used.
    """
    url = url or os.environ.get("STORE_URL") or DEFAULT_URL
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteStore(rest.removeprefix("/") or None)
    if scheme in ("redis", "rediss"):
        return RedisStore(url)
    found = f"{scheme}://" if separator else "no scheme"  # the rest may hold a password
    raise ValueError(f"the store's URL has {found}. {EXPECTED}")


class StoreError(TryAgain):
    """The store cannot be used: not reached, not writable, or what it holds is damaged."""


class Store(ABC):
    """Values by key, shared by all instances; every call is atomic, none waits for long."""

    @abstractmethod
    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; `default` where there is none, or where it has expired."""

    @abstractmethod
    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a JSON value, for ever or for some seconds; ValueError for what is not JSON."""

    @abstractmethod
    def remove(self, key: str) -> None:
        """Forget a key; one that is not there does not matter."""

    @abstractmethod
    def increment(self, key: str, by: int = 1) -> int:
        """Add to a counter, which starts at 0, and return it; ValueError if it is no counter."""

    @abstractmethod
    def add_once(self, key: str, expires_s: float = DAY_S) -> bool:
        """Set the key to true unless it is there: of all who call, only the first gets True."""

    def once(
        self, key: str, work: Callable[[], T], working_s: float = 60, done_s: float = DAY_S
    ) -> tuple[State, T | None]:
        """Do work that may be handed to several instances: once if it succeeds, again if not.

        Gives ("new", its result), ("done", None) if it was done within `done_s`, or
        ("busy", None) while someone is at it: then come again to learn how it ended.

        Marked only afterwards, two instances could do it at the same moment; marked only
        beforehand, it would be lost with an instance that dies. So it is marked twice: as
        begun, for `working_s` (longer than the work may take), then as done. What is left: an
        instance that dies after the work but before the second mark, or that loses its store
        just then, is followed by another that does it again, should it be handed the work after
        `working_s`. What the work raises takes the mark away and goes on to the caller.
        """
        key = f"once:{key}"
        if not self.add_once(key, working_s):
            return ("done" if self.get(key) == "done" else "busy"), None
        try:
            result = work()
        except BaseException:
            with suppress(StoreError):  # what the work raised is the news; the mark will expire
                self.remove(key)
            raise
        try:
            self.set(key, "done", done_s)
        except StoreError as error:  # a failure now would have the work done again
            import logging  # here, because it is hardly ever needed

            log = logging.getLogger(__name__)
            log.error("%r is done, but could not be marked so: %s", key, error)
        return "new", result

    @abstractmethod
    def close(self) -> None:
        """Let go of file or connection; the next call opens it again."""

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL);
CREATE INDEX IF NOT EXISTS entries_expire ON entries (expires) WHERE expires IS NOT NULL;
"""
READ = "SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)"
WRITE = "INSERT OR REPLACE INTO entries (key, value, expires) VALUES (?, ?, ?)"
ADD = "INSERT OR IGNORE INTO entries (key, value, expires) VALUES (?, 'true', ?)"
COUNT = (
    "INSERT INTO entries (key, value) VALUES (?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


class SqliteStore(Store):
    """Keeps values in a file, for all processes of one machine; in memory where path is None.

    In a real cloud a function's files are its instance's own (on AWS only /tmp can be written)
    and go with it; there, take Redis.
    """

    def __init__(self, path: "str | Path | None") -> None:
        from pathlib import Path

        self.path = str(Path(path).absolute()) if path is not None else None
        self._lock = threading.RLock()  # one connection, used by one thread at a time
        self._connection: sqlite3.Connection | None = None
        _stores.add(self)
        with self._open():
            pass  # so that a wrong path is told at once

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; `default` where there is none, or where it has expired."""
        with self._open() as database:
            row = database.execute(READ, (checked_key(key), time.time())).fetchone()
        return default if row is None else read_json(key, row[0])

    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a JSON value, for ever or for some seconds."""
        expires = None if expires_s is None else time.time() + checked_seconds(expires_s)
        with self._open() as database:
            database.execute(WRITE, (checked_key(key), write_json(value), expires))

    def remove(self, key: str) -> None:
        """Forget a key."""
        with self._open() as database:
            database.execute("DELETE FROM entries WHERE key = ?", (checked_key(key),))

    def increment(self, key: str, by: int = 1) -> int:
        """Add to a counter and return it."""
        with self._transaction() as database:
            row = database.execute(READ, (checked_key(key), time.time())).fetchone()
            total = added(key, 0 if row is None else read_json(key, row[0]), by)
            database.execute(COUNT, (key, str(total)))
        return total

    def add_once(self, key: str, expires_s: float = DAY_S) -> bool:
        """Set the key to true unless it is there; True for the first caller only."""
        expires = time.time() + checked_seconds(expires_s)
        with self._transaction() as database:
            cursor = database.execute(ADD, (checked_key(key), expires))
            return cursor.rowcount == 1

    def close(self) -> None:
        """Close the file; what is kept in memory only stays."""
        with self._lock:
            if self._connection is not None and self.path is not None:
                self._connection.close()
                self._connection = None

    def __repr__(self) -> str:
        return f"SqliteStore({self.path or 'in memory'})"

    @contextmanager
    def _transaction(self) -> "Iterator[sqlite3.Connection]":
        """Several statements as one, and no other process writes in between."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                database.execute("DELETE FROM entries WHERE expires <= ?", (time.time(),))
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextmanager
    def _open(self) -> "Iterator[sqlite3.Connection]":
        """The connection, for this thread alone; SQLite's errors leave as StoreError."""
        import sqlite3

        with self._lock:
            try:
                if self._connection is None:
                    self._connection = connect(self.path)
                yield self._connection
            except sqlite3.Error as error:
                raise StoreError(explain(error, self.path)) from None


def connect(path: str | None) -> "sqlite3.Connection":
    """Open the file, and make the table in a new one."""
    import sqlite3

    database = sqlite3.connect(
        path or ":memory:", timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")  # readers need not wait for a writer
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def explain(error: "sqlite3.Error", path: str | None) -> str:
    """Say what is wrong with the file and what to do."""
    import sqlite3

    text = str(error)
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in text or "busy" in text:
            return f"{path} stayed locked for {BUSY_S:.0f} s. Is another program holding it open?"
        return (
            f"{path} cannot be used: {text}. Expected a file in a folder that exists and can be "
            "written to. Set STORE_URL to sqlite:///FILE, or to redis://HOST:PORT/0."
        )
    return (
        f"{path} is damaged or no SQLite file: {text}. Move it away to keep what is in it; "
        "a new one is made then."
    )


# SQLite's connections must not be carried into a forked process: its locks stay with the
# parent. So files are closed before a fork, and both sides open them again when they need them.
_stores: "WeakSet[SqliteStore]" = WeakSet()
_held: list[SqliteStore] = []


def close_all() -> None:
    """Close every store of this process, as before a snapshot; each opens with its next call."""
    for store in _stores:
        store.close()


def _before_fork() -> None:
    _held.extend(_stores)
    for store in _held:
        store._lock.acquire()  # no other thread is inside a call while the process is copied
        store.close()


def _after_fork() -> None:
    while _held:
        _held.pop()._lock.release()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )


if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":  # else nothing is paid for
    with suppress(ImportError):
        from snapshot_restore_py import register_before_snapshot  # AWS's Python has it

        register_before_snapshot(close_all)


class RedisStore(Store):
    """Keeps values in a Redis server, for instances on many machines.

    Each call is one Redis command, so it is atomic; redis-py's pool of connections is safe with
    threads and after a fork. Nothing is sent before the first call.
    """

    def __init__(self, url: str) -> None:
        from urllib.parse import urlsplit

        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

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
        import redis

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


def write_json(value: Any) -> str:
    """Write a value as JSON; ValueError for what would not come back the same.

    >>> write_json({"user": "Viktor", "points": [1, 2.5, None]})
    '{"user": "Viktor", "points": [1, 2.5, null]}'
    """
    try:
        text = json.dumps(value, allow_nan=False)
        same = json.loads(text) == value  # tuples and keys that are no texts would change
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this value is not JSON: {error}. {ALLOWED}") from None
    if not same:
        raise ValueError(f"this value would come back changed. {ALLOWED}")
    return text


ALLOWED = "Expected text, number, true, false, None, or lists and dictionaries with text keys."


def read_json(key: str, text: str | bytes) -> Any:
    """Read a stored value; StoreError if something else than a store wrote it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise StoreError(
            f"what is kept under {key!r} is not JSON. Another program wrote it, or it is damaged: "
            f"look at it there, or remove({key!r})."
        ) from None


def added(key: str, value: Any, by: int) -> int:
    """Add to a counter's value; ValueError if one is no whole number, or grows out of 64 bits.

    >>> added("visits", 41, 1)
    42
    """
    if type(by) is not int:
        raise ValueError(f"{key!r} is counted in whole numbers; found by={by!r}")
    if type(value) is not int:
        raise ValueError(f"{key!r} is no counter: it holds {type(value).__name__}, no whole number")
    if max(abs(value), abs(by), abs(value + by)) > LARGEST:
        raise ValueError(f"the counter {key!r} would grow beyond 64 bits")
    return value + by


def checked_seconds(expires_s: float) -> float:
    """Give back how long to keep a value; ValueError for what is no such time."""
    is_number = isinstance(expires_s, int | float) and not isinstance(expires_s, bool)
    if not is_number or math.isnan(expires_s) or expires_s > LONGEST_S:
        raise ValueError(
            f"expires_s is {expires_s!r}. Expected a number of seconds, at most {LONGEST_S}."
        )
    return max(0, expires_s)


def checked_key(key: str) -> str:
    """Give the key back; ValueError for what cannot be one."""
    if isinstance(key, str) and key and "\0" not in key and is_utf8(key):
        return key
    raise ValueError(f"{key!r} cannot be a key: expected a text that is not empty")


def is_utf8(text: str) -> bool:
    """Whether a text can be written as UTF-8: half an emoji cannot.

    >>> is_utf8("ключ"), is_utf8("\\ud83d")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Seen:
    """The latest keys of one process: what it did already need not be done again."""

    def __init__(self, size: int = 10_000) -> None:
        self._keys: dict[object, None] = {}  # in the order in which they came
        self._size = size

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def add(self, key: object) -> None:
        """Remember one more, and forget the oldest of too many."""
        self._keys[key] = None
        if len(self._keys) > self._size:
            del self._keys[next(iter(self._keys))]
