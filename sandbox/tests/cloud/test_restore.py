"""A cloud returns to a snapshot: functions, logs, bills and timers are as they were."""

import gc
import json
import random
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import BOTH_STARTS, POSIX, marked, wait_until

from bot_sandbox import Cloud, FunctionError
from bot_sandbox.window.cloud import CloudView

COUNTER = """import sys
calls = 0
print("loaded", file=sys.stderr)


def handler(event, context):
    global calls
    calls += 1
    print("call", calls)
    if event == "fail":
        raise ValueError("as you like")
    return [VERSION, calls]
"""


@pytest.fixture
def cloud():
    with Cloud() as made:
        yield made


@pytest.fixture
def folder(tmp_path):
    def write(version):
        (tmp_path / "main.py").write_text(COUNTER.replace("VERSION", str(version)))
        return tmp_path

    return write


def until_last_report(lines):
    """A log without what a function prints that is being loaded again for a snapshot."""
    return lines[
        : max((n for n, line in enumerate(lines, 1) if line.startswith("REPORT ")), default=0)
    ]


def known(cloud):
    """Everything that a cloud shows, but for the end of instances, which is real."""

    def read():
        return {
            function.name: (
                *(function, function.url, function.revision, function.deployed),
                *(until_last_report(function.logs), function.invocations),
                *(function.throttled, function.meter),
                [(one.number, one.pid, one.started, one.ready) for one in function.instances],
                function.calls,
            )
            for function in cloud.functions()
        }, [(timer, timer.next, timer.fired) for timer in cloud.timers()]

    return cloud._runner.do(read)


def copies(cloud):
    return sorted(path.name for path in cloud.folder.iterdir())


@BOTH_STARTS
def test_functions_logs_and_timers_return_and_every_instance_starts_cold(cloud, folder, start):
    kept = cloud.deploy("kept", folder(1), start=start)
    gone = cloud.deploy("replaced", folder(1), start=start)
    assert kept.invoke() == gone.invoke() == [1, 1]
    timer = cloud.timer("morning", kept, "cron(0 8 * * ? *)")
    before, started = known(cloud), cloud.snapshot()
    for _ in range(2):
        assert kept.invoke()[0] == 1
        with pytest.raises(FunctionError, match="as you like"):
            kept.invoke("fail")
        new = cloud.deploy("replaced", folder(2), start=start)
        assert new.invoke() == [2, 1]
        cloud.deploy("added", folder(3))
        timer.delete()
        cloud.timer("evening", kept, "cron(0 20 * * ? *)")
        cloud.restore(started)
        assert known(cloud) == before
        assert {one.state for one in kept.instances + gone.instances} == {"stopped"}
        assert kept.instances[-1].why == "restored"
        for function in (kept, gone):
            assert json.load(urllib.request.urlopen(function.url, timeout=20)) == [1, 1]
            assert function.invoke() == [1, 2]
            assert function.invocations[-2].cold and not function.invocations[-1].cold
            assert function.invocations[-2].snapshot == (start == "snapshot")
        with pytest.raises(
            KeyError, match="there is no function 'added'; deployed: kept, replaced"
        ):
            cloud.invoke("added")
    cloud.restore(started)
    assert known(cloud) == before
    cloud.reset()
    assert known(cloud) == ({}, [])
    cloud.restore(started)
    assert known(cloud) == before and gone.invoke() == [1, 1]


OPERATIONS = {
    "call": lambda cloud, name, folder: cloud.invoke(name),
    "fail": lambda cloud, name, folder: cloud.invoke(name, "fail"),
    "deploy": lambda cloud, name, folder: cloud.deploy(name, folder(7)),
    "fork": lambda cloud, name, folder: cloud.deploy(name, folder(8), start="snapshot"),
    "timer": lambda cloud, name, folder: cloud.timer(name, name, "cron(0 8 * * ? *)"),
    "stop": lambda cloud, name, folder: [timer.stop() for timer in cloud.timers()],
    "reset": lambda cloud, name, folder: cloud.reset(),
}


@POSIX
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_between_a_restore_undoes_it(cloud, folder, seed):
    choose = random.Random(seed)

    def change(times):
        for name in choose.choices(sorted(OPERATIONS), k=times):
            try:
                OPERATIONS[name](cloud, choose.choice("abc"), folder)
            except (FunctionError, KeyError):  # such as a function that does not exist
                continue

    first = cloud.deploy("a", folder(1))
    change(5)
    before, started = known(cloud), cloud.snapshot()
    for _ in range(2):
        change(6)
        cloud.restore(started)
        assert known(cloud) == before
        if first in cloud.functions():
            assert first.invoke() == [1, 1]
    names = {f"{one.name}-{one.revision}" for one in cloud.functions()}
    cloud.restore(started)
    wait_until(lambda: {*copies(cloud)} == names)


SLOW = """import pathlib, time


def handler(event, context):
    pathlib.Path(event["began"]).touch()
    while not pathlib.Path(event["go"]).exists():
        time.sleep(0.005)
    print("late")
    return "ended"
"""


def slow_function(cloud, folder):
    """A function whose calls end when the first of these files exists; they make the second."""
    (folder / "code").mkdir()
    (folder / "code" / "main.py").write_text(SLOW)
    return cloud.deploy("slow", folder / "code", timeout_s=60), folder / "go", folder / "began"


