"""Timers call functions by the cloud's clock."""

import json
import time
from datetime import UTC, datetime

import pytest

from bot_sandbox import Cloud
from bot_sandbox.world.clock import Clock

NOTES = """
import json, os, time
def handler(event, context):
    print("event", json.dumps(event))
    while not os.path.exists(os.environ.get("WAITS_FOR", "/")):
        time.sleep(0.01)
    if os.environ.get("FAILS"):
        raise ValueError("not today")
"""
DAY = 86400


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cloud(clock):
    with Cloud(clock=clock) as cloud:
        yield cloud


@pytest.fixture
def deploy(cloud, tmp_path):
    (tmp_path / "main.py").write_text(NOTES)
    return lambda name="notes", **settings: cloud.deploy(name, tmp_path, **settings)


def events(function, times):
    """The events of so many calls; wait for them."""
    runner = function._runner
    assert runner.run(runner.changes.until(lambda: len(function.invocations) == times, 30))
    lines = [line for line in function.logs if line.startswith("event ")]
    return [json.loads(line.removeprefix("event ")) for line in lines]


def utc(seconds, form="%Y-%m-%dT%H:%M:%SZ"):
    return datetime.fromtimestamp(seconds, UTC).strftime(form)


def advance_to_midnight(clock):
    clock.advance(DAY - clock.now() % DAY)


def test_the_event_has_the_clocks_date_and_the_function_the_machines(cloud, clock, tmp_path):
    (tmp_path / "main.py").write_text(
        "import json, time\n"
        "def handler(event, context):\n"
        "    print('event', json.dumps([event['time'], time.time()]))\n"
    )
    fn = cloud.deploy("notes", tmp_path)
    advance_to_midnight(clock)
    began = clock.now()
    timer = cloud.timer("morning", fn, "cron(0 8 * * ? *)")
    clock.advance(3 * DAY)
    timer.wait_fired(3, 30)
    called = events(fn, 3)
    assert [due for due, _ in called] == [utc(began + day * DAY + 8 * 3600) for day in range(3)]
    assert all(abs(seconds - time.time()) < DAY / 2 for _, seconds in called)


def test_what_is_due_is_called_once_each_and_in_order(cloud, clock, deploy):
    fn = deploy()
    advance_to_midnight(clock)
    late = cloud.timer("late", fn, "cron(0 20 * * ? *)")
    early = cloud.timer("early", "notes", "cron(0 8,9 * * ? *)")
    assert cloud.timers() == [early, late]
    clock.advance(2 * DAY)
    early.wait_fired(4, 30)
    late.wait_fired(2, 30)
    assert [utc(due, "%H:%M") for due in early.fired] == ["08:00", "09:00"] * 2
    assert [utc(due, "%H:%M") for due in late.fired] == ["20:00"] * 2
    said = [event["time"][11:16] for event in events(fn, 6)]
    assert said == ["08:00", "09:00", "20:00"] * 2
    assert [call.caller for call in fn.invocations[:3]] == ["timer early"] * 2 + ["timer late"]
    assert len(fn.instances) == 1  # one call after the other
    assert fn.logs.count("[timer] early calls this function") == 4


def test_the_event_of_eventbridge_scheduler(cloud, clock, deploy):
    fn = deploy()
    timer = cloud.timer("good-morning", fn, "cron(0 8 * * ? *)", timezone="Europe/Berlin")
    clock.advance(DAY)
    timer.wait_fired()
    (event,) = events(fn, 1)
    assert event == {
        "version": "0",
        "id": event["id"],
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "000000000000",
        "time": utc(timer.fired[0]),
        "region": "us-east-1",
        "resources": ["arn:aws:scheduler:us-east-1:000000000000:schedule/default/good-morning"],
        "detail": "{}",
    }
    assert event["time"][11:13] in ("06", "07")  # 8 in Berlin, in summer or in winter


def test_a_payload_is_the_whole_event(cloud, clock, deploy):
    fn = deploy()
    payload = {"say": "good morning", "at": "<aws.scheduler.scheduled-time>"}
    timer = cloud.timer("t", fn, "rate(1 hour)", payload=payload)
    timer.wait_fired()  # a rate begins at once
    assert events(fn, 1) == [{"say": "good morning", "at": utc(timer.fired[0])}]
    clock.advance(3600)
    timer.wait_fired(2)
    assert timer.fired[1] - timer.fired[0] == 3600


