"""Two instances of the Telegram function, one store: what reaches both is answered once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis_server import RedisServer, free_port
from scripted_telegram import ME, ScriptedTelegram, ok, sent
from telegram_adapters import ADAPTERS, SECRET, post

from botlib import Bot
from botlib.bot import TryAgain
from botlib.store import StoreError, open_store

TOKEN = "42:not-a-real-token"
UPDATE = {"update_id": 9, "message": {
    "message_id": 1, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "Viktor"},
    "from": {"id": 7, "is_bot": False, "first_name": "Viktor"}, "text": "!hello"}}  # fmt: skip


class Instances:
    """Several handlers, each with a brain and a store connection of its own, as instances have."""

    def __init__(self, adapter, url, n=2, token=TOKEN):
        make, api = adapter
        self.calls = []
        self.work = lambda: None
        self.handlers = [
            make(self._bot(), token, SECRET, api.url, open_store(url)) for _ in range(n)
        ]
        self._api = api

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

    def post(self, number, update=UPDATE, context=None):
        """Deliver an update to an instance: the status, and what it says then."""
        before = len(self._api.texts())
        status, call = post(self.handlers[number], update, shape="yandex", context=context)
        return status, self._api.texts()[before:] + ([call["text"]] if "text" in call else [])


@pytest.fixture(params=["sqlite", "redis"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
    else:
        with RedisServer() as server:
            yield server.url


@pytest.fixture(params=ADAPTERS)
def adapter(request):
    with ScriptedTelegram(lambda method, call, _: sent(call) if call else ok(ME)) as telegram:
        yield ADAPTERS[request.param], telegram


def test_an_update_delivered_to_two_instances_is_answered_once(adapter, url):
    instances = Instances(adapter, url)
    assert instances.post(0) == (200, ["hello Viktor!"])
    assert instances.post(1) == (200, [])
    assert instances.post(0) == (200, [])
    assert instances.calls == ["Viktor"]
    assert instances.post(1, UPDATE | {"update_id": 10}) == (200, ["hello Viktor!"])


def test_delivered_to_both_at_the_same_time_it_is_answered_once(adapter, url):
    instances = Instances(adapter, url)
    started, finish = threading.Event(), threading.Event()
    instances.work = lambda: (started.set(), finish.wait(10))
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(instances.post, 0)
        assert started.wait(10)
        assert instances.post(1)[0] == 503  # so Telegram comes again, and is told how it ended
        finish.set()
        assert first.result(10) == (200, ["hello Viktor!"])
    assert instances.post(1) == (200, [])
    assert instances.calls == ["Viktor"]


class QuarterOfAnHour:
    """What the longest time limit of AWS leaves a call."""

    def get_remaining_time_in_millis(self):
        return 900_000


def test_however_long_its_function_may_work_it_is_answered_once(adapter, tmp_path, monkeypatch):
    instances = Instances(adapter, f"sqlite:///{tmp_path / 'store.db'}")
    statuses, now = [], time.time

    def work():
        instances.work = lambda: None
        for minutes in (2, 14, 16):
            monkeypatch.setattr(time, "time", lambda later=60 * minutes: now() + later)
            statuses.append(instances.post(1)[0])

    instances.work = work
    assert instances.post(0, context=QuarterOfAnHour())[0] == 200
    assert statuses == [503, 503, 200]  # after its limit, the first instance is surely gone


def test_an_update_whose_answer_failed_is_answered_by_the_next_delivery(adapter, url):
    instances = Instances(adapter, url)
    instances.work = instances.fail
    with pytest.raises(TryAgain):
        instances.post(0)
    instances.work = lambda: None
    assert instances.post(1) == (200, ["hello Viktor!"])
    assert instances.calls == ["Viktor", "Viktor"]


def test_two_bots_may_share_a_store(adapter, url):
    one = Instances(adapter, url, n=1)
    other = Instances(adapter, url, n=1, token="43:x")
    assert one.post(0) == (200, ["hello Viktor!"])
    assert other.post(0) == (200, ["hello Viktor!"])


def test_without_its_store_the_function_fails_so_that_telegram_comes_again(adapter):
    instances = Instances(adapter, f"redis://127.0.0.1:{free_port()}/0", n=1)
    with pytest.raises(StoreError, match="cannot be reached"):
        instances.post(0)
    assert instances.calls == []


def test_a_reply_goes_out_though_its_store_was_lost_meanwhile(adapter):
    with RedisServer() as server:
        instances = Instances(adapter, server.url, n=1)
        instances.work = server.stop
        assert instances.post(0) == (200, ["hello Viktor!"])
        with pytest.raises(StoreError):  # so Telegram sends the update again
            instances.post(0)
    assert instances.calls == ["Viktor"]
