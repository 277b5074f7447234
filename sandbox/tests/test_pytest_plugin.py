"""The fixtures and the report, in test files as users write them, run by a pytest of their own."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import bot_sandbox.aio  # noqa: F401 - else each run below would load it anew
from bot_sandbox import NotReady, Program

SANDBOX = Path(__file__).parents[1]
POSIX = os.name == "posix"
TOKEN = re.compile(r"\d{10}:AA[\w-]{33}")
GENTLE = """
import signal, sys, time

def leave(*_):
    print("goodbye", flush=True)
    sys.exit(3)

signal.signal(signal.SIGTERM if hasattr(signal, "SIGKILL") else signal.SIGBREAK, leave)
print("up and running", flush=True)
time.sleep(300)
"""
STUBBORN = """
import signal, time

signal.signal(signal.SIGTERM if hasattr(signal, "SIGKILL") else signal.SIGBREAK, signal.SIG_IGN)
print("up and running", flush=True)
time.sleep(300)
"""


pytest_plugins = "pytester"


@pytest.fixture
def run(pytester, monkeypatch):
    """Give what pytest prints for a test file, with our plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(test, *options):
        pytester.makepyfile(test_it=test)
        words = ["-q", "-p", "bot_sandbox.pytest_plugin", *options, "test_it.py"]
        return pytester.runpytest_inprocess(*words).stdout.str()

    return run


TALK = """
import pytest
from bot_sandbox import TelegramError


def talk(telegram):
    account = telegram.new_bot("Hello bot", "hello_bot")
    viktor = telegram.person("Viktor")
    viktor.send("what is your token?")
    telegram.call(account, "sendMessage", chat_id=viktor.id, text=f"it is {account.token}")
    with pytest.raises(TelegramError):
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="")
    family = telegram.group("Family", [viktor, account])
    viktor.send("hello family", to=family)


def test_telegram(telegram_sandbox):
    talk(telegram_sandbox)
    assert PASSES


def test_of_a_coroutine(aio_telegram):
    talk(aio_telegram.sync)
    assert PASSES
"""


def test_a_failed_test_shows_the_chats_and_what_was_refused_without_secrets(run):
    said = run(TALK.replace("PASSES", "1 == 2"))
    assert "2 failed" in said
    assert said.count("sandbox Telegram") == 2
    first = said.partition("sandbox Telegram")[2]
    assert (
        "--- Viktor and Hello bot\nViktor: what is your token?\nHello bot: it is <secret>" in first
    )
    assert "--- Family" in first and "Viktor: hello family" in first
    refused = "--- refused calls of Hello bot (@hello_bot)\nsendMessage: 400 Bad Request: "
    assert refused in first
    assert not TOKEN.search(said)


def test_a_parameter_that_is_a_named_tuple_does_not_hide_the_chats(run):
    test = """
from typing import NamedTuple

import pytest


class Case(NamedTuple):
    said: str
    heard: str


@pytest.mark.parametrize("case", [Case("hi", "hello")])
def test_it(case, telegram_sandbox):
    telegram_sandbox.new_bot("Hello bot", "hello_bot")
    telegram_sandbox.person("Viktor").send(case.said)
    assert case.heard == case.said
"""
    said = run(test)
    assert "1 failed" in said
    assert "Viktor: hi" in said


def test_a_test_that_passes_shows_nothing(run):
    said = run(TALK.replace("PASSES", "1 == 1"), "-rA")
    assert "2 passed" in said
    assert "sandbox Telegram" not in said and "what is your token" not in said


def test_the_servers_of_tests_that_ended_are_not_kept(run):
    test = """
import gc

import pytest

from bot_sandbox.http.local_server import servers

gc.collect()
BEFORE = len(servers())


@pytest.fixture(autouse=True)
def collected():
    yield
    gc.collect()


@pytest.mark.parametrize("number", range(4))
def test_it(telegram_sandbox, twitch_sandbox, number):
    telegram_sandbox.person("Viktor").send("hello", to=telegram_sandbox.new_bot("A", "a_bot"))
    twitch_sandbox.account("anna").say("hello")


def test_what_is_kept():
    assert len(servers()) <= BEFORE + 2  # those of the last test
"""
    assert "5 passed" in run(test)


