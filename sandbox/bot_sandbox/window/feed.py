"""The current records of the windows, by key; a follower gets the changes.

A record is JSON for the page. The window sends all records first, then new and changed ones. `None`
means that a record is gone.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Record = Mapping[str, Any]
KEPT_GONE = 10_000  # deleted records to keep for followers


class Feed:
    """The records, ordered by the number of their last change."""

    def __init__(self, kept_gone: int = KEPT_GONE) -> None:
        self.number = 0  # of the newest change
        self._records: dict[str, tuple[int, Record | None]] = {}
        self._shown: dict[str, set[str]] = {}  # view → keys of its records
        self._kept_gone = kept_gone
        self._forgotten = 0  # deletions up to this number are dropped

    def put(self, view: str, records: Mapping[str, Record]) -> bool:
        """Set all records of a view; return whether anything has changed."""
        before = self.number
        for key, record in records.items():
            known = self._records.get(key)
            if known is None or (known[1] is not record and known[1] != record):
                self._change(key, record)
        for key in self._shown.get(view, set()) - records.keys():
            self._change(key, None)
        self._shown[view] = set(records)
        if len(self._records) - sum(map(len, self._shown.values())) > self._kept_gone:
            there = {key: known for key, known in self._records.items() if known[1] is not None}
            self._records, self._forgotten = there, self.number
        return self.number != before

    def since(self, number: int) -> tuple[bool, dict[str, Record | None]]:
        """Return the changes after `number`, oldest first, and True if these are all records.

        >>> feed = Feed()
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.since(0)
        (True, (True, {'telegram/bot/7': {'name': 'Hello bot'}}))
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.since(1)
        (False, (False, {}))
        >>> feed.put("telegram", {}), feed.since(1)
        (True, (False, {'telegram/bot/7': None}))
        """
        reset = number == 0 or number < self._forgotten
        changed = []
        for key, (changed_at, record) in reversed(self._records.items()):
            if changed_at <= number and not reset:
                break
            if record is not None or not reset:
                changed.append((key, record))
        return reset, dict(reversed(changed))

    def _change(self, key: str, record: Record | None) -> None:
        self.number += 1
        self._records.pop(key, None)
        self._records[key] = (self.number, record)
