"""The Telegram adapters against the sandbox Telegram, over real sockets."""

import asyncio
import re
from importlib import import_module

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import CallbackQueryHandler, CommandHandler
from threaded_polling import ThreadedPolling
from waiting import wait_until

from bot_sandbox import Telegram
from bot_sandbox.telegram import Limits
from botlib import Bot
from botlib.bot import APOLOGY, TryAgain
from botlib.telegram.application import builder_for
from botlib.telegram.details.bot_api import UNKNOWN_TO_TELEGRAM
from lessons.cloud import Cloud

SECRET = "correct-horse-battery"
MAIN = """
import os
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("three")(lambda message: ["one", "two", "three"])
bot.command("long")(lambda message: "word " * 2000)
bot.command("roll")(lambda message: int(message.arguments))
bot.command("die")(lambda message: os._exit(1))
handler = webhook(bot)
"""
ROLL = 'bot.command("roll")(lambda message: int(message.arguments))'
APPLICATION = """
import os
from telegram import Update
from telegram.ext import TypeHandler
from botlib import Bot
from botlib.details.texts import split_text
from botlib.telegram.details.bot_api import LONGEST_TEXT
from botlib.telegram.updates import message_from
from botlib.telegram.application import builder_for, webhook
""" + MAIN.partition("import webhook\n")[2].replace(
    "handler = webhook(bot)",
    """
async def reply(update, context):
    if message := message_from(update.to_dict(), bot, lambda: context.bot.username):
        for text in await bot.safe_replies_async(message):
            for part in split_text(text, LONGEST_TEXT):
                await update.message.reply_text(part)

app = builder_for(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(TypeHandler(Update, reply))
handler = webhook(app)
""",
)
BOTH = pytest.mark.parametrize("main", [MAIN, APPLICATION], ids=["Bot", "Application"])


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def deploy(cloud, telegram, account, folder, main=MAIN):
    (folder / "main.py").write_text(main)
    settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": SECRET}
    settings["TELEGRAM_API"] = telegram.url
    function = cloud.deploy("bot", folder, environment=settings)
    if not telegram.call(account, "getWebhookInfo")["url"]:
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
    return function


def texts(messages):
    return [message.text for message in messages]


def test_hello_through_the_cloud(cloud, telegram, account, tmp_path):
    function = deploy(cloud, telegram, account, tmp_path)
    viktor = telegram.person("Viktor")
    assert viktor.ask("!hello") == "hello Viktor!"
    assert viktor.ask("/hello") == "hello Viktor!"
    assert [call.cold for call in function.invocations] == [True, False]


@BOTH
def test_several_replies_keep_their_order_through_the_cloud(
    cloud, telegram, account, tmp_path, main
):
    deploy(cloud, telegram, account, tmp_path, main)
    viktor = telegram.person("Viktor")
    viktor.send("!three")
    assert texts(viktor.wait(3, timeout=30)) == ["one", "two", "three"]


def test_a_long_reply_is_split(cloud, telegram, account, tmp_path):
    deploy(cloud, telegram, account, tmp_path)
    viktor = telegram.person("Viktor")
    viktor.send("!long")
    parts = texts(viktor.wait(3, timeout=30))
    assert " ".join(parts).split() == ["word"] * 2000
    assert all(len(part) <= 4096 for part in parts)


@BOTH
def test_a_command_for_another_bot_of_the_group_is_left_alone(
    cloud, telegram, account, tmp_path, main
):
    deploy(cloud, telegram, account, tmp_path, main)
    viktor = telegram.person("Viktor")
    group = telegram.group("Friends", members=[viktor, account])
    assert viktor.ask("/hello@hello_bot", to=group) == "hello Viktor!"
    viktor.send("/hello@other_bot", to=group)
    assert viktor.ask("/hello@Hello_Bot", to=group) == "hello Viktor!"


def test_after_a_crash_the_update_comes_again_and_is_answered(cloud, telegram, account, tmp_path):
    deploy(cloud, telegram, account, tmp_path)
    viktor = telegram.person("Viktor")
    sent = viktor.send("!die")
    attempts = telegram.wait_deliveries(account, 2, sent)
    assert [attempt.status for attempt in attempts[:2]] == [502, 502]
    deploy(cloud, telegram, account, tmp_path, MAIN.replace("os._exit(1)", "'alive'"))
    assert texts(viktor.wait()) == ["alive"]


@BOTH
def test_a_command_that_fails_is_apologised_for_and_the_chat_goes_on(
    cloud, telegram, account, tmp_path, main
):
    function = deploy(cloud, telegram, account, tmp_path, main)
    viktor = telegram.person("Viktor")
    sent = viktor.send("!roll banana")
    assert texts(viktor.wait()) == [APOLOGY.format(command="!roll")]
    assert viktor.ask("!hello") == "hello Viktor!"
    assert [attempt.status for attempt in telegram.deliveries(account, sent)] == [200]
    logged = [line for line in function.logs if "banana" in line]
    assert len(logged) == 1
    line = main.splitlines().index(ROLL) + 1
    assert "!roll failed: ValueError: " in logged[0] and f"(main.py, line {line})" in logged[0]


