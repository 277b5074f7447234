"""What every store can do and accepts: keys, JSON values, counters and times."""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, TypeVar

from botlib.bot import TryAgain

T = TypeVar("T")
State = Literal["new", "busy", "done"]

DAY_S = 86_400
LONGEST_S = 36_500 * DAY_S  # 100 years
WORKING_S = 60.0  # how long work may take, if nothing tells it
TIMEOUT_S = 2.0  # for a whole call over a network: a function usually has 3 s
LARGEST = 2**63 - 1  # counters are 64-bit numbers, in Redis as in SQLite
EXPECTED_VALUE = (
    "Expected text, number, true, false, None, or lists and dictionaries with text keys."
)


class StoreError(TryAgain):
    """The store cannot be used: not reached, not writable, or its content is damaged."""


class Store(ABC):
    """Values by key, shared by all instances; every call is atomic, none waits for long.

    A backend implements the methods that begin with _. They get what was checked already: a value
    as JSON text, seconds or None for forever. They raise StoreError if the store cannot be used.
    """

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; `default` if there is none, or if it has expired."""
        text = self._get(checked_key(key))
        return default if text is None else read_json(key, text)

    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a JSON value, forever or for some seconds; ValueError for what is not JSON."""
        seconds = None if expires_s is None else checked_seconds(expires_s)
        self._set(checked_key(key), write_json(value), seconds)

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there does not matter."""
        self._remove(checked_key(key))

    def increment(self, key: str, by: int = 1) -> int:
        """Add to a counter, which starts at 0, and return it; ValueError if it is no counter."""
        add_to_counter(key, 0, by)
        return self._increment(checked_key(key), by)

    def add_once(self, key: str, expires_s: float = DAY_S) -> bool:
        """Set the key to true unless it is there: of all callers, only the first gets True."""
        return self._add_once(checked_key(key), checked_seconds(expires_s))

    def once(
        self,
        key: str,
        work: Callable[[], T],
        working_s: float | None = None,
        done_s: float = DAY_S,
    ) -> tuple[State, T | None]:
        """Do work that may be handed to several instances: once if it succeeds, again if not.

        Returns ("new", its result), ("done", None) if it was done within `done_s`, or
        ("busy", None) while another instance is doing it: then call again to learn how it ended.

        Marked only afterwards, two instances could do it at the same moment; marked only
        beforehand, it would be lost with an instance that dies. So it is marked twice: as begun,
        for `working_s`, then as done. `working_s` is when this instance has surely ended, such as
        what is left of the function's time limit; None means a minute. One case is left: if an
        instance dies after the work but before the second mark, or loses its store just then, the
        next instance that gets the work after `working_s` does it again. If the work raises, the
        mark is removed and the caller gets the exception.
        """
        key = f"once:{key}"
        if not self.add_once(key, working_s or WORKING_S):
            return ("done" if self.get(key) == "done" else "busy"), None
        try:
            result = work()
        except BaseException:
            with suppress(StoreError):  # what the work raised matters more; the mark will expire
                self.remove(key)
            raise
        try:
            self.set(key, "done", done_s)
        except StoreError as error:  # a failure now would have the work done again
            import logging  # here, because it is hardly ever needed

            log = logging.getLogger(__name__)
            log.error("%r is done, but could not be marked as done: %s", key, error)
        return "new", result

    @abstractmethod
    def _get(self, key: str) -> str | bytes | None: ...

    @abstractmethod
    def _set(self, key: str, text: str, seconds: float | None) -> None: ...

    @abstractmethod
    def _remove(self, key: str) -> None: ...

    @abstractmethod
    def _increment(self, key: str, by: int) -> int: ...

    @abstractmethod
    def _add_once(self, key: str, seconds: float) -> bool: ...

    @abstractmethod
    def close(self) -> None:
        """Close the file or connection; the next call opens it again."""

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
        unchanged = json.loads(text) == value  # tuples and keys that are no texts would change
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this value is not JSON: {error}. {EXPECTED_VALUE}") from None
    if not unchanged:
        raise ValueError(f"this value would come back changed. {EXPECTED_VALUE}")
    return text


def read_json(key: str, text: str | bytes) -> Any:
    """Read a stored value; StoreError if something else than a store wrote it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise StoreError(
            f"what is kept under {key!r} is not JSON. Another program wrote it, or it is damaged: "
            f"look at it there, or remove({key!r})."
        ) from None


def add_to_counter(key: str, value: Any, by: int) -> int:
    """Add to a counter's value; ValueError if one is no whole number, or grows out of 64 bits.

    >>> add_to_counter("visits", 41, 1)
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
