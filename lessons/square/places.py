"""Where each home is in the square, and which notebook measures it. To show it needs no sandbox."""

from typing import NamedTuple


class Place(NamedTuple):
    """A home's place in the square."""

    name: str  # of its numbers' file
    title: str
    notebook: str  # where the course measures it


TELEGRAM_PROGRAM = Place("telegram_program", "Telegram × program", "02")
TELEGRAM_FUNCTION = Place("telegram_function", "Telegram × function", "06")
TWITCH_PROGRAM = Place("twitch_program", "Twitch × program", "09")
TWITCH_IRC_FUNCTION = Place("twitch_irc_function", "Twitch × function, by IRC", "10")
TWITCH_FUNCTION = Place("twitch_function", "Twitch × function, by EventSub", "11")

BOXES_BY_ROW = [  # a box holds one home, or two that share it
    [[TELEGRAM_PROGRAM], [TELEGRAM_FUNCTION]],
    [[TWITCH_PROGRAM], [TWITCH_IRC_FUNCTION, TWITCH_FUNCTION]],
]
