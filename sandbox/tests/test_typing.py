"""A user's own test file passes mypy --strict, with bot_sandbox found as an installed package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bot_sandbox

SANDBOX = Path(__file__).parents[1]
CONFTEST = """
from collections.abc import Iterator

import pytest

from bot_sandbox import BotAccount, Limits, Person, Telegram


@pytest.fixture
def telegram_sandbox() -> Iterator[Telegram]:
    with Telegram(limits=Limits(chat_burst=100)) as telegram:
        yield telegram


@pytest.fixture
def account(telegram_sandbox: Telegram) -> BotAccount:
    return telegram_sandbox.new_bot("Hello bot", "hello_bot")


@pytest.fixture
def viktor(telegram_sandbox: Telegram) -> Person:
    return telegram_sandbox.person("Viktor")
"""
TEST_PLAIN = """
import sys

import pytest

from bot_sandbox import (
    BotAccount, ChatMember, Clock, Cloud, Mail, Message, NoReply, Person, Press, Program, Telegram,
    TelegramError, Twitch,
)


def test_telegram(
    telegram_sandbox: Telegram, account: BotAccount, viktor: Person, program: Program
) -> None:
    bot = program(sys.executable, "bot.py", ready="started", BOT_TOKEN=account.token)
    lines: list[str] = bot.output.all()
    answer: str = viktor.ask("/hello", to=account, timeout=10)
    menu: Message = viktor.wait_for(lambda message: message.text == "menu")
    widths: list[int] = [size.width for size in menu.photo or []]
    spoken: Message = viktor.voice(b"OggS", to=account, duration=3)
    seconds: int = spoken.voice.duration if spoken.voice else 0
    telegram_sandbox.add_web_file("https://example.org/cat.png", b"a picture")
    press: Press = viktor.press(menu, "Yes")
    said: str = press.answer()
    family = telegram_sandbox.group("Family", [viktor, account])
    found: Message = family.wait_for(lambda message: bool(message.buttons))
    family.promote(account, "Chief", can_promote_members=True)
    member: ChatMember = family.chat_member(account)
    title: str | None = member.custom_title
    with pytest.raises(TelegramError):
        telegram_sandbox.call(account, "sendMessage", chat_id=viktor.id, text="")
    with pytest.raises(NoReply):
        viktor.wait(timeout=0.1)
    fault = telegram_sandbox.faults.status(429, "sendMessage", retry_after=1)
    fault.wait()
    assert [lines, answer, said, found, widths, seconds, title]


def test_others(
    twitch_sandbox: Twitch, cloud_sandbox: Cloud, mail_sandbox: Mail, sandbox_clock: Clock
) -> None:
    anna = twitch_sandbox.account("anna")
    texts: list[str] = [message.text for message in anna.wait(2, timeout=1)]
    twitch_sandbox.faults.drop("hello_bot")
    function = cloud_sandbox.deploy("hello", "folder", must_load=True)
    assert function.invoke({"n": 1}) == texts
    subject: str = mail_sandbox.wait()[0].subject
    sandbox_clock.advance(3600)
    assert subject
"""
TEST_AIO = """
from bot_sandbox import BotAccount, Message, aio


async def test_telegram(aio_telegram: aio.Telegram, account: BotAccount) -> None:
    viktor: aio.Person = await aio_telegram.person("Viktor")
    answer: str = await viktor.ask("/hello", to=account, timeout=10)
    family: aio.Group = await aio_telegram.group("Family", [viktor, account])
    message: Message = await family.wait_for(lambda message: message.text == "menu")
    press: aio.Press = await viktor.press(message, "Yes")
    assert await press.answer() == answer
    await viktor.send("hello", to=family)
    await family.restrict(viktor, seconds=60, can_send_messages=True)
    ends: int | None = (await family.chat_member(viktor)).until_date
    assert ends


async def test_others(aio_twitch: aio.Twitch, aio_cloud: aio.Cloud, aio_mail: aio.Mail) -> None:
    anna = await aio_twitch.account("anna")
    await aio_twitch.faults.restart()
    async with aio.Telegram(limits=None, clock=aio_twitch.clock) as telegram:
        await telegram.person("Viktor")
    function: aio.Function = await aio_cloud.deploy("hello", "folder")
    await function.invoke({"n": 1})
    subject: str = (await aio_mail.wait())[0].subject
    assert await anna.ask(subject, channel=anna) == "hello"
"""
WRONG = """
from bot_sandbox import PhotoSize, Telegram, aio


async def test_it(telegram_sandbox: Telegram, aio_telegram: aio.Telegram) -> None:
    number: int = telegram_sandbox.person("Viktor").ask("/hello")
    words: str = (await aio_telegram.person("Anna")).ask("/hello")
    telegram_sandbox.person(name=3)
    await aio_telegram.nothing()
    width: str = PhotoSize({}).width
"""


def check(folder):
    """What mypy --strict says about the files in a folder."""
    words = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "."]
    settings = os.environ | {"MYPYPATH": "", "PYTHONPATH": str(SANDBOX)}
    cached = {"MYPY_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        words, cwd=folder, env=settings | cached, capture_output=True, text=True, timeout=280
    )


@pytest.fixture
def folder(tmp_path):
    """Where a user's tests are; bot_sandbox is among the installed packages."""
    pytest.importorskip("mypy", reason="MYPY IS NOT INSTALLED")
    return tmp_path


@pytest.mark.slow("mypy, twice")
def test_a_users_tests_are_fully_typed(folder):
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_plain.py").write_text(TEST_PLAIN)
    (folder / "test_aio.py").write_text(TEST_AIO)
    done = check(folder)
    assert done.returncode == 0, done.stdout
    (folder / "test_aio.py").write_text(WRONG)
    wrong = check(folder).stdout.splitlines()
    assert [line.rpartition("[")[2] for line in wrong[:-1] if "error" in line] == [
        "assignment]",
        "assignment]",
        "arg-type]",
        "attr-defined]",
        "assignment]",
    ]


def test_all_names_can_be_imported_from_the_package():
    seen = {}
    exec("from bot_sandbox import *", seen)
    assert set(bot_sandbox.__all__) == seen.keys() - {"__builtins__"}
    assert set(bot_sandbox.__all__) <= set(dir(bot_sandbox))
    with pytest.raises(AttributeError, match="it has ApiCall, Application"):
        bot_sandbox.Nothing  # noqa: B018


def test_the_stub_of_the_package_is_what_the_tool_writes():
    words = [sys.executable, SANDBOX / "tools/package_stub.py", "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = {}  # by mypy: the names are those that Python has, and the same classes
    exec(Path(bot_sandbox.__file__).with_suffix(".pyi").read_text(encoding="utf-8"), seen)
    assert seen["__all__"] == bot_sandbox.__all__
    for name in bot_sandbox.__all__:
        assert seen[name] is getattr(bot_sandbox, name)
