"""Commands of start.py, typed by a notebook."""

import pytest

from deploy.new import make_folder
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
