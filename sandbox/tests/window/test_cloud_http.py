"""The cloud through the window's HTTP: deploy, call, instances, invocations, logs, bill."""

import asyncio
import contextlib
import json
import re
import shlex
import tempfile
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import aiohttp
import pytest
from cloud_tools import FUNCTIONS
from documents import PAGES
from hypothesis import example, given
from hypothesis import strategies as st
from window_http import Http, ask

from bot_sandbox import Cloud, Window
from bot_sandbox.cloud import FunctionError
from bot_sandbox.http.access import KEY_HEADER
from bot_sandbox.window import lanes
from bot_sandbox.window.cloud import CloudView, write_files
from bot_sandbox.window.lanes import SHOW_REPLACED_S, Lanes
from bot_sandbox.window.routes import routes_of

ECHO = "def handler(event, context):\n    print('got', event)\n    return event\n"
HTTP = """import json, time

def handler(event, context):
    if event["rawPath"] == "/wait":
        time.sleep(0.3)
    told = {"method": event["requestContext"]["http"]["method"], "query": event["rawQueryString"]}
    told |= {"body": event.get("body"), "x": event["headers"].get("x-test")}
    return {"statusCode": 201, "headers": {"X-Said": "yes"}, "body": json.dumps(told)}
"""


@pytest.fixture
def cloud():
    with Cloud() as made:
        yield made


@pytest.fixture
def window(cloud):
    with Window(cloud=cloud) as made:
        yield made


@pytest.fixture
def api(window):
    """Ask the window: the status and the answer, as a value."""

    def asked(path, values=None):
        status, text = ask(window, f"/api/cloud/{path}", values)
        return status, json.loads(text)

    return asked


def deploy(api, name, code=ECHO, **settings):
    status, answer = api("deploy", {"name": name, "files": {"main.py": code}} | settings)
    assert status == 200, answer
    return answer


def test_files_are_deployed_and_called_with_an_event(api, cloud):
    made = deploy(api, "echo", memory_mb=256, timeout_s=2, environment={"TOKEN": "secret"})
    assert made["url"] == cloud.function("echo").url
    assert (made["memory_mb"], made["timeout_s"], made["environment"]) == (256, 2.0, ["TOKEN"])
    assert api("functions") == (200, {"functions": [made]})
    status, answer = api("invoke", {"function": "echo", "event": {"n": [1, True, None]}})
    assert (status, answer["result"]) == (200, {"n": [1, True, None]})
    assert answer["id"] == cloud.function("echo").invocations[0].request_id
    assert api("invoke", {"function": "echo"})[1]["result"] is None


def test_a_folder_is_deployed_by_its_path(api, cloud):
    status, made = api(
        "deploy", {"name": "f", "folder": str(FUNCTIONS / "plain"), "handler": "main.count"}
    )
    assert (status, made["handler"]) == (200, "main.count")
    assert api("invoke", {"function": "f"})[1]["result"] == 1


