"""start.py sandbox: the sandbox's command, with botlib in reach of the functions."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from cloud_tools import wait_until
from command import ANY_PORTS, Sandbox, folder_with, get, start

from deploy.new import make

ROOT = Path(__file__).parents[2]
START = (sys.executable, str(ROOT / "start.py"), "sandbox")
BOT = """
from botlib import Bot
from botlib.{module} import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {{message.user}}!")
handler = webhook(bot)
"""
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")


@contextmanager
def sandbox(*arguments):
    process = start(*ANY_PORTS, *arguments, command=START, COURSE_PYTHON=sys.executable)
    try:
        running = Sandbox(process)
        running.wait_for("hello: ")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)  # start.py ends its child, too
        process.communicate(timeout=60)


@posix
def test_a_folder_becomes_a_twitch_bot_by_the_line_that_is_shown(tmp_path):
    source = BOT.format(module="twitch.eventsub")
    with sandbox(folder_with(tmp_path / "my_bot", source)) as running:
        running.wait_for("as Twitch's webhook")
        running.wait_for("helix/eventsub/subscriptions")
        running.do("python3 -c .*eventsub")
        found = running.settings()
        address = f"{found['TWITCH_API']}/helix/eventsub/subscriptions"
        token = re.search(r"'Authorization': '(Bearer \w+)'", running.text)[1]
        may = {"Authorization": token, "Client-Id": found["TWITCH_CLIENT_ID"]}
        wait_until(lambda: json.loads(get(address, **may))["data"][0]["status"] == "enabled")
        said = running.ask("twitch/ask", **{"from": "anna", "channel": "viktor"}, text="!hello")
        assert said["text"] == "hello Anna!"


@posix
@pytest.mark.parametrize("made_by_start_py", [False, True])
def test_a_folder_becomes_a_telegram_bot_by_the_line_that_is_shown(tmp_path, made_by_start_py):
    folder = tmp_path / "my_bot"
    if made_by_start_py:
        make(folder)
    else:
        folder_with(folder, BOT.format(module="telegram.webhook"))
    with sandbox(folder) as running:
        running.wait_for("as Telegram's webhook")
        running.wait_for("setWebhook")
        running.do("curl .*/setWebhook")
        said = running.ask(
            "telegram/ask", **{"from": "Viktor", "to": "hello_bot"}, text="!hello", timeout=30
        )
        assert "hello Viktor!" in str(said)


@posix
def test_its_options_are_those_of_the_command():
    words = [*START, *ANY_PORTS, "--json", "--no-sample", "--key", "a-key-for-this-test"]
    environment = {**os.environ, "COURSE_PYTHON": sys.executable}
    pipe, out = subprocess.PIPE, subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=out, env=environment, text=True)
    found = json.loads(process.stdout.readline())
    assert found["window"]["key"] == found["cloud"]["key"] == "a-key-for-this-test"
    assert "bots" not in found["telegram"]
    assert process.communicate(timeout=60)[0] == ""  # which closes its input, so it ends
    assert process.returncode == 0


def test_its_help_names_both_commands():
    words = [*START, "--help"]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.stdout.startswith("python3 start.py sandbox [OPTION …] [FOLDER …]\n")
    assert "bot-sandbox" in done.stdout and "--import-path" in done.stdout
