"""A learner's own python-telegram-bot Application as a function: every kind of handler."""

import re
import traceback

import pytest
from scripted_telegram import ME, ScriptedTelegram, ok
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CommandHandler,
    ConversationHandler,
    Defaults,
    DictPersistence,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram_adapters import SECRET, post

from botlib.bot import TryAgain
from botlib.telegram.application import webhook
from lessons.cloud import Cloud


@pytest.fixture
def builder(telegram, account):
    builder = Application.builder().token(account.token)
    return builder.base_url(f"{telegram.url}/bot").base_file_url(f"{telegram.url}/file/bot")


@pytest.fixture
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)  # before that, no bot may write to him
    return viktor


class Function:
    """A function of an Application, called as a cloud would call it."""

    def __init__(self, app):
        self.handler, self.numbers = webhook(app, SECRET), iter(range(10**9))

    def post(self, **update):
        """Deliver an update; all is said by calls, so the response is always empty."""
        status, body = post(self.handler, {"update_id": next(self.numbers)} | update)
        assert body == ""
        return status

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


def said(person):
    """What a person has got by now, in order."""
    return [person.inbox.popleft().text for _ in range(len(person.inbox))]


def test_the_reply_of_a_command_arrives_with_its_buttons(builder, viktor):
    async def hello(update, context):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("red", callback_data="red")]])
        await update.message.reply_text(f"hello {context.args[0]}!", reply_markup=keyboard)

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    assert Function(app).say(viktor, "/hello Viktor") == 200
    (message,) = viktor.wait()
    assert message.text == "hello Viktor!"
    assert viktor.press(message, "red")


def test_a_command_that_names_the_bot_is_its_own(builder, viktor):
    async def hello(update, context):
        await update.message.reply_text(f"I am {context.bot.username}")

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    function = Function(app)
    assert function.say(viktor, "/hello@hello_bot") == 200
    assert function.say(viktor, "/hello@other_bot") == 200
    assert said(viktor) == ["I am hello_bot"]


def test_a_message_just_sent_can_be_edited_answered_and_deleted(builder, viktor, caplog):
    async def count(update, context):
        message = await update.message.reply_text("one")
        await message.edit_text("two")
        second = await message.reply_text("three", do_quote=True)
        await second.reply_text("four", do_quote=True)
        await second.delete()

    app = builder.build()
    app.add_handler(CommandHandler("count", count))
    assert Function(app).say(viktor, "/count") == 200
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
    assert Function(app).say(viktor, "/twice") == 200
    assert said(viktor) == []
    (logged,) = [text for text in caplog.messages if "a handler failed" in text]
    assert re.search(r"BadRequest.*\(test_application\.py, line \d+\)", logged)


def test_a_photo_reaches_its_handler(builder, viktor):
    async def look(update, context):
        await update.message.reply_text(f"{update.message.photo[-1].width} pixels wide")

    app = builder.build()
    app.add_handler(MessageHandler(filters.PHOTO, look))
    photo = {"file_id": "a", "file_unique_id": "b", "width": 90, "height": 60}
    assert Function(app).say(viktor, None, photo=[photo]) == 200
    assert said(viktor) == ["90 pixels wide"]


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
    function = Function(app)
    function.say(viktor, "Olga")
    function.say(viktor, "/ask")
    assert said(viktor) == ["Your name?"]
    assert "name" in app.persistence.conversations_json
    function.say(viktor, "Olga")
    function.say(viktor, "Olga")
    assert said(viktor) == ["hello Olga!"]


def test_handlers_that_do_not_block_are_waited_for(builder, viktor):
    async def slow(update, context):
        await context.bot.get_me()
        await update.message.reply_text("done")

    app = builder.build()
    app.add_handler(CommandHandler("slow", slow, block=False))
    assert Function(app).say(viktor, "/slow") == 200
    assert said(viktor) == ["done"]


