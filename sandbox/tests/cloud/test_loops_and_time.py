"""A function that calls itself in a loop, and times that the cloud's clock decides."""

import json
import os
import re
from urllib.request import Request, urlopen

import pytest
from cloud_tools import BOTH_STARTS, wait_until

from bot_sandbox.cloud import Cloud
from bot_sandbox.world.clock import Clock

CALLS_ITSELF = """
import json, os, urllib.error, urllib.request

def handler(event, context):
    path = f"/2015-03-31/functions/{context.function_name}/invocations"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/x",
        "X-Amz-Invocation-Type": event["type"],
        "X-Amzn-Trace-Id": os.environ["_X_AMZN_TRACE_ID"] if event["traced"] else "",
    }
    depth = event.get("depth", 1)
    if depth == 20:
        return [depth, "stopped by itself"]
    body = json.dumps(event | {"depth": depth + 1}).encode()
    request = urllib.request.Request(os.environ["CLOUD"] + path, body, headers)
    try:
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        name = error.headers["x-amzn-ErrorType"]
        return [depth, error.code, name, json.loads(error.read())["Message"]]
"""
SAYS = (
    "Lambda has detected your function being invoked in a recursive loop with other AWS resources "
    "and stopped your function's invocation."
)
# A chain needs up to 20 instances; forks of one snapshot cost a quarter.
CHEAP_START = "snapshot" if os.name == "posix" else "plain"
COUNTS = "def handler(event, context):\n    print('called')\n    raise ValueError('no')\n"


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def calls_itself(cloud, tmp_path):
    (tmp_path / "main.py").write_text(CALLS_ITSELF)

    def deploy(name="loop", **settings):
        own = {"CLOUD": f"http://127.0.0.1:{cloud.port}"}
        settings = {"timeout_s": 900, "concurrency": 30, "start": CHEAP_START} | settings
        return cloud.deploy(name, tmp_path, environment=own, **settings)

    return deploy


def test_the_seventeenth_call_of_a_chain_is_refused(calls_itself):
    fn = calls_itself()
    found = fn.invoke({"type": "RequestResponse", "traced": True})
    assert found == [16, 400, "RecursiveInvocationException", SAYS]
    assert len(fn.invocations) == 16
    line = f"[ERROR] RecursiveInvocationException: {SAYS} It ran 16 times in one chain of calls."
    assert fn.logs.count(line) == 1
    again = fn.invoke({"type": "RequestResponse", "traced": True})  # a new chain
    assert again[0] == 16


def test_a_loop_that_waits_for_itself_may_meet_the_concurrency_first(calls_itself):
    found = calls_itself(concurrency=10).invoke({"type": "RequestResponse", "traced": True})
    assert found[:3] == [10, 429, "TooManyRequestsException"]
    found = calls_itself(concurrency=17).invoke({"type": "RequestResponse", "traced": True})
    assert found[:3] == [16, 400, "RecursiveInvocationException"]


@pytest.mark.parametrize(
    "start",
    [CHEAP_START, pytest.param("plain", marks=pytest.mark.slow("16 starts of Python"))],
)
def test_a_loop_of_events_ends_without_an_error(calls_itself, start):
    fn = calls_itself(start=start)
    assert fn.invoke({"type": "Event", "traced": True}) is None
    wait_until(lambda: any("RecursiveInvocationException" in line for line in fn.logs))
    wait_until(lambda: not fn.calls)
    assert len(fn.invocations) == 16
    assert all(call.error is None for call in fn.invocations)


def test_a_chain_that_is_not_passed_on_goes_on(calls_itself):
    found = calls_itself().invoke({"type": "RequestResponse", "traced": False})
    assert found == [20, "stopped by itself"]


@pytest.mark.slow("32 instances")
def test_a_chain_may_lead_through_another_function(cloud, calls_itself, tmp_path):
    """One calls the other, which calls the first one again with a greater depth."""
    main, other = tmp_path / "main.py", tmp_path / "other.py"
    other.write_text(CALLS_ITSELF.replace("{context.function_name}", "first"))
    main.write_text(
        CALLS_ITSELF.replace("{context.function_name}", "second").replace("depth + 1", "depth")
    )
    first, second = calls_itself("first"), calls_itself("second", handler="other.handler")
    found = first.invoke({"type": "RequestResponse", "traced": True})
    assert found[1:] == [400, "RecursiveInvocationException", SAYS]
    assert len(first.invocations) == len(second.invocations) == 16


