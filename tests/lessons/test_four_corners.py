"""The square: four corners, one brain file, all at once."""

import threading

import pytest

from lessons.corner import wait_until
from lessons.square import CALLS, Square

BRAIN = """
from botlib import Bot

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("echo")(lambda message: message.arguments)
"""
FUNCTION = """
from botlib.store import open_store
from {module} import webhook
from brain import bot

handler = webhook(bot, store=open_store())
"""
PROGRAM = """
from {module} import {name}
from brain import bot

print("ready")
{start}
"""
DOORS = {
    "telegram_function": FUNCTION.format(module="botlib.telegram.webhook"),
    "twitch_function": FUNCTION.format(module="botlib.twitch.eventsub"),
    "telegram_program": PROGRAM.format(
        module="botlib.telegram.polling", name="poll", start="poll(bot)"
    ),
    "twitch_program": PROGRAM.format(
        module="botlib.twitch.irc_bot", name="IrcBot", start="IrcBot(bot).run()"
    ),
}
NAMES = ["Telegram function", "Telegram program", "Twitch function", "Twitch program"]


def write(folder, **files):
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source)
    return folder


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    with Square(write(tmp_path_factory.mktemp("bot"), brain=BRAIN, **DOORS)) as square:
        yield square


def test_all_four_corners_answer_at_once_from_one_brain_file(square):
    assert square.ask("!hello") == dict.fromkeys(NAMES, "hello Viktor!")


def test_what_is_said_while_the_homes_are_down_is_lost_on_irc_only(square):
    lost = {"Telegram function": 0, "Telegram program": 0, "Twitch function": 0}
    for _ in range(2):
        assert square.lose(3) == lost | {"Twitch program": 3}


def all_is_delivered(square):
    """Whether each message in the function's Twitch channel has been taken by the function."""
    taken = {
        delivery.message_id
        for delivery in square.twitch.deliveries()
        if delivery.ok and delivery.message_type == "notification"
    }
    return len(taken) == len(square.twitch.messages("anna"))


def test_one_answer_is_one_call_on_telegram_and_two_on_twitch(square):
    for name, calls in {"Telegram function": 1, "Twitch function": 2}.items():
        corner = square.corners[name]
        counts = []
        for text in ("first", "second"):
            assert corner.chat.ask(f"!echo {text}") == text
            wait_until(lambda: all_is_delivered(square), "the end of all deliveries")
            counts.append(len(corner.home.function.invocations))
        assert counts[1] - counts[0] == calls == CALLS[name.split()[0]]


def test_idle_functions_hold_nothing_and_programs_their_memory(square):
    square.ask("!hello")
    held = square.memory_mb()
    assert held["Telegram function"] == held["Twitch function"] == 0
    assert min(held["Telegram program"], held["Twitch program"]) > 20


def test_a_month_of_few_questions_costs_rent_or_nothing(square):
    square.ask("!hello")
    month = square.month(3_000)
    assert month["Telegram function"].total == month["Twitch function"].total == 0
    assert str(month["Telegram program"]) == str(month["Twitch program"]) == "6.72 USD a month"


def test_a_question_is_timed_in_every_corner(square):
    for times in (square.first_reply_ms(), square.next_reply_ms()):
        assert list(times) == NAMES
        assert min(times.values()) > 0
    assert square.corners["Telegram function"].home.function.invocations[-1].cold is False


def test_a_broken_door_is_named_and_nothing_is_left_behind(tmp_path):
    broken = DOORS | {"telegram_program": "from brain import robot"}
    before = set(threading.enumerate())
    words = r"telegram_program\.py: the program did not start.*cannot import name 'robot'"
    with pytest.raises(RuntimeError, match=words):
        Square(write(tmp_path, brain=BRAIN, **broken))
    assert set(threading.enumerate()) <= before


def test_a_closed_square_says_how_to_have_it_back(tmp_path):
    with Square(write(tmp_path, brain=BRAIN, **DOORS)) as square:
        pass
    for use in (lambda: square.ask("!hello"), square.memory_mb, lambda: square.window(NAMES[0])):
        with pytest.raises(RuntimeError, match="this square is closed"):
            use()
