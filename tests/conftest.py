"""What every test relies on."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time and no limit on their time: a busy machine must not fail a test.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


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


def pytest_ignore_collect(collection_path):
    """Look for no doctests here: what else lies in tests/ may not even be importable."""
    if collection_path.suffix == ".py" and not collection_path.name.startswith("test_"):
        return True
    return None
