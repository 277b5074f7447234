"""Every test stays on this machine; only `-m live` lets a learner's own tokens in."""

import functools
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import nbval.kernel
import pytest
from measured_limits import pytest_runtest_call  # noqa: F401 - a hook, for every notebook
from skip_guard import (  # noqa: F401 - hooks, for every tree: pytest calls them
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)

from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE
from lessons.commands.refresh import working_folder

pytest_plugins = ["bot_sandbox.pytest_plugin"]  # .venv has the course on its path, not installed
OWN = ("TELEGRAM_", "TWITCH_")  # what the names of a bot's settings begin with


def pytest_configure(config: pytest.Config) -> None:
    """Take all tokens out of the environment; BOT_WORLD keeps those of `.env` out as well.

    Whatever a test starts, a notebook's kernel too, inherits this. It stands in the course's folder
    and not in tests/, so that it also holds for a notebook that is tested alone.
    """
    config.pluginmanager.import_plugin("left_out")
    if config.getoption("markexpr") == "live":  # no other test is run then
        return
    for name in [name for name in os.environ if name.startswith(OWN)]:
        del os.environ[name]
    os.environ["BOT_WORLD"] = "sandbox"
    os.environ[PROXY_VARIABLE] = ""  # this may run on somebody's JupyterHub
    own = tempfile.TemporaryDirectory()  # what is passed in a test is nobody's progress
    config.add_cleanup(own.cleanup)
    os.environ["COURSE_FOLDER"] = os.environ["BOTS_FOLDER"] = own.name
    os.environ["BOT_COMMAND"] = "python3 start.py"
    # A shell that starts the tests in the background switches Ctrl-C off, for what they start, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave ten thousand tests out of every search for garbage: a tenth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Save the measured branches now: a worker that is slow to exit gets killed."""
    if "coverage" in sys.modules and (measured := sys.modules["coverage"].Coverage.current()):
        measured.stop()
        measured.save()


def in_a_fresh_folder(start: Callable[..., Any]) -> Callable[..., Any]:
    """Start a notebook's kernel with an empty workshop of its own, and again if it dies.

    A kernel's ports are chosen before it opens them; among thousands of connections of other tests
    one is sometimes taken meanwhile.
    """

    @functools.wraps(start)
    def started(*arguments: Any, cwd: str, **options: Any) -> Any:
        folder = Path(tempfile.mkdtemp(dir=os.environ["COURSE_FOLDER"]))
        options["cwd"] = str(working_folder(Path(cwd) / "notebook.ipynb", folder))
        options["env"] = os.environ | {"COURSE_FOLDER": str(folder / "own")}
        try:
            return start(*arguments, **options)
        except RuntimeError:
            return start(*arguments, **options)

    return started


nbval.kernel.start_new_kernel = in_a_fresh_folder(nbval.kernel.start_new_kernel)
