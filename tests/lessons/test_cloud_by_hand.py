"""What notebooks use beside the sandbox: a worker's part by hand, logs, guests, meters."""

import http.client
import json
from types import SimpleNamespace

import pytest

from bot_sandbox.cloud import FunctionError
from lessons.charts.base import meters
from lessons.cloud import Cloud
from lessons.cloud.by_hand import Caller, EmptyInstance
from lessons.cloud.guest_book import publish
from lessons.cloud.telegram_call import telegram_event
from lessons.display.function_log import show_log
from lessons.exercises.verdict import NotYet, run_learner_code
from lessons.web.http_client import browser, get_at_once
from lessons.worlds.program import Measurement

GREET = """
def handler(event, context):
    print("a name is wanted")
    return f"hello {event['name']}!"
"""
NEXT = "/2018-06-01/runtime/invocation/next"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.py").write_text(GREET)
    return tmp_path


@pytest.fixture
def cloud():
    with Cloud() as cloud:
        yield cloud


def test_one_does_a_workers_part_by_hand(folder):
    instance = EmptyInstance(folder, {"name": "Viktor"})
    assert repr(instance.caller) == "<a caller who waits>"
    with pytest.raises(TimeoutError, match="still waits"):
        instance.caller.answer(timeout_s=0)
    line = http.client.HTTPConnection(instance.address)
    line.request("GET", NEXT)
    task = line.getresponse()
    assert json.loads(task.read()) == {"name": "Viktor"}
    assert "instance 1: busy" in instance.window().still
    request_id = task.headers["Lambda-Runtime-Aws-Request-Id"]
    line.request("POST", NEXT.replace("next", f"{request_id}/response"), '"hello"')
    assert line.getresponse().status == 202
    assert instance.caller.answer() == "hello"
    assert repr(instance.caller) == "<a caller who got 'hello'>"


def test_a_caller_hears_of_an_error(cloud, folder):
    cloud.deploy("greet", folder)
    caller = Caller(cloud, "greet", {})
    with pytest.raises(FunctionError, match="KeyError: 'name'"):
        caller.answer()
    assert "KeyError" in repr(caller)


def test_the_log_is_shown_without_ids_and_without_the_meter(cloud, folder, capsys):
    greet = cloud.deploy("greet", folder)
    greet.invoke({"name": "Ada"})
    show_log(greet)
    assert capsys.readouterr().out.splitlines() == [
        "START RequestId: … Version: $LATEST",
        "a name is wanted",
        "END RequestId: …",
        "REPORT RequestId: …",
    ]


def test_a_secret_that_a_function_prints_is_hidden_in_the_log(cloud, tmp_path, capsys):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    print(event)\n")
    secret = {"TELEGRAM_SECRET": "only-we-two-know"}
    function = cloud.deploy("chatty", tmp_path, environment=secret)
    function.invoke({"headers": {"x-telegram-bot-api-secret-token": "only-we-two-know"}})
    show_log(function)
    shown = capsys.readouterr().out
    assert "'x-telegram-bot-api-secret-token': '<secret>'" in shown and "we-two" not in shown


def test_clients_call_at_once(cloud, tmp_path):
    (tmp_path / "main.py").write_text(
        "import time\ndef handler(event, context):\n    time.sleep(0.5)\n    return 'here'\n"
    )
    function = cloud.deploy("slow", tmp_path)
    assert [reply.text for reply in get_at_once(function.url, 3)] == ["here"] * 3
    assert len(function.instances) == 3


def test_each_telegram_event_is_another_update():
    events = [telegram_event("!hello", "Ann", "secret") for _ in range(2)]
    numbers = {json.loads(event["body"])["update_id"] for event in events}
    assert len(numbers) == 2
    assert events[0]["headers"] == {"x-telegram-bot-api-secret-token": "secret"}


def test_a_guest_book_is_published_once_it_is_written(cloud, capsys, tmp_path):
    publish(cloud, ..., {})
    assert capsys.readouterr().out.startswith("Write guest(name, store, tell) above first")

    def guest(name, store, tell):
        return f"hello {name}, {store.increment('guests')}"

    store = f"sqlite:///{tmp_path / 'guests.sqlite3'}"
    environment = {"TELEGRAM_API": "http://127.0.0.1:9", "TELEGRAM_TOKEN": "42:x"}
    publish(cloud, guest, environment | {"STORE_URL": store, "CHAT_ID": "7"})
    address = capsys.readouterr().out.strip()
    assert browser.get(address).text == "hello Ada, 1"
    assert browser.get(address + " São Lovelace").text == "hello Ada São Lovelace, 2"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: print("25"), "add() returned nothing; it printed '25'. Write return"),
        (lambda: None, "add() returned nothing. Does it end with return?"),
        (lambda: 1 / 0, "your function raised ZeroDivisionError: division by zero in add()"),
        (25, "expected a function, found 25"),
    ],
)
def test_what_is_printed_is_not_returned(function, words, capsys):
    with pytest.raises(NotYet, match=None) as verdict:
        run_learner_code(function, call="add()")
    assert words in str(verdict.value)
    assert capsys.readouterr().out == ""


def test_every_bar_of_the_meters_can_be_seen():
    function = SimpleNamespace(invocations=[SimpleNamespace(billed_ms=1)])
    chart = meters(Measurement(alive_s=600.0, busy_s=0.0, memory_mb=20.0), function)
    (axes,) = chart.axes
    longest = max(bar.get_width() for bar in axes.patches)
    assert len(axes.patches) == 3
    assert min(bar.get_width() for bar in axes.patches) > longest / 200
    assert len({bar.get_facecolor() for bar in axes.patches}) == 3
