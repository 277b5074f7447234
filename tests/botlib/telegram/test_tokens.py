"""The token clinic of Telegram: what people paste, and what it says about it."""

import http.server
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Telegram
from botlib.tokens import clean_telegram, telegram_slips, telegram_token, unlike_a_telegram_token

WHOLE = "7000000001:" + "A" * 35


@pytest.fixture(scope="module")
def telegram():
    with Telegram() as telegram:
        telegram.new_bot("Hello bot", "hello_bot")
        yield telegram


@pytest.fixture
def account(telegram):
    return telegram.account("hello_bot")


def test_a_good_token_is_good_and_named(telegram, account):
    found = telegram_token(account.token, username="@Hello_Bot", secret="sesame", api=telegram.url)
    assert found.ok
    assert str(found) == "the token is good\nwhose: @hello_bot (Hello bot)"


PASTED = {
    "quotes": ("'{}'", "quotes, spaces or line ends"),
    "a line end": ("{}\r\n", "quotes, spaces or line ends"),
    "the whole line": ("TELEGRAM_TOKEN={}", "name of the setting"),
    "an exported line": ("export TELEGRAM_TOKEN='{}'", "name of the setting"),
    "an address": ("https://api.telegram.org/bot{}/getMe", "The word bot stands before"),
    "a full stop": ("{}.", "other characters around"),
}


@pytest.mark.parametrize(("pasted", "words"), PASTED.values(), ids=PASTED)
def test_what_stands_around_a_token_is_told_and_the_token_is_still_asked(
    telegram, account, pasted, words
):
    found = telegram_token(pasted.format(account.token), api=telegram.url)
    assert words in str(found.problems[0])
    assert found.whose == "hello_bot"
    assert account.token not in str(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no token"),
        (' "" ', "There is no token"),
        (WHOLE[:30], "not whole: 19 of 35"),
        (WHOLE[:15] + "\n" + WHOLE[15:], "inside the token"),
        (WHOLE.partition(":")[0], "a number only"),
        ("-1001234567890", "a number only"),
        ("@hello_bot", "no bot token"),
        (WHOLE + "A", "no bot token"),
        ("abc:" + "A" * 35, "no bot token"),
    ],
)
def test_what_is_no_token_is_not_sent_anywhere(text, words):
    found = telegram_token(text, api="http://127.0.0.1:9")  # nobody is there
    assert words in str(found)
    assert not found.whose


def test_a_secret_in_the_tokens_place_is_seen():
    assert "webhook's secret" in str(telegram_token(" sesame-42 ", secret="sesame-42"))


def test_an_old_token_and_another_bots(telegram):
    account = telegram.new_bot("Old bot", "old_bot")
    old = account.token
    telegram.new_token(account)
    assert "/revoke" in str(telegram_token(old, api=telegram.url))
    found = telegram_token(account.token, username="hello_bot", api=telegram.url)
    assert "@old_bot, and it should be @hello_bot" in str(found)


def test_a_telegram_that_is_not_there_is_no_fault_of_the_token():
    with pytest.raises(ConnectionError, match=r"http://127\.0\.0\.1:9 gave no") as caught:
        telegram_token(WHOLE, api="http://127.0.0.1:9")
    assert WHOLE not in str(caught.getrepr(chain=True))


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>"), (200, b'{"ok":true}'), (200, b"[]"), (502, b"")]
)
def test_a_server_that_is_no_telegram_is_no_fault_of_the_token(status, body):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(ConnectionError, match="gave no sensible answer"):
            telegram_token(WHOLE, api=f"http://127.0.0.1:{server.server_port}")


@given(st.one_of(st.text(), st.text("0123456789:AB -=\n'", min_size=1)))
def test_any_text_can_be_examined(text):
    if clean_telegram(text):
        assert clean_telegram(clean_telegram(text)) == clean_telegram(text)
        telegram_slips(text)
    else:
        assert str(unlike_a_telegram_token(text))
