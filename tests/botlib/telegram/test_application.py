"""A learner's own python-telegram-bot Application as a function: every kind of handler."""

import json
import re
import traceback

import pytest
from events import event
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import (
    Application,
    CommandHandler,
    ConversationHandler,
    DictPersistence,
    MessageHandler,
    filters,
)

from bot_sandbox.telegram import NoReply
from botlib.bot import TryAgain
from botlib.telegram.webhook import webhook
from lessons.cloud import Cloud

SECRET = "correct-horse"


@pytest.fixture
def builder(telegram, account):
    builder = Application.builder().token(account.token)
    return builder.base_url(f"{telegram.url}/bot").base_file_url(f"{telegram.url}/file/bot")


@pytest.fixture
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)  # before that, no bot may write to him
    return viktor


class Door:
    """A function of an Application, called as a cloud would call it."""

    def __init__(self, app):
        self.handler, self.numbers = webhook(app, secret=SECRET), iter(range(10**9))

    def post(self, **update):
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        body = json.dumps({"update_id": next(self.numbers)} | update).encode()
        answer = self.handler(event("aws_v2", headers=headers, body=body), None)
        return answer["statusCode"], answer["body"] and json.loads(answer["body"])

    def say(self, person, text, **more):
        sender = {"id": person.id, "is_bot": False, "first_name": person.name}
        chat = {"id": person.id, "type": "private", "first_name": person.name}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender}
        if text is not None:
            message["text"] = text
            if text.startswith("/"):
                length = len(text.split()[0])
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self.post(message=message | more)


def texts(messages):
    return [message.text for message in messages]


def test_the_reply_of_a_command_goes_out_in_the_response(builder, viktor):
    async def hello(update, context):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("red", callback_data="red")]])
        await update.message.reply_text(f"hello {context.args[0]}!", reply_markup=keyboard)

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    status, call = Door(app).say(viktor, "/hello Viktor")
    assert (status, call["method"], call["text"]) == (200, "sendMessage", "hello Viktor!")
    assert call["reply_markup"]["inline_keyboard"][0][0]["text"] == "red"


def test_a_command_that_names_the_bot_is_its_own(builder, viktor):
    async def hello(update, context):
        await update.message.reply_text(f"I am {context.bot.username}")

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    door = Door(app)
    assert door.say(viktor, "/hello@hello_bot")[1]["text"] == "I am hello_bot"
    assert door.say(viktor, "/hello@other_bot") == (200, "")


def test_a_message_just_sent_can_be_edited_answered_and_deleted(builder, viktor, caplog):
    async def count(update, context):
        message = await update.message.reply_text("one")
        await message.edit_text("two")
        second = await message.reply_text("three", do_quote=True)
        await second.reply_text("four", do_quote=True)
        await second.delete()

    app = builder.build()
    app.add_handler(CommandHandler("count", count))
    assert Door(app).say(viktor, "/count") == (200, "")
    two, three, four = viktor.wait(3)
    assert texts([two, three, four]) == ["two", "three", "four"]
    assert (three.reply_to, four.reply_to) == (two, three)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_what_telegram_refuses_is_told_to_the_handler(builder, viktor, caplog):
    async def twice(update, context):
        await update.message.reply_text("<b>unfinished", parse_mode="HTML")
        await update.message.reply_text("never said")

    app = builder.build()
    app.add_handler(CommandHandler("twice", twice))
    assert Door(app).say(viktor, "/twice") == (200, "")
    (logged,) = [text for text in caplog.messages if "lost" in text]
    assert re.search(r"BadRequest.*\(test_application\.py, line \d+\)", logged)


def test_a_photo_reaches_its_handler(builder, viktor):
    async def look(update, context):
        await update.message.reply_text(f"{update.message.photo[-1].width} pixels wide")

    app = builder.build()
    app.add_handler(MessageHandler(filters.PHOTO, look))
    photo = {"file_id": "a", "file_unique_id": "b", "width": 90, "height": 60}
    assert Door(app).say(viktor, None, photo=[photo])[1]["text"] == "90 pixels wide"


def test_a_conversation_goes_on_from_update_to_update(builder, viktor):
    async def ask(update, context):
        await update.message.reply_text("Your name?", reply_markup=ForceReply())
        return "name"

    async def greet(update, context):
        await update.message.reply_text(f"hello {update.message.text}!")
        return ConversationHandler.END

    app = builder.persistence(DictPersistence()).build()
    talk = ConversationHandler(
        entry_points=[CommandHandler("ask", ask)],
        states={"name": [MessageHandler(filters.TEXT & ~filters.COMMAND, greet)]},
        fallbacks=[],
        name="talk",
        persistent=True,
    )
    app.add_handler(talk)
    door = Door(app)
    assert door.say(viktor, "Olga") == (200, "")
    assert door.say(viktor, "/ask")[1]["text"] == "Your name?"
    assert "name" in app.persistence.conversations_json
    assert door.say(viktor, "Olga")[1]["text"] == "hello Olga!"
    assert door.say(viktor, "Olga") == (200, "")


