"""A start at login: what is written for each system, and that nothing is left of it."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from botlib.run import WRONG_SETTINGS
from deploy.autostart import Bot, start_of

ROOT = Path(__file__).parents[2]
HOME = Path("/home/anna")
BOT = Bot(
    "twitch", Path("/a course/my_bot/main.py"), "/a course/.venv/bin/python", Path("/a course")
)
LOGGED_IN = {"TWITCH_TOKEN": "t" * 30, "TWITCH_API": "http://127.0.0.1:9"}
README = (ROOT / "deploy/home/README.md").read_text(encoding="utf-8")


def autostart(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "deploy.autostart", *map(str, words)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_bot").mkdir()
    (tmp_path / "my_bot/main.py").write_text("from botlib import Bot\nbot = Bot()\n")
    return tmp_path / "my_bot"


@pytest.mark.parametrize(
    ("system", "written"),
    [
        ("linux", "`~/.config/systemd/user/my_bot-twitch.service`"),
        ("darwin", "`~/Library/LaunchAgents/chatbot.my_bot-twitch.plist`"),
        ("win32", "`my_bot-twitch.cmd` in it"),
    ],
)
def test_the_file_is_where_the_readme_says(system, written):
    if system == "darwin" and os.name == "nt":
        pytest.skip("Windows has no user ids")
    start = start_of(BOT, system, HOME)
    path = f"`~/{start.path.relative_to(HOME).as_posix()}`"
    assert written in README and (path == written or start.path.name in written)


def test_a_mac_reads_its_file_and_starts_what_is_meant():
    if os.name == "nt":
        pytest.skip("Windows has no user ids")
    start = start_of(BOT, "darwin", HOME)
    agent = plistlib.loads(start.content)
    assert agent["ProgramArguments"] == [BOT.python, "-m", "botlib.run", "twitch", str(BOT.file)]
    assert agent["KeepAlive"] == {"SuccessfulExit": False} and agent["RunAtLoad"]
    assert start.begin[0][-1] == str(start.path) and start.end[0][-1].endswith(agent["Label"])


def test_windows_starts_it_again_unless_it_ended_well_or_cannot():
    text = start_of(BOT, "win32", HOME).content.decode()
    assert text.count("\r\n") == text.count("\n")
    assert f'"{BOT.python}" -m botlib.run twitch "{BOT.file}"' in text
    lines = [line.strip() for line in text.splitlines()]
    ends = [line for line in lines if line.startswith("if %errorlevel%")]
    assert ends == ["if %errorlevel% == 0 exit", f"if %errorlevel% == {WRONG_SETTINGS} ("]


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="SYSTEMD-ANALYZE IS NOT HERE: unit not checked"
)
def test_systemd_finds_nothing_wrong_in_the_users_unit(tmp_path):
    odd = tmp_path / "100% mine"
    odd.mkdir()
    (odd / "python").symlink_to(sys.executable)
    bot = Bot("telegram", odd / "main.py", str(odd / "python"), odd)
    start = start_of(bot, "linux", tmp_path)
    assert start.path.name == "100--mine-telegram.service"
    unit = tmp_path / start.path.name
    unit.write_bytes(start.content)
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert [line for line in done.stderr.splitlines() if "mine" in line] == []


def test_it_is_shown_and_nothing_is_done(folder, tmp_path):
    done = autostart("telegram", folder, "--show", HOME=str(tmp_path), USERPROFILE=str(tmp_path))
    assert done.returncode == 0
    assert "botlib.run" in done.stdout and "my_bot-telegram" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_bot"]


def test_where_no_supervisor_is_nothing_is_left(folder, tmp_path):
    if sys.platform != "linux":
        pytest.skip("only Linux may lack its supervisor")
    home = tmp_path / "home"
    done = autostart("twitch", folder, HOME=str(home), PATH="", **LOGGED_IN)
    assert done.returncode == 1
    assert done.stderr.startswith("No start at login: This system has no systemctl.")
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_a_bot_that_would_end_at_once_is_not_put_there(folder, tmp_path):
    home = {"HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home")}
    done = autostart("twitch", folder, **home, COURSE_WORLD="sandbox")
    assert done.returncode == 1 and "python3 start.py login twitch" in done.stderr
    (folder / "main.py").write_text("from botlib import Bot\n\nrobot = Bot()\n")
    done = autostart("twitch", folder, **home, **LOGGED_IN)
    assert done.returncode == 1 and "has no `bot`" in done.stderr
    assert not (tmp_path / "home").exists()


def test_what_is_not_there_is_named(folder, tmp_path):
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = autostart("twitch", tmp_path / "gone", **home)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "main.py is not there" in done.stderr
    done = autostart("twitch", folder, "--remove", **home)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "there is none to remove" in done.stderr
