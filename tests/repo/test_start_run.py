"""start.py run without a token: the bot and its sandbox, two real processes."""

import gc
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import psutil
import pytest
from waiting import wait_until

from bot_sandbox import Cloud, Telegram, Twitch
from deploy.new import make_folder
from lessons.alone.open_sandbox import offer_sandbox
from lessons.alone.sections import SECTIONS
from lessons.commands import run_local
from lessons.worlds.weather_service import deploy_weather, weather_address

ROOT = Path(__file__).parents[2]
SLOW = pytest.mark.slow("commands from start to end")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
ASKS = {  # who says hello, by the HTTP that sandbox/README.md describes
    "telegram": ("telegram/ask", {"from": "Viktor", "to": "hello_bot"}),
    "twitch": ("twitch/ask", {"from": "viktor", "channel": "viktor"}),
}


class StartRun:
    """`start.py run` as a process with what it prints."""

    def __init__(self, platform, folder, *options, working_folder=None, **environment):
        mine = {name: os.environ[name] for name in os.environ if not name.startswith("T")}
        mine |= {"PYTHONPATH": str(ROOT), "DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lessons.commands.run_local", platform, str(folder), *options],
            cwd=working_folder or folder.parent,
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
        self.wait_until(lambda text: words in text)

    def wait_until(self, is_right):
        with self.changed:
            assert self.changed.wait_for(lambda: is_right(self.text), timeout=60), self.text

    def say(self, platform, text="!hello"):
        """Say something through the window and give what the bot says."""
        path, values = ASKS[platform]
        return self.post(path, **values, text=text, timeout=30)

    def post(self, path, **values):
        """Do what the window does, by HTTP."""
        return self.request(path, json.dumps(values).encode())

    def request(self, path, body=None):
        self.wait_until(lambda text: re.search(r"/#key=\S+\n", text))
        url, key = re.search(r"(http://\S+)/#key=(\S+)", self.text).groups()
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
    ("platform", "options", "ready", "how"),
    [
        ("telegram", [], "Application started", signal.SIGINT),
        ("twitch", ["--no-open"], "in #viktor", signal.SIGTERM),
    ],
)
def test_without_a_token_it_answers_in_a_sandbox_until_both_are_ended(
    start, folder, platform, options, ready, how
):
    browser, opened = folder.parent / "browser", folder.parent / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o700)
    program = start(platform, folder, *options, BROWSER=str(browser))
    program.wait_for(ready)
    assert f"No token for {platform.capitalize()} is set" in program.text
    assert f"python3 start.py login {platform}" in program.text
    assert "hello Viktor!" in json.dumps(program.say(platform))
    if options:
        assert not opened.exists()
    else:
        wait_until(opened.exists)
        assert opened.read_text().strip() in program.text
    wait_until(lambda: len(program.family()) == 2)  # the browser has ended
    family = program.family()
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


PHONE = """
import os

from telegram.ext import Application, CommandHandler

async def hello(update, context):
    await update.message.reply_text(f"hello {update.effective_user.first_name}!")

application = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).build()
application.add_handler(CommandHandler("hello", hello))
print("ready", len(os.environ["TELEGRAM_TOKEN"]) > 40)
application.run_polling()
"""


@pytest.fixture
def phone(tmp_path):
    """A file with the real addresses, in the learner's folder."""
    file = tmp_path / "my_course/workshop/alone/phone.py"
    file.parent.mkdir(parents=True)
    file.write_text(PHONE)
    return file


class Page:
    """A notebook's page with a Telegram, which programs can join."""

    def __init__(self):
        self.telegram = Telegram()
        account = self.telegram.new_bot("Hello bot", "hello_bot")
        self.viktor = self.telegram.person("Viktor")
        offer_sandbox(self, self.telegram, TELEGRAM_TOKEN=account.token)


def press_ctrl_c(program):
    os.killpg(program.process.pid, signal.SIGINT)  # as a terminal does it


@posix
@SLOW
def test_any_file_runs_again_at_each_save_and_ends_without_a_complaint(start, phone):
    program = start("telegram", phone)
    program.wait_for("ready True")
    assert (
        "No token for Telegram is set: phone.py lives in a sandbox, as hello_bot." in program.text
    )
    assert "hello Viktor!" in json.dumps(program.say("telegram", "/hello"))
    phone.write_text(PHONE.replace("hello {", "good evening {").replace('"ready"', '"again"'))
    program.wait_for("again True")
    assert "good evening Viktor!" in json.dumps(program.say("telegram", "/hello"))
    family = program.family()
    press_ctrl_c(program)
    assert program.end() == 0
    assert program.text.rstrip().endswith("stopped")
    assert "Traceback" not in program.text and "KeyboardInterrupt" not in program.text
    assert are_gone(family)


