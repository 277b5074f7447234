"""Telegram's faults by HTTP: a tester without Python has all of them."""

import http.client
import urllib.error
import urllib.request
from inspect import signature
from urllib.parse import urlencode

import pytest
from window_http import Http, RefusalError

from bot_sandbox import Telegram, Window
from bot_sandbox.telegram.faults import Faults
from bot_sandbox.window.telegram_faults import FAULTS, PYTHON_NAMES


class World:
    """A Telegram behind a window, and a bot."""

    def __init__(self, telegram, window):
        self.telegram, self.http = telegram, Http(window)
        self.account = telegram.new_bot("Hello bot", "hello_bot")

    def fault(self, name, **values):
        return self.http.post("telegram/faults", fault=name, **values)["done"]

    def get_me(self):
        address = f"{self.telegram.url}/bot{self.account.token}/getMe"
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                response.read()
                return response.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


@pytest.fixture
def world():
    with Telegram() as telegram, Window(telegram=telegram) as window:
        yield World(telegram, window)


def test_every_fault_has_all_its_arguments():
    # Those that start with _ or that only Python needs: it has objects to wait for.
    only_python = {"active", "hits", "hit_count", "wait"}
    faults = {name for name in dir(Faults) if not name.startswith("_")} - only_python
    assert set(FAULTS) == faults
    for name, arguments in FAULTS.items():
        taken = {PYTHON_NAMES.get(argument.name, argument.name) for argument in arguments}
        assert taken | {"self"} == set(signature(getattr(Faults, name)).parameters)


@pytest.mark.parametrize(
    ("name", "values", "done", "statuses"),
    [
        (
            "status",
            {"status": 429, "retry_after": 3, "method": "getme", "n": 2},
            "The next 2 calls of getMe will be answered with 429 Too Many Requests: retry after 3.",
            [429, 429, 429],  # the third comes before its 3 seconds are over
        ),
        (
            "html",
            {"status": 404, "bot": "hello_bot"},
            "The next call by @hello_bot will be answered with an HTML page and status 404.",
            [404, 200],
        ),
        ("delay", {"seconds": 0.01}, "The next call will be answered 0.01 s late.", [200]),
        (
            "status",
            {"forever": True, "executed": True},
            "Every call will be executed, but answered with 503 Service Unavailable.",
            [503, 503],
        ),
    ],
)
def test_calls_fail_as_asked(world, name, values, done, statuses):
    assert world.fault(name, **values) == done
    assert [world.get_me() for _ in statuses] == statuses


@pytest.mark.parametrize(("name", "values"), [("drop", {"method": "getMe"}), ("truncate", {})])
def test_connections_break(world, name, values):
    assert "cut off" in world.fault(name, **values)
    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        world.get_me()
    assert world.get_me() == 200


def test_what_waits_and_what_was_hit_is_listed(world):
    world.fault("status", method="getMe", bot=str(world.account.id), n=2)
    world.fault("lose_response", forever=True)
    world.get_me()
    found = world.http.get("telegram/faults", n=1, timeout=30)
    assert found["waiting"] == [
        {
            "fault": "status",
            "method": "getMe",
            "bot": "hello_bot",
            "left": 1,
            "text": "the next call of getMe by @hello_bot will be answered with 503 Service "
            "Unavailable",
        },
        {
            "fault": "lose_response",
            "method": "",
            "bot": "",
            "left": None,
            "text": "every response of a webhook will be lost",
        },
    ]
    (hit,) = found["hits"]
    assert found["hit_count"] == 1 and (hit["bot"], hit["method"]) == ("hello_bot", "getMe")
    with pytest.raises(RefusalError, match="1 of 2 requests were hit") as caught:
        world.http.get("telegram/faults", n=2, timeout=0)
    assert caught.value.status == 504
    assert world.fault("clear") == "All faults have ended."
    assert found["up"] is True
    assert world.http.get("telegram/faults", timeout=0)["waiting"] == []


def test_the_faults_of_one_bot_end(world):
    world.telegram.new_bot("Other bot", "other_bot")
    for bot in ("hello_bot", "other_bot", None):
        world.fault("drop", **({"bot": bot} if bot else {}))
    words = "The faults of @hello_bot have ended; those of all bots continue."
    assert world.fault("clear", bot="hello_bot") == words
    waiting = world.http.get("telegram/faults", timeout=0)["waiting"]
    assert [one["bot"] for one in waiting] == ["other_bot", ""]
    with pytest.raises(RefusalError, match="nobody is called 'nobody_bot'"):
        world.fault("clear", bot="nobody_bot")


def test_clear_says_that_telegram_is_still_down(world):
    world.fault("stop")
    down = "Telegram is still down; `start` it."
    assert world.fault("clear") == f"All faults have ended. {down}"
    assert world.fault("clear", bot="hello_bot").endswith(down)
    assert world.http.get("telegram/faults", timeout=0)["up"] is False
    world.fault("start")
    assert world.fault("clear") == "All faults have ended."


def test_the_trace_of_a_message_says_what_a_fault_did(world):
    viktor = world.telegram.person("Viktor")
    viktor.send("/start", to=world.account)
    world.fault("status", status=504, method="sendMessage", executed=True)
    values = urlencode({"chat_id": viktor.id, "text": "hello"})
    address = f"{world.telegram.url}/bot{world.account.token}/sendMessage?{values}"
    with pytest.raises(urllib.error.HTTPError, match="504") as caught:
        urllib.request.urlopen(address, timeout=10)
    caught.value.close()
    place = {"from": "Viktor", "to": "hello_bot", "message": 2}
    (called,) = world.http.get("telegram/trace", **place)["calls"]
    assert called["result"]["text"] == "hello" and called["error"] == ""
    assert called["fault"] == (
        "a fault of this sandbox: its sendMessage was executed, but answered with 504 Gateway "
        "Timeout"
    )


def test_the_server_goes_down_and_comes_up(world):
    assert world.fault("stop").startswith("Telegram went down")
    with pytest.raises(urllib.error.URLError, match="refused"):
        world.get_me()
    assert world.fault("start") == "Telegram is up, at the same address as before."
    assert world.get_me() == 200
    assert "up again 0 s later" in world.fault("restart")
    assert world.get_me() == 200
    world.fault("restart", down=60)
    with pytest.raises(urllib.error.URLError, match="refused"):
        world.get_me()


@pytest.mark.parametrize(
    ("name", "values", "status", "said"),
    [
        ("explode", {}, 400, "'fault' must be one of status, delay, drop"),
        (
            "status",
            {"status": 200},
            400,
            "'status' must be a whole number from 400 to 599; found 200",
        ),
        ("status", {"methd": "getMe"}, 400, "no field 'methd'; did you mean 'method'?"),
        ("drop", {"n": 0}, 400, "'n' must be a whole number from 1 to 1000; found 0"),
        ("drop", {"method": "getMee"}, 400, "Telegram has no method 'getMee'"),
        ("drop", {"bot": "nobody_bot"}, 404, "nobody is called 'nobody_bot'"),
        ("truncate", {"executed": False}, 400, "no field 'executed'"),
        (
            "delay",
            {"seconds": "long"},
            400,
            "'seconds' must be a number from 0 to 60; found 'long'",
        ),
    ],
)
def test_a_wrong_fault_is_refused_and_changes_nothing(world, name, values, status, said):
    with pytest.raises(RefusalError) as caught:
        world.fault(name, **values)
    assert caught.value.status == status and said in caught.value.said
    assert world.get_me() == 200
