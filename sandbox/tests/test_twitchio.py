"""The runner for TwitchIO bots: what it says when something is missing, and what a bot sees."""

import os
import subprocess
import sys

import pytest

SHOW = """
import sys
import twitchio, twitchio.http
from helper import NAME
print(NAME, __name__, sys.argv[1:], twitchio.http.Route.BASE, hasattr(twitchio, "Client"))
"""


def run(*arguments, cwd, **environment):
    command = [sys.executable, "-m", "bot_sandbox.twitchio", *map(str, arguments)]
    mine = {**os.environ, "TWITCH_API": ""} | environment
    return subprocess.run(command, cwd=cwd, env=mine, capture_output=True, text=True, timeout=60)


@pytest.fixture
def bot(tmp_path):
    folder = tmp_path / "bot"
    folder.mkdir()
    (folder / "helper.py").write_text("NAME = 'helper'")
    (folder / "bot.py").write_text(SHOW)
    return folder / "bot.py"


def test_a_bot_runs_as_by_python_itself_with_the_real_twitchio(bot, tmp_path):
    done = run(bot, "--loud", "7", cwd=tmp_path, TWITCH_API="http://127.0.0.1:7/")
    assert done.stderr == ""
    assert done.stdout == "helper __main__ ['--loud', '7'] http://127.0.0.1:7/helix/ True\n"


def test_the_option_wins_over_the_environment(bot, tmp_path):
    done = run("--api", "http://127.0.0.1:8", bot, cwd=tmp_path, TWITCH_API="http://127.0.0.1:7")
    assert "http://127.0.0.1:8/helix/" in done.stdout


@pytest.mark.parametrize("api", ["", "127.0.0.1:8080", "ws://127.0.0.1:8080"])
def test_without_an_address_it_says_what_it_expects(bot, tmp_path, api):
    done = run("--api", api, bot, cwd=tmp_path)
    assert done.returncode == 2
    assert "Expected http://127.0.0.1:PORT" in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = run("--api", "http://127.0.0.1:8", "nobody.py", cwd=tmp_path)
    assert (done.returncode, "there is no file nobody.py" in done.stderr) == (2, True)


def test_without_twitchio_it_says_what_to_type(bot, tmp_path):
    (tmp_path / "twitchio.py").write_text("raise ImportError('no TwitchIO here')")
    done = run("--api", "http://127.0.0.1:8", bot, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith("Type: pip install twitchio\n")
    assert "Traceback" not in done.stderr
