"""The home of a persistent bot: a real process, real signals, against the sandboxes."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot_sandbox import Telegram
from botlib.run import BROKEN, STOPPED, WRONG_SETTINGS, load_bot

ROOT = Path(__file__).parents[2]
BOT = """
import time
from botlib import Bot
bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("three")(lambda message: ["one", "two", "three"])
bot.command("fail")(lambda message: 1 / 0)
"""
# Not one long sleep: Python may miss a signal that comes just before it, and sleep it out.
SLEEP = "while True: time.sleep(0.1)"
SLOW = (
    BOT
    + """
import asyncio
from pathlib import Path

@bot.command("await")
async def slow(message):
    Path(message.arguments).touch()
    await asyncio.sleep(600)

@bot.command("block")
def block(message):
    Path(message.arguments).touch()
    while True: time.sleep(0.1)
"""
)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")


class Program:
    """`python -m botlib.run …` as a process; `lines` is its log as far as it is read."""

    def __init__(self, platform: str, file: Path, settings: dict[str, str]) -> None:
        mine = {key: value for key, value in os.environ.items() if not key.startswith("T")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "botlib.run", platform, str(file)],
            env=mine | {"PYTHONPATH": str(ROOT)} | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip())
                self.changed.notify_all()

    def wait_line(self, words: str) -> None:
        with self.changed:
            found = lambda: any(words in line for line in self.lines)  # noqa: E731
            assert self.changed.wait_for(found, timeout=20), self.lines

    def wait_file(self, file: Path) -> None:
        while not file.exists():
            assert self.process.poll() is None, self.lines
            time.sleep(0.005)

    def end(self, how: signal.Signals | None = None) -> int:
        if how:
            self.process.send_signal(how)
        status = self.process.wait(timeout=20)
        self.reader.join(timeout=20)
        return status


@pytest.fixture
def start(tmp_path):
    programs = []

    def start(platform: str, source: str = BOT, **settings: str) -> Program:
        (tmp_path / "main.py").write_text(source)
        programs.append(Program(platform, tmp_path / "main.py", settings))
        return programs[-1]

    yield start
    for program in programs:
        program.process.kill()
        program.process.wait()


@pytest.fixture
def telegram():
    with Telegram() as telegram:
        telegram.new_bot("Hello bot", "hello_bot")
        yield telegram


LOGS_A_TOKEN = """
import logging, os
for name in ("TELEGRAM_TOKEN", "TWITCH_TOKEN"):
    shown = os.environ[name].rpartition(":")[2]
    logging.warning("got /bot%s/ and 1%%3A%s\\n\\x1b[2Jred", os.environ[name], shown)
