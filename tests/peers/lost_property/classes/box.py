"""The box, in a file."""

import json
from pathlib import Path


class Box:
    """Keeps things by number; each change is on the disk before it returns."""

    def __init__(self, name: str) -> None:
        self.file = Path(__file__).with_name(name)
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.last = kept.get("last", 0)
        self.things = kept.get("things", {})

    def put(self, words, finder):
        self.last += 1
        self.things[str(self.last)] = [words, finder]
        self.save()
        return self.last

    def take(self, number):
        thing = self.things.pop(str(number), None)
        self.save()
        return thing

    def save(self):
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"last": self.last, "things": self.things}))
        new.replace(self.file)
