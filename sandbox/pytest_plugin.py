"""Fixtures for anybody's tests of a bot: `telegram`, `twitch`, `cloud`, `mail` and `program`.

    def test_my_bot_greets(telegram, program):
        account = telegram.new_bot("Hello bot", "hello_bot")
        program("node", "bot.js", BOT_TOKEN=account.token, BOT_API=telegram.url)
        assert telegram.person("Viktor").ask("/hello") == "hello Viktor!"

Once the package is installed pytest finds them by itself. Each test gets a world of its own, on
free ports, which ends with it. With other numbers than the usual ones, write a fixture of your own,
`with Telegram(limits=None) as telegram: yield telegram`: a fixture in a test file or conftest.py
takes the place of one here that has its name.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Nothing of the sandbox is imported here: pytest loads this file in projects that use none of it.
if TYPE_CHECKING:
    from sandbox import Cloud, Mail, Telegram, Twitch
    from sandbox.keeper import Kept


@pytest.fixture
def telegram() -> "Iterator[Telegram]":
    """A Telegram with nobody in it yet; bots find it at `telegram.url`."""
    from sandbox import Telegram

    with Telegram() as telegram:
        yield telegram


@pytest.fixture
def twitch() -> "Iterator[Twitch]":
    """A Twitch with nobody in it yet: `twitch.url`, `twitch.irc_url`, `twitch.eventsub_url`."""
    from sandbox import Twitch

    with Twitch() as twitch:
        yield twitch


@pytest.fixture
def cloud() -> "Iterator[Cloud]":
    """A serverless cloud without functions: `cloud.deploy(name, folder)` makes one."""
    from sandbox import Cloud

    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def mail() -> "Iterator[Mail]":
    """A mail server that catches every letter: `mail.host`, `mail.port`, `mail.wait()`."""
    from sandbox import Mail

    with Mail() as mail:
        yield mail


@pytest.fixture
def program() -> "Iterator[Callable[..., Kept]]":
    """Starts a program in any language; it ends with the test, with all that it has started.

    `program("node", "bot.js", folder="my_bot", BOT_TOKEN=token)`: the words of its command, the
    folder to run in (else pytest's own) and what its environment gets beside pytest's own. What it
    prints is in `.output.all()` and `.errors.all()`, and in pytest's report of a test that fails.
    """
    from sandbox.keeper import Keeper

    keeper, started = Keeper(), []

    def start(*command: str, folder: str | Path = ".", **environment: str) -> "Kept":
        kept = keeper.start(list(command), Path(folder), {**os.environ, **environment})
        started.append((command, kept))
        return kept

    yield start
    keeper.close()
    for command, kept in started:
        kept.output.wait_end()
        kept.errors.wait_end()
        print(f"{' '.join(command)}: exit status {kept.status}")
        print(*kept.output.all(), *kept.errors.all(), sep="\n")