@pytest.mark.slow("a second runtime")
def test_nodejs_gets_the_chain(cloud, tmp_path):
    (tmp_path / "main.mjs").write_text(
        "export const handler = async () => process.env._X_AMZN_TRACE_ID;\n"
    )
    fn = cloud.deploy("node", tmp_path, runtime="nodejs", memory_mb=256, timeout_s=10)
    one, two = fn.invoke(), fn.invoke()
    assert one != two and one.startswith("Root=1-") and ";Lineage=" in one


def test_a_failed_event_is_retried_after_one_and_two_minutes_of_the_clock(tmp_path):
    (tmp_path / "main.py").write_text(COUNTS)
    clock = Clock()
    with Cloud(clock=clock) as cloud:
        fn = cloud.deploy("fails", tmp_path)
        client = urllib_invoke(cloud, "fails")
        assert client == 202
        for times, wait in (1, 60), (2, 120):
            assert cloud.wait_until(lambda times=times: len(fn.invocations) == times, 20)
            clock.advance(wait)
        assert cloud.wait_until(lambda: len(fn.invocations) == 3, 20)
        clock.advance(7200)
        assert len(fn.invocations) == 3


def urllib_invoke(cloud, name):
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={cloud.key}/x",
        "X-Amz-Invocation-Type": "Event",
    }
    url = f"http://127.0.0.1:{cloud.port}/2015-03-31/functions/{name}/invocations"
    with urlopen(Request(url, b"{}", headers)) as response:
        return response.status


@BOTH_STARTS
def test_an_idle_instance_ends_by_the_clock_and_durations_stay_real(tmp_path, start):
    (tmp_path / "main.py").write_text(
        "import time\ndef handler(event, context):\n    print('at work')\n    time.sleep(event)\n"
    )
    clock = Clock()
    with Cloud(clock=clock) as cloud:
        fn = cloud.deploy("waits", tmp_path, idle_s=3600, timeout_s=60, start=start)
        fn.invoke(0)
        clock.advance(3601)
        fn.wait_stopped(20)
        assert fn.instances[0].why == "idle"
        began = clock.now()
        call = cloud._runner.submit(fn._pool.invoke(b"0.2", "one"))
        assert cloud.wait_until(lambda: fn.logs.count("at work") == 2, 20)
        clock.advance(86400)
        call.result(20)
        assert fn.invocations[-1].duration_ms < 60_000
        assert fn.invocations[-1].end - fn.invocations[-1].start >= 86400
        assert clock.now() - began >= 86400


def test_an_event_says_the_time_of_the_clock(tmp_path):
    (tmp_path / "main.py").write_text(
        "def handler(event, context): return event['requestContext']['timeEpoch']\n"
    )
    clock = Clock()
    with Cloud(clock=clock) as cloud:
        fn = cloud.deploy("time", tmp_path)
        clock.advance(400 * 86400)
        with urlopen(fn.url) as response:
            said = json.loads(response.read()) / 1000
        assert abs(said - clock.now()) < 3600


@pytest.mark.parametrize("root", ["%00", "%0d%0aEvil: 1", "%E2%82%AC", "a" * 7000])
def test_a_forged_trace_begins_a_new_one(cloud, tmp_path, root):
    """The root becomes a header and a variable of the function."""
    (tmp_path / "main.py").write_text(
        "import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n"
    )
    fn = cloud.deploy("traced", tmp_path)
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={cloud.key}/x",
        "X-Amzn-Trace-Id": f"Root={root};Lineage={'0' * 8}:3",
    }
    address = f"http://127.0.0.1:{cloud.port}/2015-03-31/functions/traced/invocations"
    with urlopen(Request(address, b"1", headers)) as response:
        trace = json.load(response)
    found = re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=.*;Lineage=00000000:3\|.*", trace)
    assert found, trace
    assert fn.invoke() != trace
