"""What every test relies on."""

import os
import re
import shutil
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time and no limit on their time: a busy machine must not fail a test.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

SKIPS = tomllib.loads(Path(__file__).with_name("skips.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def repository():
    """The folder of the course."""
    return Path(__file__).parents[1]


@pytest.fixture
def account(telegram):
    """A bot in the sandbox Telegram that a test file makes for itself."""
    return telegram.new_bot("Hello bot", "hello_bot")


@pytest.fixture
def viktor(telegram):
    """Someone who chats there."""
    return telegram.person("Viktor")


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of a file."""
    from window_browser import a_browser, look  # only here: few tests need it, and it takes long

    if not look.find_browser():
        pytest.skip("NO BROWSER: install chromium to test the window in it")
    with a_browser() as one:
        yield one


@pytest.fixture(scope="module")
def awslambdaric(tmp_path_factory):
    """A folder that holds awslambdaric and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("ric")
    try:
        for name in ("awslambdaric", "simplejson", "snapshot-restore-py"):
            for file in distribution(name).files:
                target = folder / file
                if ".." not in file.parts:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file.locate(), target)
    except PackageNotFoundError as error:
        pytest.skip(f"AWS's own loop is not installed on this platform: {error}")
    return folder


def pytest_ignore_collect(collection_path):
    """Look for no doctests here: what else lies in tests/ may not even be importable."""
    if collection_path.suffix == ".py" and not collection_path.name.startswith("test_"):
        return True
    return None


def judged(report):
    """The report of a test; in CI, a skip that tests/skips.toml does not allow is a failure."""
    if not os.environ.get("CI") or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[-1]
    for one in SKIPS["allowed"]:
        if sys.platform in one.get("on", [sys.platform]) and re.search(one["reason"], reason):
            return report
    report.outcome = "failed"
    report.longrepr = (
        f"{reason}\nIn CI everything runs that tests/skips.toml does not name. Bring what this "
        "test needs (.ci/run installs it), or say there why it may be skipped."
    )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """A test may be skipped."""
    return judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """A whole file may be skipped."""
    return judged((yield))