1 / 0
"""


def test_whoever_logs_a_line_has_no_secret_or_control_character_in_it(start):
    tokens = {"TELEGRAM_TOKEN": "1:not-a-token", "TWITCH_TOKEN": "oauth:not-another"}
    program = start("telegram", LOGS_A_TOKEN, **tokens, TELEGRAM_API="http://127.0.0.1:9")
    assert program.end() == WRONG_SETTINGS
    lines = [line for line in program.lines if "WARNING got" in line]
    assert len(lines) == 2
    assert all(r"(hidden) | \x1b[2Jred" in line for line in lines)
    assert "not-a" not in "".join(lines)


@posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_telegram_bot_answers_until_it_is_stopped(start, telegram, how):
    token = telegram.account("hello_bot").token
    program = start("telegram", TELEGRAM_TOKEN=token, TELEGRAM_API=telegram.url)
    viktor = telegram.person("Viktor")
    assert viktor.ask("!hello", timeout=20) == "hello Viktor!"
    viktor.send("!three")
    assert [message.text for message in viktor.wait(3)] == ["one", "two", "three"]
    viktor.send("!fail")
    program.wait_line("!fail failed: ZeroDivisionError: division by zero (main.py, line")
    assert program.end(how) == STOPPED
    assert "INFO telegram: the sandbox world" in program.lines[0]
    assert program.lines[-1].endswith("INFO stopped")
    assert not [line for line in program.lines if token in line]


def test_a_bots_file_may_hold_a_dataclass_whose_annotations_are_texts(tmp_path):
    (tmp_path / "bot_with_dataclass.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from botlib import Bot\n"
        "@dataclass\nclass Points:\n    count: int\n"
        "bot = Bot()\n"
        "bot.command('points')(lambda message: str(Points(7).count))\n"
    )
    assert load_bot(tmp_path / "bot_with_dataclass.py").ask("!points") == "7"


@posix
@pytest.mark.parametrize("command", ["await", "block"])
def test_a_slow_telegram_command_does_not_hold_up_the_end(start, telegram, tmp_path, command):
    token = telegram.account("hello_bot").token
    program = start("telegram", SLOW, TELEGRAM_TOKEN=token, TELEGRAM_API=telegram.url)
    telegram.person("Viktor").send(f"!{command} {tmp_path / 'began'}")
    program.wait_file(tmp_path / "began")
    assert program.end(signal.SIGTERM) == STOPPED
    assert program.lines[-1].endswith("the command at hand is left unfinished")


@posix
def test_the_telegram_bot_survives_a_restart_of_telegram(start):
    with Telegram() as telegram:
        token = telegram.new_bot("Hello bot", "hello_bot").token
        program = start("telegram", TELEGRAM_TOKEN=token, TELEGRAM_API=telegram.url)
        assert telegram.person("Viktor").ask("!hello", timeout=20) == "hello Viktor!"
    with Telegram(port=telegram.port) as telegram:
        telegram.new_bot("Hello bot", "hello_bot").token = token
        viktor = telegram.person("Viktor")
        viktor.send("good morning")  # its number was the bot's last one already: it is not heard
        assert viktor.ask("!hello", timeout=30) == "hello Viktor!"
        assert program.end(signal.SIGTERM) == STOPPED
        assert program.lines[-1].endswith("INFO stopped")


@posix
def test_a_webhook_that_polling_removes_is_named(start, telegram):
    account = telegram.account("hello_bot")
    telegram.call(account, "setWebhook", url=f"http://127.0.0.1:9/{account.token}")
    program = start("telegram", TELEGRAM_TOKEN=account.token, TELEGRAM_API=telegram.url)
    assert telegram.person("Viktor").ask("!hello", timeout=20) == "hello Viktor!"
    assert program.end(signal.SIGTERM) == STOPPED
    (line,) = [line for line in program.lines if "WARNING" in line]
    url = "http://127.0.0.1:9/TOKEN"
    assert f"the webhook {url} is removed, so the function there gets no updates any more." in line
    assert line.endswith(f"python3 start.py webhook {url}")


@posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_the_file_loads_it_ends_without_a_traceback(start, tmp_path, how):
    source = f"import pathlib, time; pathlib.Path({str(tmp_path / 'began')!r}).touch()\n"
    program = start("telegram", source + SLEEP)
    program.wait_file(tmp_path / "began")
    assert program.end(how) == STOPPED
    assert len(program.lines) == 1 and program.lines[0].endswith("INFO stopped")


def test_a_wrong_telegram_token_is_one_clear_line_and_no_reason_to_try_again(start, telegram):
    token = telegram.account("hello_bot").token
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    program = start("telegram", TELEGRAM_TOKEN=wrong, TELEGRAM_API=telegram.url)
    assert program.end() == WRONG_SETTINGS
    assert "ERROR Telegram does not know this token" in program.lines[-1]
    assert ["asking again" in line for line in program.lines] == [False, True, True, False]
    assert wrong not in "".join(program.lines)


def test_a_telegram_token_revoked_while_it_runs_ends_the_program(start, telegram):
    account = telegram.account("hello_bot")
    program = start("telegram", TELEGRAM_TOKEN=account.token, TELEGRAM_API=telegram.url)
    viktor = telegram.person("Viktor")
    assert viktor.ask("!hello", timeout=20) == "hello Viktor!"
    telegram.new_token(account)
    viktor.send("!hello")  # ends the long poll at hand
    assert program.end() == WRONG_SETTINGS
    assert "ERROR Telegram does not know this token" in program.lines[-1]


def test_a_telegram_that_cannot_be_reached_is_worth_another_try(start):
    program = start("telegram", TELEGRAM_TOKEN="42:token", TELEGRAM_API="http://127.0.0.1:9")
    assert program.end() == BROKEN
    assert "ERROR Telegram could not be reached" in program.lines[-1]
    assert len(program.lines) == 2


def settings_of(twitch):
    app = twitch.application("Hello bot")
    token = twitch.authorize(twitch.account("hello_bot"), app, ["chat:read", "chat:edit"])
    return {
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CHANNEL": "viktor",
        "TWITCH_API": twitch.url,
    }


@posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_twitch_bot_answers_until_it_is_stopped(start, twitch, how):
    viktor = twitch.account("viktor", display_name="Viktor")
    settings = settings_of(twitch)
    program = start("twitch", **settings)
    twitch.wait_for("hello_bot", "viktor", timeout=20)
    assert viktor.ask("!hello", channel="viktor") == "hello Viktor!"
    assert program.end(how) == STOPPED
    twitch.wait_gone("hello_bot")
    assert program.lines[-1].endswith("INFO stopped")
    assert settings["TWITCH_TOKEN"] not in "".join(program.lines)


@posix
@pytest.mark.parametrize("command", ["await", "block"])
def test_a_slow_twitch_command_does_not_hold_up_the_end(start, twitch, tmp_path, command):
    viktor = twitch.account("viktor")
    program = start("twitch", SLOW, **settings_of(twitch))
    twitch.wait_for("hello_bot", "viktor", timeout=20)
    viktor.say(f"!{command} {tmp_path / 'began'}", channel="viktor")
    program.wait_file(tmp_path / "began")
    assert program.end(signal.SIGTERM) == STOPPED
    assert [line for line in program.lines if line.endswith("in the middle of 1 replies")]


@posix
def test_the_twitch_bot_survives_a_restart_of_twitch(start, twitch):
    viktor = twitch.account("viktor", display_name="Viktor")
    program = start("twitch", **settings_of(twitch))
    twitch.wait_for("hello_bot", "viktor", timeout=20)
    assert viktor.ask("!hello", channel="viktor") == "hello Viktor!"
    (before,) = twitch.connections("hello_bot")
    twitch.faults.restart()
    twitch.wait_for("hello_bot", "viktor", timeout=30, after=before)
    assert viktor.ask("!hello", channel="viktor").startswith("hello Viktor!")
    assert program.end(signal.SIGTERM) == STOPPED
    assert program.lines[-1].endswith("INFO stopped")


def test_a_wrong_twitch_token_is_no_reason_to_try_again(start, twitch):
    twitch.account("viktor")
    program = start("twitch", **settings_of(twitch) | {"TWITCH_TOKEN": "wrong" * 6})
    assert program.end() == WRONG_SETTINGS
    assert "ERROR Twitch does not know this token" in program.lines[-1]
    assert "wrong" * 6 not in "".join(program.lines)


@pytest.mark.parametrize(
    ("platform", "source", "words"),
    [
        ("telegram", BOT, "TELEGRAM_TOKEN is not set"),
        ("twitch", BOT, "TWITCH_TOKEN is not set"),
        ("telegram", "robot = 1", "has no `bot`. Expected bot = Bot(); found robot"),
        ("telegram", "x = 1\n1 / 0", "ZeroDivisionError: division by zero in main.py, line 2."),
        ("telegram", "import json\n\njson.loads('')", "char 0) in main.py, line 3."),
        ("telegram", BOT + "roll()", "in main.py, line 8. Is it spelled right, and imported?"),
        ("telegram", "import nothing", "No module named 'nothing' in main.py, line 1."),
        ("telegram", "import nothing", "/requirements.txt and start again, or type:"),
        ("telegram", "import nothing.more", "put nothing.py beside this one.)"),
        (
            "telegram",
            "import jsno",
            "No module named 'jsno' in main.py, line 1. Did you mean json?",
        ),
        ("telegram", "import cv2", f"type: {sys.executable} -m pip install opencv-python. (Or"),
        ("telegram", BOT + "open('gone')", "If the rest is for the cloud, move `bot` into a file"),
        ("telegram", "def", "does not run: SyntaxError: invalid syntax (main.py, line 1)."),
        ("telegram", "import sys\nsys.exit(3)", "does not run: SystemExit: 3 in main.py, line 2."),
    ],
)
def test_what_must_be_changed_first_is_said_in_one_line(start, platform, source, words):
    program = start(platform, source)
    assert program.end() == WRONG_SETTINGS
    assert words in program.lines[-1]


@pytest.mark.parametrize(
    ("source", "end"),
    [
        ("import json.nothing", "No module named 'json.nothing' in main.py, line 1."),
        ("import json.decoder.x", "'json.decoder' is not a package in main.py, line 1."),
        ("from botlib.nothing import x", "'botlib.nothing' in main.py, line 1."),
        ("from . import brain", "no known parent package in main.py, line 1."),
        ("open('gone')", "No such file or directory: 'gone' in main.py, line 1."),
    ],
)
def test_where_no_way_out_is_known_none_is_made_up(start, source, end):
    program = start("telegram", source)
    assert program.end() == WRONG_SETTINGS
    assert program.lines[-1].endswith(end)


def test_a_package_missing_in_a_file_of_ones_own_is_placed_there(start, tmp_path):
    (tmp_path / "brain.py").write_text("\nimport nothing")
    program = start("telegram", "from brain import bot")
    assert program.end() == WRONG_SETTINGS
    assert "No module named 'nothing' in brain.py, line 2. The package is not" in program.lines[-1]
    assert f"Put nothing into {tmp_path.name}/requirements.txt" in program.lines[-1]


def test_a_folder_stands_for_its_main_py(start, telegram, tmp_path):
    token = telegram.account("hello_bot").token
    (tmp_path / "main.py").write_text(BOT)
    settings = {"TELEGRAM_TOKEN": token, "TELEGRAM_API": telegram.url}
    program = Program("telegram", tmp_path, settings)
    try:
        assert telegram.person("Viktor").ask("!hello", timeout=20) == "hello Viktor!"
    finally:
        program.end(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert f"the sandbox world, {tmp_path / 'main.py'}" in program.lines[0]


def test_a_file_that_is_not_there_is_named(start, tmp_path):
    program = Program("telegram", tmp_path / "other.py", {})
    assert program.end() == WRONG_SETTINGS
    assert "other.py does not exist" in program.lines[-1]


def test_no_escape_sequence_of_a_viewer_reaches_the_terminal(start, telegram):
    token = telegram.account("hello_bot").token
    say = "import logging\nbot.command('int')(lambda message: str(int(message.arguments)))\n"
    say += "bot.command('log')(lambda message: logging.warning(message.arguments))\n"
    program = start("telegram", BOT + say, TELEGRAM_TOKEN=token, TELEGRAM_API=telegram.url)
    viktor = telegram.person("Viktor")
    assert viktor.ask("!hello", timeout=20) == "hello Viktor!"
    for command in ("!int", "!log"):
        viktor.send(f"{command} \x1b[2J\u202ered")
    program.wait_line("!int failed: ValueError")
    program.wait_line(r"WARNING \x1b[2J\u202ered")
    assert all(line.isprintable() for line in program.lines)


def test_a_bots_store_is_in_its_own_folder(start, telegram, tmp_path):
    token = telegram.account("hello_bot").token
    count = "from botlib.store import open_store\nstore = open_store()\n"
    count += "bot.command('count')(lambda message: str(store.increment('n')))\n"
    start("telegram", BOT + count, TELEGRAM_TOKEN=token, TELEGRAM_API=telegram.url)
    assert telegram.person("Viktor").ask("!count", timeout=20) == "1"
    assert (tmp_path / "store.sqlite3").exists()


def test_settings_come_from_the_env_file_beside_the_bot(start, telegram, tmp_path):
    token = telegram.account("hello_bot").token
    (tmp_path / ".env").write_text(f"TELEGRAM_TOKEN={token}\nTELEGRAM_API={telegram.url}\n")
    start("telegram", BOT_WORLD="")  # a test's own keeps every .env unread
    assert telegram.person("Viktor").ask("!hello", timeout=20) == "hello Viktor!"
