"""Every test stays on this machine; only `-m live` lets a learner's own tokens in."""

import functools
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import nbval.kernel
import pytest
from guards import (  # noqa: F401 - hooks, for every tree: pytest calls them
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)

pytest_plugins = ["bot_sandbox.pytest_plugin"]  # .venv has the course on its path, not installed
OWN = ("TELEGRAM_", "TWITCH_")  # what the names of a bot's settings begin with


def pytest_configure(config: pytest.Config) -> None:
    """Take all tokens out of the environment; COURSE_WORLD keeps those of `.env` out as well.

    Whatever a test starts, a notebook's kernel too, inherits this. It stands in the course's folder
    and not in tests/, so that it also holds for a notebook that is tested alone.
    """
    config.pluginmanager.import_plugin("ways_to_test")
    if config.getoption("markexpr") == "live":  # no other test is run then
        return
    for name in [name for name in os.environ if name.startswith(OWN)]:
        del os.environ[name]
    os.environ["COURSE_WORLD"] = "sandbox"
    own = tempfile.TemporaryDirectory()  # what is passed in a test is nobody's progress
    config.add_cleanup(own.cleanup)
    os.environ["COURSE_FOLDER"] = own.name


def pytest_sessionfinish() -> None:
    """Save what `start.py test --all` measures now: a worker that is slow to exit gets killed."""
    if "coverage" in sys.modules and (measured := sys.modules["coverage"].Coverage.current()):
        measured.stop()
        measured.save()


def patient(start: Callable[..., Any]) -> Callable[..., Any]:
    """Start a kernel a second time if the first dies.

    A kernel's ports are chosen before it opens them; among thousands of connections of other tests
    one is sometimes taken meanwhile.
    """

    @functools.wraps(start)
    def started(*arguments: Any, **options: Any) -> Any:
        try:
            return start(*arguments, **options)
        except RuntimeError:
            return start(*arguments, **options)

    return started


nbval.kernel.start_new_kernel = patient(nbval.kernel.start_new_kernel)