@BOTH
def test_a_bot_that_was_blocked_ends_the_update(cloud, telegram, account, tmp_path, main):
    viktor, olga = telegram.person("Viktor"), telegram.person("Olga")
    sent = viktor.send("!three", to=account)
    viktor.block(account)
    deploy(cloud, telegram, account, tmp_path, main)
    (attempt,) = telegram.wait_deliveries(account, 1, sent)
    assert attempt.status == 200
    viktor.unblock(account)
    assert viktor.ask("!hello") == "hello Viktor!"
    assert olga.ask("!hello") == "hello Olga!"
    assert len(telegram.deliveries(account, sent)) == 1


@BOTH
def test_replies_over_the_rate_limit_are_not_begun_again(cloud, tmp_path, main):
    with Telegram(limits=Limits(chat_burst=2, set_webhook_s=0)) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        deploy(cloud, telegram, account, tmp_path, main)
        viktor = telegram.person("Viktor")
        sent = viktor.send("!long")
        (attempt,) = telegram.wait_deliveries(account, 1, sent)
        assert telegram.wait_until(lambda: not telegram.pending_updates(account))
        assert attempt.status == 200
        assert len(viktor.wait(2)) == 2  # of three; the log says that one is lost
        assert telegram.deliveries(account, sent) == [attempt]


def test_a_program_waits_until_telegram_takes_more():
    bot = Bot()
    bot.command("four")(lambda message: ["one", "two", "three", "four"])
    with Telegram(limits=Limits(chat_burst=2)) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        viktor = telegram.person("Viktor")
        with ThreadedPolling(bot, account.token, telegram.url):
            viktor.send("!four", to=account)
            assert texts(viktor.wait(4, timeout=30)) == ["one", "two", "three", "four"]


@BOTH
def test_half_a_character_is_replaced(cloud, telegram, account, tmp_path, main):
    deploy(cloud, telegram, account, tmp_path, main.replace('"two"', r'"half \ud83d"'))
    viktor = telegram.person("Viktor")
    viktor.send("!three")
    assert texts(viktor.wait(3, timeout=30)) == ["one", "half ?", "three"]


def test_a_command_that_hangs_does_not_keep_others_waiting_for_ever(
    telegram, account, caplog, monkeypatch
):
    monkeypatch.setattr(import_module("botlib.telegram.polling"), "COMMAND_TIMEOUT_S", 0.05)
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")

    @bot.command("hang")
    async def hang(message):
        await asyncio.sleep(600)

    with ThreadedPolling(bot, account.token, telegram.url):
        telegram.person("Olga").send("!hang", to=account)
        assert telegram.person("Viktor").ask("!hello", to=account) == "hello Viktor!"
    assert "!hang failed: TimeoutError: no reply within 0.05 s (test_adap" in caplog.text


def test_a_token_revoked_while_it_polls_is_logged_once(telegram, account, caplog):
    revoked = account.token
    with ThreadedPolling(Bot(), account.token, telegram.url):
        telegram.new_token(account)
        wait_until(lambda: UNKNOWN_TO_TELEGRAM in caplog.text, timeout=30)  # one poll takes 10
    assert caplog.text.count(UNKNOWN_TO_TELEGRAM) == 1
    assert revoked not in caplog.text


def test_the_same_brain_by_long_polling(telegram, account, caplog, monkeypatch):
    monkeypatch.setattr(import_module("botlib.bot"), "APOLOGIZE_EVERY_S", 0)
    bot = Bot()

    @bot.command("later")
    def later(message):
        raise TryAgain("not now")

    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("fail")(lambda message: 1 / 0)
    viktor = telegram.person("Viktor")
    with ThreadedPolling(bot, account.token, telegram.url) as polling:
        assert viktor.ask("!hello") == "hello Viktor!"
        assert viktor.ask("!fail") == APOLOGY.format(command="!fail")
        assert viktor.ask("!later") == APOLOGY.format(command="!later")
        assert viktor.ask("!hello") == "hello Viktor!"
    polling.stop()
    first, second = [text for text in caplog.messages if "failed" in text]
    line = r" \(test_adapters_against_sandbox\.py, line \d+\)"
    assert re.fullmatch("!fail failed: ZeroDivisionError: division by zero" + line, first)
    assert re.fullmatch("!later failed: TryAgain: not now" + line, second)


def test_an_application_of_ones_own_by_long_polling(telegram, account):
    async def menu(update, context):
        button = InlineKeyboardButton("red", callback_data="red")
        await update.message.reply_text("Which?", reply_markup=InlineKeyboardMarkup([[button]]))

    async def chosen(update, context):
        await update.callback_query.answer("thank you")
        await update.callback_query.edit_message_text(update.callback_query.data)

    app = builder_for(account.token, telegram.url).build()
    app.add_handler(CommandHandler("menu", menu))
    app.add_handler(CallbackQueryHandler(chosen))
    viktor = telegram.person("Viktor")
    with ThreadedPolling(app):
        viktor.send("/menu", to=account)
        (message,) = viktor.wait(timeout=30)
        assert viktor.press(message, "red").answer(timeout=30) == "thank you"
        assert telegram.wait_until(lambda: message.text == "red", timeout=30)
    assert not account.is_polled


def test_polling_with_a_wrong_token_says_so_without_showing_it(telegram, account):
    wrong = account.token[:-1] + ("a" if account.token[-1] != "a" else "b")
    with pytest.raises(ValueError, match="does not know this token") as caught:
        ThreadedPolling(Bot(), wrong, telegram.url)
    assert wrong not in str(caught.getrepr(chain=True))
