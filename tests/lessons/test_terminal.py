"""Commands of start.py, typed by a notebook, or in a terminal beside it."""

import secrets
import subprocess
import sys

import pytest

from bot_sandbox import Telegram
from deploy.new import make_folder
from lessons.alone.open_sandbox import offer_sandbox
from lessons.pythonanywhere import PythonAnywhere
from lessons.worlds.environment import COURSE, sandbox_environment
from lessons.worlds.terminal import type_command


def test_a_command_runs_and_what_differs_is_marked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path / "my_bot")
    type_command("python3 start.py bundle my_bot --python 3.13")
    shown = capsys.readouterr().out
    assert (tmp_path / "my_bot.zip").is_file()
    assert "≈" in shown and "ms to import" in shown


def test_a_command_that_fails_says_why_and_sees_no_settings_of_this_machine(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_TOKEN", "not for notebooks")
    make_folder(tmp_path / "my_bot")
    type_command("python3 start.py deploy pythonanywhere my_bot")
    assert "Not done: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["python3 start.py run telegram my_bot", "python3 other.py x y"]
)
def test_no_other_command_is_run(command):
    with pytest.raises(ValueError, match="notebooks run python3 start"):
        type_command(command)


def type_in_terminal(folder, *words, **settings):
    """Type `start.py deploy` as she does, beside the notebook; what it says."""
    environment = sandbox_environment() | {"COURSE_FOLDER": str(folder)} | settings
    del environment["BOT_WORLD"]
    done = subprocess.run(
        [sys.executable, COURSE / "start.py", "deploy", "pythonanywhere", *words],
        env=environment | {"COURSE_PYTHON": sys.executable, "BOTS_FOLDER": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_a_line_in_a_terminal_reaches_the_home_on_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    make_folder(tmp_path / "my_bot")
    with Telegram() as telegram, PythonAnywhere(direct=[telegram.url]) as home:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        settings = {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": secrets.token_urlsafe(32),
            "TELEGRAM_API": telegram.url,
            "PYTHONANYWHERE_USERNAME": home.username,
            "PYTHONANYWHERE_TOKEN": home.token,
            "PYTHONANYWHERE_API": home.api,
            "PYTHONANYWHERE_SITE": home.url,
        }
        offer_sandbox(home, telegram, **settings)
        said = type_in_terminal(tmp_path, "my_bot")
        assert said.startswith("No account is saved. This is the small PythonAnywhere of notebook")
        assert "Done. Write to your bot." in said
        assert account.token not in said and home.token not in said
        assert home.versions == 1
        assert viktor.ask("!hello", to=account) == "hello Viktor!"
        said = type_in_terminal(tmp_path, "--delete")
        assert "Nothing is left at PythonAnywhere" in said
        assert home.versions == 0
        mine = {"PYTHONANYWHERE_TOKEN": "of-an-account-of-hers", "PYTHONANYWHERE_USERNAME": "ada"}
        said = type_in_terminal(tmp_path, "my_bot", **mine)
        assert "TELEGRAM_TOKEN is not set" in said and "small" not in said