@pytest.mark.parametrize(
    ("file", "values", "expected"),
    [
        ("index.mjs", {}, ("nodejs", "index.handler")),
        ("main.js", {"handler": "main.bot"}, ("nodejs", "main.bot")),
        ("lambda_function.py", {}, ("python", "lambda_function.lambda_handler")),
        ("bot.py", {}, ("python", "main.handler")),
        ("main.py", {"runtime": "nodejs"}, ("nodejs", "main.handler")),
    ],
)
def test_the_files_decide_about_runtime_and_handler(api, tmp_path, file, values, expected):
    (tmp_path / file).write_text("")
    for source in ({"folder": str(tmp_path)}, {"files": {file: ""}}):
        status, made = api("deploy", {"name": "f"} | source | values)
        assert (status, made["runtime"], made["handler"]) == (200, *expected)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"folder": "/no/such/folder"}, "the folder to deploy, /no/such/folder, does not exist"),
        ({"folder": "a\0b"}, "does not exist"),
        ({"folder": "x" * 5000}, ""),
        ({}, "give either"),
        ({"folder": ".", "files": {"main.py": ""}}, "give either"),
        (
            {"files": {"main.py": ECHO}, "memory_mb": 1},
            "'memory_mb' must be a whole number from 128",
        ),
        ({"files": {"main.py": ECHO}, "memory_mb": "much"}, "'memory_mb' must be a whole number"),
        (
            {"files": {"main.py": ECHO}, "memory": 128},
            "no field 'memory'; did you mean 'memory_mb'? It has: ",
        ),
        (
            {"files": {"main.py": ECHO}, "runtime": "cobol"},
            "'runtime' must be one of python, nodejs",
        ),
        (
            {"files": {"main.py": ECHO}, "environment": {"A": 1}},
            "'environment' must be an object in which each value is a text",
        ),
        ({"files": {"main.py": ["x"]}}, "'files' must be an object in which each value is a text"),
        ({"files": {"../main.py": ECHO}}, "a file's name is like main.py"),
        ({"files": {"/etc/x": ECHO}}, "a file's name is like main.py"),
        ({"files": {"a//b": ECHO}}, "a file's name is like main.py"),
        ({"files": {"C:\\x": ECHO}}, "a file's name is like main.py"),
        ({"files": {"C:x": ECHO}}, "a file's name is like main.py"),
        ({"files": {"a/main.py": "", "a": ""}}, "a"),
        ({"files": [1]}, "'files' must be an object"),
    ],
)
def test_what_cannot_be_deployed_is_refused_in_the_clouds_words(api, cloud, values, said):
    status, answer = api("deploy", {"name": "f"} | values)
    assert status == 400 and said in answer["error"]
    assert cloud.functions() == []
    assert api("deploy", {"folder": "."})[0] == 400
    assert api("deploy", {"name": "a/b", "files": {"main.py": ECHO}})[0] == 400


def test_a_functions_error_is_json(api):
    deploy(api, "f", "def handler(event, context):\n    return {}[event]\n")
    status, answer = api("invoke", {"function": "f", "event": "nobody"})
    assert (status, answer["type"]) == (502, "KeyError")
    assert answer["error"] == "'nobody'" and "main.py" in answer["trace"][0]
    status, answer = api("invoke", {"function": "g"})
    assert (status, answer["error"]) == (404, "there is no function 'g'; deployed: f")


def test_an_http_request_goes_by_the_functions_own_address(api):
    deploy(api, "f", HTTP)
    values = {"function": "f", "method": "POST", "path": "/a?n=1", "body": "héllo"}
    status, answer = api("request", values | {"headers": {"X-Test": "7"}})
    assert (status, answer["status"], answer["is_base64"]) == (200, 201, False)
    assert answer["headers"]["X-Said"] == "yes" and answer["statuses"] == {"201": 1}
    told = json.loads(answer["body"])
    assert told == {"method": "POST", "query": "n=1", "body": "héllo", "x": "7"}


def test_many_requests_at_once_are_throttled_and_counted(api, cloud):
    deploy(api, "f", HTTP, concurrency=2)
    status, answer = api("request", {"function": "f", "path": "/wait", "times": 5})
    assert (status, answer["statuses"]) == (200, {"201": 2, "429": 3})
    _, found = api("invocations?function=f")
    assert (found["throttled"], len(found["invocations"])) == (3, 2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "BREW"}, "'method' must be one of GET"),
        ({"path": "a"}, "path must begin with a slash"),
        ({"times": 101}, "'times' must be a whole number from 1 to 100"),
        ({"headers": {"a": 1}}, "'headers' must be an object in which each value is a text"),
        ({"headers": {"a": "b\r\nc: d"}}, ""),
        ({"body": {"a": 1}}, "'body' must be a text"),
    ],
)
def test_a_wrong_request_is_refused(api, cloud, values, said):
    deploy(api, "f", HTTP)
    status, answer = api("request", {"function": "f"} | values)
    assert status == 400 and said in answer["error"]
    assert cloud.function("f").invocations == []


@pytest.mark.parametrize("depth", [900, 3_000, 100_000])
def test_an_event_is_refused_if_it_is_nested_more_deeply_than_python_can_read(api, window, depth):
    deploy(api, "f")
    body = b'{"function": "f", "event": ' + b"[" * depth + b"]" * depth + b"}"
    headers = {KEY_HEADER: window.key}
    try:
        status = urlopen(Request(f"{window.url}/api/cloud/invoke", body, headers)).status
    except HTTPError as refused:
        status = refused.code
    assert status == 400 or (status == 200 and depth < 100_000)


