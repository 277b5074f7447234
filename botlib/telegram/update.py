"""What every Telegram door knows of Telegram: its address, its limits, its way of writing commands.

Standard library only: a function that needs no more than this starts in a quarter of the time
that python-telegram-bot takes to load. Nothing here sends or answers anything.
"""

import re

from botlib.bot import Bot

LONGEST_TEXT = 4096  # code points in one message, Telegram's message_length_max


def bot_id(token: str) -> int:
    """Read the bot's number, which stands before the colon of its token.

    >>> bot_id("42:secret")
    42
    """
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise ValueError(
            "TELEGRAM_TOKEN is no bot token: expected digits, a colon and letters, as BotFather "
            "writes it. Copy the whole token, without quotes or spaces."
        )
    return int(number)


def addressee(text: str) -> tuple[str, str]:
    """Take the bot's name out of a command, as groups write it; no name is "".

    >>> addressee("/hello@my_bot there"), addressee("/hello")
    (('/hello there', 'my_bot'), ('/hello', ''))
    """
    match = re.match(r"(/\w+)@(\w+)", text)
    return (match[1] + text[match.end() :], match[2]) if match else (text, "")


def start_is_help(brain: Bot, text: str) -> str:
    """Telegram's Start button sends /start: a brain without that command shows its help."""
    start = brain.called(text) == "start" and "start" not in brain.commands
    return "/help" if start else text
