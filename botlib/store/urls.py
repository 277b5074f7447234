"""Open a store by URL. A backend is imported here only when a URL asks for it."""

import os

from botlib.snapshots import before_snapshot
from botlib.store.interface import Store

DEFAULT_URL = "sqlite:///store.sqlite3"
EXPECTED = (
    "Expected sqlite:///FILE, redis://HOST:PORT/NUMBER, dynamodb://TABLE?region=REGION, or "
    "memory:// for no file at all."
)


def open_store(url: str | None = None) -> Store:
    """Open a store by URL; without one, by STORE_URL, else the file store.sqlite3.

    A file without a whole path is in STORE_FOLDER, else in the working folder. memory:// is one
    store for the whole process, as a file would be: two files of commands may share a score.
    Raises ValueError for a URL that is none of these; StoreError if the store cannot be used.
    """
    url = url or os.environ.get("STORE_URL") or DEFAULT_URL
    store = _make_store(url)
    before_snapshot(store.close)  # it must hold no open file and no connection
    return store


def _make_store(url: str) -> Store:
    scheme, separator, rest = url.partition("://")
    if url == "memory://":
        from botlib.store import memory

        return memory.SHARED_STORE
    if scheme == "sqlite":
        from pathlib import Path

        from botlib.store.sqlite import SqliteStore

        file = rest.removeprefix("/")
        if file == rest or file in ("", ":memory:"):
            raise ValueError(f"the store's URL names no file. {EXPECTED}")
        return SqliteStore(Path(os.environ.get("STORE_FOLDER", ""), file))
    if scheme in ("redis", "rediss"):
        from botlib.store.redis import RedisStore

        return RedisStore(url)
    if scheme == "dynamodb":
        from botlib.store.dynamodb import DynamoDBStore

        return DynamoDBStore(url)
    found = f"{scheme}://" if separator else "no scheme"  # the rest may hold a password
    raise ValueError(f"the store's URL has {found}. {EXPECTED}")
