"""getUpdates, and python-telegram-bot as it is: polling and its own webhook server."""

import asyncio
import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot_sandbox.telegram import Limits, NoReply, Telegram, TelegramError


@pytest.fixture
def telegram():
    with Telegram(retry_scale=0.001, limits=Limits(set_webhook_s=0)) as telegram:
        yield telegram


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def texts(updates):
    return [update["message"]["text"] for update in updates]


def polled(telegram, account):
    assert telegram.wait_until(lambda: account.is_polled)


def test_what_waits_for_a_bot_can_be_read_and_stays_there(telegram, account, viktor):
    viktor.send("hello")
    waiting = telegram.pending_updates(account)
    assert [each["message"]["text"] for each in waiting] == ["hello"]
    assert telegram.call(account, "getUpdates") == waiting == telegram.pending_updates(account)
    telegram.call(account, "getUpdates", offset=waiting[-1]["update_id"] + 1)
    assert telegram.pending_updates(account) == []


def test_offset_limit_and_negative_offset(telegram, account, viktor):
    def get(**arguments):
        return texts(telegram.call(account, "getUpdates", **arguments))

    viktor.send_all("abcdef")
    first = telegram.call(account, "getUpdates")[0]["update_id"]
    assert get() == list("abcdef")  # nothing is acknowledged yet
    assert get(limit=2) == ["a", "b"]
    assert get(limit=0) == ["a"]
    assert get(offset=first + 2) == list("cdef")
    assert get(offset=first) == list("cdef")  # what was acknowledged does not come back
    assert get(offset=-2) == ["e", "f"]
    assert get(offset=-100) == ["e", "f"]
    assert get(offset=first + 1_000_000) == ["e", "f"]  # too far ahead: ignored
    assert get(offset=first + 6) == []


def test_a_long_poll_waits_for_the_next_update(telegram, account, viktor, pool):
    poll = pool.submit(telegram.call, account, "getUpdates", timeout=30)
    polled(telegram, account)
    assert not poll.done()
    viktor.send("now")
    assert texts(poll.result(5)) == ["now"]
    assert telegram.call(account, "getUpdates", offset=-1, timeout=0)
    assert telegram.call(account, "getUpdates", offset=2**31, timeout=1)


def test_the_three_conflicts(telegram, account, pool):
    older = pool.submit(telegram.call, account, "getUpdates", timeout=30)
    polled(telegram, account)
    newer = pool.submit(telegram.call, account, "getUpdates", timeout=30)
    with pytest.raises(TelegramError) as conflict:
        older.result(5)
    assert (conflict.value.code, conflict.value.description) == (
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    )
    polled(telegram, account)
    telegram.call(account, "setWebhook", url="http://127.0.0.1:1/")
    with pytest.raises(TelegramError, match="409 Conflict: terminated by setWebhook request"):
        newer.result(5)
    with pytest.raises(TelegramError, match="409 Conflict: can't use getUpdates method while"):
        telegram.call(account, "getUpdates")
    telegram.call(account, "deleteWebhook")
    assert telegram.call(account, "getUpdates") == []


def test_a_poller_that_hangs_up_is_forgotten(telegram, account, viktor):
    with socket.create_connection(("127.0.0.1", telegram.port)) as client:
        request = (
            f"GET /bot{account.token}/getUpdates?timeout=30 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        client.sendall(request.encode())
        polled(telegram, account)
    viktor.send("not lost")
    assert texts(telegram.call(account, "getUpdates")) == ["not lost"]


def test_closing_ends_a_long_poll(pool):
    telegram = Telegram()
    account = telegram.new_bot("Late", "late_bot")

    def poll():
        connection = http.client.HTTPConnection("127.0.0.1", telegram.port)
        connection.request("GET", f"/bot{account.token}/getUpdates?timeout=50")
        return json.loads(connection.getresponse().read())

    answer = pool.submit(poll)
    polled(telegram, account)
    telegram.close()
    assert answer.result(5) == {"ok": True, "result": []}


def test_ask_tells_what_a_polling_bot_did(telegram, account, viktor):
    sent = threading.Event()

    def poll():
        sent.wait(5)
        updates = telegram.call(account, "getUpdates")
        telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)

    thread = threading.Thread(target=poll)
    thread.start()
    viktor.send("before")
    sent.set()
    thread.join()
    with pytest.raises(NoReply, match="no webhook is set and nobody calls getUpdates"):
        viktor.ask("hi", timeout=0.05)