def test_a_call_that_runs_may_end_and_nothing_shows_it(cloud, tmp_path):
    slow, go, began = slow_function(cloud, tmp_path)
    before, started = known(cloud), cloud.snapshot()
    with ThreadPoolExecutor() as callers:
        calls = []
        for number in range(2):
            event = {"go": str(go), "began": f"{began}-{number}"}
            calls.append(callers.submit(slow.invoke, event))
            wait_until((tmp_path / f"began-{number}").exists)
            middle = cloud.snapshot()  # while the call runs
            cloud.restore(started)
            assert known(cloud) == before
        go.touch()
        assert [call.result(60) for call in calls] == ["ended", "ended"]
    assert known(cloud) == before and slow.logs == []
    cloud.restore(middle)
    assert slow.calls == [] and slow.instances[-1].why == "restored"
    assert slow.invoke({"go": str(go), "began": str(began)}) == "ended"


def test_lines_after_a_restore_have_new_numbers(cloud, folder):
    function = cloud.deploy("f", folder(1))
    function.invoke()
    started, kept = cloud.snapshot(), function.logs
    function.invoke()
    (last, _) = function._log_after(0)[-1]
    cloud.restore(started)
    assert function.logs == kept and function._log_after(last) == []
    function.invoke()
    numbers = [number for number, _ in function._log_after(last)]
    assert numbers == list(range(last + 1, last + 1 + len(function.logs) - len(kept)))
    assert [line for _, line in function._log_after(0)] == function.logs


def test_a_timer_skips_what_was_due_and_one_that_was_over_stays_over(cloud, folder):
    function = cloud.deploy("f", folder(1))
    hourly = cloud.timer("hourly", function, "cron(0 * * * ? *)")
    started, due = cloud.snapshot(), hourly.next
    cloud.clock.advance(2 * 3600)
    hourly.wait_fired(2, timeout=20)
    cloud.restore(started)
    assert hourly.fired == [] and function.logs == []
    assert hourly.next >= due + 2 * 3600
    cloud.clock.advance(3600)
    hourly.wait_fired(1, timeout=20)
    assert len(hourly.fired) == 1


def send_event(cloud, name, payload):
    """Call a function with the type Event, as AWS's clients do; nobody waits for it."""
    address = f"http://{cloud.host}:{cloud.port}/2015-03-31/functions/{name}/invocations"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={cloud.key}/",
        "X-Amz-Invocation-Type": "Event",
    }
    body = json.dumps(payload).encode()
    urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20)


def test_a_call_that_waited_to_be_tried_again_waits_again(folder):
    with Cloud(retry_s=(60.0,)) as cloud:
        function = cloud.deploy("f", folder(1))
        send_event(cloud, "f", "fail")
        assert cloud.wait_until(lambda: len(function.invocations) == 1 and not function.calls, 20)
        cloud.clock.advance(0)  # until it waits
        started = cloud.snapshot()
        cloud.reset()
        cloud.restore(started)
        assert len(function.invocations) == 1
        cloud.clock.advance(60)
        assert cloud.wait_until(lambda: len(function.invocations) == 2, 20)
        cloud.restore(started)  # it is due already
        assert cloud.wait_until(lambda: len(function.invocations) == 2, 20)
        assert len({one.request_id for one in function.invocations}) == 1


@pytest.mark.parametrize("end", ["reset", "restore"])
def test_a_queued_call_that_runs_may_end_and_leaves_no_instance(cloud, tmp_path, end):
    slow, go, began = slow_function(cloud, tmp_path)
    empty = cloud.snapshot()
    send_event(cloud, "slow", {"go": str(go), "began": str(began)})
    wait_until(began.exists)
    if end == "reset":
        cloud.reset()
    else:
        cloud.restore(empty)
    go.touch()
    wait_until(lambda: marked(cloud._marker) == [] and slow.calls == [])


def test_copies_are_kept_for_a_snapshot_and_no_longer(cloud, folder):
    cloud.deploy("f", folder(1))
    started = cloud.snapshot()
    cloud.deploy("f", folder(2)).invoke()
    cloud.deploy("f", folder(3))
    wait_until(lambda: copies(cloud) == ["f-1", "f-3"])
    cloud.restore(started)
    wait_until(lambda: copies(cloud) == ["f-1"])
    del started
    gc.collect()
    cloud.deploy("f", folder(4))
    wait_until(lambda: copies(cloud) == ["f-4"])


@BOTH_STARTS
def test_no_process_is_left_after_many_restores(folder, start):
    with Cloud() as cloud:
        function = cloud.deploy("f", folder(1), start=start)
        started = cloud.snapshot()
        for _ in range(5):
            assert function.invoke() == [1, 1]
            cloud.restore(started)
        templates = 1 if start == "snapshot" else 0
        wait_until(lambda: len(marked(cloud._marker)) == templates)
        with ThreadPoolExecutor() as callers:
            call = callers.submit(function.invoke)
            cloud.restore(started)
            cloud.restore(started)
            assert call.result(20) == [1, 1]
        cloud.restore(started)
    assert marked(cloud._marker) == []


def test_the_window_shows_only_what_was_there(cloud, folder):
    view, function = CloudView(cloud), cloud.deploy("f", folder(1))
    function.invoke()

    def shown():
        records = cloud._runner.do(lambda: dict(view.records()))
        return {
            name: [entry["ended"] for entry in (records[f"cloud/{name}/f"],)]
            for name in ("function", "calls")
        } | {"pieces": [records[key] for key in records if "/piece/" in key]}

    before, started = shown(), cloud.snapshot()
    for _ in range(2):
        function.invoke()
        assert shown() != before
        cloud.deploy("f", folder(2)).invoke()
        assert shown() != before
        cloud.restore(started)
        assert shown() == before
    function.invoke()
    assert shown()["function"] == [2]


def test_a_snapshot_belongs_to_its_cloud(cloud):
    with Cloud() as other, pytest.raises(ValueError, match="a snapshot of another server"):
        cloud.restore(other.snapshot())
