"""A store in the memory of this process: for tests, and to answer each message only once."""

import os
import threading
import time

from botlib.store.interface import Store, add_to_counter, read_json

_turn = threading.Lock()  # one call at a time, of all memory stores
if hasattr(os, "register_at_fork"):  # so that no forked process inherits it locked
    os.register_at_fork(
        before=_turn.acquire, after_in_parent=_turn.release, after_in_child=_turn.release
    )


class MemoryStore(Store):
    """Keeps values until the process ends; no other process sees them.

    Of the entries that expire it keeps the newest `most_expiring`, so a process that remembers
    the ids of messages does not grow. Values without an expiry are never dropped.
    """

    def __init__(self, most_expiring: int = 10_000) -> None:
        self._most_expiring = most_expiring
        self._lasting: dict[str, str] = {}  # JSON texts, so each reader gets a copy
        self._expiring: dict[str, tuple[str, float]] = {}  # with their time.time(), oldest first

    def _get(self, key: str) -> str | None:
        with _turn:
            return self._read(key)

    def _set(self, key: str, text: str, seconds: float | None) -> None:
        with _turn:
            self._write(key, text, seconds)

    def _remove(self, key: str) -> None:
        with _turn:
            self._drop(key)

    def _increment(self, key: str, by: int) -> int:
        with _turn:
            text = self._read(key)
            total = add_to_counter(key, 0 if text is None else read_json(key, text), by)
            if text is not None and key in self._expiring:
                self._expiring[key] = (str(total), self._expiring[key][1])
            else:
                self._write(key, str(total), None)
        return total

    def _add_once(self, key: str, seconds: float) -> bool:
        with _turn:
            if self._read(key) is not None:
                return False
            self._write(key, "true", seconds)
        return True

    def close(self) -> None:
        """Do nothing: the values stay."""

    def __repr__(self) -> str:
        return "MemoryStore()"

    def _read(self, key: str) -> str | None:
        if key in self._lasting:
            return self._lasting[key]
        text, expires = self._expiring.get(key, ("", 0.0))
        return text if expires > time.time() else None

    def _write(self, key: str, text: str, seconds: float | None) -> None:
        self._drop(key)
        if seconds is None:
            self._lasting[key] = text
            return
        self._expiring[key] = (text, time.time() + seconds)
        if len(self._expiring) > self._most_expiring:
            del self._expiring[next(iter(self._expiring))]

    def _drop(self, key: str) -> None:
        self._lasting.pop(key, None)
        self._expiring.pop(key, None)


SHARED_STORE = MemoryStore()  # the one that memory:// opens
