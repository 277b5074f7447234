"""Fixtures for tests of a bot: `telegram_sandbox`, `twitch_sandbox`, `cloud_sandbox` and others.

    def test_my_bot_greets(telegram_sandbox, program):
        account = telegram_sandbox.new_bot("Hello bot", "hello_bot")
        program("node", "bot.js", BOT_TOKEN=account.token, BOT_API=telegram_sandbox.url)
        assert telegram_sandbox.person("Viktor").ask("/hello") == "hello Viktor!"

Once the package is installed, pytest finds them. Each test gets its own servers on free ports,
which end with it. For tests that are coroutines there are `aio_telegram`, `aio_twitch`,
`aio_cloud`, `aio_mail` and `aio_clock`: the same ones, to be awaited. They work with any plugin
that runs such tests. You await the methods of everything that begins with `aio_`, and no others.

For other settings, write your own fixture of the same name in a test file or conftest.py; it
replaces the one here. Give it the clock that the other servers have:

    @pytest.fixture
    def telegram_sandbox(sandbox_clock):
        with Telegram(limits=None, clock=sandbox_clock) as telegram:
            yield telegram

If a test fails, pytest's report shows what was said since it began, and what was refused, on every
Telegram and Twitch. That includes servers that several tests share.
"""

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

_SEEN = pytest.StashKey[Any]()  # a Baseline of pytest_report.py

# This file imports nothing of the sandbox, because pytest loads it in every project.
if TYPE_CHECKING:
    from bot_sandbox import Clock, Cloud, Mail, Program, Telegram, Twitch, aio


@pytest.fixture
def sandbox_clock() -> "Clock":
    """The clock of all servers of a test: `sandbox_clock.advance(3600)` lets an hour pass."""
    from bot_sandbox import Clock

    return Clock()


@pytest.fixture
def aio_clock(sandbox_clock: "Clock") -> "aio.Clock":
    """The clock of `sandbox_clock`, to be awaited: `await aio_clock.advance(3600)`."""
    from bot_sandbox import aio

    return aio.Clock.of(sandbox_clock)


@pytest.fixture
def telegram_sandbox(sandbox_clock: "Clock") -> "Iterator[Telegram]":
    """Start a Telegram with nobody in it; bots find it at `telegram_sandbox.url`."""
    from bot_sandbox import Telegram

    with Telegram(clock=sandbox_clock) as telegram:
        yield telegram


@pytest.fixture
def twitch_sandbox(sandbox_clock: "Clock") -> "Iterator[Twitch]":
    """Start a Twitch with nobody in it; it has `url`, `irc_url` and `eventsub_url`."""
    from bot_sandbox import Twitch

    with Twitch(clock=sandbox_clock) as twitch:
        yield twitch


@pytest.fixture
def cloud_sandbox(sandbox_clock: "Clock") -> "Iterator[Cloud]":
    """Start a serverless cloud without functions; `deploy(name, folder)` adds one."""
    from bot_sandbox import Cloud

    with Cloud(clock=sandbox_clock) as cloud:
        yield cloud


@pytest.fixture
def mail_sandbox() -> "Iterator[Mail]":
    """Start a mail server that catches every letter; it has `host`, `port` and `wait()`."""
    from bot_sandbox import Mail

    with Mail() as mail:
        yield mail


@pytest.fixture
def aio_telegram(telegram_sandbox: "Telegram") -> "aio.Telegram":
    """The Telegram of `telegram_sandbox`, to be awaited."""
    from bot_sandbox import aio

    return aio.Telegram.of(telegram_sandbox)


@pytest.fixture
def aio_twitch(twitch_sandbox: "Twitch") -> "aio.Twitch":
    """The Twitch of `twitch_sandbox`, to be awaited."""
    from bot_sandbox import aio

    return aio.Twitch.of(twitch_sandbox)


@pytest.fixture
def aio_cloud(cloud_sandbox: "Cloud") -> "aio.Cloud":
    """The cloud of `cloud_sandbox`, to be awaited."""
    from bot_sandbox import aio

    return aio.Cloud.of(cloud_sandbox)


@pytest.fixture
def aio_mail(mail_sandbox: "Mail") -> "aio.Mail":
    """The mail server of `mail_sandbox`, to be awaited."""
    from bot_sandbox import aio

    return aio.Mail.of(mail_sandbox)


@pytest.fixture
def program() -> "Iterator[Program]":
    """Start a program in any language; it and all it has started end with the test.

    `program("node", "bot.js", folder="my_bot", ready="listening", BOT_TOKEN=token)` takes the words
    of the command, the folder to run in (by default pytest's; `cwd` is another name for it), what
    to wait for, and more variables for its environment. Its output is in `.output.all()` and
    `.errors.all()`, and in pytest's report if the test fails. At the end it is asked to end
    (SIGTERM, on Windows Ctrl-Break), and killed if it doesn't.
    """
    from bot_sandbox import Program

    program = Program()
    try:
        yield program
    finally:
        program.close()
        print(program.report())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember what servers that are shared by several tests knew before this one."""
    if _is_used():
        from bot_sandbox.http.local_server import servers
        from bot_sandbox.pytest_report import Baseline

        item.stash[_SEEN] = Baseline(servers())


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let go of it: pytest keeps every test until the last one, so the servers would stay."""
    if _SEEN in item.stash:
        del item.stash[_SEEN]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the chats, and what was refused, to the report of a failed test."""
    report = yield
    if report.when == "call" and report.failed and _is_used():
        from bot_sandbox.pytest_report import Baseline, report_sections

        try:
            values = item.funcargs.values() if isinstance(item, pytest.Function) else ()
            report.sections += report_sections(values, item.stash.get(_SEEN, Baseline([])))
        except Exception as error:  # the test's own failure must be seen in any case
            report.sections.append(("sandbox", f"its chats cannot be shown: {error!r}"))
    return report


def _is_used() -> bool:
    return "bot_sandbox.telegram" in sys.modules or "bot_sandbox.twitch" in sys.modules
