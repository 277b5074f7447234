"""Fixtures for tests of a bot: `telegram_sandbox`, `twitch_sandbox`, `cloud_sandbox` and others.

    def test_my_bot_greets(telegram_sandbox, program):
        account = telegram_sandbox.new_bot("Hello bot", "hello_bot")
        program("node", "bot.js", BOT_TOKEN=account.token, BOT_API=telegram_sandbox.url)
        assert telegram_sandbox.person("Viktor").ask("/hello") == "hello Viktor!"

Once the package is installed pytest finds them by itself. Each test gets a world of its own, on
free ports, which ends with it. With other numbers than the usual ones, write a fixture of your own,
`with Telegram(limits=None) as made: yield made`: a fixture in a test file or conftest.py
takes the place of one here that has its name.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Nothing of the sandbox is imported here: pytest loads this file in projects that use none of it.
if TYPE_CHECKING:
    from bot_sandbox import Cloud, Mail, Telegram, Twitch
    from bot_sandbox.process_supervisor import ManagedProcess


@pytest.fixture
def telegram_sandbox() -> "Iterator[Telegram]":
    """A Telegram with nobody in it yet; bots find it at `telegram_sandbox.url`."""
    from bot_sandbox import Telegram

    with Telegram() as made:
        yield made


@pytest.fixture
def twitch_sandbox() -> "Iterator[Twitch]":
    """A Twitch with nobody in it yet: it has `url`, `irc_url` and `eventsub_url`."""
    from bot_sandbox import Twitch

    with Twitch() as made:
        yield made


@pytest.fixture
def cloud_sandbox() -> "Iterator[Cloud]":
    """A serverless cloud without functions: `deploy(name, folder)` makes one."""
    from bot_sandbox import Cloud

    with Cloud() as made:
        yield made


@pytest.fixture
def mail_sandbox() -> "Iterator[Mail]":
    """A mail server that catches every letter: it has `host`, `port` and `wait()`."""
    from bot_sandbox import Mail

    with Mail() as made:
        yield made


@pytest.fixture
def program() -> "Iterator[Callable[..., ManagedProcess]]":
    """Starts a program in any language; it ends with the test, with all that it has started.

    `program("node", "bot.js", folder="my_bot", BOT_TOKEN=token)`: the words of its command, the
    folder to run in (else pytest's own) and what its environment gets beside pytest's own. What it
    prints is in `.output.all()` and `.errors.all()`, and in pytest's report of a test that fails.
    """
    from bot_sandbox.process_supervisor import ProcessSupervisor

    supervisor, started = ProcessSupervisor(), []

    def start(*command: str, folder: str | Path = ".", **environment: str) -> "ManagedProcess":
        managed = supervisor.start(list(command), Path(folder), {**os.environ, **environment})
        started.append((command, managed))
        return managed

    yield start
    supervisor.close()
    for command, managed in started:
        managed.output.wait_end()
        managed.errors.wait_end()
        print(f"{' '.join(command)}: exit status {managed.status}")
        print(*managed.output.all(), *managed.errors.all(), sep="\n")