def test_handlers_that_do_not_block_are_waited_for(builder, viktor):
    async def slow(update, context):
        await context.bot.get_me()
        await update.message.reply_text("done")

    app = builder.build()
    app.add_handler(CommandHandler("slow", slow, block=False))
    assert Door(app).say(viktor, "/slow")[1]["text"] == "done"


def test_a_handler_that_fails_is_logged_in_one_line_and_acknowledged(builder, viktor, caplog):
    async def fail(update, context):
        await update.message.reply_text("so far so good")
        return 1 / 0

    app = builder.build()
    app.add_handler(CommandHandler("fail", fail))
    status, call = Door(app).say(viktor, "/fail")
    assert (status, call["text"]) == (200, "so far so good")
    (logged,) = [record for record in caplog.records if record.levelname == "ERROR"]
    line = r"\(test_application\.py, line \d+\)"
    what = f"a handler failed: ZeroDivisionError: division by zero {line}"
    assert re.fullmatch(what, logged.message) and not logged.exc_info


def test_an_application_keeps_its_own_error_handler(builder, viktor, caplog):
    async def fail(update, context):
        raise context.bot_data.get("error", ValueError)("oh")

    async def apologise(update, context):
        await update.message.reply_text(f"sorry: {context.error}")

    app = builder.build()
    app.add_handler(CommandHandler("fail", fail))
    app.add_error_handler(apologise)
    door = Door(app)
    assert door.say(viktor, "/fail")[1]["text"] == "sorry: oh"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    app.bot_data["error"] = TryAgain
    with pytest.raises(TryAgain):
        door.say(viktor, "/fail")


def test_what_the_application_does_at_its_start_is_done_once(builder, viktor):
    async def start(app):
        app.bot_data["starts"] = app.bot_data.get("starts", 0) + 1

    async def starts(update, context):
        await update.message.reply_text(str(context.bot_data["starts"]))

    app = builder.post_init(start).build()
    app.add_handler(CommandHandler("starts", starts))
    door = Door(app)
    assert [door.say(viktor, "/starts")[1]["text"] for _ in range(2)] == ["1", "1"]


def test_a_token_that_telegram_does_not_know_is_not_quoted(builder, viktor):
    token = "4242:" + "no-such-token" * 3
    with pytest.raises(ValueError, match="Telegram does not know this token") as raised:
        Door(builder.token(token).build()).say(viktor, "/hello")
    assert token not in "".join(traceback.format_exception(raised.value))


def test_what_an_update_that_was_broken_off_would_have_said_is_not_said_later(builder, viktor):
    async def hello(update, context):
        await update.message.reply_text("broken off")
        raise KeyboardInterrupt  # as by a notebook's stop button

    async def bye(update, context):
        await update.message.reply_text("bye")

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    app.add_handler(CommandHandler("bye", bye))
    door = Door(app)
    with pytest.raises(KeyboardInterrupt):
        door.say(viktor, "/hello")
    assert door.say(viktor, "/bye")[1]["text"] == "bye"
    with pytest.raises(NoReply):
        viktor.wait(timeout=0.1)


MAIN = """
import os
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import Application, CallbackQueryHandler, CommandHandler
from botlib.telegram.webhook import webhook

async def menu(update, context):
    buttons = [[InlineKeyboardButton(name, callback_data=name) for name in ("red", "blue")]]
    await update.message.reply_text("Which one?", reply_markup=InlineKeyboardMarkup(buttons))

async def chosen(update, context):
    await update.callback_query.answer("as you like")
    await update.callback_query.edit_message_text(f"{update.callback_query.data} it is")
    await context.bot.send_message(update.effective_chat.id, "thank you")

api = os.environ["TELEGRAM_API"]
app = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(api + "/bot").build()
app.add_handler(CommandHandler("menu", menu))
app.add_handler(CallbackQueryHandler(chosen))
handler = webhook(app)
"""


def test_buttons_through_the_cloud(telegram, account, tmp_path):
    (tmp_path / "main.py").write_text(MAIN)
    settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": SECRET}
    with Cloud() as cloud:
        function = cloud.deploy(
            "bot", tmp_path, environment=settings | {"TELEGRAM_API": telegram.url}
        )
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
        viktor = telegram.person("Viktor")
        viktor.send("/menu", to=account)
        (menu,) = viktor.wait()
        viktor.press(menu, "red")
        assert texts(viktor.wait(1)) == ["thank you"]
        assert menu.text == "red it is"
