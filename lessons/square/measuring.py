"""Measure a home: the same four things everywhere."""

import time
from pathlib import Path

from IPython.display import display

from lessons.square.bot_copy import COMMAND
from lessons.square.home_numbers import HomeNumbers, kept_numbers
from lessons.square.homes import HOMES, SquareHome, TwitchIrcFunction
from lessons.square.hosts import wait_until
from lessons.square.picture import Box, Square, square

IDLE, RESTART, BACK = "while it is idle", "while it restarts", "when it is back"
MESSAGES = {IDLE: "message 1", RESTART: "message 2", BACK: "message 3"}


def measure(home: SquareHome) -> HomeNumbers:
    """Run a bot in this home, measure it, show its box and keep its numbers; some seconds.

    Raises FileNotFoundError without a bot, RuntimeError or FunctionError for one that does not
    load, NoReply for one that is silent.
    """
    numbers = measure_and_keep(home)
    display(Box(home.title, numbers))
    return numbers


def fill_square(folder: str | Path) -> Square:
    """Measure the homes that have no numbers yet; return the square. A minute at most."""
    for home in HOMES:
        if kept_numbers(home.name) is None:
            measure_and_keep(home(folder))
    return square()


def measure_and_keep(home: SquareHome) -> HomeNumbers:
    """Measure a home and keep its numbers."""
    with home:
        home.host.wait_idle()
        idle_mb = home.host.memory_mb()
        first_ms = first_answer_ms(home)
        next_ms = min(next_answer_ms(home, number) for number in (1, 2))
        home.host.stop()
        home.chat.say(f"{COMMAND} {MESSAGES[RESTART]}")
        home.host.start()
        home.chat.say(f"{COMMAND} {MESSAGES[BACK]}")  # answered in order: after this comes no other
        wait_until(lambda: MESSAGES[BACK] in home.chat.answers(), "an answer after the restart")
        answered = home.chat.answers()
    lost_when = tuple(when for when, text in MESSAGES.items() if text not in answered)
    numbers = HomeNumbers(
        home.name, home.title, home.calls, idle_mb, first_ms, next_ms, len(lost_when), lost_when
    )
    numbers.keep()
    return numbers


def first_answer_ms(home: SquareHome) -> float:
    """Write the message of the idle home and measure how long its answer takes.

    If nobody calls the home, that message stays without one. Then the time is that from a call by
    hand to the answer to the next message.
    """
    began = time.perf_counter()
    if isinstance(home, TwitchIrcFunction):
        home.chat.say(f"{COMMAND} {MESSAGES[IDLE]}")
        home.host.start()
        home.chat.ask(f"{COMMAND} is anybody there?")
    else:
        home.chat.ask(f"{COMMAND} {MESSAGES[IDLE]}")
    return (time.perf_counter() - began) * 1000


def next_answer_ms(home: SquareHome, number: int) -> float:
    """Measure how long Viktor waits if he has just had an answer."""
    time.sleep(home.chat.pause_s)
    began = time.perf_counter()
    home.chat.ask(f"{COMMAND} again {number}")
    return (time.perf_counter() - began) * 1000
