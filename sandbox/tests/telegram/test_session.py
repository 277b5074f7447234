"""Telegram's server lets a bot go: logOut and close."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot_sandbox import TelegramError


def refusal(telegram, account, method):
    with pytest.raises(TelegramError) as error:
        telegram.call(account, method)
    return error.value.code, error.value.description, error.value.retry_after


def test_a_bot_that_logs_out_comes_back_after_ten_minutes(telegram, account, viktor):
    viktor.send("hello?", to=account)
    assert telegram.call(account, "logOut") is True
    assert refusal(telegram, account, "getUpdates") == (400, "Logged out", 0)
    assert refusal(telegram, account, "logOut") == (400, "Logged out", 0)
    telegram.clock.advance(600)
    assert telegram.call(account, "getUpdates") == []  # what waited is forgotten


def test_a_poll_ends_when_the_bot_logs_out(telegram, account):
    with ThreadPoolExecutor(1) as worker:
        poll = worker.submit(telegram.call, account, "getUpdates", timeout=50)
        telegram.wait_ready(account)
        telegram.call(account, "logOut")
        with pytest.raises(TelegramError, match=r"^400 Logged out$"):
            poll.result(60)


def test_close_works_ten_minutes_after_the_start_and_starts_anew(telegram, account):
    for _ in range(2):
        words = "Too Many Requests: retry after 600"
        assert refusal(telegram, account, "close") == (429, words, 600)
        telegram.clock.advance(600)
        assert telegram.call(account, "close") is True
        assert telegram.call(account, "getMe")["username"] == account.username