@posix
def test_a_timers_handler_sends_the_weather_of_the_notebooks_page(start, phone, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    file = phone.with_name("weather.py")
    file.write_text(SECTIONS["weather.py"].solution)
    with Cloud() as cloud, Telegram() as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        viktor.send("/start", to=account)
        offer_sandbox(
            cloud,
            telegram,
            TELEGRAM_TOKEN=account.token,
            CHAT_ID=str(viktor.id),
            WEATHER_API=weather_address(deploy_weather(cloud, 7.4)),
        )
        program = start("telegram", file)
        assert viktor.wait(timeout=60)[0].text == "Oslo: 7.4 °C"
        program.wait_for("weather.py has ended. Save it, and it starts again.")
        deploy_weather(cloud, fault="error")
        file.write_text(file.read_text() + "\n")
        assert viktor.wait(timeout=60)[0].text == "Oslo: no weather today."


@posix
@SLOW
def test_an_error_is_the_learners_own_line_and_what_to_do(start, phone):
    phone.write_text(PHONE.replace("update.message.reply_text", "update.message.answer"))
    program = start("telegram", phone)
    program.wait_for("ready")
    program.post("telegram/say", **ASKS["telegram"][1], text="/hello")
    program.wait_for("→ That is aiogram's.")
    lines = program.text.splitlines()
    at = lines.index("AttributeError: 'Message' object has no attribute 'answer'")
    own = 'phone.py:7: await update.message.answer(f"hello {update.effective_user.first_name}!")'
    assert lines[at - 1] == own
    assert "site-packages" not in program.text
    phone.write_text("print('hi'\n")
    program.wait_for("phone.py has ended. Save it, and it starts again.")
    assert "phone.py:1: print('hi'\nSyntaxError: '(' was never closed\n" in program.text
    before = program.text.count("ready")
    (phone.parent / "telegram.py").write_text("")
    phone.write_text(PHONE)
    program.wait_for("→ Your folder has a file with the library's own name")
    (phone.parent / "telegram.py").unlink()
    phone.write_text(PHONE)  # saved as it is, because the mistake was elsewhere
    program.wait_until(lambda text: text.count("ready") > before)
    press_ctrl_c(program)
    assert program.end() == 0


@posix
@SLOW
def test_a_file_on_twitch_says_hello_again_and_hears_who_follows(start, phone):
    stream = phone.with_name("stream.py")
    code = SECTIONS["stream.py"].solution
    stream.write_text(code)
    program = start("twitch", stream)
    program.wait_for("stream.py lives in a sandbox, as hello_bot.")
    is_there = "twitch/wait?login=hello_bot&channel=viktor&timeout=30"
    program.request(is_there)
    for _ in range(2):  # as a moderator, it may repeat itself
        assert "hello Viktor!" in json.dumps(program.say("twitch"))
    program.post("twitch/follow", login="ada", channel="viktor")
    chat = json.dumps(program.request("twitch/messages?channel=viktor&n=5&timeout=30"))
    assert "Thank you, Ada!" in chat
    stream.write_text(code.replace("def event_command_error", "def event_of_another_name"))
    program.wait_for("stream.py starts again.")
    program.request(f"{is_there}&after=1")
    program.post("twitch/say", **ASKS["twitch"][1], text="!sesame")
    program.wait_for("→ Your bot doesn't have this command.")
    press_ctrl_c(program)
    assert program.end() == 0
    assert "Traceback" not in program.text and "Starlette" not in program.text


@posix
def test_without_a_page_a_file_logs_in_as_the_learners_own_bot(start, phone, monkeypatch):
    course = phone.parents[2]
    name = course / "workshop/my_bot/name.txt"
    name.parent.mkdir(parents=True)
    name.write_text("Luzie\n")
    line = phone.with_name("line.py")
    line.write_text(SECTIONS["line.py"].solution.replace("hello_bot", "luzie_bot"))
    program = start("twitch", line, COURSE_FOLDER=str(course))
    program.wait_for("line.py lives in a sandbox, as luzie_bot.")
    program.request("twitch/wait?login=luzie_bot&channel=viktor&timeout=30")
    assert program.say("twitch")["text"] == "hello viktor!"
    press_ctrl_c(program)
    assert program.end() == 0


@posix
@SLOW
def test_a_file_joins_the_sandbox_on_the_notebooks_page_and_leaves_with_it(
    start, phone, monkeypatch
):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    offered = phone.parents[2] / ".open_sandbox.json"
    page = Page()
    assert stat.S_IMODE(offered.stat().st_mode) == 0o600
    program = start("telegram", Path("phone.py"), working_folder=phone.parents[3])
    program.wait_for("ready True")
    assert "phone.py is in the sandbox of the notebook that is open." in program.text
    assert page.viktor.ask("/hello", timeout=60) == "hello Viktor!"
    assert len(program.family()) == 3  # with its supervisor's guardian, and no sandbox
    page = Page()  # the cell is run again
    assert page.viktor.ask("/hello", timeout=60) == "hello Viktor!"
    del page
    gc.collect()
    assert not offered.exists()
    program.wait_for("No token for Telegram is set")
    page = Page()  # the kernel has started again
    assert page.viktor.ask("/hello", timeout=60) == "hello Viktor!"
    press_ctrl_c(program)
    assert program.end() == 0
    assert "can't be reached" not in program.text


@posix
def test_a_bot_of_sockets_joins_the_twitch_of_the_page_by_tls(start, phone, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    line = phone.with_name("line.py")
    line.write_text(SECTIONS["line.py"].solution)
    with Twitch() as twitch:
        viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
        scopes = ["chat:read", "chat:edit"]
        token = twitch.authorize(bot, twitch.application("Anna's bot"), scopes).access_token
        offer_sandbox(twitch, None, twitch, TWITCH_TOKEN=token, TWITCH_CHANNEL="viktor")
        program = start("twitch", line)
        twitch.wait_for(bot, viktor, timeout=60)
        assert "line.py is in the sandbox of the notebook that is open." in program.text
        assert viktor.ask("!hello", timeout=60) == "hello viktor!"
        twitch.faults.drop(bot)
        program.wait_for("line.py has ended. Save it, and it starts again.")
    press_ctrl_c(program)
    assert program.end() == 0
    assert token not in program.text and "Traceback" not in program.text


def test_a_file_that_is_missing_is_looked_for(phone, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    monkeypatch.chdir(phone.parents[3])

    def run(file):
        assert run_local.main(["telegram", file]) == 78
        return capsys.readouterr().err

    phone.rename(phone.with_name("phone.py.py"))
    words = "There is no phone.py in this folder, nor in my_course/workshop/alone"
    assert run("phone.py") == f"{words}. There is phone.py.py. Has yours another name?\n"
    assert "There is phone.py.py." in run("my_course/workshop/alone/phone.py")
    phone.with_name("phone.py.py").rename(phone.parents[1] / "phone.py")
    assert run("phone.py") == f"{words}. There is one in workshop: move it\n"


@posix
def test_a_second_program_with_the_same_token_is_named(start, phone, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    page = Page()
    first = start("telegram", phone)
    first.wait_for("ready True")
    assert page.viktor.ask("/hello", timeout=60) == "hello Viktor!"
    start("telegram", phone)
    first.wait_for("→ A second program asks Telegram with the same token.")
    assert "Traceback" not in first.text


@posix
def test_the_offer_of_a_kernel_that_was_killed_is_ignored(start, phone, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(phone.parents[2]))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    stale = {"address": f"127.0.0.1:{port}#code", "settings": {"TELEGRAM_TOKEN": "1:A"}}
    (phone.parents[2] / ".open_sandbox.json").write_text(json.dumps(stale))
    program = start("telegram", phone)
    program.wait_for("No token for Telegram is set: phone.py lives in a sandbox, as hello_bot.")
    program.wait_for("ready True")


@posix
def test_a_file_in_another_language_runs_too(start, phone):
    file = phone.with_name("phone.mjs")
    file.write_text(
        "const url = `https://api.telegram.org/bot${process.env.TELEGRAM_TOKEN}/getMe`;\n"
        "const answer = await (await fetch(url)).json();\n"
        "console.log('I am', answer.result.username);\n"
        "throw new Error('enough')\n"
    )
    program = start("telegram", "alone/phone.mjs", working_folder=file.parents[1])
    program.wait_for("phone.mjs has ended.")
    assert "I am hello_bot" in program.text
    assert "Error: enough" in program.text and "node:internal" not in program.text


def test_a_file_that_nothing_runs_is_refused(start, phone):
    file = phone.with_name("phone.txt")
    file.write_text("hello")
    program = start("telegram", file)
    assert program.end() == 1
    assert "phone.txt cannot be run. Expected a file with one of these endings: .py" in program.text


@posix
def test_a_file_with_a_token_meets_the_real_network(start, phone):
    code = PHONE.replace("application.run_polling()", "")
    phone.write_text(code.replace("print(", "print('BOT_SANDBOX_ADDRESSES' in os.environ, "))
    (phone.parent / ".env").write_text(f"TELEGRAM_TOKEN=1234567890:{'A' * 35}\n")
    program = start("telegram", phone, BOT_WORLD="")
    program.wait_for("False ready True")
    assert "phone.py meets the real Telegram, with your token." in program.text
