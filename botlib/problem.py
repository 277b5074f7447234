"""A problem with its fix: what the token clinics of both platforms find."""

from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}. {self.fix}."
