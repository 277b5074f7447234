"""However the interpreter ends, no process, no port and no folder stays behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cloud_tools import FUNCTIONS, POSIX, marked, wait_until

pytestmark = pytest.mark.slow("commands from start to end")

PROGRAM = """
import contextlib
import sys
import threading
from bot_sandbox.cloud import Cloud

cloud = Cloud()
count = cloud.deploy("count", {plain!r}, handler="main.count", start={start!r})
count.invoke()
family = cloud.deploy("family", {hostile!r}, handler={family!r}, timeout_s=60, start={start!r})
child = family.invoke()
busy = cloud.deploy("busy", {hostile!r}, handler="main.endless", timeout_s=60, start={start!r})

def call():
    with contextlib.suppress(Exception):
        busy.invoke()

threading.Thread(target=call, daemon=True).start()
cloud.wait_until(lambda: any("START" in line for line in busy.logs))
print(cloud._marker, cloud.port, cloud.folder, child, flush=True)
{end}
"""
DAEMON = "main.leave_daemon" if os.name == "posix" else "main.leave_child"


def begin(start, end):
    program = PROGRAM.format(
        plain=str(FUNCTIONS / "plain"),
        hostile=str(FUNCTIONS / "hostile"),
        family=DAEMON,
        start=start,
        end=end,
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    marker, port, folder, _ = process.stdout.readline().split()
    return process, marker, int(port), Path(folder)


def nothing_left(marker, port, folder):
    wait_until(lambda: not marked(marker))
    wait_until(lambda: not folder.exists())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("plain", "", 0),
        ("plain", "raise ValueError('oops')", 1),
        ("plain", "sys.exit(3)", 3),
        ("plain", "cloud.close()", 0),
        pytest.param("snapshot", "", 0, marks=POSIX),
    ],
)
def test_the_interpreter_ends(start, end, code):
    process, *rest = begin(start, end)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert errors.strip().splitlines()[-1:] == (["ValueError: oops"] if code == 1 else [])
    nothing_left(*rest)


@POSIX
@pytest.mark.parametrize(
    ("start", "number"),
    [("plain", signal.SIGKILL), ("plain", signal.SIGTERM), ("snapshot", signal.SIGKILL)],
)
def test_the_interpreter_is_killed(start, number):
    process, marker, port, folder = begin(start, "sys.stdin.read()")
    templates = 3 if start == "snapshot" else 0
    wait_until(lambda: len(marked(marker)) == 4 + templates)  # three instances and a daemon
    process.send_signal(number)
    process.communicate(timeout=20)
    nothing_left(marker, port, folder)


DEPLOYS = """
import contextlib
import sys
import threading
from bot_sandbox.cloud import Cloud

cloud = Cloud()

def deploy():
    with contextlib.suppress(RuntimeError):  # it is closed meanwhile
        cloud.deploy("large", sys.argv[1])

threading.Thread(target=deploy).start()
while not any(cloud.folder.rglob("*.pyc")):
    pass
cloud.close()
print(cloud.folder.exists())
"""


def test_a_deployment_under_way_does_not_hold_up_the_end(tmp_path):
    (tmp_path / "main0.py").write_text("x = (1, [2, {3: 4}])\n" * 4_000)
    for number in range(1, 200):  # to compile all takes many seconds
        (tmp_path / f"main{number}.py").hardlink_to(tmp_path / "main0.py")
    command = [sys.executable, "-c", DEPLOYS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("False\n", "")


# Starts and ends instances while few descriptors are free; prints what each call gets.
FEW_DESCRIPTORS = """
import os, resource, sys
from concurrent.futures import ThreadPoolExecutor
from bot_sandbox.cloud import Cloud, FunctionError

def take_all():
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass

def free():
    while taken:
        os.close(taken.pop())

def result(call):
    try:
        print(call.result())
    except (FunctionError, OSError) as error:
        print(error)

resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
taken = []
with Cloud() as cloud, ThreadPoolExecutor(1) as pool:
    fn = cloud.deploy("f", sys.argv[1], timeout_s=1, concurrency=1, idle_s=0.5)
    take_all()
    for _ in range(10):
        result(pool.submit(fn.invoke, 0))
        os.close(taken.pop())
    free()
    call = pool.submit(fn.invoke, 1)
    cloud.wait_until(lambda: any(each.state == "busy" for each in fn.instances))
    take_all()
    result(call)
    free()
    result(pool.submit(fn.invoke, 0))
    print(cloud.wait_until(lambda: fn.instances[-1].stopped, 20))  # it was idle too long
    take_all()
free()
print(cloud.folder.exists())
"""


@POSIX
def test_a_cloud_without_free_descriptors_recovers_and_closes(tmp_path):
    (tmp_path / "main.py").write_text(
        "import time\ndef handler(event, context): return time.sleep(60 * event) or 'fine'\n"
    )
    command = [sys.executable, "-c", FEW_DESCRIPTORS, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    *_, timed_out, last, idle_ended, folder_exists = run.stdout.splitlines()
    assert "Too many open files" in run.stdout
    assert "timed out" in timed_out and last == "fine" and idle_ended == "True"
    assert folder_exists == "False"
