"""The record of a bot's API calls, to look behind a message."""

from dataclasses import dataclass

KEPT_CALLS = 1_000  # newest calls of each bot, without getUpdates
KEPT_REFUSALS = 1_000  # newest requests whose token is no bot's


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call and its outcome."""

    method: str
    arguments: dict[str, str]
    in_response: bool  # whether it was in a webhook's response
    result: object  # None if it was refused
    error: str  # the refusal's words, or ""
    at: float  # seconds since 1970
    fault: str = ""  # what a fault of this sandbox did with it, or ""
    ignored: tuple[str, ...] = ()  # parameters that the Bot API doesn't know
    status: int = 0  # of a refusal, such as 400
    number: int = 0  # 1 is the first that this bot made
    canned: str = ""  # what of it the sandbox lacks, though it has answered, or ""


@dataclass(frozen=True, slots=True)
class FaultHit:
    """A request that a fault of this sandbox has hit."""

    bot: str  # username
    method: str  # "file" for the download of a file, "" for a webhook's response
    text: str  # what happened
    at: float  # seconds since 1970
