"""The Bot API's refusals.

Other modules raise them with their reason.
"""


class TelegramError(Exception):
    """A refusal as the Bot API words it: `code` is the HTTP status, `description` the text."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(text: str) -> TelegramError:
    """Return a 400: the request is wrong."""
    return TelegramError(400, f"Bad Request: {text}")


def forbidden(text: str) -> TelegramError:
    """Return a 403: the bot may not do this here."""
    return TelegramError(403, f"Forbidden: {text}")


def too_many_requests(seconds: int) -> TelegramError:
    """Return a 429: wait this many seconds and try again."""
    return TelegramError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


NOT_FETCHED = "failed to get HTTP URL content"
WRONG_TYPE = "wrong type of the web page content"
UNKNOWN_METHOD = "Not Found: method not found"
UNSUPPORTED = "This sandbox has no "  # every refusal of an unsupported feature begins so
USE_CANNED = "Or turn on canned answers (--canned, in Python answer_canned())."  # and ends so


class UnsupportedError(TelegramError):
    """Something the real Bot API has and this sandbox hasn't: `what` names it, as "sendInvoice".

    The status is 400, because every client shows its text. For 404, python-telegram-bot says
    "invalid token", and for 501, grammY's auto-retry and aiogram's polling try again. The text does
    not begin with "Bad Request: ", because the request was good, and python-telegram-bot would turn
    the rest into lower case. `description` is for what Telegram itself refuses in these words.
    """

    def __init__(self, what: str, advice: str = "", description: str = "") -> None:
        super().__init__(400, description or f"{UNSUPPORTED}{what}. {advice} {USE_CANNED}")
        self.what = what
