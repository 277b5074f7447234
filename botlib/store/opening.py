"""Which store a URL means. Nothing here stores anything."""

import os

from botlib.store.base import Store

DEFAULT_URL = "sqlite:///store.sqlite3"
EXPECTED = "Expected sqlite:///FILE, sqlite:// (in memory only) or redis://HOST:PORT/NUMBER."


def open_store(url: str | None = None) -> Store:
    """Open a store by URL; without one, by STORE_URL, else the file store.sqlite3 right here.

    Raises ValueError for a URL that is none of these; StoreError where it cannot be used.
    """
    url = url or os.environ.get("STORE_URL") or DEFAULT_URL
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite":
        from botlib.store.sqlite import SqliteStore

        return SqliteStore(rest.removeprefix("/") or None)
    if scheme in ("redis", "rediss"):
        from botlib.store.over_redis import RedisStore  # its library takes 0.3 s to import

        return RedisStore(url)
    found = f"{scheme}://" if separator else "no scheme"  # the rest may hold a password
    raise ValueError(f"the store's URL has {found}. {EXPECTED}")
