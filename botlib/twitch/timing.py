"""How patient a bot is. Only numbers, all in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The bot's own choices, unless the text names Twitch's rule."""

    quiet_s: float = 60.0  # nothing heard for so long: ask Twitch whether it is still there
    answer_s: float = 10.0  # for an answer to that, to a login, or to a JOIN
    confirm_s: float = 10.0  # for Twitch to confirm a message
    command_s: float = 60.0  # for a command to reply; meanwhile its channel waits
    validate_s: float = 3600.0  # Twitch's rule: validate the token every hour
    goodbye_s: float = 5.0  # for the reply at hand when the bot is stopped
