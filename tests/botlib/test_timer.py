"""The events of two clouds' timers, and what must not pass for one."""

import json
import time

import pytest
from events import SHAPES, event
from hypothesis import given
from hypothesis import strategies as st

from botlib.bot import TryAgain
from botlib.store.memory import MemoryStore
from botlib.timer import TimerCall, read_timer_event, timer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OF_SCHEDULER = {
    "version": "0",
    "id": "5d5a0e8c",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "account": "000000000000",
    "time": "2026-11-27T06:00:00Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:scheduler:eu-central-1:000000000000:schedule/default/morning"],
    "detail": "{}",
}


def of_yandex(payload="tea", **metadata):
    known = {
        "event_id": "a1s41g2n5g0o",
        "event_type": "yandex.cloud.events.serverless.triggers.TimerMessage",
        "created_at": "2019-12-04T12:05:14.227761Z",
    }
    details = {"trigger_id": "a1sfe084v4se", "payload": payload}
    return {"messages": [{"event_metadata": known | metadata, "details": details}]}


class Context:
    """What AWS tells a function about a call."""

    def __init__(self, request_id="one"):
        self.aws_request_id = request_id

    def get_remaining_time_in_millis(self):
        return 2500


@pytest.mark.parametrize("source", ["aws.scheduler", "aws.events"])
def test_an_event_of_eventbridge_has_a_time_and_no_payload(source):
    call = read_timer_event(OF_SCHEDULER | {"source": source}, Context())
    assert call == TimerCall(None, "2026-11-27T06:00:00Z", call.id, 2.5)
    again = read_timer_event(OF_SCHEDULER | {"source": source, "id": "of another attempt"})
    tomorrow = read_timer_event(OF_SCHEDULER | {"source": source, "time": "2026-11-28T06:00:00Z"})
    assert again.id == call.id != tomorrow.id


def test_an_event_of_yandex_cloud_has_a_text_and_an_id():
    call = read_timer_event(of_yandex(), Context())
    assert call == TimerCall("tea", "2019-12-04T12:05:14.227761Z", "a1s41g2n5g0o", 2.5)
    assert read_timer_event(of_yandex("")).payload is None


@given(JSON)
def test_a_payload_of_your_own_is_given_as_it_is(payload):
    name = {"httpMethod", "requestContext", "messages", "Records", "detail-type"}
    if isinstance(payload, dict) and name & payload.keys():
        return
    call = read_timer_event(payload, Context("seven"))
    assert (call.payload, call.id) == (payload, "seven")


@pytest.mark.parametrize("time", [None, "07:00", "every day at seven", 7, "2026-11-27"])
def test_a_time_that_the_scheduler_has_not_written_is_no_identity(time):
    """The same payload comes each day: the second day's call must not count as a repetition."""
    first, second = (read_timer_event({"time": time}, Context(day)) for day in ("one", "two"))
    assert first.id != second.id and first.time == ""


def test_two_schedules_of_the_same_minute_are_two_calls():
    due = {"time": "2026-11-27T06:00:00Z"}
    anna, viktor = (read_timer_event(due | {"chat": chat}) for chat in (1, 2))
    assert anna.id != viktor.id


def never(call):
    raise AssertionError(f"called with {call}")


NOT_OF_A_TIMER = {
    **{shape: event(shape, headers={"Content-Type": "application/json"}, body=b"{}")
       for shape in SHAPES},
    "a forged method": {"httpMethod": "POST"} | of_yandex(),
    "another trigger": of_yandex(event_type="yandex.cloud.events.messagequeue.QueueMessage"),
    "two messages": {"messages": of_yandex()["messages"] * 2},
    "no messages": {"messages": []},
    "messages without a type": {"messages": [{"details": {"payload": "tea"}}]},
    "messages that are none": {"messages": "tea"},
    "a storage": {"Records": [{"eventSource": "aws:s3"}]},
    "another source": {"detail-type": "EC2 State-change Notification", "source": "aws.ec2"},
}  # fmt: skip


@pytest.mark.parametrize("event", NOT_OF_A_TIMER.values(), ids=NOT_OF_A_TIMER)
def test_another_event_is_refused_logged_and_not_retried(event, caplog):
    answer = timer(never)(event, Context())
    assert answer["statusCode"] == 400
    assert "Expected the event of EventBridge Scheduler" in json.loads(answer["body"])["error"]
    assert "a call was refused" in caplog.text


@given(JSON, st.sampled_from(SHAPES))
def test_nothing_that_is_sent_by_http_passes_for_a_timers_event(forged, shape):
    body = json.dumps(forged).encode()
    assert timer(never)(event(shape, body=body), Context())["statusCode"] == 400
    body = json.dumps(of_yandex()).encode()
    query = {"integration": "raw", "messages": json.dumps(of_yandex()["messages"])}
    sent = event(shape, body=body, headers={"messages": "1"}, query=query)
    assert timer(never)(sent, Context())["statusCode"] == 400


@given(JSON)
def test_whatever_is_in_messages_nothing_fails(inside):
    answer = timer(lambda call: None)({"messages": inside}, Context())
    assert answer["statusCode"] == 400
    timer(lambda call: None)(of_yandex() | {"messages": [inside]}, Context())


def test_a_repeated_call_does_nothing_and_the_next_days_does():
    calls = []
    handler = timer(lambda call: calls.append(call.time))
    for due in ("2026-11-27T06:00:00Z", "2026-11-27T06:00:00Z", "2026-11-28T06:00:00Z"):
        assert handler(OF_SCHEDULER | {"time": due}, Context())["statusCode"] == 200
    assert calls == ["2026-11-27T06:00:00Z", "2026-11-28T06:00:00Z"]


def test_a_call_without_an_identity_is_always_done():
    calls = []
    handler = timer(calls.append)
    assert [handler("tea")["statusCode"] for _ in range(2)] == [200, 200]
    assert [call.payload for call in calls] == ["tea", "tea"]


def test_a_failed_call_is_done_again():
    tries = []

    def fail_once(call):
        tries.append(call)
        if len(tries) == 1:
            raise ValueError("not yet")

    handler = timer(fail_once)
    with pytest.raises(ValueError, match="not yet"):
        handler(of_yandex(), Context())
    assert handler(of_yandex(), Context())["statusCode"] == 200
    assert handler(of_yandex(), Context())["statusCode"] == 200
    assert len(tries) == 2


def test_instances_that_share_a_store_do_it_once_and_ask_for_a_retry_meanwhile():
    store, calls = MemoryStore(), []

    def work(call):
        with pytest.raises(TryAgain, match="another instance"):
            other(of_yandex(), Context())
        calls.append(call)

    one, other = timer(work, store), timer(never, store)
    one(of_yandex(), Context())
    assert other(of_yandex(), Context())["statusCode"] == 200
    assert len(calls) == 1


def test_when_the_time_limit_of_the_first_is_over_another_instance_does_it(monkeypatch):
    store, now, calls = MemoryStore(), time.time, []
    other = timer(calls.append, store)

    def work(call):
        with pytest.raises(TryAgain, match="another instance"):
            other(of_yandex(), Context())
        monkeypatch.setattr(time, "time", lambda: now() + 3)
        other(of_yandex(), Context())

    timer(work, store)(of_yandex(), Context())
    assert len(calls) == 1
