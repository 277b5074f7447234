"""Two instances of the Telegram function, one store: what reaches both is answered once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from events import event
from redis_server import RedisServer, free_port

from botlib import Bot
from botlib.bot import TryAgain
from botlib.store import StoreError, open_store
from botlib.telegram import light
from botlib.telegram.webhook import webhook

TOKEN, SECRET = "42:not-a-real-token", "correct-horse"
DOORS = {"light": light.webhook, "python-telegram-bot": webhook}
UPDATE = {"update_id": 9, "message": {
    "message_id": 1, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "Viktor"},
    "from": {"id": 7, "is_bot": False, "first_name": "Viktor"}, "text": "!hello"}}  # fmt: skip


class Instances:
    """Several handlers, each with a brain and a store connection of its own, as instances have."""

    def __init__(self, door, url, n=2):
        self.calls = []
        self.work = lambda: None
        self.handlers = [door(self._bot(), TOKEN, SECRET, store=open_store(url)) for _ in range(n)]

    def _bot(self):
        bot = Bot()

        @bot.command("hello")
        def hello(message):
            self.calls.append(message.user)
            self.work()
            return f"hello {message.user}!"

        return bot

    def fail(self):
        raise TryAgain("not now")

    def post(self, number, update=UPDATE):
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        http = event("yandex", headers=headers, body=json.dumps(update).encode())
        answer = self.handlers[number](http, None)
        body = answer["body"] and json.loads(answer["body"])
        return answer["statusCode"], body and body.get("text")


@pytest.fixture(params=["sqlite", "redis"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
    else:
        with RedisServer() as server:
            yield server.url


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


def test_an_update_delivered_to_two_instances_is_answered_once(door, url):
    instances = Instances(door, url)
    assert instances.post(0) == (200, "hello Viktor!")
    assert instances.post(1) == (200, "")
    assert instances.post(0) == (200, "")
    assert instances.calls == ["Viktor"]
    assert instances.post(1, UPDATE | {"update_id": 10}) == (200, "hello Viktor!")


def test_delivered_to_both_at_the_same_time_it_is_answered_once(door, url):
    instances = Instances(door, url)
    started, finish = threading.Event(), threading.Event()
    instances.work = lambda: (started.set(), finish.wait(10))
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(instances.post, 0)
        assert started.wait(10)
        assert instances.post(1)[0] == 503  # so Telegram comes again, and is told how it ended
        finish.set()
        assert first.result(10) == (200, "hello Viktor!")
    assert instances.post(1) == (200, "")
    assert instances.calls == ["Viktor"]


def test_an_update_whose_answer_failed_is_answered_by_the_next_delivery(door, url):
    instances = Instances(door, url)
    instances.work = instances.fail
    with pytest.raises(TryAgain):
        instances.post(0)
    instances.work = lambda: None
    assert instances.post(1) == (200, "hello Viktor!")
    assert instances.calls == ["Viktor", "Viktor"]


def test_two_bots_may_share_a_store(door, url):
    one = Instances(door, url, n=1)
    other = Instances(
        lambda bot, _, secret, store: door(bot, "43:x", secret, store=store), url, n=1
    )
    assert one.post(0) == (200, "hello Viktor!")
    assert other.post(0) == (200, "hello Viktor!")


def test_without_its_store_the_function_fails_so_that_telegram_comes_again(door):
    instances = Instances(door, f"redis://127.0.0.1:{free_port()}/0", n=1)
    with pytest.raises(StoreError, match="cannot be reached"):
        instances.post(0)
    assert instances.calls == []


def test_a_reply_goes_out_though_its_store_was_lost_meanwhile(door):
    with RedisServer() as server:
        instances = Instances(door, server.url, n=1)
        instances.work = server.stop
        assert instances.post(0) == (200, "hello Viktor!")
        assert instances.post(0) == (200, "")
    assert instances.calls == ["Viktor"]
