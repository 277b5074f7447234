"""Functions that misbehave: each gets its own clear error, and nobody else notices."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from cloud_tools import BOTH_STARTS, FUNCTIONS, POSIX, marked, wait_until

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.errors import RESPONSE_LIMIT

HOSTILE = FUNCTIONS / "hostile"
TEN_TEXTS = ", ".join(f"{number:02}.txt" for number in range(10))


@pytest.fixture(scope="module")
def cloud():
    with Cloud(init_timeout_s=2.0) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def bystander(cloud):
    fn = cloud.deploy("bystander", FUNCTIONS / "plain", handler="main.count")
    fn.invoke()
    return fn


@pytest.fixture(autouse=True)
def nobody_else_notices(cloud, bystander):
    """After each test the bystander's instance still lives, and it is the only process left."""
    before = bystander.invoke()
    yield
    assert bystander.invoke() == before + 1
    for fn in list(cloud._functions.values()):
        if fn is not bystander:
            cloud.deploy(fn.name, FUNCTIONS / "plain", handler="main.echo")
    wait_until(lambda: marked(cloud._marker) == [bystander.instances[0].pid])


def error_of(fn, event=None):
    with pytest.raises(FunctionError) as caught:
        fn.invoke(event)
    return caught.value


@BOTH_STARTS
@pytest.mark.parametrize(
    ("handler", "type", "message"),
    [
        ("endless", "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("flood", "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("exit_at_once", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
        ("exit_politely", "Runtime.ExitError", "Runtime exited with error: exit status 4"),
        pytest.param(
            *("kill_itself", "Runtime.ExitError", "Runtime exited with error: signal 9"),
            marks=POSIX,
        ),
        ("break_the_loop", "Runtime.ExitError", "Runtime exited without providing a reason"),
    ],
)
def test_lost_instances(cloud, handler, type, message, start):
    fn = cloud.deploy("hostile", HOSTILE, handler=f"main.{handler}", timeout_s=0.5, start=start)
    error = error_of(fn)
    assert (error.type, error.message) == (type, message)
    assert fn.instances[0].stopped
    assert any(line.endswith(f" {message}") for line in fn.logs)
    assert fn.logs[-1].startswith("REPORT ")
    assert fn.invocations[0].error == type


@BOTH_STARTS
@pytest.mark.parametrize("handler", ["hog", "hog_in_a_child"])
def test_memory_is_limited(cloud, handler, start):
    fn = cloud.deploy("hog", HOSTILE, handler=f"main.{handler}", timeout_s=20, start=start)
    error = error_of(fn)
    assert error.type == "Runtime.OutOfMemory"
    assert error.message == "Runtime killed: it used more than its 128 MB of memory (memory_mb)"
    assert fn.invocations[0].max_memory_mb > 128


@pytest.mark.slow("waits for a timeout that is long enough on a busy machine")
@pytest.mark.parametrize(
    "code",
    [
        "hoard = b'x' * (150 << 20)\nimport time; time.sleep(60)",
        "def handler(event, context):\n"
        "    hoard = b'x' * (150 << 20)\n    import time; time.sleep(60)",
    ],
    ids=["while_starting", "in_a_call"],
)
def test_a_timeout_does_not_hide_that_the_memory_was_used_up(tmp_path, code):
    with Cloud(init_timeout_s=2.0, poll_s=3600) as cloud:  # nobody looks before
        fn = cloud.deploy("hog", write(tmp_path, code), timeout_s=2)
        assert error_of(fn).type == "Runtime.OutOfMemory"
        assert fn.invocations[0].max_memory_mb > 128


@pytest.mark.parametrize(
    ("handler", "type", "says"),
    [
        ("large", "Function.ResponseSizeTooLarge", "maximum allowed payload size (6291556 bytes)"),
        ("huge", "Function.ResponseSizeTooLarge", "maximum allowed payload size (6291556 bytes)"),
        ("returns_set", "Runtime.MarshalError", "Object of type set is not JSON serializable"),
        ("returns_bytes", "Runtime.MarshalError", "Object of type bytes is not JSON serializable"),
        ("returns_nan", "Runtime.MarshalError", "Out of range float values are not JSON compliant"),
        ("returns_itself", "Runtime.MarshalError", "Circular reference detected"),
        ("close_stdout", "ValueError", "said in silence"),
    ],
)
def test_bad_answers(cloud, handler, type, says):
    fn = cloud.deploy("hostile", HOSTILE, handler=f"main.{handler}", timeout_s=10, memory_mb=512)
    for _ in range(2):
        error = error_of(fn)
        assert error.type == type
        assert says in error.message


def test_an_answer_of_just_the_limit_is_taken(cloud, tmp_path):
    code = "def handler(event, context): return 'x' * event"
    fn = cloud.deploy("full", write(tmp_path, code), timeout_s=20, memory_mb=512)
    quotes = 2
    assert len(fn.invoke(RESPONSE_LIMIT - quotes)) == RESPONSE_LIMIT - quotes
    assert error_of(fn, RESPONSE_LIMIT - quotes + 1).type == "Function.ResponseSizeTooLarge"


@BOTH_STARTS
def test_last_words_are_in_the_log(cloud, start):
    fn = cloud.deploy("hostile", HOSTILE, handler="main.exit_at_once", start=start)
    error_of(fn)
    assert "last words" in fn.logs


@BOTH_STARTS
def test_timeouts_are_billed_in_full_and_logged(cloud, start):
    fn = cloud.deploy("hostile", HOSTILE, handler="main.endless", timeout_s=0.2, start=start)
    error_of(fn)
    (invocation,) = fn.invocations
    assert invocation.duration_ms == 200
    assert invocation.billed_ms >= 200 + invocation.init_ms
    assert "working" in fn.logs


def write(folder, text):
    (folder / "main.py").write_text(text)
    return folder


@BOTH_STARTS
@pytest.mark.parametrize(
    ("code", "type", "says"),
    [
        (
            "def handler(:\n",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'main': invalid",
        ),
        ("import nothing_of_this_name", "Runtime.ImportModuleError", "No module named 'nothing_of"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("import os; os._exit(7)", "Runtime.ExitError", "exit status 7"),
        ("import sys; sys.exit(8)", "Runtime.ExitError", "exit status 8"),
        (
            "from os import path\ndef hello(): pass\ndef handle(): pass\nx = 1",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'main'; functions found: hello, handle",
        ),
    ],
)
def test_functions_that_do_not_start(cloud, tmp_path, code, type, says, start):
    fn = cloud.deploy("broken", write(tmp_path, code), start=start)
    error = error_of(fn)
    assert error.type == type
    assert says in error.message
    assert fn.instances
    assert all(each.ready is None and each.stopped for each in fn.instances)


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("plain", "Task timed out after 2.00 seconds"),
        ("snapshot", "Init phase timed out after 2.00 seconds"),
    ],
)
def test_a_function_that_never_loads(tmp_path, start, says):
    with Cloud(init_timeout_s=0.1) as cloud:
        code = write(tmp_path, "import time\ntime.sleep(3600)")
        fn = cloud.deploy("broken", code, start=start, timeout_s=2)
        error = error_of(fn)
    assert (error.type, error.message) == ("Sandbox.Timedout", says)
    assert all(each.ready is None and each.stopped for each in fn.instances)


@BOTH_STARTS
@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["bot.py"], 'files found: bot.py (set handler="bot.<function>"?)'),
        (["a.py", "b.py"], 'files found: a.py, b.py (set handler="<file>.<function>"?)'),
        (["main.mjs"], 'files found: main.mjs (set runtime="nodejs", handler="main.<function>"?)'),
        (["notes.txt"], "files found: notes.txt"),
        ([f"{n:02}.txt" for n in range(12)], f"files found: {TEN_TEXTS} and 2 more"),
        ([], "the deployed folder is empty"),
    ],
)
def test_a_missing_file_lists_those_that_are_there(cloud, tmp_path, names, says, start):
    for name in names:
        (tmp_path / name).write_text("")
    error = error_of(cloud.deploy("broken", tmp_path, start=start))
    assert error.type == "Runtime.ImportModuleError"
    assert error.message == f"Unable to import module 'main': No module named 'main'; {says}"


