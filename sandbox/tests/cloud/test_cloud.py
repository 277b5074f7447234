"""The cloud through its public door: deploy, invoke, pool, log, timeline, bill."""

import re
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from cloud_tools import BOTH_STARTS, FUNCTIONS, POSIX, marked, wait_until
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Mail, Telegram, Twitch
from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.bill import TARIFFS

PLAIN = FUNCTIONS / "plain"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture(scope="module")
def echo(cloud):
    return cloud.deploy("echo", PLAIN, handler="main.echo")


@given(event=JSON)
def test_any_event_comes_back(echo, event):
    assert echo.invoke(event) == event


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"runtime": "cobol"}, "runtime must be one of python, nodejs; found 'cobol'"),
        ({"memory_mb": 64}, "memory_mb must be a whole number from 128 to 10240; found 64"),
        ({"memory_mb": 128.5}, "found 128.5"),
        ({"timeout_s": 0}, "timeout_s must be a number from 0.001 to 900; found 0"),
        ({"timeout_s": 901}, "found 901"),
        ({"timeout_s": float("nan")}, "found nan"),
        ({"timeout_s": "3"}, "found '3'"),
        ({"concurrency": -1}, "concurrency must be"),
        ({"idle_s": -1}, "idle_s must be"),
        ({"handler": "main"}, "handler must be file.function, such as main.handler; found 'main'"),
        ({"handler": "../other/main.handler"}, "handler must be file.function"),
        ({"handler": "/etc/main.handler"}, "handler must be file.function"),
        ({"start": "warm"}, "start must be one of plain, snapshot; found 'warm'"),
        ({"events": "azure"}, "events must be one of aws, yandex; found 'azure'"),
        ({"worker": "mine"}, "worker must be one of sandbox, awslambdaric, the path of"),
        ({"worker": "awslambdaric", "runtime": "nodejs"}, "is for runtime 'python'"),
        ({"environment": {"A": 1}}, "the value of A must be text; found int"),
        ({"environment": {"A=B": "1"}}, "a variable's name must be"),
        (
            {"environment": {"AWS_REGION": "eu-west-1", "A": "1", "_HANDLER": "1"}},
            "contains reserved keys that are currently not supported for modification. Reserved "
            "keys used in this request: AWS_REGION, _HANDLER",
        ),
        ({"packages": "httpx"}, "packages must be True or False; found 'httpx'"),
        ({"environment": {"A": "x" * 5000}}, "at most 4096"),
        ({"environment": ["A"]}, "environment must be a dict"),
    ],
)
def test_wrong_settings_are_explained(cloud, setting, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        cloud.deploy("wrong", PLAIN, **setting)


def test_wrong_names_are_explained(cloud):
    for name in ("", "a b", "a/b", "..", "x" * 65):
        with pytest.raises(ValueError, match="name must be 1 to 64"):
            cloud.deploy(name, PLAIN)


def test_folders_that_cannot_be_uploaded(cloud, tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; looked in"):
        cloud.deploy("f", tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError, match="is a file, not a folder"):
        cloud.deploy("f", tmp_path / "file")
    (tmp_path / "broken").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        cloud.deploy("f", tmp_path / "broken")


@POSIX
@pytest.mark.parametrize(
    "target", ["../secret", "/etc/hosts", "inner/../../secret", "../code/main.py", "out/secret"]
)
def test_a_link_that_leads_out_of_the_folder_is_refused(cloud, tmp_path, target):
    code = tmp_path / "code"
    (code / "inner").mkdir(parents=True)
    (tmp_path / "secret").write_text("hush")
    (code / "main.py").write_text("def handler(event, context):\n    return 1\n")
    if target.startswith("out/"):
        (code / "out").symlink_to("..")
    (code / "link").symlink_to(target)
    with pytest.raises(ValueError, match=r"is a link to .*: put the file itself in its place"):
        cloud.deploy("f", code)


@POSIX
def test_links_inside_the_folder_stay_links(cloud, tmp_path):
    code = tmp_path / "code"
    (code / "parts/deep").mkdir(parents=True)
    (code / "parts/real.py").write_text("VALUE = 7\n")
    (code / "parts/deep/again.py").symlink_to("../real.py")
    (code / "more").symlink_to("parts")
    (code / "circle").symlink_to("circle")
    (code / "broken").symlink_to("not/there")
    (code / "main.py").write_text(
        "import os\nfrom more.deep.again import VALUE\n\n\ndef handler(event, context):\n"
        "    return [VALUE] + [os.readlink(n) for n in ('circle', 'more', 'broken')]\n"
    )
    (tmp_path / "by-link").symlink_to("code")
    for folder in (code, tmp_path / "by-link"):
        assert cloud.deploy("f", folder).invoke() == [7, "circle", "parts", "not/there"]


def test_an_upload_is_a_copy(cloud, tmp_path):
    code = tmp_path / "main.py"
    code.write_text("def handler(event, context):\n    return 1\n")
    fn = cloud.deploy("copied", tmp_path, concurrency=1)
    code.write_text("def handler(event, context):\n    return 2\n")
    assert fn.invoke() == 1
    new = cloud.deploy("copied", tmp_path)
    assert new.invoke() == 2
    assert fn.invoke() == 2  # by name: an old handle reaches the new version


@BOTH_STARTS
def test_redeploy_lets_calls_at_work_finish(cloud, tmp_path, start):
    old = cloud.deploy("waiting", PLAIN, handler="main.wait", timeout_s=20, start=start)
    with ThreadPoolExecutor() as threads:
        call = threads.submit(old.invoke, str(tmp_path / "go"))
        wait_until(lambda: any("START" in line for line in old.logs))
        new = cloud.deploy("waiting", PLAIN, handler="main.count")
        assert new.invoke() == 1
        assert not call.done()
        (tmp_path / "go").touch()
        assert call.result(10) == old.instances[0].pid
    wait_until(lambda: old.instances[0].stopped)
    assert new.instances[0].stopped is None


def test_unknown_functions_name_the_known(cloud, echo):
    with pytest.raises(KeyError, match=r"no function 'ecko'; deployed: .*echo"):
        cloud.invoke("ecko")
    assert cloud.function("echo") is echo
    assert cloud.invoke("echo", [1]) == [1]


def test_what_is_not_json_cannot_be_an_event(echo):
    with pytest.raises(TypeError):
        echo.invoke({1, 2})
    with pytest.raises(ValueError, match="JSON"):
        echo.invoke(float("nan"))
    with pytest.raises(FunctionError, match="Request must be smaller than 6291456 bytes"):
        echo.invoke("x" * 6_300_000)


@BOTH_STARTS
def test_context(cloud, start):
    fn = cloud.deploy("about", PLAIN, handler="main.about", memory_mb=256, timeout_s=7, start=start)
    about = fn.invoke()
    assert about["name"] == "about"
    assert about["memory"] == "256"
    assert about["version"] == "$LATEST"
    assert about["arn"].endswith(":function:about")
    assert 0 < about["remaining"] <= 7000
    assert about["request_id"] == fn.invocations[0].request_id


@BOTH_STARTS
def test_environment_is_clean(cloud, monkeypatch, start):
    monkeypatch.setenv("MY_SECRET_TOKEN", "hush")
    own = {"GREETING": "привет", "PYTHONPATH": "/somewhere"}
    fn = cloud.deploy("env", PLAIN, handler="main.environment", environment=own, start=start)
    found = fn.invoke()
    assert "MY_SECRET_TOKEN" not in found
    assert found["GREETING"] == "привет"
    assert found["_HANDLER"] == "main.environment"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == "env"
    assert "hush" not in repr(fn) and "привет" not in repr(fn.settings)
    assert found["PYTHONPATH"].startswith("/somewhere")


LOCAL = "def handler(event, context):\n    import aiohttp\n    return aiohttp.__name__\n"
GLOBAL = "import aiohttp\ndef handler(event, context): return aiohttp.__name__\n"


@BOTH_STARTS
def test_installed_packages_are_not_there_unless_somebody_asks_for_them(cloud, tmp_path, start):
    (tmp_path / "main.py").write_text(GLOBAL)
    fn = cloud.deploy("f", tmp_path, start=start)
    with pytest.raises(FunctionError) as caught:
        fn.invoke()
    assert caught.value.type == "Runtime.ImportModuleError"
    assert caught.value.message.startswith(
        "Unable to import module 'main': No module named 'aiohttp' (aiohttp is not in the deployed "
        "folder: install it there, as in pip install --target FOLDER PACKAGE"
    )
    (tmp_path / "main.py").write_text(LOCAL)
    fn = cloud.deploy("f", tmp_path, start=start)
    with pytest.raises(FunctionError) as caught:
        fn.invoke()
    assert (caught.value.type, caught.value.message) == (
        "ModuleNotFoundError",
        "No module named 'aiohttp'",  # as on AWS; the log has the hint
    )
    assert any("aiohttp is not in the deployed folder" in line for line in fn.logs)
    with Cloud(packages=True) as generous:
        fn = generous.deploy("f", tmp_path, start=start, timeout_s=20)
        assert fn.invoke() == "aiohttp"
        fn = generous.deploy("f", tmp_path, start=start, packages=False)
        with pytest.raises(FunctionError, match="No module named 'aiohttp'"):
            fn.invoke()


@BOTH_STARTS
def test_a_package_in_the_folder_is_imported(cloud, tmp_path, start):
    (tmp_path / "aiohttp").mkdir()
    (tmp_path / "aiohttp" / "__init__.py").write_text("")
    (tmp_path / "main.py").write_text(GLOBAL)
    assert cloud.deploy("f", tmp_path, start=start).invoke() == "aiohttp"


@BOTH_STARTS
def test_only_the_package_itself_is_called_missing(cloud, tmp_path, start):
    for source in ("import json.nothing", "import own.nothing"):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / "__init__.py").write_text("")
        (tmp_path / "main.py").write_text(source)
        with pytest.raises(FunctionError, match=r"No module named '.*nothing'") as caught:
            cloud.deploy("f", tmp_path, start=start).invoke()
        assert "pip install" not in caught.value.message


@BOTH_STARTS
def test_a_program_that_a_function_starts_has_no_other_packages_either(cloud, tmp_path, start):
    (tmp_path / "main.py").write_text(
        "import multiprocessing, importlib.util\n"
        "def find(name): return importlib.util.find_spec(name) is not None\n"
        "def handler(event, context):\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        return pool.map(find, ['aiohttp', 'json'])\n"
    )
    assert cloud.deploy("f", tmp_path, start=start, timeout_s=20).invoke() == [False, True]


@BOTH_STARTS
def test_a_function_may_exit_as_in_any_python(cloud, tmp_path, start):
    (tmp_path / "main.py").write_text("def handler(event, context): exit(3)\n")
    with pytest.raises(FunctionError, match="Runtime exited with error: exit status 3"):
        cloud.deploy("f", tmp_path, start=start).invoke()


@BOTH_STARTS
def test_the_variables_that_aws_sets(cloud, monkeypatch, start):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    fn = cloud.deploy("env", PLAIN, handler="main.environment", start=start)
    found = fn.invoke()
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert found["TZ"].removeprefix(":") == "UTC"
    assert found["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3.")
    assert found["LAMBDA_TASK_ROOT"] and found["LAMBDA_RUNTIME_DIR"]
    own = {"TZ": "Asia/Tokyo"}  # AWS doesn't reserve this one
    fn = cloud.deploy("env", PLAIN, handler="main.environment", start=start, environment=own)
    assert fn.invoke()["TZ"] == "Asia/Tokyo"


def sparse(path, megabytes):
    """A file of this size that takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)


@POSIX
def test_more_than_250_mb_are_refused(cloud, tmp_path):
    (tmp_path / "main.py").write_text(GLOBAL)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / ".git").mkdir()
    sparse(tmp_path / ".git" / "not-uploaded", 300)
    sparse(tmp_path / "node_modules" / "half", 125)
    (tmp_path / "node_modules" / "again").symlink_to("half")
    cloud.deploy("f", tmp_path)  # a link counts only as a link
    sparse(tmp_path / "photos", 126)
    with pytest.raises(ValueError, match="must be smaller than 262144000 bytes") as caught:
        cloud.deploy("f", tmp_path)
    assert str(caught.value).endswith("photos 126 MB, node_modules 125 MB, main.py 0 MB")


@BOTH_STARTS
def test_a_function_imports_from_the_folders_that_are_named_and_first_from_its_own(tmp_path, start):
    own, shared = tmp_path / "own", tmp_path / "shared"
    for folder, words in (own, "own"), (shared, "shared"):
        folder.mkdir()
        (folder / "both.py").write_text(f"words = {words!r}\n")
    (shared / "common.py").write_text("words = 'common'\n")
    (own / "main.py").write_text(
        "import both, common\ndef handler(event, context): return [both.words, common.words]\n"
    )
    with Cloud(import_paths=[shared]) as cloud:
        assert cloud.deploy("f", own, start=start).invoke() == ["own", "common"]
    with Cloud() as cloud, pytest.raises(FunctionError, match="No module named 'common'"):
        cloud.deploy("f", own, start=start).invoke()


@BOTH_STARTS
def test_folder_and_temporary_folder(cloud, start):
    fn = cloud.deploy("files", PLAIN, handler="main.files", start=start)
    found = fn.invoke()
    assert found["cwd"] == ["main.py"] or found["cwd"] == ["__pycache__", "main.py"]
    assert "tmp-1" in found["tmp"]


@BOTH_STARTS
def test_log_is_complete_when_invoke_returns(cloud, start):
    fn = cloud.deploy("talk", PLAIN, handler="main.talk", start=start)
    for _ in range(20):
        assert fn.invoke() is None
    calls = "\n".join(fn.logs).split("START")[1:]
    assert len(calls) == 20
    for call in calls:
        lines = call.splitlines()
        assert lines[1:4] == ["to stdout", "to stderr", "no line end"]
        assert re.fullmatch(r"END RequestId: [0-9a-f-]{36}", lines[4])
    report = (
        r"REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB"
    )
    cold = r"\tInit Duration: \d+\.\d\d ms"
    if start == "snapshot":
        cold = r"\tRestore Duration: \d+\.\d\d ms\tBilled Restore Duration: \d+ ms"
    assert re.fullmatch(report + cold, calls[0].splitlines()[5])
    assert re.fullmatch(report, calls[1].splitlines()[5])


@BOTH_STARTS
def test_errors_come_back_with_their_trace(cloud, start):
    fn = cloud.deploy("fail", PLAIN, handler="main.fail", start=start)
    with pytest.raises(FunctionError, match="ValueError: no such pizza: Hawaii") as caught:
        fn.invoke()
    assert (caught.value.type, caught.value.message) == ("ValueError", "no such pizza: Hawaii")
    assert len(caught.value.trace) == 1
    assert caught.value.trace[0].startswith('  File "main.py", line ')
    assert "[ERROR] ValueError: no such pizza: Hawaii" in fn.logs
    assert "Traceback (most recent call last):" in fn.logs
    assert fn.invocations[0].error == "ValueError"
    with pytest.raises(FunctionError):
        fn.invoke()
    assert len(fn.instances) == 1  # an exception does not cost the instance


@BOTH_STARTS
def test_warm_instances_keep_their_variables(cloud, start):
    fn = cloud.deploy("count", PLAIN, handler="main.count", start=start)
    assert [fn.invoke() for _ in range(5)] == [1, 2, 3, 4, 5]
    assert [each.cold for each in fn.invocations] == [True, False, False, False, False]
    assert len(fn.instances) == 1


def test_a_function_that_may_have_no_instance_refuses_each_call(cloud):
    fn = cloud.deploy("stopped", PLAIN, handler="main.echo", concurrency=0)
    with pytest.raises(FunctionError, match="Rate Exceeded"):
        fn.invoke({})
    assert (fn.throttled, fn.instances) == (1, [])


@BOTH_STARTS
def test_concurrency_makes_instances_up_to_the_limit(cloud, tmp_path, start):
    fn = cloud.deploy("wait", PLAIN, handler="main.wait", concurrency=3, timeout_s=20, start=start)
    with ThreadPoolExecutor() as threads:
        calls = [threads.submit(fn.invoke, str(tmp_path / "go")) for _ in range(3)]
        wait_until(lambda: sum("START" in line for line in fn.logs) == 3)
        with pytest.raises(FunctionError, match="Rate Exceeded") as caught:
            fn.invoke(str(tmp_path / "go"))
        (tmp_path / "go").touch()
        pids = [call.result(10) for call in calls]
    assert caught.value.type == "Throttled"
    assert fn.throttled == 1
    assert sorted(pids) == sorted(each.pid for each in fn.instances)
    assert len(set(pids)) == 3
    last = fn.invocations[-1].instance
    assert fn.invoke(str(tmp_path / "go")) == fn.instances[last - 1].pid  # most recently used


@BOTH_STARTS
def test_idle_instances_stop(cloud, start):
    fn = cloud.deploy("idle", PLAIN, handler="main.count", idle_s=0, start=start)
    assert fn.invoke() == 1
    wait_until(lambda: fn.instances[0].stopped)
    assert fn.invoke() == 1
    assert [each.cold for each in fn.invocations] == [True, True]


def test_timeline_is_on_one_clock(cloud, echo):
    fn = cloud.deploy("timeline", PLAIN, handler="main.echo")
    before = cloud.uptime()
    fn.invoke()
    fn.invoke()
    after = cloud.uptime()
    (instance,) = fn.instances
    cold, warm = fn.invocations
    assert before <= cold.start <= instance.started < instance.ready < cold.end
    assert cold.end <= warm.start < warm.end <= after
    assert cold.init_ms > 0 and warm.init_ms == 0
    assert cold.max_memory_mb > 0


def test_bill(cloud):
    fn = cloud.deploy("billed", PLAIN, handler="main.echo", memory_mb=512)
    for _ in range(3):
        fn.invoke()
    bill = fn.bill()
    assert bill.requests == 3
    cold = fn.invocations[0]
    assert bill.rows[0].billed_ms == cold.billed_ms >= cold.init_ms + cold.duration_ms
    seconds = sum(row.billed_ms for row in bill.rows) / 1000
    assert bill.gb_seconds == pytest.approx(seconds * 0.5)
    assert bill.price == pytest.approx(bill.gb_seconds * 0.0000166667 + 3 * 0.0000002)
    yandex = fn.bill("yandex")
    assert [row.billed_ms for row in yandex.rows] == [100, 100, 100]
    assert TARIFFS["aws"].source in str(bill) and "cold" in str(bill) and "warm" in str(bill)
    with pytest.raises(ValueError, match="tariff must be one of aws, yandex; found 'azure'"):
        fn.bill("azure")


@given(st.floats(0, 1e6), st.floats(0, 1e5), st.sampled_from(list(TARIFFS.values())))
def test_billed_time_is_rounded_up(duration_ms, init_ms, tariff):
    billed = tariff.billed_ms(duration_ms, init_ms)
    used = duration_ms + (init_ms if tariff.init_billed else 0)
    assert billed % tariff.rounding_ms == 0
    assert used - 1e-6 <= billed < used + tariff.rounding_ms + 1e-6


SLOW_TO_LOAD = """
import time
time.sleep(LOADING)
def handler(event, context):
    return context.get_remaining_time_in_millis()
"""


def test_a_function_that_loads_slowly_is_loaded_again_in_its_first_call(tmp_path):
    (tmp_path / "main.py").write_text(SLOW_TO_LOAD.replace("LOADING", "1.0"))
    with Cloud(init_timeout_s=0.5) as cloud:
        fn = cloud.deploy("slow", tmp_path, timeout_s=60)
        left_ms = fn.invoke()
        assert fn.invoke() > left_ms  # it stays warm, and then has all of its time
        slow, loaded = fn.instances
    assert left_ms <= 59_000
    assert (slow.state, slow.why, slow.ready) == ("killed", "timeout", None)
    cold, warm = fn.invocations
    assert cold.cold and cold.duration_ms >= 1000 and cold.init_ms == 0
    assert not warm.cold and cold.instance == warm.instance == loaded.number
    assert re.fullmatch(
        r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout", fn.logs[0]
    )
    assert [line.split()[0] for line in fn.logs[1:4]] == ["START", "END", "REPORT"]
    assert "Init Duration" not in fn.logs[3]


def test_a_function_that_loads_longer_than_it_may_work_times_out(tmp_path):
    (tmp_path / "main.py").write_text(SLOW_TO_LOAD.replace("LOADING", "60"))
    with Cloud(init_timeout_s=0.2) as cloud:
        fn = cloud.deploy("slow", tmp_path, timeout_s=0.5)
        with pytest.raises(FunctionError, match=r"Task timed out after 0\.50 seconds"):
            fn.invoke()
        (call,) = fn.invocations
        assert (call.init_ms, call.duration_ms, call.billed_ms) == (0, 500, 500)


def test_own_worker_loop(cloud, tmp_path):
    loop = tmp_path / "my_loop.py"
    loop.write_text(
        "import json, os, sys, urllib.request as web\n"
        "api = f\"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime\"\n"
        "sys.path.insert(0, os.environ['LAMBDA_TASK_ROOT'])\n"
        "import main\n"
        "while True:\n"
        "    event = web.urlopen(f'{api}/invocation/next')\n"
        "    answer = main.count(json.load(event), None)\n"
        "    id = event.headers['Lambda-Runtime-Aws-Request-Id']\n"
        "    web.urlopen(f'{api}/invocation/{id}/response', json.dumps(answer).encode())\n"
    )
    fn = cloud.deploy("own-loop", PLAIN, worker=str(loop))
    assert [fn.invoke() for _ in range(3)] == [1, 2, 3]


RAW_LOOP = """
import os, re, socket
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
cloud = socket.create_connection((host, int(port)))
api = "/2018-06-01/runtime/invocation"
pending = b""
while True:
    cloud.sendall(f"GET {api}/next HTTP/1.1\\r\\nHost: cloud\\r\\n\\r\\n".encode())
    event = b""
    while not (found := re.search(rb"Request-Id: (\\S+)", event)):
        event += cloud.recv(65536)
    path = f"{api}/{found[1].decode()}/response"
    for piece in PIECES:
        cloud.sendall(piece.replace(b"PATH", path.encode()))
"""
HEAD = b"POST PATH HTTP/1.1\r\nHost: cloud\r\n"
CHUNKED = HEAD + (
    b'Transfer-Encoding: chunked\r\n\r\n3;a=b\r\n"a\r\r\n4\r\n\nbc"\r\n0\r\nTrailer: x\r\n\r\n'
)
PLAIN_ANSWER = HEAD + b'content-length: 5\r\n\r\n"a c"'


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([PLAIN_ANSWER], "a c"),
        ([HEAD, PLAIN_ANSWER.removeprefix(HEAD)], "a c"),
        ([HEAD] + [bytes([each]) for each in PLAIN_ANSWER.removeprefix(HEAD)], "a c"),
        ([CHUNKED.replace(b"\r\r\n4\r\n\n", b" \r\n4\r\nc")], "a cbc"),
        ([HEAD] + [bytes([each]) for each in CHUNKED.removeprefix(HEAD)], None),
    ],
)
def test_a_loop_may_send_its_answer_in_any_pieces(cloud, tmp_path, pieces, answer):
    loop = tmp_path / "raw_loop.py"
    loop.write_text(f"PIECES = {pieces!r}\n{RAW_LOOP}")
    fn = cloud.deploy("raw-loop", PLAIN, worker=str(loop))
    for _ in range(2):
        if answer is None:
            with pytest.raises(FunctionError, match="not JSON"):
                fn.invoke()
        else:
            assert fn.invoke() == answer


def test_a_loop_may_answer_with_a_status_that_is_no_number_any_more(cloud, tmp_path):
    answer = b'{"statusCode": 1e999}'
    piece = HEAD + f"content-length: {len(answer)}\r\n\r\n".encode() + answer
    loop = tmp_path / "raw_loop.py"
    loop.write_text(f"PIECES = {[piece]!r}\n{RAW_LOOP}")
    fn = cloud.deploy("infinite", PLAIN, worker=str(loop))
    with pytest.raises(HTTPError, match="502"):
        urlopen(fn.url, timeout=20)
    assert "statusCode must be a number from 200 to 599; found inf" in fn.logs[-1]


@BOTH_STARTS
def test_whoever_waits_for_its_end_waits_for_every_instance(cloud, start):
    fn = cloud.deploy("idle", PLAIN, handler="main.echo", idle_s=0.2, start=start)
    fn.wait_stopped()  # there was none yet
    with ThreadPoolExecutor() as threads:
        list(threads.map(fn.invoke, range(3)))
    fn.wait_stopped()
    assert fn.instances and all(each.stopped for each in fn.instances)
    assert not any(psutil.pid_exists(each.pid) for each in fn.instances)


def test_waiting_for_the_end_of_a_kept_instance_says_what_to_do(cloud):
    fn = cloud.deploy("kept", PLAIN, handler="main.echo")
    fn.invoke()
    with pytest.raises(TimeoutError, match="idle_s is 300"):
        fn.wait_stopped(timeout=0.01)


def test_a_closed_cloud_says_so():
    cloud = Cloud()
    fn = cloud.deploy("echo", PLAIN, handler="main.echo")
    fn.invoke(1)
    marker = cloud._marker
    assert marked(marker) == [fn.instances[0].pid]
    cloud.close()
    cloud.close()
    assert marked(marker) == []
    assert fn.instances[0].stopped
    with pytest.raises(RuntimeError, match="this Cloud is closed"):
        fn.invoke(1)
    with pytest.raises(RuntimeError, match="this Cloud is closed"):
        cloud.deploy("echo", PLAIN)
    assert fn.logs and fn.bill().requests == 1  # the records stay readable


def test_closing_ends_calls_at_work(tmp_path):
    cloud = Cloud()
    fn = cloud.deploy("wait", PLAIN, handler="main.wait", timeout_s=60)
    errors = []

    def call():
        try:
            fn.invoke(str(tmp_path / "never"))
        except FunctionError as error:
            errors.append(error.type)

    thread = threading.Thread(target=call)
    thread.start()
    wait_until(lambda: any("START" in line for line in fn.logs))
    cloud.close()
    thread.join(10)
    assert errors == ["Runtime.ExitError"]


def test_a_taken_port_is_explained():
    with Cloud() as cloud, pytest.raises(OSError, match=rf"port {cloud.port} .* choose another"):
        Cloud(port=cloud.port)


SERVERS = pytest.mark.parametrize("kind", [Cloud, Mail, Telegram, Twitch])


@contextmanager
def nothing_left_behind():
    """What other tests have left may end meanwhile, and a loop of theirs get an asyncio_0."""
    threads, children = set(threading.enumerate()), set(psutil.Process().children())
    yield
    new = set(threading.enumerate()) - threads
    assert [thread for thread in new if not thread.name.startswith("asyncio_")] == []
    assert set(psutil.Process().children()) <= children


@SERVERS
@pytest.mark.parametrize("port", [99999, -1, "8080", None])
def test_a_port_that_is_none_leaves_nothing_behind(kind, port, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        nothing_left_behind(),
        pytest.raises(ValueError, match=r"port must be a whole number from 0 .* to 65535; found"),
    ):
        kind(port=port)
    assert list(tmp_path.iterdir()) == []


@SERVERS
def test_a_port_that_is_taken_leaves_nothing_behind(kind, tmp_path, monkeypatch):
    with kind() as first:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        taken = rf"port {first.port} on 127\.0\.0\.1 cannot be used \("
        with nothing_left_behind(), pytest.raises(OSError, match=taken):
            kind(port=first.port)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [Cloud, Mail, Telegram, Twitch])
def test_a_closed_server_says_so_and_loses_no_coroutine(kind):
    async def never():
        raise AssertionError

    server = kind()
    server.close()
    name = kind.__name__
    with pytest.raises(
        RuntimeError, match=rf"this {name} is closed; make a new one with {name}\(\)"
    ):
        server._runner.run(coroutine := never())
    assert coroutine.cr_frame is None  # closed, so that nobody is warned that it never ran