def test_a_path_stays_with_this_cloud(api):
    deploy(api, "f", HTTP)
    for path in ("//evil.example/", "/@evil.example/", "/\\evil.example"):
        status, answer = api("request", {"function": "f", "path": path})
        assert (status, answer["status"]) == (200, 201)


@pytest.mark.parametrize(
    ("handler", "settings", "why", "error"),
    [
        ("main.endless", {"timeout_s": 0.3}, "timeout", "Task timed out after 0.30 seconds"),
        ("main.hog", {"timeout_s": 20}, "memory", "used more than its 128 MB of memory"),
        ("main.exit_at_once", {}, "exit", "Runtime exited with error: exit status 3"),
    ],
)
def test_a_killed_instance_says_why(api, handler, settings, why, error):
    folder = str(FUNCTIONS / "hostile")
    assert api("deploy", {"name": "f", "folder": folder, "handler": handler} | settings)[0] == 200
    status, answer = api("invoke", {"function": "f"})
    assert status == 502 and error in answer["error"]
    (record,) = api("instances?function=f")[1]["instances"]
    assert (record["state"], record["why"]) == ("killed", why)
    assert record["stopped"] >= record["started"]
    (call,) = api("invocations?function=f")[1]["invocations"]
    assert call["start"] == "cold" and call["error"] == answer["type"]


def test_a_log_is_read_on_from_a_number_and_waited_for(api, cloud):
    deploy(api, "f")
    cloud.function("f").invoke("one")
    _, found = api("logs?function=f")
    assert [line["number"] for line in found["lines"]] == [1, 2, 3, 4] and found["last"] == 4
    assert found["lines"][1]["text"] == "got one"
    assert api("logs?function=f&after=4&timeout=0.01")[1]["lines"] == []
    caller = threading.Timer(0.05, cloud.function("f").invoke, ["two"])
    caller.start()
    _, found = api("logs?function=f&after=5&timeout=20")
    assert found["lines"][0] == {"number": 6, "text": "got two"}
    caller.join()
    assert [line["number"] for line in api("logs?function=f&limit=2")[1]["lines"]] == [7, 8]


def test_a_new_version_ends_the_wait_for_the_old_ones_log(api, cloud):
    first = deploy(api, "f")
    cloud.function("f").invoke("one")
    again = threading.Timer(0.05, deploy, [api, "f"])
    again.start()
    _, found = api("logs?function=f&after=4&timeout=20")
    again.join()
    assert found["revision"] > first["revision"]
    assert (found["lines"], found["last"]) == ([], 0)


@pytest.mark.parametrize("tariff", ["aws", "yandex"])
def test_the_bill_is_the_functions_bill(api, cloud, tariff):
    deploy(api, "f")
    for number in range(3):
        cloud.function("f").invoke(number)
    bill = cloud.function("f").bill(tariff)
    status, told = api(f"bill?function=f&tariff={tariff}")
    assert (status, told["requests"], told["price"]) == (200, 3, bill.price)
    costs = [call["costs"][tariff] for call in api("invocations?function=f")[1]["invocations"]]
    assert sum(each["price"] for each in costs) == pytest.approx(bill.price)
    status, answer = api("bill?function=f&tariff=gold")
    assert status == 400 and "'tariff' must be one of aws, yandex" in answer["error"]


def test_code_that_does_not_load_replaces_nothing(api, cloud):
    deploy(api, "f")
    values = {"name": "f", "files": {"main.py": "import nothing_like_it"}, "must_load": True}
    status, answer = api("deploy", values)
    assert (status, answer["type"]) == (502, "Runtime.ImportModuleError")
    assert "nothing_like_it" in answer["error"]
    assert api("invoke", {"function": "f", "event": 1})[1]["result"] == 1
    deploy(api, "f", must_load=True)
    (lane,) = records(cloud, CloudView(cloud))["cloud/lanes/f"]["lanes"]
    assert (lane["state"], lane["served"]) == ("frozen", 0)
    cloud.function("f").invoke(1)
    told = records(cloud, CloudView(cloud))["cloud/function/f"]
    assert (told["ended"], told["cold"], told["instances"]) == (1, 0, 1)


