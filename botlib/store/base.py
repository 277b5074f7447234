"""What every store can do, and how values are written down: as JSON."""

import json
import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, TypeVar

from botlib.bot import TryAgain

T = TypeVar("T")
State = Literal["new", "busy", "done"]

log = logging.getLogger(__name__)

DAY_S = 86_400
LONGEST_S = 36_500 * DAY_S  # 100 years
LARGEST = 2**63 - 1  # counters are 64-bit numbers, in Redis as in SQLite


class StoreError(TryAgain):
    """The store cannot be used: not reached, not writable, or what it holds is damaged."""


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
            log.error("%r is done, but could not be marked so: %s", key, error)
        return "new", result

    @abstractmethod
    def close(self) -> None:
        """Let go of file or connection; the next call opens it again."""

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
