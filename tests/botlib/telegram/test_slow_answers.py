"""An answer that takes long still reaches the chat, and the log says what would help."""

import secrets
import time

import pytest
from scripted_telegram import ME, ScriptedTelegram, ok, refused, sent
from telegram_adapters import ADAPTERS, SECRET, post

from bot_sandbox import Cloud, Telegram
from botlib import Bot
from botlib.details import slow_answers
from botlib.store.memory import MemoryStore
from botlib.telegram import webhook
from botlib.telegram.details.bot_api import BotApiError
from botlib.telegram.send import send_message

TOKEN = "42:not-a-real-token"
UPDATE = {"update_id": 1, "message": {
    "message_id": 1, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "Viktor"},
    "from": {"id": 7, "is_bot": False, "first_name": "Viktor"}, "text": "!think"}}  # fmt: skip
BOTH = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)


def thinking_bot(think=lambda: None, said=("42",)) -> Bot:
    bot = Bot()

    @bot.command("think")
    def answer(message):
        think()
        return said

    return bot


@pytest.fixture
def telegram():
    with ScriptedTelegram(
        lambda method, call, _: ok(ME) if method == "getMe" else sent(call)
    ) as it:
        yield it


def said(telegram):
    return [call["text"] for method, call in telegram.calls if method == "sendMessage"]


class Context:
    """The context of a cloud that gives so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> float:
        return (self.end - time.monotonic()) * 1000


@pytest.mark.parametrize("texts", [["42"], ["so", "42"]])
def test_a_late_reply_goes_out_as_a_call(telegram, monkeypatch, texts):
    monkeypatch.setattr(webhook, "LATE_S", 0)
    handler = webhook.webhook(thinking_bot(said=texts), TOKEN, SECRET, telegram.url)
    assert post(handler, UPDATE) == (200, "")
    assert said(telegram) == texts
    assert post(handler, UPDATE) == (200, "")  # it came again
    assert said(telegram) == texts


@BOTH
@pytest.mark.parametrize("store", [None, MemoryStore()], ids=["alone", "with a store"])
def test_the_log_names_a_store_if_a_late_update_may_be_answered_twice(
    telegram, monkeypatch, caplog, adapter, store
):
    monkeypatch.setattr(slow_answers, "LATE_S", 0)
    handler = adapter(thinking_bot(), TOKEN, SECRET, telegram.url, store)
    assert post(handler, UPDATE)[0] == 200
    assert ("A store that they share prevents that" in caplog.text) == (store is None)


@BOTH
def test_an_answer_that_the_limit_will_cut_says_so_before(telegram, caplog, adapter):
    def think():
        while "the function's time limit ends that now" not in caplog.text:
            time.sleep(0.005)

    quick = adapter(thinking_bot(), TOKEN, SECRET, telegram.url)
    handler = adapter(thinking_bot(think), TOKEN, SECRET, telegram.url)
    for limit_s in (30, 1.2):  # one thread watches all, and looks in time for the shortest
        post(quick, UPDATE, context=Context(limit_s))
    post(handler, UPDATE, context=Context(1.0))
    assert caplog.text.count("update 1 is still being answered after 0.") == 1


@BOTH
def test_an_answer_in_time_says_nothing(telegram, caplog, adapter):
    handler = adapter(thinking_bot(), TOKEN, SECRET, telegram.url, None)
    assert post(handler, UPDATE, context=Context(30))[0] == 200
    assert caplog.text == ""


FUNCTION = """
import time
from botlib import Bot
from botlib.store import open_store
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("think")
def think(message):
    time.sleep(2)
    return "42"

handler = webhook(bot, store={store})
"""


@pytest.mark.slow("a model of two seconds")
@pytest.mark.parametrize(
    ("store", "replies"), [("None", 2), ("open_store()", 1)], ids=["alone", "with a store"]
)
def test_a_platform_that_hangs_up_and_repeats(tmp_path, store, replies):
    secret = secrets.token_urlsafe(32)
    (tmp_path / "main.py").write_text(FUNCTION.format(store=store))
    with Telegram(limits=None, webhook_timeout_s=1) as telegram, Cloud(packages=True) as cloud:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        settings = {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": secret,
            "TELEGRAM_API": telegram.url,
            "STORE_URL": f"sqlite:///{tmp_path}/answers.sqlite3",
        }
        fn = cloud.deploy("bot", tmp_path, environment=settings, timeout_s=30)
        telegram.call(account, "setWebhook", url=fn.url, secret_token=secret)
        viktor.send("!think", to=account)

        def said():
            return [one.text for one in telegram.transcript(viktor, account).lines if one.is_bot]

        # Another instance may answer it again after the platform has heard from the first.
        assert telegram.wait_until(
            lambda: not telegram.pending_updates(account) and len(said()) >= replies, timeout=60
        )
        assert {*said()} == {"42"}
        assert len(said()) == 1 or replies == 2
    assert ("A store that they share prevents that" in "\n".join(fn.logs)) == (replies == 2)


def test_a_second_function_writes_to_the_chat(telegram, monkeypatch):
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API", telegram.url)
    assert send_message(7, "x" * 5000)
    assert [(call["chat_id"], len(call["text"])) for _, call in telegram.calls] == [
        (7, 4096),
        (7, 904),
    ]


@pytest.mark.parametrize(
    ("answers", "seconds_left", "outcome"),
    [
        ([refused(429, "Too Many Requests", retry_after=1), None], 30, True),
        ([refused(403, "Forbidden: bot was blocked by the user")], 30, False),
        ([refused(500, "Internal Server Error")], 0.6, BotApiError),
    ],
    ids=["a pause", "blocked", "trouble"],
)
def test_what_becomes_of_a_message_that_is_refused(answers, seconds_left, outcome):
    left = iter(answers)
    with ScriptedTelegram(lambda method, call, _: next(left, None) or sent(call)) as telegram:
        if outcome is BotApiError:
            with pytest.raises(BotApiError, match="Internal Server Error"):
                send_message(7, "42", seconds_left, TOKEN, telegram.url)
        else:
            assert send_message(7, "42", seconds_left, TOKEN, telegram.url) is outcome
