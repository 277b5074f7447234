"""Telegram keeps an update for a day: what a bot still gets when it was away for longer."""

import pytest
from webhook_hook import Hook

from bot_sandbox.telegram import Telegram
from bot_sandbox.telegram.diagnosis import UpdateFacts, explain_update, read_log

HOUR_S = 3600.0


@pytest.fixture
def telegram():
    """One with the real pauses between the attempts of a webhook."""
    with Telegram(retry_scale=1.0) as telegram:
        yield telegram


@pytest.fixture
def account(telegram):
    return telegram.new_bot("Hello bot", "hello_bot")


@pytest.fixture
def viktor(telegram, account):
    return telegram.person("Viktor")


@pytest.fixture
def hook(telegram, account):
    """The bot's webhook, which fails until it gets another answer."""
    with Hook() as hook:
        hook.answer = lambda update: (500, "")
        telegram.call(account, "setWebhook", url=hook.url)
        yield hook


def pending(telegram, account):
    return telegram.call(account, "getWebhookInfo")["pending_update_count"]


def test_a_polling_bot_gets_what_is_younger_than_a_day(telegram, account, viktor):
    viktor.send("old")
    telegram.clock.advance(HOUR_S)
    viktor.send("new")
    telegram.clock.advance(23.5 * HOUR_S)
    assert pending(telegram, account) == 1
    (update,) = telegram.call(account, "getUpdates")
    assert update["message"]["text"] == "new"
    telegram.clock.advance(HOUR_S)
    assert telegram.call(account, "getUpdates") == []
    assert pending(telegram, account) == 0


def test_a_failing_webhook_is_tried_for_a_day_without_waiting_for_it(
    telegram, account, viktor, hook
):
    message = viktor.send("hello")
    attempts = 2  # the first one, and one at once
    telegram.wait_deliveries(account, attempts, message)
    for _ in range(20):  # each pause is at most two minutes long
        telegram.clock.advance(120)
        attempts += 1
        telegram.wait_deliveries(account, attempts, message)
    hook.answer = lambda update: (200, "")
    telegram.clock.advance(120)
    last = telegram.wait_deliveries(account, attempts + 1, message)[-1]
    assert last.error == "" and last.attempt == attempts + 1


def test_a_webhook_gets_no_update_that_is_older_than_a_day(telegram, account, viktor, hook):
    old = viktor.send("old")
    telegram.wait_deliveries(account, 2, old)
    telegram.clock.advance(25 * HOUR_S)
    hook.answer = lambda update: (200, "")
    telegram.wait_deliveries(account, 1, viktor.send("new"))
    assert hook.texts == ["old", "old", "new"]
    assert pending(telegram, account) == 0


def test_a_server_that_was_down_for_more_than_a_day_has_lost_what_was_written(
    telegram, account, viktor, hook
):
    hook.answer = lambda update: (200, "")
    telegram.faults.stop()
    viktor.send("old")
    telegram.clock.advance(2 * HOUR_S)
    new = viktor.send("new")
    telegram.clock.advance(23 * HOUR_S)
    telegram.faults.start()
    telegram.wait_deliveries(account, 1, new)
    assert hook.texts == ["new"]


def test_an_update_that_is_gone_is_not_said_to_be_taken(telegram, account, viktor):
    (update,) = viktor.send("!hello").updates
    telegram.clock.advance(25 * HOUR_S)
    text = telegram._runner.do(
        lambda: explain_update(UpdateFacts(update, account, read_log(account)))
    )
    assert text.startswith("the update is gone, and no bot took it: Telegram keeps updates for 24")
    assert text.splitlines()[1] == (
        "What to do: if the bot drops them when it starts, write to it when it is ready "
        "(in Python: telegram.wait_ready(account))"
    )


def test_what_a_person_waits_for_lives_shorter(telegram, account, viktor):
    telegram.set_inline(account, feedback=True)
    query = viktor.inline_query("tea", account)
    result = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea!"}
    telegram.call(account, "answerInlineQuery", inline_query_id=query.id, results=[result])
    query.choose("1")
    buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    place = {"chat_id": viktor.id, "text": "Tea?"}
    message = telegram.call(account, "sendMessage", **place, reply_markup=buttons)
    viktor.press(viktor.wait()[0], "Yes")
    assert message["message_id"] == 2
    waits = []
    for seconds in (29, 2, 120, 448, 3600):
        telegram.clock.advance(seconds)
        found = telegram.call(account, "getUpdates")
        waits.append([[*one][1].partition("_")[0] for one in found])
    message, chosen = "message", "chosen"
    assert waits == [
        ["inline", message, chosen, "callback"],
        [message, chosen, "callback"],
        [message, chosen],
        [message, chosen],
        [message],
    ]
