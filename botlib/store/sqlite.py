"""A store in one SQLite file, for all processes of one machine.

In a real cloud a function's files are its instance's own (on AWS only /tmp can be written) and
go with it; there, take Redis.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

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

BUSY_S = 10.0  # how long a call waits for another process that is writing

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
    """Keeps values in a file, or in this process's memory where path is None."""

    def __init__(self, path: str | Path | None) -> None:
        self.path = Path(path).absolute() if path is not None else None
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
        return f"SqliteStore({str(self.path) if self.path else 'in memory'})"

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
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
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone; SQLite's errors leave as StoreError."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = connect(self.path)
                yield self._connection
            except sqlite3.Error as error:
                raise StoreError(explain(error, self.path)) from None


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the file, and make the table in a new one."""
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


def explain(error: sqlite3.Error, path: Path | None) -> str:
    """Say what is wrong with the file and what to do."""
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
    """Close every store of this process; each opens again with its next call."""
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
