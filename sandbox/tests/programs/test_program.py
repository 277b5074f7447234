"""The fixture `program`: what it says when a program is not ready, and how soon."""

import sys
import threading

import pytest

from bot_sandbox import NotReady, Program
from bot_sandbox.cloud.deployment import find_node

NEVER = 3600.0  # seconds: whoever waited for them would be stopped by pytest-timeout


@pytest.fixture
def start(tmp_path):
    """Start a file with this text, and wait for what is given."""
    program = Program()

    def start(text, name="bot.py", **named):
        (tmp_path / name).write_text(text)
        runner = sys.executable if name.endswith(".py") else find_node()
        return program(runner, name, folder=tmp_path, timeout=NEVER, **named)

    yield start
    program.close()


@pytest.mark.parametrize("by", ["text", "function"])
def test_a_program_that_failed_is_noticed_at_once(start, telegram, account, by):
    function = lambda: telegram.wait_ready(account, timeout=NEVER)  # noqa: E731
    ready = {"text": "polling", "function": function}[by]
    with pytest.raises(NotReady) as caught:
        start("print('hello')\ndef main():\n    int('x')\nmain()\n", ready=ready)
    text = str(caught.value)
    assert "is not ready." in text and "It ended with status 1." in text
    assert "Your line: bot.py:3: int('x')\nIts last lines:\nhello\n" in text
    assert caught.value.program.status == 1
    assert caught.value.lines[-1].startswith("ValueError: ")


def test_a_function_may_find_that_a_program_has_done_its_work(start):
    """As one that sets a webhook and ends."""
    done = threading.Event()
    process = start("", ready=lambda: done.wait(60) if done.set() is None else False)
    assert process.wait(60) == 0


def test_the_error_of_the_function_itself_arrives(start):
    with pytest.raises(ZeroDivisionError):
        start("import time; time.sleep(600)", ready=lambda: 1 / 0)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("bot.py", "import json\njson.loads('{')\n", "bot.py:2: json.loads('{')"),
        ("bot.py", "x = (\n", "bot.py:1: x = ("),
        ("bot.mjs", "\nconst x = 1;\nx.y.z();\n", "bot.mjs:3: x.y.z();"),
        ("bot.cjs", "JSON.parse('{');\n", "bot.cjs:1: JSON.parse('{');"),
    ],
)
def test_the_line_of_your_own_file_is_named(start, name, text, line):
    with pytest.raises(NotReady) as caught:
        start(text, name, ready="polling")
    assert f"Your line: {line}\n" in str(caught.value)


def test_a_secret_in_a_line_is_hidden(start):
    with pytest.raises(NotReady) as caught:
        start("raise SystemExit('no hunter2 here')", ready="polling", BOT_TOKEN="hunter2")
    assert "hunter2" not in str(caught.value) and caught.value.lines == ["no <secret> here"]
