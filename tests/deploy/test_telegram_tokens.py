"""Token checks for Telegram: what people paste, and what the check says about it."""

import http.server
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Telegram
from deploy.tokens.telegram import check_token, clean_token, visible_problems

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
    found = check_token(account.token, username="@Hello_Bot", secret="sesame", api=telegram.url)
    assert found.ok
    assert str(found) == "the token is good\nwhose: @hello_bot (Hello bot)"


PASTED = {
    "quotes": ("'{}'", "quotes, spaces or line ends"),
    "a line end": ("{}\r\n", "quotes, spaces or line ends"),
    "the whole line": ("TELEGRAM_TOKEN={}", "name of the setting"),
    "an exported line": ("export TELEGRAM_TOKEN='{}'", "name of the setting"),
    "an address": ("https://api.telegram.org/bot{}/getMe", "The word bot is before"),
    "a full stop": ("{}.", "other characters around"),
}


@pytest.mark.parametrize(("pasted", "words"), PASTED.values(), ids=PASTED)
def test_what_stands_around_a_token_is_told_and_the_token_is_still_asked(
    telegram, account, pasted, words
):
    found = check_token(pasted.format(account.token), api=telegram.url)
    assert words in found.problems[0]
    assert found.username == "hello_bot"
    assert account.token not in str(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no token"),
        (' "" ', "There is no token"),
        (WHOLE[:30], "not whole: expected 35"),
        (WHOLE[:15] + "\n" + WHOLE[15:], "inside the token"),
        (WHOLE.partition(":")[0], "only a number"),
        ("-1001234567890", "only a number"),
        ("@hello_bot", "not a bot token"),
        (WHOLE + "A", "not a bot token"),
        ("abc:" + "A" * 35, "not a bot token"),
    ],
)
def test_what_is_no_token_is_not_sent_anywhere(text, words):
    found = check_token(text, api="http://127.0.0.1:9")  # nobody is there
    assert words in str(found)
    assert not found.username


def test_a_secret_in_the_tokens_place_is_seen():
    assert "webhook's secret" in str(check_token(" sesame-42 ", secret="sesame-42"))


def test_an_old_token_and_another_bots(telegram):
    account = telegram.new_bot("Old bot", "old_bot")
    old = account.token
    telegram.new_token(account)
    assert "/revoke" in str(check_token(old, api=telegram.url))
    found = check_token(account.token, username="hello_bot", api=telegram.url)
    assert "@old_bot, and it should be @hello_bot" in str(found)


def test_a_telegram_that_is_not_there_is_no_fault_of_the_token():
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:9 cannot be reached") as caught:
        check_token(WHOLE, api="http://127.0.0.1:9")
    assert WHOLE not in str(caught.getrepr(chain=True))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b'{"ok":true}'),
        (200, b"[]"),
        (302, b""),
        (401, b"<html>log in to the Wi-Fi"),
        (404, b"{}"),
        (502, b""),
    ],
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
            check_token(WHOLE, api=f"http://127.0.0.1:{server.server_port}")


@given(st.one_of(st.text(), st.text("0123456789:AB -=\n'", min_size=1)))
def test_any_text_can_be_examined(text):
    if clean_token(text):
        assert clean_token(clean_token(text)) == clean_token(text)
        assert visible_problems(clean_token(text)) == []
    else:
        assert len(visible_problems(text)) == 1