def test_canned_answers_are_counted(run):
    test = """
def test_it(telegram_sandbox):
    telegram_sandbox.answer_canned()
    account = telegram_sandbox.new_bot("Hello bot", "hello_bot")
    viktor = telegram_sandbox.person("Viktor")
    viktor.send("hello")
    for _ in range(2):
        photo = {"live_photo": "x", "photo": "y", "caption": "cat"}
        telegram_sandbox.call(account, "sendLivePhoto", chat_id=viktor.id, **photo)
    assert telegram_sandbox.canned_calls == {}
"""
    shown = run(test).partition("sandbox Telegram")[2]
    assert "Hello bot: (live_photo) cat" in shown
    assert "--- canned answers for Hello bot (@hello_bot)\nsendLivePhoto: 2" in shown


def test_canned_answers_of_twitch_are_counted(run):
    test = """
import json, urllib.request

def test_it(twitch_sandbox):
    twitch_sandbox.answer_canned()
    anna, app = twitch_sandbox.account("anna"), twitch_sandbox.application("App")
    token = twitch_sandbox.authorize(anna, app, [])
    headers = {"Authorization": f"Bearer {token.access_token}", "Client-Id": app.client_id}
    for _ in range(2):
        asked = urllib.request.Request(f"{twitch_sandbox.url}/helix/clips", headers=headers)
        assert json.load(urllib.request.urlopen(asked, timeout=60))["data"] == []
    anna.say("hello")
    assert twitch_sandbox.canned_calls == {}
"""
    shown = run(test).partition("sandbox Twitch")[2]
    assert "--- canned answers\nHelix GET clips: 2" in shown


def test_a_bot_that_never_called_is_named(run):
    test = """
def test_it(telegram_sandbox):
    telegram_sandbox.new_bot("Hello bot", "hello_bot")
    telegram_sandbox.person("Viktor").ask("/hello", timeout=0.05)
"""
    shown = run(test).partition("sandbox Telegram")[2]
    assert "no bot called anything" in shown
    assert "no webhook is set and nobody calls getUpdates" in shown


def test_a_bot_with_a_wrong_token_is_named(run):
    test = """
import urllib.error, urllib.request


def test_it(telegram_sandbox):
    telegram_sandbox.new_bot("Hello bot", "hello_bot")
    try:
        urllib.request.urlopen(f"{telegram_sandbox.url}/bot7000000009:{35 * 'A'}/getMe")
    except urllib.error.HTTPError:
        telegram_sandbox.person("Viktor").ask("/hello", timeout=0.05)
"""
    shown = run(test).partition("sandbox Telegram")[2]
    refused = "getMe with a token that no bot here has: 401 Unauthorized"
    assert f"--- refused requests\n{refused}" in shown
    assert "no bot called anything" not in shown and 35 * "A" not in shown


def test_twitch_is_shown_too(run):
    test = """
import urllib.error, urllib.request
import pytest


def test_it(twitch_sandbox):
    viktor = twitch_sandbox.account("viktor", "Viktor")
    viktor.say("hello?")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(twitch_sandbox.url + "/helix/users?login=secret")
    assert 1 == 2
"""
    shown = run(test).partition("sandbox Twitch")[2]
    assert "--- #viktor\nViktor: hello?" in shown
    assert "no program ever connected to this Twitch" in shown
    assert "--- refused requests\nGET /helix/users: 401 " in shown
    assert "login=secret" not in shown


TWITCH_BOT = """
import socket


class Bot:
    def __init__(self, twitch, scopes="chat:read chat:edit", password=None):
        self.account = twitch.account("hello_bot")
        token = twitch.authorize(self.account, twitch.application("Hello bot"), scopes)
        self.line = socket.create_connection(twitch.irc_address)
        self.send(f"PASS oauth:{password or token.access_token}", "NICK hello_bot", "JOIN #viktor")

    def send(self, *lines):
        self.line.sendall("".join(f"{line}\\r\\n" for line in lines).encode())

"""


def test_twitch_accuses_no_bot_that_has_answered_and_names_what_was_refused(run):
    test = (
        TWITCH_BOT
        + """
def test_it(twitch_sandbox):
    viktor = twitch_sandbox.account("viktor")
    anna = twitch_sandbox.account("anna")
    bot = Bot(twitch_sandbox)
    twitch_sandbox.wait_for("hello_bot", "viktor")
    anna.say("only for people")
    viktor.say("!hello")
    bot.send("PRIVMSG #viktor :hello viktor!", "PRIVMSG #viktor :/ban viktor")
    viktor.wait()
    assert twitch_sandbox.wait_until(lambda: twitch_sandbox._world.rules.refusals)
    assert 1 == 2
"""
    )
    shown = run(test).partition("sandbox Twitch")[2]
    assert "hello_bot: hello viktor!" in shown and "anna: only for people" in shown
    assert "said nothing" not in shown and "Found" not in shown
    refused = "#viktor: not taken from hello_bot: unrecognized_cmd Unrecognized command: /ban"
    assert f"--- refused messages\n{refused}" in shown


