"""What several tests of the cloud need."""

import os
import time
from pathlib import Path

import psutil
import pytest

from bot_sandbox.processes.supervisor import MARKER

FUNCTIONS = Path(__file__).parents[1] / "functions"
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
BOTH_STARTS = pytest.mark.parametrize("start", ["plain", pytest.param("snapshot", marks=POSIX)])


def wait_until(condition, timeout=60.0):
    """Wait until something is true; fail when it does not become so."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"still not so after {timeout} s: {condition}"
        time.sleep(0.005)


def marked(prefix):
    """The pids of living processes whose marker begins with `prefix`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARKER, "").startswith(prefix):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found
