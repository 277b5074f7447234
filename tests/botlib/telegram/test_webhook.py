"""The function of a `Bot`: its reply is in the response, and it loads little."""

import subprocess
import sys

import pytest
from events import SHAPES
from hypothesis import given
from hypothesis import strategies as st
from telegram_adapters import SECRET, post

from botlib import Bot
from botlib.details.texts import split_text
from botlib.telegram.webhook import webhook

TOKEN = "42:not-a-real-token"
UPDATE = {"update_id": 1, "message": {
    "message_id": 1, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "Viktor"},
    "from": {"id": 7, "is_bot": False, "first_name": "Viktor"}, "text": "!hello"}}  # fmt: skip


def make_bot() -> Bot:
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    return bot


@pytest.mark.parametrize("shape", SHAPES)
def test_hello_is_answered_in_the_response_on_every_cloud(shape):
    status, call = post(webhook(make_bot(), TOKEN, SECRET), UPDATE, shape=shape)
    assert status == 200
    assert call == {"method": "sendMessage", "chat_id": 7, "text": "hello Viktor!"}


def test_a_bot_whose_name_is_set_asks_nobody_when_a_command_names_it(monkeypatch):
    monkeypatch.setenv("TELEGRAM_USERNAME", "Hello_bot")
    handler = webhook(make_bot(), TOKEN, SECRET, "http://127.0.0.1:9")  # where nobody answers
    asked = [
        UPDATE | {"update_id": number, "message": UPDATE["message"] | {"text": text}}
        for number, text in enumerate(["/hello@hello_bot", "/hello@other_bot"])
    ]
    status, call = post(handler, asked[0])
    assert status == 200 and call["text"] == "hello Viktor!"
    assert post(handler, asked[1]) == (200, "")


def test_what_is_refused_is_said():
    handler = webhook(make_bot(), TOKEN, SECRET)
    assert post(handler, UPDATE, "wrong") == (403, {"error": "wrong or missing secret"})
    status, answer = post(handler, b"[]")
    assert status == 400 and "expected an update" in answer["error"]


@pytest.mark.parametrize("module", ["webhook", "details.bot_api"])
def test_it_loads_neither_the_library_nor_an_event_loop_nor_an_http_client(module):
    code = f"import sys; own = set(sys.modules); import botlib.telegram.{module}; "
    code += "print(*set(sys.modules) - own)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"telegram", "httpx", "asyncio", "http.client", "urllib.request", "ssl"}
    heavy |= {"logging", "pathlib", "urllib.parse"}  # together a fifth of the cold start
    assert not heavy & set(loaded)


@pytest.mark.parametrize("missing", ["TELEGRAM_TOKEN", "TELEGRAM_SECRET"])
def test_a_missing_setting_is_named_with_its_fix(monkeypatch, missing):
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_SECRET", SECRET)
    monkeypatch.delenv(missing)
    with pytest.raises(ValueError, match=rf"{missing} is not set\. Set it where"):
        webhook(Bot())


def test_a_text_that_is_no_token_is_refused_without_being_shown():
    with pytest.raises(ValueError, match="BotFather") as caught:
        webhook(Bot(), "hunter2", SECRET)
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=300), st.integers(1, 40))
def test_splitting_keeps_every_word_within_the_limit(text, limit):
    parts = split_text(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_word_that_just_fits_stays_in_its_message():
    assert split_text("one two three", 7) == ["one two", "three"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
PARTS = ("httpMethod", "headers", "body", "isBase64Encoded", "requestContext", "path", "messages")


def never(message):
    raise AssertionError("a stranger was answered")


@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON)))
def test_an_event_that_a_stranger_has_written_is_answered_only_with_the_secret(forged):
    """On Yandex Cloud, ?integration=raw makes the body of a request the event, whatever it is."""
    bot = Bot()
    bot.command("hello")(never)
    answer = webhook(bot, TOKEN, SECRET)(forged, None)
    assert answer["statusCode"] in (400, 403)


def test_a_whole_forged_event_needs_the_secret_too():
    handler = webhook(make_bot(), TOKEN, SECRET)
    forged = {"httpMethod": "POST", "headers": {}, "body": UPDATE}
    assert handler(forged)["statusCode"] == 403
    guessed = forged | {"headers": {"X-Telegram-Bot-Api-Secret-Token": ["guess", None]}}
    assert handler(guessed)["statusCode"] == 403
