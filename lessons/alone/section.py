"""What a section "alone" is: a file that a learner writes without help, and how it is tried."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lessons.alone.traps import Trap

HERE = Path(__file__).parent


class Section(NamedTuple):
    """A file that a learner writes alone."""

    notebook: str
    exercise: int  # its place among the notebook's exercises
    file: str
    extracts: str
    try_file: Callable[[Path], None]  # raises NotYet, which says what to fix
    shown: str  # after "✔ passed: "
    traps: tuple[Trap, ...] = ()  # those that try_file knows by what came back
    parts: tuple[
        "Section", ...
    ] = ()  # saves of the file, if each has a cell; the last is the whole

    @property
    def solution(self) -> str:
        """One way to write the file."""
        return (HERE / f"solutions/{self.file}.txt").read_text(encoding="utf-8")

    @property
    def extracts_text(self) -> str:
        """The documentation's extracts."""
        return (HERE / f"extracts/{self.extracts}").read_text(encoding="utf-8")
