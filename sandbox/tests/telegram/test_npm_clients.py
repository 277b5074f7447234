"""Clients written by others find a Telegram: grammY, telegraf and node-telegram-bot-api."""

import subprocess

import pytest
from npm import installed

from bot_sandbox.cloud.deployment import find_node
from bot_sandbox.telegram import Telegram
from bot_sandbox.telegram.people import first_answer

pytestmark = pytest.mark.slow("clients from npm")

GIF = b"GIF89a\x07\0\x05\0\x80\0\0"


@pytest.fixture(scope="module", params=["grammy.js", "telegraf.js", "node-telegram-bot-api.js"])
def world(request):
    """A Telegram, a bot whose program runs, and a group where it is an admin."""
    folder = installed("telegram")
    with Telegram(limits=None) as telegram:
        telegram.bot = telegram.new_bot("Hello bot", "hello_bot")
        telegram.viktor = telegram.person("Viktor")
        members = [telegram.viktor, telegram.bot]
        telegram.friends = telegram.group("Friends", members, kind="supergroup")
        telegram.friends.promote(telegram.bot)
        command = [find_node(), request.param, telegram.url, telegram.bot.token]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as program:
            try:
                assert telegram.wait_until(lambda: telegram.bot._updates.polls, 20)
                yield telegram
            finally:
                program.kill()


def answer(world, message):
    """What the bot says after a message; nothing where it takes too long."""
    world.wait_until(lambda: first_answer(message), 10)
    return first_answer(message).shown


def test_it_sends_what_it_is_asked_for(world):
    viktor = world.viktor
    assert viktor.ask("/photo", timeout=10) == "(photo) our cat"
    assert viktor.ask("/album", timeout=10) == "(photo) two"
    assert viktor.ask("/video", timeout=10) == "(video x.mp4) tea"
    video = world.bot.calls[-1].result["video"]
    assert (video["duration"], video["thumbnail"]["width"], video["file_size"]) == (7, 7, 4)
    assert viktor.ask("/dice", timeout=10).startswith("(🎯 ")
    liked = viktor.send("/like")
    assert world.wait_until(lambda: liked.reactions, 10)
    assert viktor.ask("/buy", timeout=10).startswith("400 This sandbox has no sendInvoice. ")
    assert world.bot._unsupported == ["sendInvoice"]


def test_its_menu_is_pressed_and_closed(world):
    viktor = world.viktor
    asked = viktor.send("/menu")
    assert answer(world, asked) == "Menu"
    menu = first_answer(asked)
    viktor.press(menu, "Count").answer(10)
    assert world.wait_until(lambda: menu.chat.messages[-1].text == "counted", 10)
    viktor.press(menu, "Close")
    assert world.wait_until(lambda: not menu.buttons, 10)
    assert not menu.edit_date


def test_it_takes_what_people_send(world):
    viktor = world.viktor
    assert answer(world, viktor.photo(GIF, "look")) == f"{len(GIF)} bytes"
    assert answer(world, viktor.document(b"a plan", "plan.txt")) == "(document plan.txt) back"
    assert answer(world, viktor.voice(b"hello", duration=3)) == "(voice) 3 s"
    assert answer(world, viktor.location(52.52, 13.405)) == "(location 13.405, 52.52)"
    message = viktor.send("good?")
    viktor.react(message, "🔥")
    assert answer(world, message) == "thanks for 🔥"


def test_it_knows_who_is_in_a_group(world):
    anna = world.person("Anna")
    admins = world.viktor.ask("/admins", to=world.friends, timeout=10)
    assert admins == "Viktor: creator, Hello bot: administrator"
    anna.join(world.friends)
    assert world.wait_until(lambda: "welcome Anna" in str(world.friends.transcript), 10)
    anna.leave(world.friends)
    assert world.wait_until(lambda: "bye Anna" in str(world.friends.transcript), 10)
