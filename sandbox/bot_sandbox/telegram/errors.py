"""What can go wrong: the Bot API's refusals, and a bot that does not answer.

This module only names the errors; who raises them says why.
"""


class TelegramError(Exception):
    """A refusal as the Bot API words it: `code` is the HTTP status, `description` the text."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(text: str) -> TelegramError:
    """A 400: the request itself is wrong."""
    return TelegramError(400, f"Bad Request: {text}")


def forbidden(text: str) -> TelegramError:
    """A 403: the bot may not do this here."""
    return TelegramError(403, f"Forbidden: {text}")


def too_many_requests(seconds: int) -> TelegramError:
    """A 429: wait this many seconds and try again."""
    return TelegramError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


LACKING = "This sandbox has no "  # what every refusal of something lacking begins with


class LackingError(TelegramError):
    """What the real Bot API has and this sandbox has not: `what` is its name, as in "sendInvoice".

    Of the statuses, 400 is the one that every client shows with its words and does not take for
    something else: python-telegram-bot makes "invalid token" of 404, grammY's auto-retry and
    aiogram's polling take 501 for a failing server and try again. The words do not begin with "Bad
    Request: ", because the request was good, and python-telegram-bot would turn what follows into
    small letters.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(400, f"{LACKING}{what}. {advice}")
        self.what = what
