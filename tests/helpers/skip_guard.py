"""What holds for every test of the course; ../../conftest.py takes it from here.

The sandbox's tests have the same in a file of their own, because sandbox/ can leave the course.
In CI, where the variable CI is set, a skip is a failure unless the nearest `skips.toml` above the
test allows it. Property tests try the same examples each time. Only files of tests are looked
through for doctests in a folder of tests, since what else is there may not even be importable.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import settings

# No limit on an example's time: a busy machine must not fail a test. A property that doesn't say
# how many examples it needs gets few, and a hundred with --all, which asks for that profile.
settings.register_profile("all", deadline=None, derandomize=True)
settings.register_profile("steady", settings.get_profile("all"), max_examples=20)
settings.load_profile("steady")


def pytest_ignore_collect(collection_path):
    """Leave out what is no test in a folder of tests."""
    if "tests" in collection_path.parent.parts and collection_path.suffix == ".py":
        return True if not collection_path.name.startswith("test_") else None
    return None


def allowed(path):
    """Return the skips that are allowed for a file: the entries of the nearest skips.toml."""
    for folder in path.parents:
        if (folder / "skips.toml").is_file():
            return tomllib.loads((folder / "skips.toml").read_text(encoding="utf-8"))["allowed"]
    return []


def judged(report, path):
    """Return the report of a test; in CI a skip that is not allowed becomes a failure."""
    if not os.environ.get("CI") or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[-1]
    for one in allowed(path):
        if sys.platform in one.get("on", [sys.platform]) and re.search(one["reason"], reason):
            return report
    report.outcome = "failed"
    report.longrepr = (
        f"{reason}\nIn CI everything runs that skips.toml does not name. Install what this test "
        "needs (.ci/run does), or write there why it may be skipped."
    )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A test may be skipped."""
    return judged((yield), item.path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """A whole file may be skipped."""
    return judged((yield), getattr(collector, "path", Path.cwd()))
