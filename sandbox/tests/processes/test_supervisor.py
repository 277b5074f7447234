"""The supervisor of programs: what they print is kept, and none outlives who started it."""

import os
import subprocess
import sys

import psutil
import pytest
from cloud_tools import POSIX, marked, wait_until

from bot_sandbox.processes.supervisor import (
    KEPT_CHARACTERS,
    KEPT_LINES,
    LONGEST_LINE,
    ProcessSupervisor,
)

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def supervisor():
    supervisor = ProcessSupervisor()
    yield supervisor
    supervisor.close()


@pytest.fixture
def start(supervisor, tmp_path):
    def start(code):
        return supervisor.start([sys.executable, "-c", code], tmp_path, os.environ)

    return start


def first_line(kept):
    return kept.output.wait_for(lambda lines: lines[:1], 20)[0]


def test_output_and_error_output_are_kept_apart(start, tmp_path):
    kept = start(
        "import os, sys\n"
        "print(os.getcwd())\n"
        "print('über', 'zwei', sep='\\n', file=sys.stderr)\n"
        "sys.exit(3)"
    )
    assert kept.wait(20) == kept.status == 3
    kept.output.wait_end(20)
    kept.errors.wait_end(20)
    assert kept.output.all() == [str(tmp_path)]
    assert kept.errors.all() == ["über", "zwei"]


def test_a_chatty_program_is_not_blocked_and_fills_no_memory(start):
    kept = start(f"for number in range({3 * KEPT_LINES}): print(number)")
    assert kept.wait(60) == 0
    kept.output.wait_end(20)
    assert kept.output.all() == [str(number) for number in range(2 * KEPT_LINES, 3 * KEPT_LINES)]


def test_an_endless_line_comes_in_parts_and_fills_no_memory(start):
    kept = start("while True: print('x' * 100_000, end='')")
    most = KEPT_CHARACTERS

    def is_full(lines):
        return len(lines) > 1 and sum(map(len, lines)) > most - 2 * LONGEST_LINE

    assert kept.output.wait_for(is_full, 60)
    assert sum(map(len, kept.output.all())) <= most
    assert max(map(len, kept.output.all())) <= LONGEST_LINE


def test_who_waits_for_a_line_is_not_kept_when_no_more_will_come(start):
    kept = start("print('hello')")
    assert kept.output.wait_for(lambda lines: "bye" in lines, 20) is False
    assert kept.output.is_over


@pytest.mark.parametrize("end", ["kill", "close"])
def test_its_children_end_with_it(supervisor, start, end):
    kept = start(FAMILY)
    child = psutil.Process(int(first_line(kept)))
    kept.kill() if end == "kill" else supervisor.close()
    assert kept.status is not None
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_another_program_of_the_keeper_lives_on(start):
    one, other = start(FAMILY), start(FAMILY)
    first_line(other)
    one.kill()
    assert other.status is None


@POSIX
@pytest.mark.parametrize(("how", "says"), [("interrupt", "KeyboardInterrupt"), ("terminate", "")])
def test_it_can_be_asked_to_end(start, how, says):
    hears = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # even in the background
    # Not one long sleep: Python may miss a signal that comes just before it, and sleep it out.
    sleeps = "while True: time.sleep(0.1)"
    kept = start(f"import signal, time\n{hears}\nprint(1, flush=True)\n{sleeps}")
    first_line(kept)
    getattr(kept, how)()
    assert kept.wait(20) < 0
    kept.errors.wait_end(20)
    assert kept.errors.all()[-1:] == ([says] if says else [])


def test_everything_ends_and_is_deleted_when_the_keeper_is_killed(tmp_path):
    code = f"""
import os, sys, time
from pathlib import Path
from bot_sandbox.processes.supervisor import ProcessSupervisor
folder = Path({str(tmp_path)!r}, "own")
folder.mkdir()
supervisor = ProcessSupervisor(folder)
kept = supervisor.start([sys.executable, "-c", {FAMILY!r}], folder, os.environ)
kept.output.wait_for(lambda lines: lines, 20)
print(supervisor.marker, flush=True)
time.sleep(60)
"""
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    marker = starter.stdout.readline().strip()
    wait_until(lambda: len(marked(marker)) == 2)  # it cannot be read while a program is loaded
    starter.kill()
    starter.communicate()
    wait_until(lambda: not marked(marker))
    wait_until(lambda: not (tmp_path / "own").exists())


WITHOUT_DESCRIPTORS = """
import contextlib, os, resource, sys
from pathlib import Path
from bot_sandbox.processes.supervisor import ProcessSupervisor
folder = Path(sys.argv[1])
Path(folder, "a/b").mkdir(parents=True)
supervisor = ProcessSupervisor(folder)
kept = supervisor.start([sys.executable, "-c", sys.argv[2]], folder, os.environ)
kept.output.wait_for(lambda lines: lines, 20)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
taken = []
with contextlib.suppress(OSError):
    while True:
        taken.append(os.open(os.devnull, os.O_RDONLY))
supervisor.close()
os.closerange(taken[0], taken[-1] + 1)
print(supervisor.marker, folder.exists())
"""


@POSIX
def test_everything_ends_and_is_deleted_when_no_file_descriptor_is_free(tmp_path):
    command = [sys.executable, "-c", WITHOUT_DESCRIPTORS, str(tmp_path / "own"), FAMILY]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    marker, folder_exists = run.stdout.split()
    assert folder_exists == "False"
    assert not marked(marker)


def test_a_program_that_is_not_there_is_an_error_at_once(supervisor, tmp_path):
    with pytest.raises(OSError, match="no-such-program"):
        supervisor.start(["no-such-program"], tmp_path, os.environ)
