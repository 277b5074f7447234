"""A test calls a bot's webhook as a stranger would: a wrong secret, a duplicate, an old update."""

import pytest
from webhook_hook import Hook
from window_http import Http, RefusalError

from bot_sandbox import Cloud, InMemoryTelegram, InProcessCloud, Window
from bot_sandbox.telegram import Limits, Telegram

FUNCTION = """
def handler(event, context):
    secret = event["headers"].get("x-telegram-bot-api-secret-token")
    return {"statusCode": 200 if secret == "s3cret" else 403, "body": "hello"}
"""


@pytest.fixture
def telegram():
    with Telegram(retry_scale=0.001, limits=Limits(set_webhook_s=0)) as telegram:
        yield telegram


@pytest.fixture
def hook():
    with Hook() as hook:
        yield hook


def test_a_stranger_sends_what_a_test_says(telegram, account, viktor, hook):
    hook.answer = lambda update: (200, {"method": "sendMessage", "chat_id": viktor.id, "text": "x"})
    telegram.call(account, "setWebhook", url=hook.url, secret_token="s3cret")
    told = telegram.deliver(account, {"message": {"text": "/start"}})
    told.wait("sendMessage")
    again = telegram.forge(account, told.update)
    assert (again.status, again.update_id, again.error) == (200, told.update_id, "")
    assert '"method": "sendMessage"' in again.answer
    assert hook.seen[1][0] == told.update  # a duplicate, byte by byte the same fields
    telegram.forge(account, {"update_id": 1, "anything": [1]}, secret="guess")
    telegram.forge(account, {}, secret="")
    secrets = [headers.get("X-Telegram-Bot-Api-Secret-Token") for _, headers, _ in hook.seen]
    assert secrets == ["s3cret", "s3cret", "guess", None]
    assert hook.seen[2][0] == {"update_id": 1, "anything": [1]}
    assert len(account.calls) == 2  # the stranger got the answer, so nothing was executed
    assert len(telegram.deliveries(account)) == 1


def test_it_is_tried_once_and_says_what_came_back(telegram, account, hook):
    telegram.call(account, "setWebhook", url=hook.url)
    hook.answer = lambda update: (403, b"go away")
    refused = telegram.forge(account, {"update_id": 1})
    assert (refused.status, refused.answer) == (403, "go away")
    assert refused.error == "Wrong response from the webhook: 403 Forbidden"
    hook.answer = lambda update: None
    gone = telegram.forge(account, {"update_id": 1})
    assert (gone.status, bool(gone.error)) == (None, True)
    assert len(hook.seen) == 2


def test_a_function_is_called_too(telegram, account, tmp_path):
    (tmp_path / "main.py").write_text(FUNCTION)
    with Cloud() as cloud:
        url = cloud.deploy("hello", tmp_path).url
        telegram.call(account, "setWebhook", url=url, secret_token="s3cret")
        assert telegram.forge(account, {"update_id": 1}).status == 200
        assert telegram.forge(account, {"update_id": 1}, secret="guess").status == 403


def test_in_memory_it_is_the_same(tmp_path):
    (tmp_path / "main.py").write_text(FUNCTION)
    cloud = InProcessCloud()
    with InMemoryTelegram(cloud) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        url = cloud.deploy("hello", tmp_path).url
        telegram.call(account, "setWebhook", url=url, secret_token="s3cret")
        assert telegram.forge(account, {"update_id": 1}, secret="guess").status == 403
        assert telegram.forge(account, {"update_id": 1}).answer == "hello"
    cloud.close()


def test_without_a_webhook_there_is_nothing_to_call(telegram, account):
    with pytest.raises(ValueError, match="Hello bot has no webhook; first call setWebhook"):
        telegram.forge(account, {"update_id": 1})
    telegram.call(account, "setWebhook", url="http://127.0.0.1:9/")
    with pytest.raises(ValueError, match="a secret has no line breaks"):
        telegram.forge(account, {"update_id": 1}, secret="a\r\nb")


def test_by_http(telegram, account, hook):
    telegram.call(account, "setWebhook", url=hook.url, secret_token="s3cret")
    hook.answer = lambda update: (403, b"no s3cret here")
    with Window(telegram) as window:
        http = Http(window)
        got = http.post("telegram/forge", bot="hello_bot", update={"update_id": 5}, secret="guess")
        assert (got["status"], got["update_id"], got["answer"]) == (403, 5, "no <secret> here")
        telegram.call(account, "deleteWebhook")
        with pytest.raises(RefusalError, match="400: Hello bot has no webhook"):
            http.post("telegram/forge", bot="hello_bot", update={"update_id": 5})
