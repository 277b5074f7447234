"""What a bot has called of the Bot API: kept for whoever wants to look behind a message."""

from dataclasses import dataclass

KEPT_CALLS = 1_000  # of each bot, the newest; getUpdates is not among them


@dataclass(frozen=True, slots=True)
class Called:
    """One call, with what became of it."""

    method: str
    arguments: dict[str, str]
    by_answer: bool  # whether it stood in a webhook's answer
    result: object  # None when it was refused
    error: str  # the refusal's words, empty when there was none
    at: float  # seconds since 1970