def test_a_missing_folder_of_the_file_is_the_same(cloud, tmp_path):
    (tmp_path / "main.py").write_text("")
    error = error_of(cloud.deploy("broken", tmp_path, handler="bots/main.handler"))
    assert "No module named 'bots'; files found: main.py (set" in error.message


@pytest.mark.parametrize("code", ["import mian", "from main import nothing", "import main.part"])
def test_an_import_of_the_function_that_fails_is_not_taken_for_a_missing_file(
    cloud, tmp_path, code
):
    error = error_of(cloud.deploy("broken", write(tmp_path, code)))
    assert error.type == "Runtime.ImportModuleError"
    assert "files found" not in error.message


COUNT = """
from pathlib import Path

def handler(event, context):
    path = Path("count.txt")
    count = int(path.read_text()) + 1 if path.exists() else 1
    path.write_text(str(count))
    return count

def writable(event, context):
    return sorted(str(path) for path in [*Path().rglob("*"), Path()] if path.stat().st_mode & 0o222)
"""


@POSIX
@pytest.mark.skipif(
    os.name == "posix" and os.geteuid() == 0, reason="root may write into read-only folders, too"
)
@BOTH_STARTS
def test_the_code_folder_is_not_a_place_to_keep_anything(cloud, tmp_path, start):
    fn = cloud.deploy("count", write(tmp_path, COUNT), start=start)
    error = error_of(fn)
    assert error.type == "PermissionError"
    assert "count.txt" in error.message


