"""The command `bot-sandbox` as a process, and what it has shown so far."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-m", "bot_sandbox")
STAND_IN = Path(__file__).with_name("curl.py")
ANY_PORTS = [word for name in ("telegram", "twitch", "irc", "cloud", "window", "mail", "join")
             for word in (f"--{name}-port", "0")]  # fmt: skip


def start(*arguments, command=COMMAND, stdin=subprocess.DEVNULL, **environment):
    no_screen = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
    return subprocess.Popen(
        [*command, *arguments],
        env={**os.environ, **no_screen, **environment},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.read().decode()


def post(url, values, **headers):
    body, kind = json.dumps(values).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, kind | headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def folder_with(path, source, name="main.py"):
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_text(source)
    return str(path)


class Sandbox:
    """The command, and what it has shown so far."""

    def __init__(self, process):
        self.process, self.text = process, ""

    def wait_for(self, words):
        """Read on until it has shown this; what stands from there on is read next time."""
        while words not in self.text:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.text += line

    def wait_for_new(self, words):
        """As `wait_for`, and what has been shown before does not count."""
        self.text = ""
        self.wait_for(words)

    def settings(self):
        return dict(re.findall(r"^  (\w+)=(.*)$", self.text, re.M))

    def address_of(self, function):
        return re.search(rf"^  {function}: (http://\S+)", self.text, re.M)[1]

    def do(self, pattern):
        """Type a line that was shown into a shell, and give what it prints."""
        command = re.search(rf"^ *(?:try: |What to do: )?({pattern}.*)$", self.text, re.M)[1]
        command = command.replace("python3", sys.executable)
        if not shutil.which("curl"):
            command = command.replace("curl", f"{sys.executable} {STAND_IN}")
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def say(self, text):
        """Let Viktor write to the bot."""
        self.ask("telegram/say", **{"from": "Viktor", "to": "hello_bot"}, text=text)

    def ask(self, path, **values):
        """Ask something of the window's HTTP interface."""
        url, key = re.search(r"^  (http://\S+)/#key=(\S+)$", self.text, re.M).groups()
        return post(f"{url}/api/{path}", values, **{"Bot-Sandbox-Key": key})


@contextmanager
def sandbox(*arguments, stdin=subprocess.DEVNULL, **environment):
    process = start(*ANY_PORTS, *arguments, stdin=stdin, **environment)
    try:
        running = Sandbox(process)
        running.wait_for("LOG: ")
        yield running
    finally:
        process.kill()
        process.communicate()


@contextmanager
def sandbox_on_terminal(*arguments, **environment):
    import pty  # Windows has none

    ours, its = pty.openpty()
    try:
        with sandbox(*arguments, stdin=its, **environment) as running:
            yield running
    finally:
        os.close(ours)
        os.close(its)
