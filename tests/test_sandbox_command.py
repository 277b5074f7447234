"""The sandbox from the command line, for a client in any language."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from cloud_help import wait_until

ROOT = Path(__file__).parent.parent
STAND_IN = Path(__file__).with_name("curl.py")
ANY_PORTS = [word for name in ("telegram", "twitch", "irc", "cloud")
             for word in (f"--{name}-port", "0")]  # fmt: skip


def start(*arguments, stdin=subprocess.DEVNULL):
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
def test_what_it_prints_can_be_tried(tmp_path):
    function = tmp_path / "my_bot"
    function.mkdir()
    (function / "main.py").write_text(
        "import os\ndef handler(event, context):\n"
        "    return {'statusCode': 200, 'body': os.environ['TELEGRAM_TOKEN']}\n"
    )
    process = start(*ANY_PORTS, str(function))
    try:
        text = ""
        while "my-bot: " not in text:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            text += line
        found = dict(re.findall(r"^  (\w+)=(.*)$", text, re.M))
        bot = f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}"
        assert json.loads(get(f"{bot}/getMe"))["result"]["username"] == "hello_bot"
        token = f"OAuth {found['TWITCH_TOKEN']}"
        whose = json.loads(get(f"{found['TWITCH_API']}/oauth2/validate", Authorization=token))
        assert whose["login"] == "hello_bot"
        cloud = dict(re.findall(r"^  ([\w-]+): (http://\S+)", text, re.M))
        assert get(cloud["hello"]) == "hello from the cloud"
        assert get(cloud["my-bot"]) == found["TELEGRAM_TOKEN"]
        by_hand = re.search(r'python3 -c "(.*)"', text)[1]
        done = subprocess.run([sys.executable, "-c", by_hand], capture_output=True, text=True)
        assert ":tmi.twitch.tv 001 hello_bot" in done.stdout
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_named_with_its_fix():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(*ANY_PORTS, "--twitch-port", port)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"port {port} is taken. Choose another: --twitch-port N" in errors


BOT = """
from botlib import Bot
from botlib.{module} import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {{message.user}}!")
handler = webhook(bot)
"""


def folder_with(path, source):
    path.mkdir(parents=True)
    (path / "main.py").write_text(source)
    return str(path)


class Sandbox:
    """The command with a terminal, and what it has shown so far."""

    def __init__(self, process, terminal):
        self.process, self.terminal, self.text = process, terminal, ""

    def wait_for(self, words):
        while words not in self.text:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.text += line

    def type(self, line):
        os.write(self.terminal, f"{line}\n".encode())

    def do(self, pattern):
        """Type a line that was shown into a shell, and give what it prints."""
        command = re.search(rf"^  (?:try: )?({pattern}.*)$", self.text, re.M)[1]
        command = command.replace("python3", sys.executable)
        if not shutil.which("curl"):
            command = command.replace("curl", f"{sys.executable} {STAND_IN}")
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def sandbox(*folders):
    import pty  # Windows has none

    ours, its = pty.openpty()
    process = start(*ANY_PORTS, *folders, stdin=its)
    try:
        running = Sandbox(process, ours)
        running.wait_for("Chat here")
        yield running
    finally:
        process.kill()
        process.communicate()
        os.close(ours)
        os.close(its)


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither pty nor this shell")


@posix
def test_a_folder_becomes_a_twitch_bot_by_the_line_that_is_shown(tmp_path):
    source = BOT.format(module="twitch.eventsub")
    with sandbox(folder_with(tmp_path / "my_bot", source)) as running:
        found = dict(re.findall(r"^  (\w+)=(.*)$", running.text, re.M))
        assert found["TWITCH_BOT_ID"].isdecimal() and len(found["TWITCH_EVENTSUB_SECRET"]) >= 10
        answer = json.loads(running.do("python3 -c .*eventsub"))
        assert answer["data"][0]["status"] == "webhook_callback_verification_pending"
        address = f"{found['TWITCH_API']}/helix/eventsub/subscriptions"
        token = re.search(r"'Authorization': '(Bearer \w+)'", running.text)[1]
        may = {"Authorization": token, "Client-Id": found["TWITCH_CLIENT_ID"]}
        wait_until(lambda: json.loads(get(address, **may))["data"][0]["status"] == "enabled")
        running.type("twitch !hello")
        running.wait_for("Hello bot: hello Anna!")


@posix
def test_a_folder_becomes_a_telegram_bot_by_the_line_that_a_hint_gives(tmp_path):
    source = BOT.format(module="telegram.light")
    with sandbox(folder_with(tmp_path / "my_bot", source)) as running:
        running.type("telegram !hello")
        running.wait_for("What to do: curl http://")
        assert "telegram.call" not in running.text
        running.do("curl .*/setWebhook")
        running.type("telegram !hello")
        running.wait_for("Hello bot: hello Viktor!")


@posix
def test_the_terminal_shows_why_a_function_fails(tmp_path):
    with sandbox(folder_with(tmp_path / "broken", "print('loading')\n1 / 0\n")) as running:
        running.do("curl .*/setWebhook")
        running.type("telegram !hello")
        running.wait_for("[broken] loading")
        running.wait_for("[broken] [ERROR] ZeroDivisionError: division by zero")
        running.wait_for("read the function's log, shown above")


@posix
def test_a_folder_called_hello_takes_the_place_of_the_own_function(tmp_path):
    source = "def handler(event, context):\n    return 'mine'\n"
    with sandbox(folder_with(tmp_path / "hello", source)) as running:
        assert len(re.findall(r"^  hello: ", running.text, re.M)) == 1
        assert get(re.search(r"^  hello: (\S+)", running.text, re.M)[1]) == "mine"


def test_two_folders_of_one_name_are_refused(tmp_path):
    folders = [folder_with(tmp_path / place / "my_bot", "") for place in "ab"]
    process = start(*ANY_PORTS, *folders)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "would both be the function my-bot. Rename one of them." in errors
    assert all(folder in errors for folder in folders)


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_what_is_no_port_is_refused_with_what_was_expected(port):
    process = start(f"--telegram-port={port}")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "argument --telegram-port: expected a number from 0 (any free port) to 65535" in errors
