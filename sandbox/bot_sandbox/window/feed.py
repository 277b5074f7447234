"""What the windows show at this moment, as records under keys; a follower gets what changed.

A record is JSON for the page. The window sends all records first, and then those that are new or
changed. `None` means that a record is gone. Nothing here waits or sends.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
KEPT_GONE = 10_000  # deleted records that followers are still told about


class Feed:
    """The records, each with the number of its last change, in the order of these numbers."""

    def __init__(self, kept_gone: int = KEPT_GONE) -> None:
        self.number = 0  # of the newest change
        self._records: dict[str, tuple[int, Json | None]] = {}
        self._shown: dict[str, set[str]] = {}  # by view: the keys of what is not gone
        self._kept_gone = kept_gone
        self._forgotten = 0  # deletions up to this number are forgotten

    def put(self, view: str, records: Mapping[str, Json]) -> bool:
        """Take all that a view shows now; return whether anything has changed."""
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

    def since(self, number: int) -> tuple[bool, dict[str, Json | None]]:
        """What changed after `number`, the oldest change first; True if it is all records again.

        >>> feed = Feed()
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.since(0)
        (True, (True, {'telegram/bot/7': {'name': 'Hello bot'}}))
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.since(1)
        (False, (False, {}))
        >>> feed.put("telegram", {}), feed.since(1)
        (True, (False, {'telegram/bot/7': None}))
        """
        anew = number == 0 or number < self._forgotten
        changed = []
        for key, (changed_at, record) in reversed(self._records.items()):
            if changed_at <= number and not anew:
                break
            if record is not None or not anew:
                changed.append((key, record))
        return anew, dict(reversed(changed))

    def _change(self, key: str, record: Json | None) -> None:
        self.number += 1
        self._records.pop(key, None)
        self._records[key] = (self.number, record)
