"""The chat of notebooks 00 and 01: a Telegram that calls a bot of this Python."""

import socket
import subprocess
import sys
import threading

import pytest

from bot_sandbox.diagnosis.no_reply import NoReply, ReplyWithLog
from botlib import Bot
from botlib.bot import TryAgain
from lessons import Chat, bot_name
from lessons.chat import NotConnectedError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def chat():
    chat = Chat("Kiki")
    yield chat
    chat.close()


@pytest.fixture
def bot():
    bot = Bot()

    @bot.command("hello")
    def hello(message):
        return f"hello {message.user}!"

    @bot.command("list")
    def several(message):
        return ["one", "two", "three"]

    @bot.command("print")
    def prints(message):
        print("hello", message.user)

    @bot.command("fail")
    def fails(message):
        return {}["key"]

    return bot


def test_people_get_answers_and_the_name_is_kept(chat, bot):
    chat.connect(bot)
    assert chat.ask("!hello") == "hello Viktor!"
    assert chat.ask("!hello", person="Ada") == "hello Ada!"
    assert chat.ask("/start").startswith("!help")
    assert bot_name() == chat.account.name == "Kiki"


def test_several_replies_come_in_order(chat, bot):
    chat.connect(bot)
    chat.viktor.send("!list")
    assert [message.text for message in chat.viktor.wait(3)] == ["one", "two", "three"]


def test_another_bot_takes_the_place_of_the_first_at_once(chat, bot):
    for word in ("moin", "ahoi", "salut"):
        other = Bot()
        other.command("hello")(lambda message, word=word: word)
        chat.connect(other)
        assert chat.ask("!hello") == word


def test_before_a_bot_is_connected_asking_says_what_to_do(chat):
    with pytest.raises(NotConnectedError, match=r"chat\.connect\(my_bot\(\)\)"):
        chat.ask("!hello")
    with pytest.raises(TypeError, match=r"chat\.connect\(my_bot\(\)\)"):
        chat.connect(Bot)


def test_what_a_command_prints_is_not_an_answer(chat, bot, capsys):
    chat.connect(bot)
    with pytest.raises(NoReply, match=r"It printed .hello Viktor.\. .*\n.*write return instead"):
        chat.ask("!print")
    assert capsys.readouterr().out == ""


def test_a_failing_command_shows_the_apology_and_the_reason(chat, bot, capsys):
    chat.connect(bot)
    answer = chat.ask("!fail")
    assert isinstance(answer, ReplyWithLog)
    assert answer.logged.startswith("!fail failed: KeyError: 'key' (test_chat.py, line ")
    with pytest.raises(NoReply, match="KeyError"):  # the bot apologizes once a minute
        chat.ask("!fail")
    assert capsys.readouterr() == ("", "")


def test_a_cell_may_print_while_the_bot_works(chat, capsys):
    bot, answering, printed = Bot(), threading.Event(), threading.Event()

    @bot.command("slow")
    def slow(message):
        print("from the bot")
        answering.set()
        printed.wait(10)
        return "done"

    chat.connect(bot)
    chat.viktor.send("!slow")
    assert answering.wait(10)
    print("from the cell")
    printed.set()
    assert chat.viktor.wait()[0].text == "done"
    assert capsys.readouterr().out == "from the cell\n"


def test_a_message_comes_again_if_the_command_asks_for_it(chat):
    bot, tries = Bot(), []

    @bot.command("later")
    def later(message):
        tries.append(message.text)
        if len(tries) < 2:
            raise TryAgain
        return "now"

    chat.connect(bot)
    assert chat.ask("!later") == "now"


def test_a_second_chat_closes_the_first_with_its_window(chat, bot):
    chat.connect(bot)
    page = chat.window()
    port = int(page.address.partition("127.0.0.1:")[2].partition("/")[0])
    socket.create_connection(("127.0.0.1", port)).close()
    second = Chat("Kiki")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    second.connect(bot)
    assert second.ask("!hello") == "hello Viktor!"
    second.close()


WITHOUT = """
import asyncio, subprocess, sys
from lessons import Chat
from botlib import Bot

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
chat = Chat("Hello bot")

def refuse(*_, **__):
    raise AssertionError("this chat starts a process or connects to somewhere")

import socket
subprocess.Popen = socket.socket.connect = socket.create_connection = refuse
chat.connect(bot)
print(chat.ask("!hello"))
"""


def test_it_starts_no_process_and_connects_to_nothing(repository):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(repository)},
    )
    assert (done.stdout, done.stderr) == ("hello Viktor!\n", "")