def test_the_still_of_a_stored_notebook_is_the_same_each_time(cloud):
    def made():
        fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.talk")
        fn.invoke()
        fn.invoke()
        other = cloud.deploy("g", FUNCTIONS / "hostile", handler="main.exit_at_once")
        with pytest.raises(FunctionError):
            other.invoke()
        return cloud.window().still

    first = made()
    assert first == made()
    assert "2 calls: 1 cold, 1 warm, 0 failed, 0 throttled" in first
    assert "instance 1: frozen" in first and "instance 1: killed (exit)" in first
    assert "  to stdout\n  to stderr\n  no line end\n" in first
    assert "  Runtime exited with error: exit status 3" in first
    assert "RequestId" not in first


def test_a_still_shows_what_was_printed_as_text(cloud, tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    print(event)\n")
    assert "No function is deployed." in cloud.window().still
    fn = cloud.deploy("f", tmp_path)
    cloud.deploy("other", tmp_path)
    fn.invoke("<script>alert(1)</script>")
    page = cloud.window(fn)
    assert "&lt;script&gt;" in page.still and "<script>" not in page.still
    assert "other" not in page.still and "&function=f" in page.address


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("logs", "'function' is missing"),
        ("logs?function=f&limit=0", "'limit' must be a whole number from 1 to 1000"),
        ("logs?function=f&after=x", "'after' must be a whole number"),
        ("logs?function=f&timeout=long", "'timeout' must be a number"),
        ("logs?function=f&timeout=61", "'timeout' must be a number from 0 to 60; found 61"),
        ("logs?function=f&timeout=nan", "'timeout' must be a number"),
        ("logs?function=f&after=-5", "'after' must be a whole number from 0 on; found -5"),
        ("logs?function=f&function=g", "the query names 'function' twice"),
        ("logs?function=f&offset=1", "this request has no field 'offset'; it has: function"),
        ("invocations?function=f&after=1.5", "'after' must be a whole number"),
        ("instances?function=g", "there is no function 'g'; deployed: f"),
    ],
)
def test_a_wrong_question_is_refused(api, path, said):
    deploy(api, "f")
    status, answer = api(path)
    assert status in (400, 404) and said in answer["error"]


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=5), max_size=3))
@example({"..": ""})
@example({"a/../../b": ""})
@example({"/x": ""})
@example({"a\nb": ""})
@example({"\ud800": ""})
def test_files_are_written_into_their_folder_or_refused(files):
    with tempfile.TemporaryDirectory() as made:
        inside = Path(made, "inside")
        inside.mkdir()
        with contextlib.suppress(ValueError, OSError):
            write_files(inside, files)
            written = [path for path in inside.rglob("*") if path.is_file()]
            shown = {path.relative_to(inside).as_posix().casefold() for path in written}
            assert shown == {name.casefold() for name in files}
        assert [path.name for path in Path(made).iterdir()] == ["inside"]


def test_every_line_of_its_page_works_in_their_order(cloud):
    section = PAGES["http.md"].partition("\n## Cloud\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| `ask (.+?)` \|", section, re.MULTILINE)
    with Window(cloud=cloud) as window:
        http, tried = Http(window), set()
        for line in lines:
            path, *data = shlex.split(line.replace("timeout=5", "timeout=0"))
            tried.add((path.partition("?")[0], bool(data)))
            told = http.post(path, **json.loads(data[1])) if data else http.get(path)
            assert isinstance(told, dict)
    routes = {(route.path, route.method == "POST") for route in routes_of(CloudView(cloud))}
    assert tried == routes


def records(cloud, view):
    return cloud._runner.do(lambda: dict(view.records()))


