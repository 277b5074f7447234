"""What both functions do when Telegram is out of reach, silent, or hidden behind a proxy."""

import json
import re
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from events import event
from raw_server import answering, http
from scripted_telegram import ME, ScriptedTelegram, ok, refused, sent
from telegram_adapters import ADAPTERS, SECRET, post

from botlib import Bot
from botlib.details.http import NoAnswer, Unreachable
from botlib.telegram.details.bot_api import BotApi, BotApiError
from botlib.telegram.webhook import webhook

TOKEN = "42:not-a-real-token"
BOTH = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)


def make_bot() -> Bot:
    bot = Bot()
    bot.command("three")(lambda message: ["one", "two", "three"])
    bot.command("hello")(lambda message: f"hello {message.user}!")
    return bot


def says(text, number=1):
    user = {"id": 7, "is_bot": False, "first_name": "Viktor"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": user}
    return {"update_id": number, "message": message | {"text": text}}


def telegram_that(*answers, port=0):
    """A Telegram whose sendMessage answers with these in turn, then as it should."""
    left = iter(answers)

    def script(method, call, path):
        if method == "getMe":
            return ok(ME)
        answer = next(left, sent)
        return answer(path) if answer is html_page else answer(call) if callable(answer) else answer

    return ScriptedTelegram(script, port)


def in_response(call):
    """What the response says: the last message of a Bot's reply."""
    return [call["text"]] if call else []


def html_page(path):
    """What a proxy says, with the address it was asked for, in two spellings, and long."""
    return 404, f"<html>No {path} here, nor {quote(path)}.{'<br>' * 500}</html>"


def silence(call):
    return None


UNCLEAR = {"silence": silence, "a page of a proxy": html_page, "an empty page": lambda _: (502, "")}


@BOTH
@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
@pytest.mark.parametrize("first", [True, False], ids=["the first message", "the second"])
def test_what_may_have_been_said_is_not_said_again(adapter, answer, first, caplog):
    with telegram_that(*([] if first else [sent]), answer) as telegram:
        handler = adapter(make_bot(), TOKEN, SECRET, telegram.url)
        assert [post(handler, says("!three")) for _ in range(2)] == [(200, "")] * 2
        assert telegram.texts() == ["one", "two"][: 1 if first else 2]
    (logged,) = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert re.search("(a message|the rest of a reply) is lost: |a handler failed: ", logged)
    assert "not-a-real-token" not in caplog.text and len(logged) < 500


@BOTH
@pytest.mark.parametrize(
    "answer", [refused(429, "Too Many Requests: retry after 5", retry_after=5),
               refused(500, "Internal Server Error")])  # fmt: skip
def test_what_was_surely_not_said_makes_the_function_fail_and_is_said_at_the_next_try(
    adapter, answer
):
    with telegram_that(answer) as telegram:
        handler = adapter(make_bot(), TOKEN, SECRET, telegram.url)
        with pytest.raises(Exception, match=r"Flood control|Too Many|Internal Server Error"):
            post(handler, says("!three"))
        status, call = post(handler, says("!three"))
        assert status == 200
        assert telegram.texts()[1:] + in_response(call) == ["one", "two", "three"]


@BOTH
def test_a_telegram_that_is_not_there_makes_the_function_fail_and_gets_the_update_again(adapter):
    with telegram_that() as telegram:
        handler = adapter(make_bot(), TOKEN, SECRET, telegram.url)
        assert post(handler, says("!three"))[0] == 200  # an Application asks for its name here
    with pytest.raises(Exception, match=r"cannot be reached|ConnectError") as raised:
        post(handler, says("!three", 2))
    assert "not-a-real-token" not in "".join(traceback.format_exception(raised.value))
    with telegram_that(port=telegram.port) as telegram:
        status, call = post(handler, says("!three", 2))
        assert status == 200
        assert telegram.texts() + in_response(call) == ["one", "two", "three"]


@BOTH
def test_a_refusal_that_lasts_ends_the_update(adapter, caplog):
    with telegram_that(refused(403, "Forbidden: bot was blocked by the user")) as telegram:
        handler = adapter(make_bot(), TOKEN, SECRET, telegram.url)
        assert [post(handler, says("!three")) for _ in range(2)] == [(200, "")] * 2
        assert telegram.texts() == ["one"]
    assert re.search("(a message|the rest of a reply) is lost|a handler failed", caplog.text)


def test_a_proxy_that_lets_nobody_speak_to_telegram_ends_the_update(monkeypatch, caplog):
    """As for a free account at PythonAnywhere; else Telegram would send the update for a day."""
    with answering(lambda sock: sock.sendall(http("403 Forbidden"))) as address:
        monkeypatch.setenv("https_proxy", address)
        handler = webhook(make_bot(), TOKEN, SECRET, "https://nobody.invalid")
        assert post(handler, says("!three")) == (200, "")
        status, call = post(handler, says("!hello", 2))
    assert status == 200 and in_response(call) == ["hello Viktor!"]
    assert re.search("a message is lost: .*Tunnel connection failed: 403", caplog.text)


def test_the_function_stays_within_its_time_limit():
    """Were it killed, Telegram would send the update again, and the first part be said twice."""

    class Context:
        def get_remaining_time_in_millis(self):
            return 1500

    def hang(call):
        finished.wait(30)

    finished = threading.Event()
    with ThreadPoolExecutor(1) as pool, telegram_that(hang) as telegram:
        handler = webhook(make_bot(), TOKEN, SECRET, telegram.url)
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        http = event("aws_v2", headers=headers, body=json.dumps(says("!three")).encode())
        answered = pool.submit(handler, http, Context())
        assert answered.result(20)["statusCode"] == 200
        finished.set()
        assert telegram.texts() == ["one"]


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (lambda path: (404, f"<html>no {path} {quote(path, safe='')}</html>"), NoAnswer, "404"),
        (lambda path: refused(400, f"Bad Request: {path} " + "x" * 900), BotApiError, "getMe: 400"),
        (lambda path: (200, "[]"), NoAnswer, "200"),
        (lambda path: None, NoAnswer, "no usable answer"),
    ],
)
def test_no_error_of_a_call_shows_the_token_or_is_long(script, error, words):
    with (
        ScriptedTelegram(lambda method, call, path: script(path)) as telegram,
        pytest.raises(error, match=words) as raised,
    ):
        BotApi(TOKEN, telegram.url).call("getMe", {})
    shown = "".join(traceback.format_exception(raised.value))
    assert "not-a-real-token" not in shown
    assert len(str(raised.value)) < 400


def test_no_error_of_an_invalid_address_shows_the_token():
    with pytest.raises(ValueError, match="must begin with http") as raised:
        BotApi(TOKEN, "example.org").call("getMe", {})
    assert "not-a-real-token" not in "".join(traceback.format_exception(raised.value))
    with pytest.raises(Unreachable):
        BotApi(TOKEN, "http://127.0.0.1:9").call("getMe", {})


@pytest.mark.parametrize("status", [401, 404, 502])
def test_a_page_of_a_proxy_at_the_start_of_an_application_is_not_taken_for_telegrams_word(status):
    def script(method, call, path):
        return (status, f"<html>{path}</html>") if first.pop() else ok(ME)

    first = [False, True]
    with ScriptedTelegram(script) as telegram:
        handler = ADAPTERS["application"](make_bot(), TOKEN, SECRET, telegram.url)
        with pytest.raises(Exception, match=f"no answer of the Bot API: {status}") as raised:
            post(handler, says("good morning"))
        assert not re.search("not-a-real-token", "".join(traceback.format_exception(raised.value)))
        assert post(handler, says("good morning")) == (200, "")
