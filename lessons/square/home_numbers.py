"""What was measured of each home, kept from day to day beside the learner's progress."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from lessons.progress.course_map import progress_folder


@dataclass(frozen=True)
class HomeNumbers:
    """What one home does and loses.

    `lost` counts those of three messages that were never answered: Viktor wrote one while the home
    was idle, one while it restarted, one when it was back. `lost_when` says which they were.
    """

    name: str
    title: str
    calls: str
    idle_mb: float
    first_ms: float
    next_ms: float
    lost: int
    lost_when: tuple[str, ...]

    def keep(self) -> None:
        """Write them to a file; a later measurement of this home replaces them."""
        file = numbers_file(self.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    def _ipython_display_(self) -> None:
        """Show nothing as a cell's last value: `measure` has shown the box already."""


def kept_numbers(name: str) -> HomeNumbers | None:
    """Return what was measured of a home; None if nothing was, or the file cannot be read."""
    try:
        found = json.loads(numbers_file(name).read_text(encoding="utf-8"))
        return HomeNumbers(**found | {"lost_when": tuple(found["lost_when"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def numbers_file(name: str) -> Path:
    """Return the file with a home's numbers."""
    return progress_folder().parent / "square" / f"{name}.json"
