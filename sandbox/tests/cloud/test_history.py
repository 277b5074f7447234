"""What a live view of the cloud needs: states as they change, calls as they begin, new lines."""

import itertools
import signal
import sys
import threading

import psutil
import pytest
from cloud_tools import BOTH_STARTS, FUNCTIONS, POSIX, wait_until
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.history import Log

PLAIN, HOSTILE = FUNCTIONS / "plain", FUNCTIONS / "hostile"


@pytest.fixture
def cloud():
    with Cloud() as cloud:
        yield cloud


def follow(cloud, fn, is_over):
    """What an instance's states were until something holds; looks only when the bell rings."""
    states = []

    def look():
        for record in fn.instances:
            state = (record.state, record.why)
            if state not in states[-1:]:
                states.append(state)
        return is_over()

    return cloud._runner.submit(cloud._runner.changes.until(look, 20)), states


@BOTH_STARTS
def test_an_instance_is_seen_starting_busy_frozen_and_stopped(cloud, tmp_path, start):
    fn = cloud.deploy("f", PLAIN, handler="main.wait", timeout_s=20, idle_s=0.2, start=start)
    followed, states = follow(cloud, fn, lambda: fn.instances and fn.instances[0].stopped)
    call = cloud._runner.submit(fn._pool.invoke(f'"{tmp_path / "go"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: fn.calls and fn.calls[0].began)
    (under_way,), (record,) = fn.calls, fn.instances
    assert (under_way.request_id, under_way.instance, under_way.cold) == ("call-1", 1, True)
    assert (record.state, record.since) == ("busy", under_way.began)
    assert not fn.invocations
    (tmp_path / "go").touch()
    call.result(20)
    assert not fn.calls and fn.invocations[0].request_id == "call-1"
    assert followed.result()
    assert states == [("starting", ""), ("busy", ""), ("frozen", ""), ("stopped", "idle")]
    assert record.ready <= under_way.began < record.since <= record.stopped


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        ("main.endless", "timeout"),
        ("main.hog", "memory"),
        ("main.exit_at_once", "exit"),
        ("main.nobody", "start"),
    ],
)
def test_a_killed_instance_says_why(cloud, handler, why):
    fn = cloud.deploy("f", HOSTILE, handler=handler, timeout_s=0.5 if why == "timeout" else 20)
    with pytest.raises(FunctionError):
        fn.invoke()
    (record,) = fn.instances
    assert (record.state, record.why) == ("killed", why)
    assert record.since == record.stopped


def test_one_that_ends_while_nobody_calls_is_seen_at_once(cloud):
    fn = cloud.deploy("f", PLAIN, handler="main.count")
    fn.invoke()
    psutil.Process(fn.instances[0].pid).kill()  # it is frozen, and hears nothing gentler
    assert cloud.wait_until(lambda: fn.instances[0].state == "killed")
    assert fn.instances[0].why == "exit"


def test_a_new_deployment_and_the_end_of_the_cloud_are_told_apart(cloud, tmp_path):
    old = cloud.deploy("f", PLAIN, handler="main.echo")
    old.invoke()
    new = cloud.deploy("f", PLAIN, handler="main.wait", timeout_s=20)
    assert cloud.functions() == [new] and new.revision > old.revision
    assert cloud.wait_until(lambda: old.instances[0].stopped)
    assert (old.instances[0].state, old.instances[0].why) == ("stopped", "replaced")
    call = cloud._runner.submit(new._pool.invoke(f'"{tmp_path / "never"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: new.instances and new.instances[0].state == "busy")
    cloud.close()
    with pytest.raises(FunctionError, match="the cloud was closed"):
        call.result(1)
    assert (new.instances[0].state, new.instances[0].why) == ("killed", "closed")


def test_lines_are_there_as_they_come(cloud, tmp_path):
    code = (
        "import pathlib, time\ndef handler(event, context):\n    print('one')\n"
        "    while not pathlib.Path(event).exists():\n        time.sleep(0.005)\n    print('two')\n"
    )
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.py").write_text(code)
    fn = cloud.deploy("f", tmp_path / "code", timeout_s=20)
    call = cloud._runner.submit(fn._pool.invoke(f'"{tmp_path / "go"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: (2, "one") in fn._log_after(0))
    assert fn._log_after(0) == [(1, "START RequestId: call-1 Version: $LATEST"), (2, "one")]
    (tmp_path / "go").touch()
    call.result(20)
    numbers, lines = zip(*fn._log_after(2), strict=True)
    assert numbers == (3, 4, 5)
    assert lines[:2] == ("two", "END RequestId: call-1")
    assert fn._log_after(5) == []


@given(st.lists(st.text(max_size=20), max_size=40), st.integers(0, 50), st.integers(1, 200))
def test_a_follower_gets_each_line_once_and_notices_a_gap(lines, asked, limit):
    log = Log(limit)
    for line in lines:
        log.add(line)
    new = log.after(asked)
    assert log.last == len(lines)
    assert new == list(enumerate(lines, 1))[len(lines) - len(new) :]
    assert all(number > asked for number, _ in new)
    kept = [line for line in log.lines() if not line.endswith("earlier lines dropped)")]
    assert len(new) == min(len(kept), max(0, len(lines) - asked))
    assert all(a + 1 == b for (a, _), (b, _) in itertools.pairwise(new))


def test_a_log_is_read_while_another_thread_writes():
    log, is_over = Log(limit=1_000), threading.Event()

    def write():
        while not is_over.is_set():
            log.add("a line")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20_000):
            log.after(log.last - 5)
    finally:
        is_over.set()
        writer.join()
        sys.setswitchinterval(interval)


@BOTH_STARTS
def test_the_meter_shows_what_the_bill_adds_up(cloud, start):
    fn = cloud.deploy("f", PLAIN, handler="main.echo", memory_mb=512, start=start)
    assert fn.meter.requests == fn.meter.price == 0
    for number in range(3):
        fn.invoke(number)
        bill = fn.bill()
        assert fn.meter.requests == bill.requests == number + 1
        assert fn.meter.gb_seconds == pytest.approx(bill.gb_seconds)
        assert fn.meter.price == pytest.approx(bill.price)
    assert fn.meter.per_second == pytest.approx(0.5 * bill.tariff.gb_second)


def test_a_refused_call_rings_too(cloud, tmp_path):
    fn = cloud.deploy("f", PLAIN, handler="main.wait", concurrency=1, timeout_s=20)
    call = cloud._runner.submit(fn._pool.invoke(f'"{tmp_path / "go"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: fn.calls)
    refused = cloud._runner.submit(cloud._runner.changes.until(lambda: fn.throttled, 20))
    with pytest.raises(FunctionError, match="Rate Exceeded"):
        fn.invoke()
    assert refused.result()
    (tmp_path / "go").touch()
    call.result(20)


@POSIX
def test_an_interrupted_caller_leaves_the_function_at_work(cloud, tmp_path, interruptible):
    fn = cloud.deploy("f", PLAIN, handler="main.wait", concurrency=1, timeout_s=20)

    def interrupt():
        wait_until(lambda: fn.calls and fn.calls[0].began)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        fn.invoke(str(tmp_path / "go"))
    thread.join()
    assert fn.calls and not fn.invocations
    (tmp_path / "go").touch()
    wait_until(lambda: fn.invocations)
    assert fn.invoke(str(tmp_path / "go")) == fn.instances[0].pid
    assert [(each.error, each.cold) for each in fn.invocations] == [(None, True), (None, False)]
