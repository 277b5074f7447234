"""Reading the reason out of a log: whatever the log holds, reading it never fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Cloud
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.diagnosis import (
    LONGEST,
    NoReply,
    failure,
    keep_log,
    last_error,
    last_printed,
    log_at,
    with_line,
)
from bot_sandbox.telegram import Telegram

PIECES = st.sampled_from(
    [
        "[ERROR]",
        "!roll failed: ",
        " failed: ",
        '  File "main.py", line ',
        "START",
        "3",
        "\t",
        "!",
        "",
    ]
)
LINES = st.lists(st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=6).map("".join)))
CALL = "0f4a1f0e-1c7a-4a53-9c36-4ac6b5f3b111"


@given(st.text(max_size=20), LINES)
def test_any_log_can_be_read(command, log):
    found = failure(command, log)
    assert len(found) <= LONGEST and (not found or any(found in line for line in log))
    assert isinstance(last_error(log), str)


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ([], ""),
        (["START", "hi", "END"], ""),
        ([f"{CALL} Task timed out after 3.00 seconds", "END"], "Task timed out after 3.00 seconds"),
        (
            [
                "[ERROR] ValueError: no",
                '  File "main.py", line 3, in hello',
                '  File "/usr/lib/python3/json/__init__.py", line 300, in dumps',
                "[ERROR] KeyError: 'id'",
                '  File "main.py", line 7, in handler',
                '  File "/usr/lib/python3/json/__init__.py", line 300, in dumps',
            ],
            "KeyError: 'id' (main.py, line 7)",
        ),
    ],
)
def test_the_last_error_of_a_log(log, error):
    assert last_error(log) == error


class Deployed:
    logs = ("one line",)

    def __init__(self, url):
        self.url = url
        self.host_url = url.replace("127.0.0.1", "bot.localhost")


def test_a_log_is_found_by_the_address_as_long_as_there_is_the_function():
    function = Deployed("http://127.0.0.1:1/bot/")
    keep_log(function)
    addresses = ("http://127.0.0.1:1/bot", "http://127.0.0.1:1/bot/hook?a=1")
    for address in (*addresses, "http://bot.localhost:1/bot/hook"):
        assert log_at(address) == ("one line",)
    for address in ("http://127.0.0.1:1/bots/", "http://127.0.0.1:2/bot/", ""):
        assert log_at(address) == []
    del function
    assert log_at("http://127.0.0.1:1/bot/") == []


def test_the_line_that_a_log_names_is_shown_if_it_is_the_functions_own(tmp_path):
    (tmp_path / "main.py").write_text(
        "import json\nbot = Bto()\n\ndef handler(event, context): …\n"
    )
    with Cloud() as cloud:
        function = cloud.deploy("bot", tmp_path)
        named = "NameError: name 'Bto' is not defined (main.py, line 2)"
        assert with_line(named, function.url) == f"{named}\n    bot = Bto()"
        for words in ("no line", "(main.py, line 99)", "(other.py, line 1)", "(..py, line 1)", ""):
            assert with_line(words, function.url) == words
        assert with_line(named, "http://127.0.0.1:9/") == named


def test_code_that_does_not_load_is_named_with_its_line(tmp_path):
    (tmp_path / "main.py").write_text("import json\n\nbot = json.lods('1')\n")
    with Cloud() as cloud, pytest.raises(FunctionError) as error:
        cloud.deploy("bot", tmp_path, must_load=True)
    assert error.value.type == "AttributeError"
    assert str(error.value).endswith("(main.py, line 3)\n    bot = json.lods('1')")


BUTTONS = """
import os

from botlib.telegram.webhook import builder_for, webhook
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import CallbackQueryHandler, CommandHandler


async def colour(update, context):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("red", callback_data="red")]])
    await update.message.reply_text("Which colour?", reply_markup=keyboard)


async def chosen(update, context):
    await update.callback_query.answer("Thank you.")


app = builder_for(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(CommandHandler("colour", colour))
app.add_handler(CallbackQueryHandler(chosen))
handler = webhook(app)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        (
            "await update.message",
            "update.message",
            "Its log says: coroutine 'Message.reply_text' was never awaited (main.py, line 11)\n"
            '    update.message.reply_text("Which colour?", reply_markup=keyboard)\n'
            "What to do: write await before that call",
        ),
        (
            "    await update.message",
            "    await keyboard\n    await update.message",
            "    await keyboard\nWhat to do: write async before the handler's def",
        ),
        (
            "[[InlineKeyboardButton",
            "[[InlineKeyboardBotton",
            "'InlineKeyboardBotton' is not defined (main.py, line 10)",
        ),
        ('callback_data="red"', 'callback_data="red" * 30', "BUTTON_DATA_INVALID"),
        ("import os", "import os; import oss", "module 'main': No module named 'oss'"),
        (
            "await update.callback_query",
            "update.callback_query",
            "'CallbackQuery.answer' was never awaited (main.py, line 15)",
        ),
        (".answer(", ".anwser(", "a handler failed: AttributeError: "),
    ],
)
def test_a_handler_that_goes_wrong_is_named_to_whoever_waits(tmp_path, right, wrong, words):
    assert right in BUTTONS
    (tmp_path / "main.py").write_text(BUTTONS.replace(right, wrong))
    with Cloud() as cloud, Telegram() as telegram:
        account = telegram.new_bot("Button bot", "button_bot")
        settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": "only-we-two"}
        settings["TELEGRAM_API"] = telegram.url
        function = cloud.deploy("bot", tmp_path, environment=settings)
        telegram.call(account, "setWebhook", url=function.url, secret_token="only-we-two")
        viktor = telegram.person("Viktor")
        sent = viktor.send("/colour")
        telegram.wait_deliveries(account, 1, sent, timeout=60)
        with pytest.raises(NoReply) as told:
            viktor.press(viktor.wait(timeout=1)[0], "red").answer(timeout=5)
    assert words in str(told.value)


def test_what_was_printed_last_is_that_of_the_last_call():
    one = ["START RequestId: 1", "hello", "END RequestId: 1", "REPORT RequestId: 1"]
    assert last_printed(one) == "hello"
    assert last_printed([*one, "START RequestId: 2", "END RequestId: 2"]) == ""
    assert last_printed([]) == ""