def hello_application(telegram, token):
    async def hello(update, context):
        await update.effective_message.reply_text(f"hello {update.effective_user.first_name}!")

    async def menu(update, context):
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
        await update.message.reply_html("<b>Sure?</b>", reply_markup=buttons)

    async def pressed(update, context):
        await update.callback_query.answer("noted")
        await update.callback_query.edit_message_text(f"you said {update.callback_query.data}")

    async def joined(update, context):
        status = update.my_chat_member.new_chat_member.status
        await context.bot.send_message(update.effective_chat.id, f"I am a {status}")

    application = (
        Application.builder()
        .token(token)
        .base_url(f"{telegram.url}/bot")
        .base_file_url(f"{telegram.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("menu", menu))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(ChatMemberHandler(joined))
    application.add_handler(MessageHandler(filters.Regex(r"^!hello"), hello))
    return application


class Running:
    """An Application in a thread, run by its own run_polling or run_webhook."""

    def __init__(self, application, how, **arguments):
        self.application = application

        def run():
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            getattr(application, how)(stop_signals=None, **arguments)

        self.thread = threading.Thread(target=run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.application.stop_running)
        self.thread.join(20)
        assert not self.thread.is_alive()


def converse(telegram, account, viktor):
    assert viktor.ask("!hello", to=account, timeout=20) == "hello Viktor!"
    assert viktor.ask("/menu", to=account) == "Sure?"
    question = telegram._world.private_chat(viktor, account).messages[-1]
    assert viktor.press(question, "Yes").answer() == "noted"
    assert telegram.wait_until(lambda: question.text == "you said yes")
    group = telegram.group("Friends", [viktor, account])
    assert [message.text for message in viktor.wait()] == ["I am a member"]
    assert viktor.ask("/menu@hello_bot", to=group) == "Sure?"


def test_run_polling_of_python_telegram_bot(telegram, account, viktor):
    with Running(hello_application(telegram, account.token), "run_polling"):
        converse(telegram, account, viktor)


def test_run_webhook_of_python_telegram_bot(telegram, account, viktor):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = hello_application(telegram, account.token)
    with Running(
        application,
        "run_webhook",
        listen="127.0.0.1",
        port=port,
        url_path="hook",
        webhook_url=f"http://127.0.0.1:{port}/hook",
        secret_token="s3cret",
        drop_pending_updates=False,
    ):
        converse(telegram, account, viktor)
        # it calls setWebhook before it listens, so the first attempt may come too early
        errors = {delivery.error for delivery in telegram.deliveries(account)}
        assert errors <= {"", "Connection refused"}


@pytest.mark.filterwarnings("ignore:.*retry_after")
def test_refusals_as_python_telegram_bot_sees_them(viktor):
    async def refusals(telegram, token, person):
        application = hello_application(telegram, token)
        async with application.bot as bot:
            assert bot.username == "hello_bot"
            with pytest.raises(BadRequest, match="Chat not found"):
                await bot.send_message(1, "hi")
            person.block(account)
            with pytest.raises(Forbidden, match="bot was blocked by the user"):
                await bot.send_message(person.id, "hi")
            person.unblock(account)
            sent = await bot.send_message(person.id, "hi")
            assert sent.chat.first_name == "Viktor"
            assert (await bot.get_chat(person.id)).first_name == "Viktor"
            with pytest.raises(RetryAfter, match="Retry in 1 seconds"):
                await bot.send_message(person.id, "hi")
        with pytest.raises(InvalidToken):
            await hello_application(telegram, f"{account.id}:wrong").bot.initialize()

    with Telegram(limits=Limits(chat_burst=1)) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        viktor = telegram.person("Viktor")
        viktor.send("hi")
        asyncio.run(refusals(telegram, account.token, viktor))


def test_a_bot_that_polls_without_waiting_is_ready(telegram, account, pool):
    stopped = threading.Event()

    def poll():
        while not stopped.wait(0.05):
            telegram.call(account, "getUpdates", offset=-1)

    polling = pool.submit(poll)
    try:
        telegram.wait_ready(account, timeout=20)
    finally:
        stopped.set()
    polling.result()
    with pytest.raises(NoReply, match="was not ready") as silence:  # it has ended
        telegram.wait_ready(account, timeout=0.01)
    assert "nobody calls getUpdates" not in str(silence.value)
    assert "nobody waits in getUpdates now, though the bot has called it" in str(silence.value)
    with pytest.raises(NoReply) as unanswered:
        telegram.person("Viktor").ask("/hello", to=account, timeout=0.01)
    assert str(unanswered.value).splitlines()[1:] == [
        "Found: no webhook is set and nobody calls getUpdates now, so the update waits; "
        "pending_update_count is 1.",
        "What to do: start the bot again, if it has ended",
    ]
