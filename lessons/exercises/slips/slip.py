"""Wrong code, plus what to say about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """Wrong code, and what a learner hears whose code does the same.

    `code` is the body of the function, as people write it, and imports what it uses; for a bot it
    may also be a whole file. `says` completes the sentence "month(5, 1) gave 7, expected 5: …",
    about the first case with a wrong result.
    """

    code: str
    says: str
