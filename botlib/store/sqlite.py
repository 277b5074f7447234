"""A store in an SQLite file, for all processes of one machine."""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from weakref import WeakSet

from botlib.store.interface import Store, StoreError, add_to_counter, read_json

BUSY_S = 10.0  # how long to wait for another process that is writing
BUSY_POLL_S = 0.01
IN_A_BROWSER = sys.platform == "emscripten"  # Pyodide
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL);
CREATE INDEX IF NOT EXISTS entries_expire ON entries (expires) WHERE expires IS NOT NULL;
"""
READ_SQL = "SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)"
WRITE_SQL = "INSERT OR REPLACE INTO entries (key, value, expires) VALUES (?, ?, ?)"
ADD_SQL = "INSERT OR IGNORE INTO entries (key, value, expires) VALUES (?, 'true', ?)"
COUNT_SQL = (
    "INSERT INTO entries (key, value) VALUES (?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


class SqliteStore(Store):
    """Keeps values in a file.

    In a real cloud a function's files are its instance's own (on AWS only /tmp can be written)
    and go with it; use DynamoDB or Redis there.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(Path(path).absolute())
        self._connection: sqlite3.Connection | None = None
        _stores.add(self)
        with self._lend_connection():
            pass  # so that a wrong path is reported at once

    def _get(self, key: str) -> str | None:
        with self._lend_connection() as database:
            return read_value(database, key)

    def _set(self, key: str, text: str, seconds: float | None) -> None:
        expires = None if seconds is None else time.time() + seconds
        with self._lend_connection() as database:
            database.execute(WRITE_SQL, (key, text, expires))

    def _remove(self, key: str) -> None:
        with self._lend_connection() as database:
            database.execute("DELETE FROM entries WHERE key = ?", (key,))

    def _increment(self, key: str, by: int) -> int:
        with self._transaction() as database:
            text = read_value(database, key)
            total = add_to_counter(key, 0 if text is None else read_json(key, text), by)
            database.execute(COUNT_SQL, (key, str(total)))
        return total

    def _add_once(self, key: str, seconds: float) -> bool:
        with self._transaction() as database:
            cursor = database.execute(ADD_SQL, (key, time.time() + seconds))
            return cursor.rowcount == 1

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with _turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __repr__(self) -> str:
        return f"SqliteStore({self.path})"

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Run several statements as one; no other process writes in between."""
        with self._lend_connection() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                database.execute("DELETE FROM entries WHERE expires <= ?", (time.time(),))
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextmanager
    def _lend_connection(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone; SQLite's errors become StoreError."""
        with _turn:
            try:
                if IN_A_BROWSER:
                    with whole_file(Path(self.path)) as database:
                        yield database
                    return
                if self._connection is None:
                    self._connection = open_database(self.path)
                yield self._connection
            except sqlite3.Error as error:
                raise StoreError(explain_error(error, self.path)) from None


def read_value(database: sqlite3.Connection, key: str) -> str | None:
    """Read a value that has not expired, as JSON text; None if there is none."""
    row = database.execute(READ_SQL, (key, time.time())).fetchone()
    return None if row is None else row[0]


def open_database(path: str) -> sqlite3.Connection:
    """Open the file, and make the table in a new one."""
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        use_wal(database)
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def whole_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Read the whole file into memory, and write it back if something has changed.

    JupyterLite's drive stores a file when it is closed, so SQLite cannot work in an open one.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        before = path.read_bytes() if path.exists() else b""
        if before:
            database.deserialize(before)
        database.executescript(SCHEMA)
        yield database
        after = database.serialize()
        if after != before:
            try:
                path.write_bytes(after)
            except OSError as error:
                raise sqlite3.OperationalError(error.strerror) from None


def use_wal(database: sqlite3.Connection) -> None:
    """Switch the file to a write-ahead log: readers need not wait for a writer.

    SQLite's timeout does not hold for this statement: it fails at once while another process
    opens the same new file.
    """
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(BUSY_POLL_S)


def explain_error(error: sqlite3.Error, path: str) -> str:
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
        "then a new one is made."
    )


# A forked process inherits SQLite's own notes of who holds which lock. If the file is open then, or
# another thread is inside a call, even a new connection of the child waits for locks forever. So no
# call is under way while a process forks, and files are closed; the next call opens them again.
_stores: "WeakSet[SqliteStore]" = WeakSet()
_turn = threading.RLock()  # one call at a time, of all SQLite stores of this process


def _before_fork() -> None:
    _turn.acquire()
    for store in list(_stores):
        store.close()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(
        before=_before_fork, after_in_parent=_turn.release, after_in_child=_turn.release
    )
