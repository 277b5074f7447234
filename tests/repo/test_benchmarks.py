"""Each benchmark runs through with --quick and prints its tables; how fast, is not judged here."""

import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow("commands from start to end")

HOME = Path(__file__).parents[2]
SCRIPTS = {  # and the first column's title of each of its tables
    "cold_and_warm": ["function"],
    "gateway": ["1 at once", "8 at once"],
    "telegram_updates": [
        f"{way}, {n} at once" for way in ("wrk posts", "Telegram delivers") for n in (1, 8)
    ],
    "test_time": ["notebooks: 1"],
}
NEED_WRK = ("gateway", "telegram_updates")


def skip_loudly(reason):
    """Skip, and say so among the warnings that pytest always prints."""
    warnings.warn(f"a benchmark was not tried: {reason}", stacklevel=2)
    pytest.skip(reason)


@pytest.mark.timeout(700)  # on a busy machine
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_quick_run_prints_its_tables(name):
    if os.name == "nt":
        skip_loudly("the benchmarks are for Linux and macOS")
    if sys.platform != "linux" and name != "test_time":
        skip_loudly("awslambdaric, which it compares with, is for Linux")
    if name in NEED_WRK and not shutil.which("wrk"):
        skip_loudly("wrk is missing: sudo apt install wrk")
    words = [sys.executable, f"benchmarks/{name}.py", "--quick"]
    done = subprocess.run(words, cwd=HOME, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "load average at start" in done.stdout
    for title in SCRIPTS[name]:
        assert re.search(rf"^{re.escape(title)}.*\n-", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("name", NEED_WRK)
def test_without_wrk_it_says_what_to_install(name, tmp_path):
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", "--quick"],
        cwd=HOME,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "wrk is missing" in done.stderr
