"""Write to a Telegram chat from any code, such as a second function that does the slow part."""

from botlib.details.settings import require_setting, telegram_api
from botlib.function import work_deadline
from botlib.telegram.details.bot_api import BotApi, message_calls, send_all


def send_message(
    chat: int | str,
    text: str,
    seconds_left: float | None = None,
    token: str | None = None,
    api: str | None = None,
) -> bool:
    """Send a text to a chat, in several messages if it is long; return whether all were sent.

    What you leave out comes from the environment: TELEGRAM_TOKEN and, for another Bot API than the
    real one, TELEGRAM_API. `seconds_left` is what is left of the function's time limit.

    What surely was not sent is tried again while there is time. Raises BotApiError or OSError if
    nothing was sent and a later call may help. What Telegram refuses for good is logged, and so is
    the rest of a text that has begun.
    """
    telegram = BotApi(require_setting("TELEGRAM_TOKEN", token), telegram_api(api))
    calls = message_calls(int(chat), [text])
    return send_all(telegram, calls, work_deadline(seconds_left), again=True)
