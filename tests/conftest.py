"""What the tests of the course rely on; what holds for every tree is in ../conftest.py."""

import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from moto_server import moto_server

from bot_sandbox.http.local_server import servers
from lessons.cloud import Cloud
from lessons.web.link import Relay


@pytest.fixture(scope="module", autouse=True)
def nothing_left_for_other_files(tmp_path_factory):
    """Forget the bots that a file's tests have loaded, and close the servers they leave open.

    A notebook keeps them, too. But here their functions would be called while other tests run.
    """
    path, folder = sys.path[:], str(tmp_path_factory.getbasetemp())
    yield
    sys.path[:] = path
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(folder):
            del sys.modules[name]
    for server in servers():
        if not isinstance(server, Relay):  # kept for its port, and it does nothing by itself
            server.close()


@pytest.fixture
def cloud_sandbox():
    """The course's cloud, whose functions may import botlib."""
    with Cloud() as made:
        yield made


@pytest.fixture(scope="session")
def repository():
    """The folder of the course."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="module")
def moto():
    """The address of a moto, which imitates AWS, of one test file's own."""
    with moto_server() as address:
        yield address


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
def account(telegram):
    """A bot in the sandbox Telegram that a test file makes for itself."""
    return telegram.new_bot("Hello bot", "hello_bot")


@pytest.fixture
def viktor(telegram):
    """Someone who chats there."""
    return telegram.person("Viktor")


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
