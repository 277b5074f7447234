"""Both Telegram doors against the sandbox Telegram, over real sockets."""

import pytest

from botlib import Bot
from botlib.sandbox import Cloud, Telegram
from botlib.telegram import Polling

SECRET = "correct-horse"
MAIN = """
import os
from botlib import Bot
from botlib.telegram import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("three")(lambda message: ["one", "two", "three"])
bot.command("long")(lambda message: "word " * 2000)
bot.command("die")(lambda message: os._exit(1))
handler = webhook(bot)
"""


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def telegram():
    with Telegram() as telegram:
        yield telegram


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


def test_several_replies_keep_their_order_through_the_cloud(cloud, telegram, account, tmp_path):
    deploy(cloud, telegram, account, tmp_path)
    viktor = telegram.person("Viktor")
    viktor.send("!three")
    assert texts(viktor.wait(3)) == ["one", "two", "three"]


def test_a_long_reply_is_split(cloud, telegram, account, tmp_path):
    deploy(cloud, telegram, account, tmp_path)
    viktor = telegram.person("Viktor")
    viktor.send("!long")
    parts = texts(viktor.wait(3))
    assert " ".join(parts).split() == ["word"] * 2000
    assert all(len(part) <= 4096 for part in parts)


def test_a_command_for_another_bot_of_the_group_is_left_alone(cloud, telegram, account, tmp_path):
    deploy(cloud, telegram, account, tmp_path)
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


def test_the_same_brain_by_long_polling(telegram, account):
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("fail")(lambda message: 1 / 0)
    viktor = telegram.person("Viktor")
    with Polling(bot, account.token, telegram.url) as polling:
        assert viktor.ask("!hello") == "hello Viktor!"
        viktor.send("!fail")
        assert viktor.ask("!hello") == "hello Viktor!"
    polling.stop()


def test_polling_with_a_wrong_token_says_so_without_showing_it(telegram, account):
    wrong = account.token[:-1] + ("a" if account.token[-1] != "a" else "b")
    with pytest.raises(ValueError, match="does not know this token") as caught:
        Polling(Bot(), wrong, telegram.url)
    assert wrong not in str(caught.getrepr(chain=True))
