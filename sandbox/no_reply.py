"""The error of someone who waited for an answer: it says what was found and what to do."""


class NoReply(Exception):  # noqa: N818 - a name a learner reads as a sentence
    """Nothing came in time; the text says what was found and what to do next."""
