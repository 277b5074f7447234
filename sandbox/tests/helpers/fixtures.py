"""Fixtures that the tests of several folders use; ../conftest.py imports them."""

import shutil
import signal
from importlib.metadata import PackageNotFoundError, distribution

import pytest


@pytest.fixture
def telegram(telegram_sandbox):
    """A short name for our own tests, which say it often."""
    return telegram_sandbox


@pytest.fixture
def twitch(twitch_sandbox):
    """A short name for our own tests, which say it often."""
    return twitch_sandbox


@pytest.fixture
def cloud(cloud_sandbox):
    """A short name for our own tests, which say it often."""
    return cloud_sandbox


@pytest.fixture
def mail(mail_sandbox):
    """A short name for our own tests, which say it often."""
    return mail_sandbox


@pytest.fixture
def interruptible():
    """Ctrl-C is heard, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
    from window_browser import a_browser, find_browser  # only here: few tests need it, and slowly

    if not find_browser():
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
