"""What an Application's handler does wrong is named to somebody who waits for its answer."""

import pytest

from bot_sandbox.telegram import NoReply, Telegram
from lessons.cloud import Cloud

BUTTONS = """
import os

from botlib.telegram.application import builder_for, webhook
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
        (
            'callback_data="red"',
            'callback_data="red" * 30',
            "a handler failed: BadRequest: Button_data_invalid (main.py, line 11)",
        ),
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
        settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": "only-we-two-know"}
        settings["TELEGRAM_API"] = telegram.url
        function = cloud.deploy("bot", tmp_path, environment=settings)
        telegram.call(account, "setWebhook", url=function.url, secret_token="only-we-two-know")
        viktor = telegram.person("Viktor")
        sent = viktor.send("/colour")
        telegram.wait_deliveries(account, 1, sent, timeout=60)
        with pytest.raises(NoReply) as told:
            viktor.press(viktor.wait(timeout=1)[0], "red").answer(timeout=5)
    assert words in str(told.value)
