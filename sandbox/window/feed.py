"""What the windows show at this moment, as records under keys; a follower gets what changed.

A record is JSON for the page. Whoever shows a window sends all records first and then those that
are new or other than before; `None` stands for one that is gone. Nothing here waits or sends.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


class Feed:
    """The records, each with the number of its last change."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[int, Json | None]] = {}
        self.number = 0  # of the newest change

    def put(self, view: str, records: Mapping[str, Json]) -> bool:
        """Take what a view shows now, all of it; whether anything is other than before.

        Its keys begin with `view` and a slash.
        """
        before = self.number
        for key, record in records.items():
            if key not in self._records or self._records[key][1] != record:
                self._change(key, record)
        gone = [
            key
            for key, (_, record) in self._records.items()
            if record is not None and key not in records and key.startswith(f"{view}/")
        ]
        for key in gone:
            self._change(key, None)
        return self.number != before

    def since(self, number: int) -> dict[str, Json | None]:
        """The records that changed after `number` (0: all), the oldest change first.

        >>> feed = Feed()
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.number
        (True, 1)
        >>> feed.put("telegram", {"telegram/bot/7": {"name": "Hello bot"}}), feed.since(1)
        (False, {})
        >>> feed.put("telegram", {}), feed.since(1)
        (True, {'telegram/bot/7': None})
        """
        changed = [(n, key, record) for key, (n, record) in self._records.items() if n > number]
        return {key: record for _, key, record in sorted(changed, key=lambda change: change[0])}

    def _change(self, key: str, record: Json | None) -> None:
        self.number += 1
        self._records[key] = (self.number, record)