def test_the_event_of_yandex_cloud(cloud, clock, deploy):
    fn = deploy(events="yandex")
    timer = cloud.timer("t", fn, "0 8 * * ? *", payload="tea")
    clock.advance(DAY)
    timer.wait_fired()
    (message,) = events(fn, 1)[0]["messages"]
    metadata = message["event_metadata"]
    assert metadata["event_type"] == "yandex.cloud.events.serverless.triggers.TimerMessage"
    assert metadata.keys() == {"event_id", "event_type", "created_at", "cloud_id", "folder_id"}
    assert "T08:00:00" in metadata["created_at"]
    assert message["details"] == {"trigger_id": timer.id, "payload": "tea"}
    with pytest.raises(ValueError, match="the payload of a timer of Yandex Cloud is a text"):
        cloud.timer("u", fn, "0 8 * * ? *", payload={"a": 1})


@pytest.mark.parametrize(
    ("kind", "schedule", "waits"),
    [("aws", "cron(0 8 * * ? *)", (60, 120)), ("yandex", "0 8 * * ? *", (10,))],
)
def test_a_failed_call_is_retried_as_in_each_cloud(cloud, clock, deploy, kind, schedule, waits):
    fn = deploy(events=kind, environment={"FAILS": "1"})
    advance_to_midnight(clock)
    cloud.timer("t", fn, schedule)
    clock.advance(8 * 3600 + 1)
    for number, wait in enumerate(waits, 1):
        assert cloud.wait_until(lambda number=number: len(fn.invocations) == number, 30)
        clock.advance(wait)
    first, *others = events(fn, len(waits) + 1)
    assert all(other == first for other in others)
    clock.advance(3600)
    assert len(fn.invocations) == len(waits) + 1
    assert {call.error for call in fn.invocations} == {"ValueError"}


def test_time_that_passes_before_a_failed_call_is_noticed_counts(cloud, clock, deploy, tmp_path):
    """A test that sees a call end may move the clock at once."""
    fn = deploy(environment={"FAILS": "1", "WAITS_FOR": str(tmp_path / "go")})
    advance_to_midnight(clock)
    cloud.timer("t", fn, "cron(0 8 * * ? *)")
    clock.advance(8 * 3600 + 1)
    assert cloud.wait_until(lambda: any("event" in line for line in fn.logs), 30)
    clock.advance(60)
    (tmp_path / "go").touch()
    assert cloud.wait_until(lambda: len(fn.invocations) == 2, 30)


def test_stop_start_and_delete(cloud, clock, deploy):
    fn = deploy()
    timer = cloud.timer("t", fn, "cron(0 * * * ? *)")
    assert timer.is_running and "<Timer t: notes, cron(0 * * * ? *) UTC, next at" in repr(timer)
    timer.stop()
    clock.advance(DAY)
    assert not timer.is_running and timer.fired == []
    timer.start()
    clock.advance(3600)
    timer.wait_fired(1)
    timer.delete()
    assert cloud.timers() == [] and not timer.is_running
    with pytest.raises(RuntimeError, match="was deleted or replaced"):
        timer.start()
    with pytest.raises(TimeoutError, match=r"has fired 1 times after 0.1 s, not 2"):
        timer.wait_fired(2, 0.1)


def test_no_timer_oversleeps_because_the_clock_moved_just_then(cloud, clock, deploy):
    fn = deploy()
    for _ in range(30):
        timer = cloud.timer("t", fn, "rate(1 minute)")
        clock.advance(120)
        timer.wait_fired(3)


def test_the_same_name_replaces_a_timer_and_a_deployment_keeps_it(cloud, clock, deploy):
    fn = deploy()
    old = cloud.timer("t", fn, "cron(0 * * * ? *)")
    new = cloud.timer("t", fn, "at(2999-01-01T00:00:00)")
    assert cloud.timers() == [new]
    clock.advance(2 * 3600)
    assert old.fired == []
    again = cloud.timer("t", fn, "rate(1 day)")
    again.wait_fired()
    newer = deploy()
    clock.advance(DAY)
    again.wait_fired(2)
    assert len(events(newer, 1)) == 1


def test_what_is_wrong_is_said(cloud, deploy):
    fn = deploy()
    with pytest.raises(KeyError, match="there is no function 'nobody'; deployed: notes"):
        cloud.timer("t", "nobody", "rate(1 hour)")
    with pytest.raises(ValueError, match="name must be 1 to 64"):
        cloud.timer("a b", fn, "rate(1 hour)")
    with pytest.raises(ValueError, match="is never due after"):
        cloud.timer("t", fn, "at(2020-01-01T00:00:00)")
    assert cloud.timers() == []
