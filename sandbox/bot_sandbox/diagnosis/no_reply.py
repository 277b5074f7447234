"""What a test gets instead of a good reply: `NoReply`, or a `ReplyWithLog` with its reason."""

from bot_sandbox.diagnosis.clean_text import escape_control_characters, hide_tokens


class NoReply(Exception):  # noqa: N818 - reads as a sentence
    """No reply came in time; the text says what was found and what to do next."""

    def __init__(self, text: str) -> None:
        super().__init__(hide_tokens(escape_control_characters(text)))


class ReplyWithLog(str):
    """A bot's reply after its command failed, shown with the line from its log."""

    def __new__(cls, said: str, logged: str) -> "ReplyWithLog":
        """Make the string `said`; it compares equal to what the bot said."""
        apology = super().__new__(cls, said)
        apology.logged = hide_tokens(escape_control_characters(logged))
        return apology

    logged: str

    def __str__(self) -> str:
        return f"{super().__str__()}\nIn its log: {self.logged}"

    def __repr__(self) -> str:
        return f"{super().__repr__()}\nIn its log: {self.logged}"
