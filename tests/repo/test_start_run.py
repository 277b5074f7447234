"""start.py run without a token: the bot and its sandbox, two real processes."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import psutil
import pytest
from waiting import wait_until

from deploy.new import make_folder

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
ASKS = {  # who says hello, by the HTTP that sandbox/README.md describes
    "telegram": ("telegram/ask", {"from": "Viktor", "to": "hello_bot"}),
    "twitch": ("twitch/ask", {"from": "viktor", "channel": "viktor"}),
}


class StartRun:
    """`start.py run` as a process with what it prints."""

    def __init__(self, platform, folder, *options, **environment):
        mine = {name: os.environ[name] for name in os.environ if not name.startswith("T")}
        mine |= {"PYTHONPATH": str(ROOT), "DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lessons.commands.run_local", platform, str(folder), *options],
            cwd=folder.parent,
            env=mine | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.text = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.text += line
                self.changed.notify_all()

    def wait_for(self, words):
        with self.changed:
            assert self.changed.wait_for(lambda: words in self.text, timeout=60), self.text

    def say(self, platform, text="!hello"):
        """Say something through the window and give what the bot says."""
        url, key = re.search(r"(http://\S+)/#key=(\S+)", self.text).groups()
        path, values = ASKS[platform]
        body = json.dumps(values | {"text": text, "timeout": 30}).encode()
        headers = {"Bot-Sandbox-Key": key, "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{url}/api/{path}", body, headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    def family(self):
        return [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(True)]

    def end(self):
        status = self.process.wait(timeout=60)
        self.reader.join(timeout=60)
        return status


@pytest.fixture
def folder(tmp_path):
    make_folder(tmp_path / "my_bot")
    return tmp_path / "my_bot"


@pytest.fixture
def start():
    started = []

    def start(*arguments, **environment):
        started.append(StartRun(*arguments, **environment))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()


def are_gone(processes):
    return not psutil.wait_procs(processes, timeout=30)[1]


@posix
@pytest.mark.parametrize(
    ("platform", "ready", "how"),
    [
        ("telegram", "Application started", signal.SIGINT),
        ("twitch", "in #viktor", signal.SIGTERM),
    ],
)
def test_without_a_token_it_answers_in_a_sandbox_until_both_are_ended(
    start, folder, platform, ready, how
):
    program = start(platform, folder)
    program.wait_for(ready)
    assert f"No token for {platform.capitalize()} is set" in program.text
    assert f"python3 start.py login {platform}" in program.text
    assert "hello Viktor!" in json.dumps(program.say(platform))
    family = program.family()
    assert len(family) == 2
    if how == signal.SIGINT:
        os.killpg(program.process.pid, how)  # as a terminal does it: to all that are its own
    else:
        program.process.send_signal(how)
    assert program.end() == 0
    assert program.text.rstrip().endswith("INFO stopped")
    assert "Traceback" not in program.text
    assert are_gone(family)


@posix
def test_not_even_a_killed_one_leaves_a_sandbox_behind(start, folder):
    program = start("telegram", folder)
    program.wait_for("Application started")
    family = program.family()
    program.process.kill()
    assert are_gone(family)


def test_what_is_wrong_with_the_file_is_said_and_nothing_stays(start, folder):
    (folder / "main.py").write_text("import no_such_package\n")
    program = start("twitch", folder)
    assert program.end() == 78
    assert "Put no_such_package into my_bot/requirements.txt" in program.text
    assert "Traceback" not in program.text


@posix
@pytest.mark.parametrize("options", [(), ("--no-open",)])
def test_the_window_opens_when_the_bot_is_there_unless_it_shall_not(start, folder, options):
    browser, opened = folder.parent / "browser", folder.parent / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o700)
    program = start("telegram", folder, *options, BROWSER=str(browser))
    program.wait_for("Application started")
    program.say("telegram")
    if options:
        assert not opened.exists()
    else:
        wait_until(opened.exists)
        assert opened.read_text().strip() in program.text


def test_with_a_token_there_is_no_sandbox(start, folder, telegram):
    token = telegram.new_bot("Real bot", "real_bot").token
    (folder / ".env").write_text(f"TELEGRAM_TOKEN={token}\nTELEGRAM_API={telegram.url}\n")
    program = start("telegram", folder, BOT_WORLD="")
    assert telegram.person("Viktor").ask("!hello", timeout=60) == "hello Viktor!"
    assert len(program.family()) == 1
    assert "No token" not in program.text


def test_settings_that_cannot_be_read_are_named(start, folder):
    (folder / ".env").write_text("TELEGRAM_TOKEN\n")
    program = start("telegram", folder, BOT_WORLD="")
    assert program.end() == 78
    assert ".env, line 1: expected NAME=value" in program.text
