"""Memory that outlives a function: a few plain calls, safe for many processes at once.

A function's variables disappear with its instance, and another instance never sees them. What
must last goes into a store. It holds small JSON values by key; it is no database for questions
like "all users of last week". Each backend is a file: memory.py, sqlite.py, redis.py, dynamodb.py.

A function pays for its imports at each cold start. So nothing here loads a database's library
before `open_store` needs it.
"""

from botlib.store.interface import DAY_S, Store, StoreError
from botlib.store.urls import open_store

__all__ = ["DAY_S", "Store", "StoreError", "open_store"]
