"""start.py sandbox: the sandbox's command, with botlib in reach of the functions."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import wait_until

from deploy.new import make_folder

ROOT = Path(__file__).parents[2]
START = (sys.executable, str(ROOT / "start.py"), "sandbox")
ANY_PORTS = [word for name in ("telegram", "twitch", "irc", "cloud", "window", "mail")
             for word in (f"--{name}-port", "0")]  # fmt: skip
BOT = """
from botlib import Bot
from botlib.twitch.eventsub import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
handler = webhook(bot)
"""
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")


class Running:
    """The command, and what it has shown so far."""

    def __init__(self, process):
        self._process, self.text = process, ""

    def wait_for(self, words):
        """Read until it has shown this."""
        while words not in self.text:
            line = self._process.stdout.readline()
            assert line, self._process.stderr.read()
            self.text += line

    def run_shown(self, pattern):
        """Run a shown line as somebody does who types it into a shell."""
        command = re.search(rf"^ *(?:try: |What to do: )?({pattern}.*)$", self.text, re.M)[1]
        command = command.replace("python3", shlex.quote(sys.executable))
        subprocess.run(command, shell=True, capture_output=True, check=True, timeout=20)

    def ask(self, path, **values):
        """Ask something of the window's HTTP interface."""
        url, key = re.search(r"^  (http://\S+)/#key=(\S+)$", self.text, re.M).groups()
        headers = {"Content-Type": "application/json", "Bot-Sandbox-Key": key}
        return fetch(f"{url}/api/{path}", headers, json.dumps(values).encode())


def fetch(url, headers, body=None):
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


@contextmanager
def sandbox(*arguments):
    environment = os.environ | {"COURSE_PYTHON": sys.executable, "BROWSER": ""}
    environment |= {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    process = subprocess.Popen(
        [*START, *ANY_PORTS, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        running = Running(process)
        running.wait_for("hello: ")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)  # start.py ends its child, too
        process.communicate(timeout=60)


@posix
def test_a_folder_becomes_a_twitch_bot_by_the_line_that_is_shown(tmp_path):
    (tmp_path / "main.py").write_text(BOT)
    with sandbox(tmp_path) as running:
        running.wait_for("as Twitch's webhook")
        running.wait_for("helix/eventsub/subscriptions")
        running.run_shown("python3 -c .*eventsub")
        found = dict(re.findall(r"^  (\w+)=(.*)$", running.text, re.M))
        address = f"{found['TWITCH_API']}/helix/eventsub/subscriptions"
        token = re.search(r"'Authorization': '(Bearer \w+)'", running.text)[1]
        may = {"Authorization": token, "Client-Id": found["TWITCH_CLIENT_ID"]}
        wait_until(lambda: fetch(address, may)["data"][0]["status"] == "enabled")
        said = running.ask("twitch/ask", **{"from": "anna", "channel": "viktor"}, text="!hello")
        assert said["text"] == "hello Anna!"


@posix
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is missing, which the line shown needs")
def test_a_folder_becomes_a_telegram_bot_by_the_line_that_is_shown(tmp_path):
    folder = tmp_path / "my_bot"
    make_folder(folder)
    with sandbox(folder) as running:
        running.wait_for("as Telegram's webhook")
        running.wait_for("setWebhook")
        running.run_shown("curl .*/setWebhook")
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
