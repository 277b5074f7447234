"""Starts from a snapshot: what instances share, what they do not, and what happens to the template.

That they behave as other instances do is tested with those (`BOTH_STARTS`).
"""

import os
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import psutil
import pytest
from cloud_tools import FUNCTIONS, marked, wait_until

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.deployment import RUNTIME
from bot_sandbox.processes.supervisor import MARKER

PLAIN = FUNCTIONS / "plain"
if os.name != "posix":
    pytest.skip("a snapshot start needs POSIX", allow_module_level=True)


@pytest.fixture(scope="module")
def cloud():
    with Cloud(init_timeout_s=5.0) as cloud:
        yield cloud


@pytest.fixture
def deploy(cloud, tmp_path):
    """Deploy a source text as function, every call of which may be a cold start."""

    def deploy(source, **settings):
        (tmp_path / "main.py").write_text(source)
        settings = {"start": "snapshot", "idle_s": 0, "timeout_s": 10} | settings
        return cloud.deploy("f", tmp_path, **settings)

    return deploy


def cold(fn, event=None):
    """The result of a call that finds no instance."""
    wait_until(lambda: all(instance.stopped for instance in fn.instances))
    result = fn.invoke(event)
    assert fn.invocations[-1].cold
    return result


def template_of(fn):
    """The process that the latest instance was forked from."""
    return psutil.Process(psutil.Process(fn.instances[-1].pid).ppid())


