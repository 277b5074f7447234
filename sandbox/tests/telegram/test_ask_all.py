"""`ask_all`: everything that a bot writes, until it is quiet."""

import asyncio
import threading

import pytest
from webhook_hook import Hook
from window_http import Http, RefusalError

from bot_sandbox import Window, aio
from bot_sandbox.telegram import Limits, NoReply, Telegram

QUIET = 2.0  # seconds, longer than a busy machine pauses between two messages
LONG = 60.0  # seconds; no test waits so long
WAITS = pytest.mark.slow("it waits until the bot is quiet")


@pytest.fixture
def telegram():
    with Telegram(retry_scale=0.001, limits=Limits(set_webhook_s=0)) as telegram:
        yield telegram


@pytest.fixture
def hook(telegram, account):
    """A bot that writes two messages and changes the first before it ends."""
    with Hook() as hook:

        def answer(update):
            chat = {"chat_id": update["message"]["chat"]["id"]}
            if update["message"]["text"] == "/silent":
                return 200, ""
            first = telegram.call(account, "sendMessage", **chat, text="one moment")
            changed = {"message_id": first["message_id"], "text": "one"}
            telegram.call(account, "editMessageText", **chat, **changed)
            return 200, {"method": "sendMessage", **chat, "text": "two"}

        hook.answer = answer
        telegram.call(account, "setWebhook", url=hook.url)
        yield hook


@WAITS
def test_all_messages_are_returned_and_read(telegram, account, viktor, hook):
    viktor.send("/silent")
    assert [message.text for message in viktor.ask_all("/start", quiet=QUIET)] == ["one", "two"]
    assert not viktor.inbox
    assert [message.text for message in viktor.ask_all("/again", account, quiet=QUIET)] == [
        "one",
        "two",
    ]


def test_silence_is_explained_as_by_ask(telegram, viktor, hook):
    with pytest.raises(NoReply, match="Hello bot did not answer '/silent'"):
        viktor.ask_all("/silent", timeout=0.2, quiet=LONG)


@WAITS
def test_a_bot_that_never_is_quiet_is_named():
    with Telegram(limits=None) as telegram, Hook() as hook:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        telegram.call(account, "setWebhook", url=hook.url)
        ended = threading.Event()

        def talk():
            while not ended.wait(0.05):
                telegram.call(account, "sendMessage", chat_id=viktor.id, text="la")

        viktor.send("/start")  # now the bot may write to him
        talker = threading.Thread(target=talk)
        talker.start()
        try:
            with pytest.raises(
                NoReply, match=r"never quiet for 2 s: \d+ messages came after '/go'"
            ):
                viktor.ask_all("/go", quiet=QUIET, timeout=1.0)
        finally:
            ended.set()
            talker.join()


@WAITS
def test_in_a_coroutine(telegram, viktor, hook):
    async def main():
        return await aio.Person.of(viktor).ask_all("/start", quiet=QUIET)

    assert [message.text for message in asyncio.run(main())] == ["one", "two"]


@WAITS
def test_by_http(telegram, viktor, hook):
    asked = {"from": "Viktor", "to": "hello_bot", "text": "/start"}
    with Window(telegram) as window:
        http = Http(window)
        got = http.post("telegram/ask_all", **asked, quiet=QUIET)["messages"]
        assert [message["text"] for message in got] == ["one", "two"]
        with pytest.raises(RefusalError, match="504: Hello bot did not answer"):
            http.post("telegram/ask_all", **asked | {"text": "/silent"}, timeout=0.2)
