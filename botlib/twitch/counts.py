"""What a bot has gone through, for lessons and logs. It only counts."""

from dataclasses import dataclass


@dataclass
class Counts:
    """Numbers since the bot started."""

    connections: int = 0  # times it was let in
    heard: int = 0  # messages by others
    answered: int = 0  # of these, those that got a reply
    sent: int = 0  # messages that Twitch confirmed
    lost: int = 0  # messages that Twitch did not confirm: their connection broke under them
    refused: int = 0  # messages that Twitch did not take
    failed: int = 0  # commands that raised an error or took too long
    unanswered: int = 0  # messages for which there was no room in the queue
    last_error: str = ""

    @property
    def reconnects(self) -> int:
        """Times it came back."""
        return max(0, self.connections - 1)