def test_the_function_is_loaded_once_at_deploy(cloud, deploy, tmp_path):
    loads = tmp_path / "loads"
    fn = deploy(f"open({str(loads)!r}, 'a').write('x')\ndef handler(event, context): return 1\n")
    assert loads.read_text() == "x"
    assert [cold(fn), cold(fn)] == [1, 1]
    assert loads.read_text() == "x"
    assert re.fullmatch(r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init", fn.logs[0])


def test_random_numbers_differ_and_what_was_worked_out_at_load_does_not(deploy):
    fn = deploy(
        "import random, secrets, time, uuid\n"
        "token, loaded = secrets.token_hex(), time.time()\n"
        "def handler(event, context):\n"
        "    return [token, loaded, random.random(), str(uuid.uuid4()), secrets.token_hex()]\n"
    )
    one, two = cold(fn), cold(fn)
    assert one[:2] == two[:2]  # the trap
    assert all(a != b for a, b in zip(one[2:], two[2:], strict=True))


def test_the_hook_makes_it_differ(deploy):
    fn = deploy(
        "import secrets\n"
        "from snapshot_restore_py import register_after_restore\n"
        "@register_after_restore\n"
        "def renew():\n"
        "    global token\n"
        "    token = secrets.token_hex()\n"
        "renew()\n"
        "def handler(event, context): return token\n"
    )
    one = cold(fn)
    assert one != cold(fn)


def test_numpy_is_seeded_anew(deploy):
    pytest.importorskip("numpy")
    fn = deploy(
        "import numpy\nnumpy.random.random()\n"
        "def handler(event, context): return numpy.random.random()\n",
        packages=True,
        environment={"OPENBLAS_NUM_THREADS": "1"},  # else a library's threads forbid a snapshot
    )
    assert cold(fn) != cold(fn)
    assert all(instance.snapshot for instance in fn.instances)


def test_hooks_of_aws_are_called_in_aws_order(deploy):
    fn = deploy(
        "import snapshot_restore_py as aws\n"
        "calls = []\n"
        "for name in 'ab':\n"
        "    aws.register_before_snapshot(calls.append, f'before {name}')\n"
        "    aws.register_after_restore(calls.append, f'after {name}')\n"
        "def handler(event, context): return calls\n"
    )
    assert cold(fn) == cold(fn) == ["before b", "before a", "after a", "after b"]


@pytest.mark.parametrize("start", ["plain", "snapshot"])
def test_the_module_for_hooks_is_the_clouds_unless_the_function_brings_its_own(
    deploy, tmp_path, start
):
    source = (
        "import snapshot_restore_py as aws\n"
        "@aws.register_before_snapshot\n"
        "def hook(): pass\n"
        "def handler(event, context): return [aws.__file__, len(aws.get_before_snapshot())]\n"
    )
    file, hooks = deploy(source, start=start).invoke()
    assert (Path(file).parent.name, hooks) == ("var_runtime", 1)
    (tmp_path / "snapshot_restore_py.py").write_text(Path(file).read_text(encoding="utf-8"))
    file, hooks = deploy(source, start=start).invoke()
    assert (Path(file).parent.name, hooks) == ("code", 1)


@pytest.mark.parametrize("which", ["before_snapshot", "after_restore"])
def test_the_module_for_hooks_does_as_aws_own_package(which):
    own, aws = load_own_hooks(), pytest.importorskip("snapshot_restore_py")
    for module in (own, aws):
        register = getattr(module, f"register_{which}")
        registered = getattr(module, f"get_{which}")
        before = len(registered())
        assert register(print) is print
        assert register(print, 1, end="") is print
        assert registered()[before:] == [(print, (), {}), (print, (1,), {"end": ""})]
        assert registered() is registered()
        del registered()[before:]


def load_own_hooks():
    spec = spec_from_file_location("own_hooks", RUNTIME / "snapshot_restore_py.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("which", ["before_snapshot", "after_restore"])
def test_a_hook_that_fails_is_an_error_of_the_call(deploy, which):
    fn = deploy(
        f"import snapshot_restore_py\n"
        f"@snapshot_restore_py.register_{which}\n"
        f"def hook():\n"
        f"    raise ValueError('no')\n"
        f"def handler(event, context): pass\n"
    )
    with pytest.raises(FunctionError, match="ValueError: no") as caught:
        fn.invoke()
    trace = ["  File \"main.py\", line 4, in hook\n    raise ValueError('no')\n"]
    assert caught.value.trace == trace
    assert fn.instances[-1].stopped


def test_errors_while_loading_are_those_of_a_plain_start(deploy):
    found = []
    for start in ("plain", "snapshot"):
        fn = deploy("print('soon')\n1 / 0\n", start=start)
        with pytest.raises(FunctionError) as caught:
            fn.invoke()
        (instance,) = fn.instances
        logged = [re.sub(r"[\d.]+ ms|[0-9a-f-]{36}", "", line) for line in fn.logs]
        found.append((str(caught.value), caught.value.trace, instance.ready, logged[-8:-1]))
        assert instance.stopped
    assert found[0] == found[1]


def test_report_timeline_and_bill_say_that_it_was_a_restore(deploy):
    fn = deploy("def handler(event, context): pass\n", memory_mb=512, idle_s=60)
    fn.invoke()
    fn.invoke()
    (instance,) = fn.instances
    restored, warm = fn.invocations
    assert restored.cold and restored.snapshot and instance.snapshot
    assert restored.init_ms == instance.init_s * 1000 > 0
    assert restored.billed_ms >= restored.init_ms + restored.duration_ms
    assert not warm.cold and not warm.snapshot
    report = fn.logs[3]
    assert f"\tRestore Duration: {restored.init_ms:.2f} ms\tBilled Restore Duration: " in report
    assert "Init" not in report and "Restore" not in fn.logs[-1]
    row, later = fn.bill().rows
    time_and_request = row.gb_seconds * 0.0000166667 + 0.0000002
    assert row.price == pytest.approx(time_and_request + 0.5 * 0.0001397998)
    assert later.price == pytest.approx(later.gb_seconds * 0.0000166667 + 0.0000002)
    assert "snap" in str(fn.bill()) and "to keep one costs 0.0000015046 USD" in str(fn.bill())


def test_each_instance_has_what_is_its_own(deploy, tmp_path):
    fn = deploy(
        "import os, tempfile\n"
        "os.environ['SET_AT_LOAD'] = tempfile.gettempdir()\n"
        "def handler(event, context):\n"
        "    print('of', context.log_stream_name, end='')\n"
        "    own = [os.getpid(), os.getsid(0), os.getpgid(0), tempfile.gettempdir()]\n"
        "    return {'own': own, 'environment': dict(os.environ)}\n"
    )
    one, two = cold(fn), cold(fn)
    for found, number in ((one, 1), (two, 2)):
        pid = fn.instances[number - 1].pid
        assert found["own"][:3] == [pid, pid, pid]
        assert found["own"][3].endswith(f"tmp-{number}")
        assert f"of instance-{number}" in fn.logs
        assert found["environment"]["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start"
        assert found["environment"]["AWS_LAMBDA_LOG_STREAM_NAME"] == f"instance-{number}"
    same = one["environment"].items() & two["environment"].items()
    differing = set(one["environment"]) - {name for name, _ in same}
    assert differing == {"AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", MARKER,
                         "TMPDIR", "TEMP", "TMP", "_X_AMZN_TRACE_ID"}  # fmt: skip


def test_memory_is_that_of_an_instance_with_a_machine_of_its_own(deploy):
    fn = deploy("ballast = 'x' * 80_000_000\ndef handler(event, context): return len(ballast)\n")
    assert cold(fn) == 80_000_000
    assert 76 < fn.invocations[-1].max_memory_mb < 128  # what the forks share counts for each


def test_a_function_may_have_modules_named_as_the_clouds_own(cloud, tmp_path):
    (tmp_path / "worker.py").write_text(
        "import fork_server, shared_state\n"
        "def handler(event, context): return [fork_server.x, shared_state.x]"
    )
    for name in ("fork_server", "shared_state"):
        (tmp_path / f"{name}.py").write_text("x = 'mine'")
    fn = cloud.deploy("f", tmp_path, handler="worker.handler", start="snapshot")
    assert fn.invoke() == ["mine", "mine"]


def test_threads_forbid_a_snapshot(deploy):
    fn = deploy(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=[60], name='ticker', daemon=True).start()\n"
        "def handler(event, context): return threading.active_count()\n"
    )
    said = "no snapshot: a fork would lose these threads: ticker. Each instance gets a plain start."
    assert [cold(fn), cold(fn)] == [2, 2]
    assert fn.logs.count(said) == 1
    assert not any(each.snapshot for each in [*fn.instances, *fn.invocations])
    assert "Init Duration" in fn.logs[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts threads of libraries")
def test_so_do_threads_of_a_library(deploy):
    fn = deploy(
        "import ctypes\n"
        "work = ctypes.PYFUNCTYPE(None)(lambda: None)\n"
        "libc = ctypes.CDLL(None)\n"
        "thread = ctypes.c_ulong()\n"
        "libc.pthread_create(ctypes.byref(thread), None, libc.pause, None)\n"
        "def handler(event, context): return 1\n"
    )
    assert fn.invoke() == 1
    assert "these threads: 1 of a library that is not Python." in fn.logs[0]


def test_open_sockets_are_named(deploy, cloud):
    source = (
        "import asyncio, socket\n"
        "connection = socket.create_connection(('127.0.0.1', {port}))\n"
        "loop = asyncio.new_event_loop()\n"
        "def handler(event, context): return 1\n"
    )
    fn = deploy(source.format(port=cloud.port))
    assert fn.invoke() == 1
    (line,) = [line for line in fn.logs if line.startswith("[WARNING]")]
    assert "shared by all instances, whose bytes will mix" in line
    assert f"a socket of 127.0.0.1:{cloud.port}, a local socket (an event loop has two)" in line
    assert not [line for line in deploy("def handler(e, c): pass").logs if "WARNING" in line]


def test_open_files_are_named_unless_they_are_only_added_to(deploy, tmp_path):
    (tmp_path / "words.txt").write_text("one\ntwo\n")
    fn = deploy(
        "from pathlib import Path\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "words = open(folder / 'words.txt')\n"
        "notes = open(folder / 'notes.txt', 'a')\n"
        "def handler(event, context): return words.readline()\n"
    )
    assert cold(fn) == "one\n"
    (line,) = [line for line in fn.logs if line.startswith("[WARNING]")]
    assert "shared by all instances" in line and line.count("the file ") == 1
    assert "words.txt (all read on from one place)" in line or sys.platform != "linux"


def test_a_generator_of_random_numbers_is_named(deploy):
    fn = deploy(
        "import random\n"
        "dice, safe, number = random.Random(), random.SystemRandom(), random.random()\n"
        "def handler(event, context): return dice.random()\n"
    )
    assert cold(fn) == cold(fn)  # the trap
    (line,) = [line for line in fn.logs if line.startswith("[WARNING]")]
    assert "giving the same numbers in all instances: dice. Make it in the handler" in line
    assert "snapshot_restore_py.register_after_restore" in line


@pytest.mark.parametrize("settings", [{"worker": "awslambdaric"}, {"runtime": "nodejs"}])
def test_elsewhere_a_plain_start_is_used_and_that_is_said_once(cloud, settings):
    folder = FUNCTIONS / "node" if "runtime" in settings else PLAIN
    fn = cloud.deploy("f", folder, handler="main.echo", start="snapshot", **settings)
    said = "snapshot start needs Linux or macOS, runtime 'python' and worker 'sandbox'"
    assert fn.logs == [f"{said}. Each instance gets a plain start."]
    if "worker" not in settings or find_spec("awslambdaric"):
        assert fn.invoke(5) == 5
        assert not fn.instances[0].snapshot


def test_when_the_template_dies_its_instances_end_and_the_next_start_makes_a_new_one(cloud, deploy):
    fn = deploy("def handler(event, context): return 1\n", idle_s=60)
    fn.invoke()
    first, marker = template_of(fn), psutil.Process(fn.instances[0].pid).environ()[MARKER]
    first.kill()
    wait_until(lambda: fn.instances[0].stopped)
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(fn.invoke, range(4))) == [1] * 4
    assert all(instance.snapshot for instance in fn.instances)
    assert template_of(fn).pid != first.pid
    assert marked(marker) == []
    assert sum(line.startswith("INIT_REPORT") for line in fn.logs) == 2


def test_a_call_at_work_when_the_template_dies_gets_an_error(cloud, tmp_path):
    fn = cloud.deploy("f", PLAIN, handler="main.wait", start="snapshot", timeout_s=20)
    with ThreadPoolExecutor() as threads:
        call = threads.submit(fn.invoke, str(tmp_path / "never"))
        wait_until(lambda: any("START" in line for line in fn.logs))
        template_of(fn).kill()
        with pytest.raises(FunctionError, match="Runtime exited with error: signal 9"):
            call.result(10)


def test_a_template_that_is_stuck_is_given_up(tmp_path):
    (tmp_path / "main.py").write_text(
        "import os, signal\n"
        "def handler(event, context):\n"
        "    os.kill(os.getppid(), event)\n"
        "    os._exit(5)\n"
    )
    with Cloud(init_timeout_s=1.0) as cloud:
        fn = cloud.deploy("f", tmp_path, start="snapshot", timeout_s=0.5)
        with pytest.raises(FunctionError, match="timed out"):  # nobody waits for the fork's end
            fn.invoke(signal.SIGSTOP)
        with pytest.raises(FunctionError, match="exit status 5"):
            fn.invoke(0)
        marker = cloud._marker
    assert marked(marker) == []


def test_a_snapshot_may_load_longer_than_a_plain_start(tmp_path):
    (tmp_path / "main.py").write_text(
        "import time\ntime.sleep(1)\ndef handler(event, context): return 1\n"
    )
    with Cloud(init_timeout_s=0.5) as cloud:
        fn = cloud.deploy("f", tmp_path, start="snapshot")
        assert fn.invoke() == 1
        assert fn.invocations[0].init_ms < 1000  # it was loaded at deploy


def test_closing_ends_a_deploy_that_hangs(tmp_path):
    cloud = Cloud()
    (tmp_path / "main.py").write_text("while True: pass")
    with ThreadPoolExecutor() as threads:
        deploy = threads.submit(cloud.deploy, "f", tmp_path, start="snapshot")
        wait_until(lambda: marked(cloud._marker))
        cloud.close()
        deploy.exception(10)  # whatever it says
    assert marked(cloud._marker) == []


def test_no_zombies(deploy):
    fn = deploy("import os\ndef handler(event, context): return os.getppid()\n")
    template = psutil.Process(cold(fn))
    for _ in range(5):
        cold(fn)
    wait_until(lambda: all(instance.stopped for instance in fn.instances))
    assert template.children() == []


def test_many_at_once(cloud):
    fn = cloud.deploy(
        "f", PLAIN, handler="main.echo", start="snapshot", concurrency=40, timeout_s=20
    )
    with ThreadPoolExecutor(40) as threads:
        assert list(threads.map(fn.invoke, range(40))) == list(range(40))
    pids = [instance.pid for instance in fn.instances]
    assert 0 not in pids and len(set(pids)) == len(pids)
    cloud.deploy("f", PLAIN, handler="main.echo")
    wait_until(lambda: all(instance.stopped for instance in fn.instances))
