"""Faults on request: what a client sees, what was executed, and what the sandbox says about it."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import wait_until
from webhook_hook import Hook

from bot_sandbox.http.messages import Request
from bot_sandbox.telegram import NoReply, Telegram, TelegramError
from bot_sandbox.telegram.in_memory import InMemoryTelegram

BROKEN = (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionResetError)


class World:
    """A Telegram, a bot and a person who has written to it."""

    def __init__(self, telegram):
        self.telegram, self.faults = telegram, telegram.faults
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self.viktor = telegram.person("Viktor")
        self.asked = self.viktor.send("!hello", to=self.account)

    def request(self, target, values=None, patience=10):
        """The status, the headers and the body that a client gets."""
        connection = http.client.HTTPConnection("127.0.0.1", self.telegram.port, timeout=patience)
        try:
            body, headers = json.dumps(values or {}), {"Content-Type": "application/json"}
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def call(self, method, account=None, patience=10, **values):
        """The status and the JSON of a call."""
        token = (account or self.account).token
        status, _, body = self.request(f"/bot{token}/{method}", values, patience)
        return status, json.loads(body)

    def say(self, text="hello", patience=10):
        return self.call("sendMessage", patience=patience, chat_id=self.viktor.id, text=text)[0]

    @property
    def next_id(self):
        return self.account._updates.pending()[-1].id + 1

    @property
    def said(self):
        return [message.text for message in self.viktor.inbox]


@pytest.fixture
def world():
    with Telegram(limits=None, retry_scale=0.001) as telegram:
        yield World(telegram)


# What a client sees


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Bad Request: chat not found"),
        (401, "Unauthorized"),
        (403, "Forbidden: bot was blocked by the user"),
        (404, "Not Found"),
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (504, "Gateway Timeout"),
        (599, "Unknown Status"),
    ],
)
def test_a_status_comes_in_telegrams_words_once(world, status, words):
    world.faults.status(status, "sendMessage")
    refusal = {"ok": False, "error_code": status, "description": words}
    assert world.call("sendMessage", chat_id=world.viktor.id, text="one") == (status, refusal)
    assert world.say("two") == 200
    assert world.said == ["two"]


def test_429_has_retry_after_in_the_body_and_in_the_header(world):
    world.faults.status(429, retry_after=3)
    status, headers, body = world.request(f"/bot{world.account.token}/getMe")
    assert status == 429 and headers["Retry-After"] == "3"
    assert json.loads(body) == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }


def test_429_has_a_second_by_default_and_none_on_request(world):
    world.faults.status(429)
    world.faults.status(429, retry_after=0)
    assert world.call("getMe")[1]["parameters"] == {"retry_after": 1}
    world.telegram.clock.advance(1)
    assert "parameters" not in world.call("getMe")[1]


def test_a_bot_that_asks_before_retry_after_is_refused_again_with_the_rest(world):
    fault = world.faults.status(429, "sendMessage", retry_after=30)
    anna = world.telegram.new_bot("Anna's bot", "anna_bot")
    assert world.call("sendMessage", chat_id=world.viktor.id, text="one")[0] == 429
    world.telegram.clock.advance(20)
    status, refusal = world.call("sendMessage", chat_id=world.viktor.id, text="too soon")
    assert status == 429
    assert refusal["parameters"]["retry_after"] <= 10
    assert refusal["description"].endswith(f"retry after {refusal['parameters']['retry_after']}")
    assert world.call("getMe")[0] == 200  # another method
    assert (
        "chat not found" in world.call("sendMessage", anna, chat_id=1, text="x")[1]["description"]
    )
    world.telegram.clock.advance(10)
    assert world.say("in time") == 200
    assert world.said == ["in time"]
    assert len(fault.hits) == 2


def test_the_pause_of_a_429_ends_with_its_fault(world):
    fault = world.faults.status(429, "sendMessage", retry_after=1000)
    other = world.faults.status(429, "getMe", retry_after=1000)
    assert world.say() == 429 and world.call("getMe")[0] == 429
    fault.clear()
    assert world.say() == 200
    assert world.call("getMe")[0] == 429 and len(other.hits) == 2
    world.faults.clear(world.account)  # its pause ends, though the fault is for all bots
    assert world.call("getMe")[0] == 200


def test_a_status_may_have_other_words(world):
    world.faults.status(400, description="Bad Request: not enough rights")
    assert world.call("getMe")[1]["description"] == "Bad Request: not enough rights"


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("name", ["drop", "html", "status"])
def test_a_call_is_executed_or_not(world, name, executed):
    fault = getattr(world.faults, name)(method="sendMessage", executed=executed)
    if name == "drop":
        with pytest.raises(BROKEN):
            world.say("one")
    else:
        status, headers, body = world.request(
            f"/bot{world.account.token}/sendMessage", {"chat_id": world.viktor.id, "text": "one"}
        )
        assert status == {"html": 502, "status": 503}[name]
        assert headers.get_content_type() == {"html": "text/html"}.get(name, "application/json")
        assert body.startswith(b"<html>") == (name == "html")
    assert world.said == (["one"] if executed else [])
    assert [hit.method for hit in fault.hits] == ["sendMessage"]
    assert world.say("two") == 200


def test_half_of_the_json_arrives(world):
    world.faults.truncate("sendMessage")
    with pytest.raises(http.client.IncompleteRead) as caught:
        world.say("one")
    half, rest = caught.value.partial, caught.value.expected
    assert half.startswith(b'{"ok":true') and abs(len(half) - rest) <= 1
    assert world.said == ["one"]


def test_a_page_may_have_any_status(world):
    world.faults.html(200)
    status, headers, body = world.request(f"/bot{world.account.token}/getMe")
    assert (status, headers.get_content_type()) == (200, "text/html") and b"Log in" in body


def test_a_delay_ends_when_the_client_leaves_and_the_call_is_not_executed(world):
    slow = world.faults.delay(60, "sendMessage")
    with pytest.raises(TimeoutError):
        world.say("one", patience=2)
    slow.wait()
    assert world.say("two") == 200
    assert world.said == ["two"]


def test_a_delay_after_the_call_leaves_it_executed(world):
    world.faults.delay(60, "sendMessage", executed=True)
    with pytest.raises(TimeoutError):
        world.say("one", patience=2)
    assert world.said == ["one"]


def test_a_delay_and_another_fault_come_together(world):
    world.faults.status(504)
    slow = world.faults.delay(0.01)
    assert world.say() == 504
    assert len(slow.hits) == 1


# Which requests


def test_a_fault_hits_one_method_of_one_bot_n_times(world):
    other = world.telegram.new_bot("Other bot", "other_bot")
    world.faults.status(500, "GETCHAT", bot="@hello_bot", n=2)

    def statuses():
        chat = {"chat_id": world.viktor.id}
        own = [world.call(method, **chat)[0] for method in ("getchat", "getMe")]
        return [*own, world.call("getMe", other)[0]]

    assert [statuses() for _ in range(3)] == [[500, 200, 200]] * 2 + [[200, 200, 200]]


def test_a_fault_lasts_until_it_is_cleared(world):
    one, other = world.faults.status(500, "getMe", forever=True), world.faults.drop(forever=True)
    assert [world.call("getMe")[0] for _ in range(3)] == [500] * 3
    one.clear()
    with pytest.raises(BROKEN):
        world.call("getMe")
    assert world.faults.active == [other]
    world.faults.clear()
    assert world.call("getMe")[0] == 200 and world.faults.active == []


def test_the_oldest_fault_comes_first(world):
    for status in (500, 502, 503):
        world.faults.status(status, n=2 if status == 500 else 1)
    assert [world.call("getMe")[0] for _ in range(5)] == [500, 500, 502, 503, 200]


def test_a_file_can_fail(world):
    photo = world.viktor.document(b"some bytes", "notes.txt", to=world.account)
    file_id = photo.file.file_id
    path = world.call("getFile", file_id=file_id)[1]["result"]["file_path"]
    target = f"/file/bot{world.account.token}/{path}"
    world.faults.status(503, "file")
    world.faults.truncate("file")
    assert world.request(target)[0] == 503
    with pytest.raises(http.client.IncompleteRead):
        world.request(target)
    assert world.request(target)[2] == b"some bytes"


def test_a_test_may_call_telegram_itself_under_all_faults(world):
    world.faults.status(500, forever=True)
    assert world.telegram.call(world.account, "getMe")["username"] == "hello_bot"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda faults: faults.status(500, "sendMesage"), "no method 'sendMesage'"),
        (lambda faults: faults.status(200), "400 to 599; found 200"),
        (lambda faults: faults.status(429, retry_after=-1), "at least 0; found -1"),
        (lambda faults: faults.html(199), "200 to 599; found 199"),
        (lambda faults: faults.drop(n=0), "at least one request; found n=0"),
        (lambda faults: faults.delay(-1), "at least 0; found -1"),
        (lambda faults: faults.delay(float("nan")), "found nan"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(world, make, words):
    with pytest.raises(ValueError, match=words):
        make(world.faults)
    assert world.faults.active == []


def test_a_fault_of_an_unknown_or_foreign_bot_is_refused(world):
    with pytest.raises(KeyError, match="there are @hello_bot"):
        world.faults.drop(bot="nobody_bot")
    with Telegram() as other, pytest.raises(ValueError, match="belongs to another Telegram"):
        world.faults.drop(bot=other.new_bot("Hello bot", "hello_bot"))


# Down and up


def test_servers_go_down_and_come_up_at_the_same_address_with_all_they_knew(world):
    world.say("one")
    world.faults.stop()
    with pytest.raises(ConnectionRefusedError):
        world.say("two")
    world.viktor.send("are you there?", to=world.account)
    world.faults.stop()  # it is down already
    world.faults.start()
    world.faults.start()
    assert world.say("three") == 200
    texts = [update["message"]["text"] for update in world.call("getUpdates")[1]["result"]]
    assert texts == ["!hello", "are you there?"] and world.said == ["one", "three"]


def test_a_restart_ends_waiting_questions(world):
    ended = threading.Event()

    def poll():
        with pytest.raises(BROKEN):
            world.call("getUpdates", patience=60, offset=world.next_id, timeout=50)
        ended.set()

    threading.Thread(target=poll, daemon=True).start()
    wait_until(lambda: world.account.is_polled)
    world.faults.restart()
    assert ended.wait(10)
    assert world.call("getMe")[0] == 200


def test_a_restart_takes_as_long_as_it_is_told_by_the_clock(world):
    world.faults.restart(down_s=3600)
    with pytest.raises(ConnectionRefusedError):
        world.say()
    world.telegram.clock.advance(3600)
    wait_until(lambda: world.telegram._world.up)
    assert world.say() == 200


def test_a_restart_brings_nothing_up_that_was_stopped_meanwhile(world):
    world.faults.restart(down_s=3600)
    world.faults.restart(down_s=7200)
    world.telegram.clock.advance(3601)
    with pytest.raises(ConnectionRefusedError):
        world.say()
    world.faults.stop()
    world.telegram.clock.advance(7200)
    with pytest.raises(ConnectionRefusedError):
        world.say()
    world.faults.start()
    assert world.say() == 200


def test_many_may_stop_and_restart_it_at_once(world):
    with ThreadPoolExecutor(8) as many:
        for _ in range(10):
            ended = [many.submit(act) for act in [world.faults.stop, world.faults.restart] * 4]
            for each in ended:
                each.result()
    world.faults.start()
    assert world.say() == 200


def test_a_telegram_that_is_down_can_be_closed():
    telegram = Telegram()
    telegram.faults.stop()
    telegram.close()
    Telegram(port=telegram.port).close()  # its port is free again


# Webhooks


@pytest.fixture
def hook(world):
    with Hook() as hook:
        world.telegram.call(world.account, "setWebhook", url=hook.url)
        yield hook


def reply(world):
    call = {"method": "sendMessage", "chat_id": world.viktor.id, "text": "hello"}
    return lambda update: (200, call)


def test_a_lost_response_brings_the_update_again(world, hook):
    world.telegram.wait_deliveries(world.account)
    hook.answer = reply(world)
    lost = world.faults.lose_response()
    asked = world.viktor.send("again", to=world.account)
    attempts = world.telegram.wait_deliveries(world.account, 2, asked)
    lost_by = "Connection reset by peer, lost by a fault of this sandbox"
    assert str(attempts[0]) == f"attempt 1: {lost_by}" and attempts[1].error == ""
    assert world.account._webhook.last_error_message == "Connection reset by peer"  # as outside
    assert hook.texts == ["!hello", "again", "again"]
    assert world.said == ["hello"]  # the lost response said nothing
    assert [hit.text for hit in lost.hits] == [
        "a fault of this sandbox: its webhook's response was lost"
    ]


def test_a_status_refuses_a_call_in_a_webhooks_response_and_the_bot_hears_nothing(world, hook):
    world.telegram.wait_deliveries(world.account)
    hook.answer = reply(world)
    world.faults.status(429, "sendMessage")
    asked = world.viktor.send("again", to=world.account)
    (attempt,) = world.telegram.wait_deliveries(world.account, 1, asked)
    assert attempt.reply == "its reply was refused: Too Many Requests: retry after 1"
    assert world.said == []


def test_no_webhook_is_called_while_the_server_is_down(world, hook):
    world.telegram.wait_deliveries(world.account)
    world.faults.stop()
    asked = world.viktor.send("late", to=world.account)
    world.telegram.clock.advance(3600)
    assert hook.texts == ["!hello"]
    world.faults.start()
    world.telegram.wait_deliveries(world.account, 1, asked)
    assert hook.texts == ["!hello", "late"]


def test_an_update_in_a_webhooks_hands_comes_again_after_the_server_went_down(world, hook):
    world.telegram.wait_deliveries(world.account)
    asked_for, answered = threading.Event(), threading.Event()

    def slow(update):
        asked_for.set()
        answered.wait(10)
        return 200, ""

    hook.answer = slow
    asked = world.viktor.send("slow", to=world.account)
    assert asked_for.wait(10)
    world.faults.stop()
    answered.set()
    world.telegram.wait_deliveries(world.account, 1, asked)
    world.faults.start()
    attempts = world.telegram.wait_deliveries(world.account, 2, asked)
    assert [attempt.error for attempt in attempts] == ["Webhook connection closed", ""]


# What the sandbox says


def no_reply(world, timeout=0.01):
    with pytest.raises(NoReply) as caught:
        world.viktor.ask("!hello", timeout=timeout)
    return str(caught.value)


def test_a_test_can_wait_until_a_fault_was_used(world):
    fault = world.faults.status(500, "sendMessage", n=2)
    threading.Thread(target=lambda: [world.say() for _ in range(2)], daemon=True).start()
    assert [hit.bot for hit in fault.wait(2)] == ["hello_bot"] * 2
    assert world.faults.wait(2) == fault.hits == world.faults.hits
    with pytest.raises(NoReply, match=r"2 of 3 requests were hit within 0.01 s\.\nFaults .*: none"):
        fault.wait(3, timeout=0.01)


def test_silence_is_explained_by_the_fault_and_not_blamed_on_the_bot(world):
    world.faults.status(429, "sendMessage", retry_after=3, n=2)
    offset = world.next_id

    def bot():
        updates = world.call("getUpdates", offset=offset, timeout=10)[1]["result"]
        for _ in updates * 2:
            world.say()

    thread = threading.Thread(target=bot)
    thread.start()
    text = no_reply(world, timeout=3)
    thread.join()
    told = "A fault of this sandbox: its sendMessage was answered with 429 Too Many Requests"
    assert f"{told}: retry after 3 (2 times)." in text
    assert "Its sendMessage was refused" not in text


def test_a_fault_in_getupdates_explains_silence_too(world):
    world.faults.drop("getUpdates", forever=True)
    for _ in range(2):
        with pytest.raises(BROKEN):
            world.call("getUpdates")
    told = "A fault of this sandbox: its getUpdates was cut off without an answer (2 times)."
    assert told in no_reply(world)
    with pytest.raises(NoReply) as caught:
        world.viktor.wait(timeout=0.01)
    assert told in str(caught.value)


def test_silence_of_a_server_that_is_down_is_explained(world):
    world.faults.stop()
    text = no_reply(world)
    assert "This Telegram is down, by the fault stop" in text
    assert "setWebhook" not in text and "Found" not in text
    with pytest.raises(NoReply, match=r"s\.\nThis Telegram is down, by the fault stop[^\n]*$"):
        world.viktor.wait(timeout=0.01)


def test_the_log_of_calls_shows_what_a_fault_did(world):
    world.faults.status(500, "sendMessage")
    world.faults.drop("sendMessage", executed=True)
    world.say("one")
    with pytest.raises(BROKEN):
        world.say("two")
    world.say("three")
    refused, cut_off, fine = world.account.calls
    assert refused.error == refused.fault and "answered with 500" in refused.fault
    assert refused.arguments["text"] == "one" and refused.result is None
    assert cut_off.error == "" and cut_off.result["text"] == "two"
    assert cut_off.fault.endswith("its sendMessage was executed, but cut off without an answer")
    assert fine.fault == ""


# In memory


def test_faults_without_a_socket_work_in_memory_and_the_others_say_why_not():
    with InMemoryTelegram(sender=None) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        request = Request("POST", f"/bot{account.token}/getMe", [])

        def status():
            return telegram._runner.run(telegram.handle(request)).status

        fault = telegram.faults.status(500, n=2)
        telegram.faults.html(502)
        telegram.faults.delay(0.01)
        assert [status() for _ in range(4)] == [500, 500, 502, 200]
        assert len(fault.wait(2)) == 2
        assert len(telegram.faults.wait(4)) == 4
        faults = telegram.faults
        for needs in (faults.drop, faults.truncate, faults.stop, faults.start, faults.restart):
            with pytest.raises(RuntimeError, match=r"runs in memory .* use Telegram\(\)"):
                needs()
        with pytest.raises(TelegramError):
            telegram.call("1:wrong", "getMe")
