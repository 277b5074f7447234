"""What every test of the sandbox relies on."""

import os
import sys
from pathlib import Path

import pytest

# Here and not in pyproject.toml, because pytest may have been started in a folder above this one.
sys.path.insert(0, str(Path(__file__).with_name("helpers")))

from fixtures import (  # noqa: F401 - tests name them
    account,
    awslambdaric,
    browser,
    cloud,
    interruptible,
    mail,
    telegram,
    twitch,
    viktor,
)
from guards import (  # noqa: F401 - hooks: pytest calls them
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)

from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE


def pytest_configure(config):
    """Load the fixtures for bots, which pytest finds by itself if bot_sandbox is installed."""
    config.pluginmanager.import_plugin("bot_sandbox.pytest_plugin")
    os.environ[PROXY_VARIABLE] = ""  # this may run on somebody's JupyterHub


@pytest.fixture(autouse=True)
def found_by_programs(monkeypatch):
    """Let programs that a test starts find bot_sandbox, whether it is installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]), prepend=os.pathsep)
