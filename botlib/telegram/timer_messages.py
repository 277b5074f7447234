"""A function that writes to a Telegram chat when a cloud's timer calls it, such as good morning.

The timer's payload names the chat, and says what to write. A text that is a command goes to your
bot, and its replies are sent.
"""

import re
from typing import Any

from botlib.bot import Bot, Message
from botlib.details.settings import require_setting, telegram_api
from botlib.function import Handler, work_deadline
from botlib.store import Store
from botlib.telegram.details.bot_api import BotApi, message_calls, send_all
from botlib.telegram.updates import log_error
from botlib.timer import TimerCall, timer

EVERYONE = "everyone"  # the user of a command that nobody typed


def timer_messages(
    bot: Bot, token: str | None = None, api: str | None = None, store: Store | None = None
) -> Handler:
    """Make the handler that a timer calls; what you leave out comes from the environment.

    The settings are TELEGRAM_TOKEN and, for another Bot API than the real one, TELEGRAM_API. The
    payload is {"chat": 42, "text": "Good morning!"} or, as a text, "42 Good morning!".

    Give this function no public address: see `botlib.timer`, which also says when the cloud calls
    it again. It fails only if nothing was sent and a retry can help. A payload that names no chat
    or no text is logged, and so is what Telegram refuses for good.
    """
    if not isinstance(bot, Bot):
        raise TypeError(
            f"timer_messages needs a Bot, found {type(bot).__name__}. For another bot, write a "
            "function of your own and give it to botlib.timer.timer"
        )
    telegram = BotApi(require_setting("TELEGRAM_TOKEN", token), telegram_api(api))

    def write_to_chat(call: TimerCall) -> None:
        until = work_deadline(call.seconds_left)
        try:
            chat, text = chat_and_text(call.payload)
        except ValueError as error:  # the next call would have the same payload
            log_error("nothing was sent: %s", error)
            return
        texts = [text]
        if bot.command_in(text):
            texts = bot.safe_replies(Message(text, EVERYONE, str(chat)))
        send_all(telegram, message_calls(chat, texts), until, again=True)

    return timer(write_to_chat, store)


def chat_and_text(payload: Any) -> tuple[int, str]:
    """Read a timer's payload: the chat's number, and what to write; ValueError if one is missing.

    >>> chat_and_text({"chat": 42, "text": "Good morning!"})
    (42, 'Good morning!')
    >>> chat_and_text("-42 Good morning!")
    (-42, 'Good morning!')
    """
    chat, text = "", payload
    if isinstance(payload, str):
        chat, _, text = payload.strip().partition(" ")
    elif isinstance(payload, dict):
        chat, text = str(payload.get("chat")), payload.get("text")
    if not re.fullmatch(r"-?[0-9]{1,18}", chat) or not isinstance(text, str) or not text.strip():
        raise ValueError(
            f"the timer's payload is {payload!r:.200}. Expected the chat's number and a text: "
            '{"chat": 42, "text": "Good morning!"} or "42 Good morning!"'
        )
    return int(chat), text.strip()