def test_the_page_is_told_of_an_instances_life(cloud, tmp_path):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.wait", timeout_s=20, concurrency=1)
    view = CloudView(cloud)
    assert records(cloud, view)["cloud/lanes/f"]["lanes"] == []
    call = cloud._runner.submit(fn._pool.invoke(f'"{tmp_path / "go"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: fn.calls and fn.calls[0].began)
    told = records(cloud, view)
    (lane,) = told["cloud/lanes/f"]["lanes"]
    assert (lane["state"], lane["served"]) == ("busy", 0)
    function = told["cloud/function/f"]
    assert (function["busy"], function["cold"], function["ended"]) == (1, 1, 0)
    assert function["busy_since"] == lane["since"] > lane["ready"] > lane["started"]
    (running,) = told["cloud/calls/f"]["running"]
    assert (running["start"], running["instance"]) == ("cold", 1)
    (tmp_path / "go").touch()
    call.result(20)
    told = records(cloud, view)
    (lane,) = told["cloud/lanes/f"]["lanes"]
    assert (lane["state"], lane["served"]) == ("frozen", 1)
    ((name, begin, end, count, cold, error),) = told["cloud/piece/f/0"]["all"]
    assert (name, count, cold, error) == (lane["lane"], 1, True, "")
    assert function["busy_since"] == pytest.approx(begin, abs=0.01) and begin < end
    sums = told["cloud/function/f"]["sums"]
    for tariff, sum_ in sums.items():
        assert sum_["price"] == pytest.approx(fn.bill(tariff).price)
        assert sum_["gb_seconds"] == pytest.approx(fn.bill(tariff).gb_seconds)


def test_close_warm_calls_are_one_stretch_and_no_call_is_lost(cloud):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.echo")
    view = CloudView(cloud)
    for number in range(30):
        fn.invoke(number)
        if number % 7 == 0:
            records(cloud, view)
    told = records(cloud, view)
    stretches = [one for key in told if "/piece/" in key for one in told[key]["all"]]
    assert sum(count for _, _, _, count, _, _ in stretches) == 30
    assert len(stretches) < 30 and [cold for *_, cold, _ in stretches].count(True) == 1
    (lane,) = told["cloud/lanes/f"]["lanes"]
    assert lane["served"] == told["cloud/function/f"]["ended"] == 30


def test_what_is_told_is_bounded(cloud, tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "SENT_PIECES", 4)
    monkeypatch.setattr(lanes, "STRETCHES_IN_A_PIECE", 16)
    (tmp_path / "main.py").write_text("def handler(event, context):\n    raise ValueError(event)\n")
    fn = cloud.deploy("f", tmp_path)
    view = CloudView(cloud)
    for _ in range(3):
        for _ in range(40):  # each failed call is a stretch of its own
            with pytest.raises(Exception, match="ValueError"):
                fn.invoke("x")
        told = records(cloud, view)
    pieces = [told[key]["all"] for key in told if "/piece/" in key]
    assert len(pieces) == 4 and max(map(len, pieces)) == 16
    unknown = told["cloud/lanes/f"]["unknown_before"]
    assert 0 < unknown <= min(begin for piece in pieces for _, begin, *_ in piece)
    assert told["cloud/function/f"]["failed"] == len(fn.invocations)
    assert len(told["cloud/calls/f"]["ended"]) == 20


def test_calls_that_were_forgotten_before_anybody_looked_are_told_apart(cloud):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.echo")
    fn.invoke(1)
    fn._history.forgotten = 50_000  # as after that many calls more than are kept
    view = CloudView(cloud)
    for _ in range(2):
        told = records(cloud, view)["cloud/function/f"]
        assert (told["ended"], told["uncounted"], told["cold"]) == (50_001, 50_000, 1)
        assert (told["sums"]["aws"]["calls"], told["sums"]["yandex"]["calls"]) == (50_001, 1)
        assert told["sums"]["aws"]["price"] == fn.meter.price
        assert told["sums"]["yandex"]["price"] == pytest.approx(fn.bill("yandex").price)


def test_an_old_version_is_shown_until_a_while_after_its_end(cloud, tmp_path):
    old = cloud.deploy("f", FUNCTIONS / "plain", handler="main.wait", timeout_s=20)
    view = CloudView(cloud)
    call = cloud._runner.submit(old._pool.invoke(f'"{tmp_path / "go"}"'.encode(), "call-1"))
    assert cloud.wait_until(lambda: old.calls and old.calls[0].began)
    records(cloud, view)
    new = cloud.deploy("f", FUNCTIONS / "plain", handler="main.echo")
    new.invoke(1)
    lanes = records(cloud, view)["cloud/lanes/f"]["lanes"]
    assert [(lane["revision"], lane["state"]) for lane in lanes] == [
        (old.revision, "busy"),
        (new.revision, "frozen"),
    ]
    (tmp_path / "go").touch()
    call.result(20)
    assert cloud.wait_until(lambda: old.instances[0].stopped)
    first, second = records(cloud, view)["cloud/lanes/f"]["lanes"]
    assert (first["state"], first["why"], second["state"]) == ("stopped", "replaced", "frozen")
    later = cloud.uptime() + SHOW_REPLACED_S + 1
    shown = Lanes()
    for function in (old, new):
        told = dict(shown.records(function, cloud.uptime()))
    assert len(told["cloud/lanes/f"]["lanes"]) == 2
    shown_later = [dict(shown.records(new, later)) for _ in range(2)][-1]
    assert [lane["revision"] for lane in shown_later["cloud/lanes/f"]["lanes"]] == [new.revision]


def test_a_call_that_nobody_waits_for_goes_on(cloud, window, tmp_path):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.wait", timeout_s=20)

    async def leave():
        headers = {KEY_HEADER: window.key}
        values = {"function": "f", "event": str(tmp_path / "go")}
        async with aiohttp.ClientSession(headers=headers) as session:
            asking = asyncio.create_task(
                session.post(f"{window.url}/api/cloud/invoke", json=values)
            )
            await asyncio.to_thread(cloud.wait_until, lambda: fn.calls)
            asking.cancel()

    asyncio.run(leave())
    (tmp_path / "go").touch()
    assert cloud.wait_until(lambda: fn.invocations)
    assert fn.invocations[0].error is None


def test_a_closed_cloud_says_so(cloud, api):
    deploy(api, "f")
    cloud.close()
    status, answer = api("invoke", {"function": "f"})
    assert status == 409 and "this Cloud is closed" in answer["error"]


def test_a_timer_calls_a_function_by_the_clock(api, cloud):
    deploy(api, "notes")
    made = {"name": "morning", "function": "notes", "schedule": "cron(0 8 * * ? *)"}
    status, timer = api("timer", made | {"timezone": "Europe/Berlin", "payload": {"a": 1}})
    assert status == 200 and timer["fired"] == [] and timer["timezone"] == "Europe/Berlin"
    assert api("timers") == (200, {"timers": [timer]})
    before = api("clock")[1]
    after = api("clock", {"advance": 86400})[1]
    assert 86400 <= after["seconds"] - before["seconds"] < 86500
    assert after["now"] - before["now"] >= 86400 and after["ahead"] == 86400
    status, timer2 = api("timer?timer=morning&n=1&timeout=20")
    assert status == 200 and timer2["fired"] == [timer["next"]]
    assert cloud.wait_until(lambda: bool(cloud.function("notes").invocations), 20)
    (call,) = api("invocations?function=notes")[1]["invocations"]
    assert call["caller"] == "timer morning"
    assert "got {'a': 1}" in cloud.function("notes").logs
    assert api("timer/stop", {"timer": "morning"})[1]["next"] is None
    status, refused = api("timer?timer=morning&n=2&timeout=0.1")
    assert status == 504 and "has called its function 1 times, not 2" in refused["error"]
    assert api("timer/start", {"timer": "morning"})[1]["next"] > timer["next"]
    assert api("timer/delete", {"timer": "morning"}) == (200, {"timers": []})
    assert api("timer/stop", {"timer": "morning"})[0] == 404
    status, refused = api("timer", made | {"schedule": "every day"})
    assert status == 400 and refused["error"].startswith("a schedule is like cron(0 8 * * ? *)")
    assert api("timer", made | {"function": "nobody"})[0] == 404


def test_a_cloud_that_shows_packages_shows_them_to_what_http_deploys():
    finds = "def handler(event, context):\n    import aiohttp\n    return aiohttp.__name__\n"
    with Cloud(packages=True) as cloud, Window(cloud=cloud) as window:
        for more, status in ({}, 200), ({"packages": False}, 502):
            ask(window, "/api/cloud/deploy", {"name": "f", "files": {"main.py": finds}} | more)
            assert ask(window, "/api/cloud/invoke", {"function": "f"})[0] == status