def test_a_handler_that_fails_is_logged_in_one_line_and_acknowledged(builder, viktor, caplog):
    async def fail(update, context):
        await update.message.reply_text("so far so good")
        return 1 / 0

    app = builder.build()
    app.add_handler(CommandHandler("fail", fail))
    assert Function(app).say(viktor, "/fail") == 200
    assert said(viktor) == ["so far so good"]
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
    function = Function(app)
    assert function.say(viktor, "/fail") == 200
    assert said(viktor) == ["sorry: oh"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    app.bot_data["error"] = TryAgain
    with pytest.raises(TryAgain):
        function.say(viktor, "/fail")
    assert said(viktor) == []  # it comes again, so nobody need be told


def test_what_may_be_tried_again_is_not_after_something_was_said(builder, viktor, caplog):
    async def begin(update, context):
        await update.message.reply_chat_action("typing")  # this says nothing yet
        if context.args:
            await update.message.reply_text("one")
        raise TryAgain("not now")

    app = builder.build()
    app.add_handler(CommandHandler("begin", begin))
    function = Function(app)
    with pytest.raises(TryAgain):
        function.say(viktor, "/begin")
    assert function.say(viktor, "/begin now") == 200
    assert said(viktor) == ["one"]
    assert "a handler failed: TryAgain: not now (test_application.py" in caplog.text


def test_a_bot_class_of_ones_own_and_its_options_are_kept(builder, viktor):
    class Polite(ExtBot):
        async def send_message(self, chat_id, text, **more):
            return await super().send_message(chat_id, f"{text}, please", **more)

    async def hello(update, context):
        await update.message.reply_text("<b>hello</b>")

    url = builder.build().bot.base_url.removesuffix(builder.build().bot.token)
    bot = Polite(builder.build().bot.token, url, defaults=Defaults(parse_mode="HTML"))
    app = Application.builder().bot(bot).build()
    app.add_handler(CommandHandler("hello", hello))
    assert Function(app).say(viktor, "/hello") == 200
    assert said(viktor) == ["hello, please"]


def test_what_the_application_does_at_its_start_is_done_once(builder, viktor):
    async def start(app):
        app.bot_data["starts"] = app.bot_data.get("starts", 0) + 1

    async def starts(update, context):
        await update.message.reply_text(str(context.bot_data["starts"]))

    app = builder.post_init(start).build()
    app.add_handler(CommandHandler("starts", starts))
    function = Function(app)
    assert [function.say(viktor, "/starts") for _ in range(2)] == [200, 200]
    assert said(viktor) == ["1", "1"]


def test_a_token_that_telegram_does_not_know_is_not_quoted(builder, viktor):
    token = "4242:" + "no-such-token" * 3
    with pytest.raises(ValueError, match="Telegram does not know this token") as raised:
        Function(builder.token(token).build()).say(viktor, "/hello")
    assert token not in "".join(traceback.format_exception(raised.value))


def test_an_update_that_was_interrupted_does_not_disturb_the_next(builder, viktor):
    async def hello(update, context):
        raise KeyboardInterrupt  # as by a notebook's stop button

    async def bye(update, context):
        await update.message.reply_text("bye")

    app = builder.build()
    app.add_handler(CommandHandler("hello", hello))
    app.add_handler(CommandHandler("bye", bye))
    function = Function(app)
    with pytest.raises(KeyboardInterrupt):
        function.say(viktor, "/hello")
    assert function.say(viktor, "/bye") == 200
    assert said(viktor) == ["bye"]


def fetcher(builder):
    """An Application that says how long a file is."""

    async def fetch(update, context):
        file = await context.bot.get_file(context.args[0])
        await update.message.reply_text(str(len(await file.download_as_bytearray())))

    app = builder.build()
    app.add_handler(CommandHandler("fetch", fetch))
    return app


def test_a_file_is_downloaded(telegram, account, builder, viktor):
    viktor.document(b"abc" * 7, name="abc.txt", to=account)
    file = telegram.call(account, "getUpdates")[-1]["message"]["document"]["file_id"]
    assert Function(fetcher(builder)).say(viktor, f"/fetch {file}") == 200
    assert said(viktor) == ["21"]


def test_a_download_that_a_proxy_answers_does_not_show_the_token(builder, account, viktor):
    file = {"file_id": "a", "file_unique_id": "b", "file_path": "documents/a"}
    page = "<html>no {}</html>"

    def script(method, call, path):
        known = {"getMe": ok(ME), "getFile": ok(file)}
        return known.get(method) or (404, page.format(path))

    with ScriptedTelegram(script) as proxy:
        builder = builder.base_url(f"{proxy.url}/bot").base_file_url(f"{proxy.url}/file/bot")
        with pytest.raises(TelegramError, match="404 <html>no /file/bot") as raised:
            Function(fetcher(builder)).say(viktor, "/fetch a")
    assert account.token not in "".join(traceback.format_exception(raised.value))


MAIN = """
import os
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import Application, CallbackQueryHandler, CommandHandler
from botlib.telegram.application import webhook

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
