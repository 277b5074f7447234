"""What a bot counts, for its log and for tests."""

from dataclasses import dataclass


@dataclass
class Counts:
    """How often each thing happened to a bot since it started."""

    connections: int = 0  # times it was let in
    heard: int = 0  # messages by others
    sent: int = 0  # messages that Twitch confirmed
    lost: int = 0  # messages that Twitch did not confirm: their connection broke under them
    refused: int = 0  # messages that Twitch did not take
    unanswered: int = 0  # commands that waited too long, or in a channel that the bot lost
    last_error: str = ""

    @property
    def reconnects(self) -> int:
        """Times it came back."""
        return max(0, self.connections - 1)
