"""What the tests of the course rely on; what holds for every tree is in ../conftest.py."""

from pathlib import Path

import pytest
from fixtures import (  # noqa: F401 - tests name them
    account,
    awslambdaric,
    cloud,
    mail,
    telegram,
    twitch,
    viktor,
)

from lessons.cloud import Cloud


@pytest.fixture
def cloud_sandbox():
    """The course's cloud, whose functions may import botlib."""
    with Cloud() as made:
        yield made


@pytest.fixture(scope="session")
def repository():
    """The folder of the course."""
    return Path(__file__).parents[1]