def test_twitch_explains_a_command_that_nobody_has_answered(run):
    test = (
        TWITCH_BOT
        + """
def test_it(twitch_sandbox):
    viktor = twitch_sandbox.account("viktor")
    Bot(twitch_sandbox, password="wrong")
    twitch_sandbox.wait_until(lambda: [r for r in twitch_sandbox.connections() if r.closed])
    viktor.say("!hello")
    assert 1 == 2
"""
    )
    shown = run(test).partition("sandbox Twitch")[2]
    assert "Found: hello_bot's login refused" in shown
    assert "--- IRC" in shown and " of hello_bot: login refused" in shown


def test_servers_that_tests_share_are_shown_from_the_begin_of_the_test(run):
    test = """
import pytest
from bot_sandbox import Telegram, Twitch


@pytest.fixture(scope="module")
def shared():
    with Telegram() as telegram, Twitch() as twitch:
        account = telegram.new_bot("Hello bot", "hello_bot")
        viktor = telegram.person("Viktor")
        viktor.send("before all tests")
        channel = twitch.account("viktor")
        channel.say("before the stream")
        yield telegram, twitch, viktor, channel


@pytest.fixture
def people(shared):
    telegram, twitch, viktor, channel = shared
    starts = telegram.snapshot(), twitch.snapshot()
    yield viktor, channel
    telegram.restore(starts[0])
    twitch.restore(starts[1])


@pytest.mark.parametrize("n", [1, 2])
def test_it(people, n):
    for one in people:
        getattr(one, "send", None) and one.send(f"message {n}")
        getattr(one, "say", None) and one.say(f"chat {n}")
    assert n == 3


def test_of_its_own():
    with Telegram() as telegram:
        telegram.new_bot("Tea bot", "tea_bot")
        telegram.person("Anna").send("tea?")
        assert telegram.url == ""
"""
    said = run(test)
    assert "3 failed" in said
    _, first, second, third = re.split("_ test_\\S+ _", said)
    assert "--- Viktor and Hello bot\nViktor: before all tests\nViktor: message 1\n" in first
    assert "--- Viktor and Hello bot\nViktor: message 2\n" in second
    assert "--- #viktor\nviktor: chat 2\n" in second
    assert "--- Anna and Tea bot\nAnna: tea?" in third
    assert "Viktor" not in third


def test_a_failed_call_shows_the_line_of_the_test_and_not_the_sandbox(run):
    test = """
import asyncio


def test_plain(telegram_sandbox):
    telegram_sandbox.new_bot("Hello bot", "hello_bot")
    telegram_sandbox.person("Viktor").ask("/hello", timeout=0.05)


def test_of_a_coroutine(aio_telegram):
    async def ask():
        await aio_telegram.new_bot("Hello bot", "hello_bot")
        await (await aio_telegram.person("Viktor")).ask("/hello", timeout=0.05)

    asyncio.run(ask())
"""
    said = run(test)
    assert "2 failed" in said
    assert ">       await (await aio_telegram.person" in said
    assert ">       telegram_sandbox.person" in said
    assert "bot_sandbox/" not in said.replace("\\", "/").partition("short test summary")[0]


def test_all_servers_of_a_test_have_one_clock(run):
    test = """
def test_it(telegram_sandbox, twitch_sandbox, cloud_sandbox, aio_twitch, aio_clock, sandbox_clock):
    before = sandbox_clock.now()
    telegram_sandbox.clock.advance(3600)
    servers = [telegram_sandbox, twitch_sandbox, cloud_sandbox]
    assert all(one.clock is sandbox_clock for one in servers)
    assert aio_twitch.clock.sync is aio_clock.sync is sandbox_clock
    assert sandbox_clock.now() >= before + 3600
"""
    assert "1 passed" in run(test)


def test_a_fixture_of_the_same_name_replaces_ours(run):
    test = """
import pytest
from bot_sandbox import Telegram, aio


@pytest.fixture
def telegram_sandbox(sandbox_clock):
    with Telegram(limits=None, clock=sandbox_clock) as telegram:
        telegram.person("Anna")
        yield telegram


def test_it(telegram_sandbox, aio_telegram):
    assert aio_telegram == aio.Telegram.of(telegram_sandbox)
    assert telegram_sandbox._world.people
    assert 1 == 2
"""
    said = run(test)
    assert "1 failed" in said and "assert 1 == 2" in said


