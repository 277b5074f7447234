"""An instance is frozen between two calls, as on AWS: what it has started does nothing."""

import random
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from cloud_tools import BOTH_STARTS, FUNCTIONS, POSIX, marked, wait_until

from bot_sandbox.cloud import Cloud

# Each call returns only after the file has grown by the hand of what the first call has started.
WORKS_ON = """
import os
import subprocess
import sys
import threading
import time

GROW = '''
import sys, time
while True:
    with open(sys.argv[1], "ab") as file:
        file.write(b".")
    time.sleep(0.001)
'''
begun = []

def grow(file):
    sys.argv = ["", file]
    exec(GROW)

def thread(file):
    threading.Thread(target=grow, args=(file,), daemon=True).start()

def child(file, **options):
    subprocess.Popen([sys.executable, "-c", GROW, file], **options)

def session(file):
    child(file, start_new_session=True)

def orphan(file):
    if os.fork() == 0:
        session(file)
        os._exit(0)
    os.wait()

def size(file):
    return os.path.getsize(file) if os.path.exists(file) else 0

def handler(event, context):
    before = size(event["file"])
    if not begun:
        begun.append(globals()[event["by"]](event["file"]))
    while size(event["file"]) == before:
        time.sleep(0.001)
    return size(event["file"])
"""
NODE = """
const fs = require("fs");
let timer;
exports.handler = async ({ file }) => {
  const size = () => (fs.existsSync(file) ? fs.statSync(file).size : 0);
  const before = size();
  timer ??= setInterval(() => fs.appendFileSync(file, "."), 1);
  while (size() === before) await new Promise((resume) => setTimeout(resume, 1));
  return size();
};
"""


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def frozen(fn):
    """Whether all processes of a function's instances stand still."""
    states = []
    for record in fn.instances:
        if record.stopped is None:
            family = psutil.Process(record.pid)
            states += [one.status() for one in [family, *family.children(recursive=True)]]
    return {*states} == {psutil.STATUS_STOPPED}


def stands_still_between_calls(cloud, fn, event, is_frozen):
    """Call a function twice, which lets its file grow, and see that it doesn't grow meanwhile."""
    echo = cloud.deploy("echo", FUNCTIONS / "plain", handler="main.echo")
    size = fn.invoke(event)
    wait_until(is_frozen)
    at_rest = Path(event["file"]).stat().st_size
    assert [echo.invoke(number) for number in range(20)] == list(range(20))
    assert Path(event["file"]).stat().st_size == at_rest >= size
    assert fn.instances[0].state == "frozen"
    assert fn.invoke(event) > at_rest
    assert len(fn.instances) == 1


@pytest.mark.parametrize("by", ["thread", "child"])
@BOTH_STARTS
def test_a_thread_and_a_child_stand_still_between_calls(cloud, tmp_path, by, start):
    (tmp_path / "main.py").write_text(WORKS_ON)
    fn = cloud.deploy("f", tmp_path, timeout_s=20, start=start)
    event = {"by": by, "file": str(tmp_path / "grows")}
    stands_still_between_calls(cloud, fn, event, lambda: frozen(fn))


@POSIX
@pytest.mark.parametrize("by", ["session", "orphan"])
def test_a_child_that_left_the_process_group_stands_still_soon(cloud, tmp_path, by):
    (tmp_path / "main.py").write_text(WORKS_ON)
    fn = cloud.deploy("f", tmp_path, timeout_s=20)
    before = {*marked(cloud._marker)}

    def all_frozen():
        own = {*marked(cloud._marker)} - before
        return {psutil.Process(pid).status() for pid in own} == {psutil.STATUS_STOPPED}

    event = {"by": by, "file": str(tmp_path / "grows")}
    stands_still_between_calls(cloud, fn, event, all_frozen)


@pytest.mark.slow("a second runtime")
@pytest.mark.parametrize(
    ("name", "code", "settings"),
    [
        pytest.param(
            "main.py",
            WORKS_ON,
            {"worker": "awslambdaric"},
            marks=pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric is for Linux"),
        ),
        ("main.js", NODE, {"runtime": "nodejs"}),
    ],
)
def test_other_loops_stand_still_too(cloud, tmp_path, name, code, settings):
    if settings.get("runtime") and not shutil.which("node"):
        pytest.skip("needs Node.js")
    (tmp_path / name).write_text(code)
    fn = cloud.deploy("f", tmp_path, timeout_s=20, memory_mb=256, **settings)
    event = {"by": "thread", "file": str(tmp_path / "grows")}
    stands_still_between_calls(cloud, fn, event, lambda: frozen(fn))


def test_an_instance_that_waits_for_its_first_call_is_frozen_and_says_so(cloud):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.count", must_load=True)
    wait_until(lambda: frozen(fn))
    assert f"instance {fn.instances[0].number}: frozen" in cloud.window(fn)._repr_html_()
    assert fn.invoke() == 1


@BOTH_STARTS
def test_calls_at_random_are_each_answered_once(cloud, start):
    fn = cloud.deploy("f", FUNCTIONS / "plain", handler="main.echo", concurrency=20, start=start)
    events = list(range(1_000))
    random.Random(7).shuffle(events)
    with ThreadPoolExecutor(20) as callers:
        assert list(callers.map(fn.invoke, events)) == events
    assert len(fn.invocations) == 1_000
    wait_until(lambda: frozen(fn))


@pytest.mark.parametrize("end", ["drained", "idle"])
def test_nothing_waits_for_a_frozen_instance(cloud, tmp_path, end):
    (tmp_path / "main.py").write_text(WORKS_ON)
    fn = cloud.deploy("f", tmp_path, timeout_s=20, idle_s=0.2 if end == "idle" else 60)
    before = {*marked(cloud._marker)}
    fn.invoke({"by": "child", "file": str(tmp_path / "grows")})
    if end == "drained":
        cloud.deploy("f", tmp_path)
    wait_until(lambda: not {*marked(cloud._marker)} - before)
