"""The sandbox from the command line, for a client in any language."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ANY_PORTS = [word for name in ("telegram", "twitch", "irc", "cloud")
             for word in (f"--{name}-port", "0")]  # fmt: skip


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "botlib.sandbox", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
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