@POSIX
@BOTH_STARTS
def test_the_code_folder_is_read_only_with_all_in_it(cloud, tmp_path, start):
    (tmp_path / "part").mkdir()
    (tmp_path / "part/words.txt").write_text("")
    settings = {"handler": "main.writable", "start": start}
    fn = cloud.deploy("count", write(tmp_path, COUNT), **settings)
    assert fn.invoke() == []
    with Cloud() as other:
        other.deploy("count", tmp_path, **settings).invoke()
    assert not other.folder.exists()
    assert os.access(tmp_path / "main.py", os.W_OK)  # what was deployed stays as it is


def test_bytecode_is_ready_before_the_first_start(cloud, tmp_path):
    code = "import os\nfound = os.listdir('__pycache__')\ndef handler(event, context): return found"
    fn = cloud.deploy("compiled", write(tmp_path, code))
    assert fn.invoke() == [f"main.{sys.implementation.cache_tag}.pyc"]


@BOTH_STARTS
def test_a_warning_of_the_compiler_is_in_the_log_of_the_function(cloud, tmp_path, start, recwarn):
    code = "def handler(event, context):\n    return 1 is 1\n"
    fn = cloud.deploy("warned", write(tmp_path, code), start=start)
    assert fn.invoke() is True
    assert any("SyntaxWarning" in line for line in fn.logs)
    assert not [one for one in recwarn if one.category is SyntaxWarning]


@BOTH_STARTS
def test_memory_is_limited_while_starting(cloud, tmp_path, start):
    code = "hoard = b'x' * (150 << 20)\nimport time; time.sleep(60)\n"
    fn = cloud.deploy("hog", write(tmp_path, code), start=start)
    assert error_of(fn).type == "Runtime.OutOfMemory"


@BOTH_STARTS
def test_garbage_on_stdout(cloud, start):
    fn = cloud.deploy("hostile", HOSTILE, handler="main.garbage", start=start)
    assert fn.invoke() == "ok"
    assert sum(line.count("x") for line in fn.logs) > 200_000
    assert fn.logs[-1].startswith("REPORT ")


def test_a_flood_of_prints_stays_bounded(cloud):
    fn = cloud.deploy("hostile", HOSTILE, handler="main.flood", timeout_s=1)
    error_of(fn)
    assert sum(len(line) + 1 for line in fn.logs) < 1_100_000
    assert fn.logs[-1].startswith("REPORT ")


@BOTH_STARTS
def test_a_function_without_a_folder(cloud, start):
    fn = cloud.deploy(
        "hostile", HOSTILE, handler="main.delete_own_folder", concurrency=1, start=start
    )
    assert fn.invoke() == "deleted"
    error = error_of(fn)  # the same instance: its folder is gone
    assert error.type == "FileNotFoundError"
    psutil.Process(fn.instances[0].pid).kill()
    wait_until(lambda: fn.instances[0].stopped)
    assert fn.invoke() == "deleted"  # a new instance finds it again


@BOTH_STARTS
@pytest.mark.parametrize("handler", ["leave_child", pytest.param("leave_daemon", marks=POSIX)])
def test_children_do_not_outlive_their_instance(cloud, handler, start):
    fn = cloud.deploy("family", HOSTILE, handler=f"main.{handler}", idle_s=0.2, start=start)
    child = fn.invoke()
    wait_until(lambda: not psutil.pid_exists(child) or _is_dead(child))
    wait_until(lambda: fn.instances[0].stopped)


def _is_dead(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_error_in_words_that_cannot_be_printed(cloud):
    fn = cloud.deploy("hostile", HOSTILE, handler="main.raise_halves")
    with pytest.raises(FunctionError, match=r"ValueError: half: \?"):
        fn.invoke()
    "\n".join(fn.logs).encode()  # so that every terminal can show it


@BOTH_STARTS
def test_a_flood_of_calls(cloud, start):
    fn = cloud.deploy(
        "popular",
        FUNCTIONS / "plain",
        handler="main.echo",
        concurrency=4,
        timeout_s=20,
        start=start,
    )

    def call(number):
        try:
            return fn.invoke(number) == number
        except FunctionError as error:
            return error.type

    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(call, range(200)))
    assert set(answers) <= {True, "Throttled"}
    assert answers.count(True) == len(fn.invocations)
    assert answers.count("Throttled") == fn.throttled
    assert len(fn.instances) <= 4