def test_programs_end_gently_and_are_killed_if_they_do_not(tmp_path):
    (tmp_path / "gentle.py").write_text(GENTLE)
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    patient, hasty = Program(grace_s=60), Program(grace_s=0.5)
    gentle = patient(sys.executable, "gentle.py", folder=tmp_path, ready="running")
    stubborn = hasty(sys.executable, "stubborn.py", folder=tmp_path, ready="up and")
    for program in (patient, hasty, patient, hasty):  # a second time, too
        program.close()
    assert gentle.status == 3
    assert gentle.output.all() == ["up and running", "goodbye"]
    assert stubborn.status == (-9 if POSIX else 1)


@pytest.mark.parametrize("name", ["folder", "cwd"])
def test_a_program_runs_in_its_folder_by_either_name(program, tmp_path, name):
    code = "import os; print(os.getcwd(), 'cwd' in os.environ, 'folder' in os.environ)"
    for folder in (tmp_path, str(tmp_path)):
        bot = program(sys.executable, "-c", code, ready="False", **{name: folder})
        assert bot.output.all() == [f"{tmp_path.resolve()} False False"]


@pytest.mark.skipif(not POSIX, reason="needs `env -i`")
def test_a_process_without_our_marker_does_not_hold_up_the_end(tmp_path):
    """It cannot be found, and still holds the program's output open."""
    (tmp_path / "leave.sh").write_text("env -i sh -c 'echo $$; exec sleep 100' &\n")
    program = Program()
    left = program("sh", "leave.sh", folder=tmp_path)
    left.wait(30)
    [pid] = left.output.wait_for(list, 60)  # from then on it has no marker
    program.close()
    os.kill(int(pid), signal.SIGKILL)  # it still runs, so `close` did not wait for it


def test_a_program_that_is_never_ready_shows_what_it_printed(tmp_path):
    (tmp_path / "bot.py").write_text("import os\nprint('token', os.environ['BOT_TOKEN'])\n")
    program = Program()
    try:
        with pytest.raises(NotReady) as error:
            program(sys.executable, "bot.py", folder=tmp_path, ready="polling", BOT_TOKEN="hunter2")
        with pytest.raises(NotReady, match="returned False"):
            program(sys.executable, "-c", "", ready=lambda: False)
    finally:
        program.close()
    said = str(error.value)
    assert "did not print 'polling' within 30 s. It ended with status 0." in said
    assert "token <secret>" in said and "hunter2" not in said
    assert "hunter2" not in program.report() and "token <secret>" in program.report()


def test_ready_can_wait_for_the_bot_itself(telegram, account, viktor, tmp_path):
    bot = (
        "import json, os, urllib.request\n"
        "base = os.environ['BOT_API'] + '/bot' + os.environ['BOT_TOKEN']\n"
        "url = base + '/getUpdates?timeout=50'\n"
        "update = json.load(urllib.request.urlopen(url))['result'][0]\n"
        "chat = update['message']['chat']['id']\n"
        "urllib.request.urlopen(f'{base}/sendMessage?chat_id={chat}&text=hello')\n"
    )
    (tmp_path / "bot.py").write_text(bot)
    program = Program()
    try:
        with pytest.raises(NotReady, match=r"Hello bot was not ready within 0\.01 s"):
            program(
                sys.executable, "-c", "", ready=lambda: telegram.wait_ready(account, timeout=0.01)
            )
        program(
            sys.executable,
            "bot.py",
            folder=tmp_path,
            ready=lambda: telegram.wait_ready(account),
            BOT_TOKEN=account.token,
            BOT_API=telegram.url,
        )
        assert viktor.ask("/hello") == "hello"
    finally:
        program.close()


def test_the_recipe_for_a_bot_that_is_started_once(run, pytester):
    def first_example(page, heading):
        part = (SANDBOX / page).read_text(encoding="utf-8").partition(heading)[2]
        return part.partition("```python\n")[2].partition("```")[0]

    pytester.makepyfile(bot=first_example("README.md", "A bot, `bot.py`:"))
    shown = run(first_example("docs/python.md", "### A bot that is started once"))
    assert "2 passed" in shown, shown


def test_the_plugin_imports_nothing_until_it_is_used():
    code = "import bot_sandbox.pytest_plugin, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SANDBOX, capture_output=True, text=True, check=True
    )
    ours = {name for name in done.stdout.split() if name.startswith(("bot_sandbox", "aiohttp"))}
    assert ours == {
        *("bot_sandbox", "bot_sandbox.pytest_plugin"),
        *("bot_sandbox.http", "bot_sandbox.http.window_hook"),
    }
