"""What is skipped: named at the end, and in CI a failure unless it is allowed to."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SKIPPING = """
import pytest

def test_that_runs():
    pass

def test_without_a_browser():
    pytest.skip("NO NETSCAPE: install it")

@pytest.mark.skipif(True, reason="a container's root may write everywhere")
def test_read_only():
    pass

@pytest.mark.xfail
def test_known_to_fail():
    assert False
"""
WHOLE_FILE = "import pytest\npytest.importorskip('no_such_package')\n"


@pytest.fixture
def run(tmp_path):
    for name in ("tests/helpers/skip_guard.py", "tests/skips.toml"):
        shutil.copy(HOME / name, tmp_path)
    (tmp_path / "conftest.py").write_text("from skip_guard import *")
    (tmp_path / "test_some.py").write_text(SKIPPING)
    (tmp_path / "test_all.py").write_text(WHOLE_FILE)

    def run(ci, *options):
        told = {name: value for name, value in os.environ.items() if name != "CI"}
        command = [sys.executable, "-m", "pytest", "-rs", *options]
        return subprocess.run(
            command, cwd=tmp_path, env=told | ci, capture_output=True, text=True, timeout=120
        )

    return run


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_in_ci_a_skip_fails_unless_it_is_allowed(run, workers):
    done = run({"CI": "true"}, *workers, "--continue-on-collection-errors")
    assert done.returncode == 1
    assert re.search(r"1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error", done.stdout)
    assert "Skipped: NO NETSCAPE: install it\nIn CI everything runs" in done.stdout
    assert re.search(r"could not import 'no_such_package'.*\n *In CI everything runs", done.stdout)


def test_elsewhere_it_is_named_at_the_end(run):
    done = run({})
    assert done.returncode == 0
    assert "1 passed, 3 skipped, 1 xfailed" in done.stdout
    assert re.search(r"SKIPPED .* NO NETSCAPE: install it", done.stdout)
    assert re.search(r"SKIPPED .*could not import 'no_such_package'", done.stdout)


def test_here_it_is_named_at_the_end_too(pytestconfig):
    assert "s" in pytestconfig.getoption("reportchars")
