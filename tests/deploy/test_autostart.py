"""A start at login: what is written for each system, and that nothing is left of it."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from botlib.run import WRONG_SETTINGS
from deploy.autostart import BotProcess, login_item

ROOT = Path(__file__).parents[2]
HOME = Path("/home/anna")
BOT = BotProcess(
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
    item = login_item(BOT, system, HOME)
    path = f"`~/{item.path.relative_to(HOME).as_posix()}`"
    assert written in README and (path == written or item.path.name in written)


def test_a_mac_reads_its_file_and_starts_what_is_meant():
    if os.name == "nt":
        pytest.skip("Windows has no user ids")
    item = login_item(BOT, "darwin", HOME)
    agent = plistlib.loads(item.content)
    assert agent["ProgramArguments"] == [BOT.python, "-m", "botlib.run", "twitch", str(BOT.file)]
    assert agent["KeepAlive"] == {"SuccessfulExit": False} and agent["RunAtLoad"]
    assert item.start[0][-1] == str(item.path) and item.stop[0][-1].endswith(agent["Label"])


def test_windows_starts_it_again_unless_it_ended_well_or_cannot():
    text = login_item(BOT, "win32", HOME).content.decode()
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
    bot = BotProcess("telegram", odd / "main.py", str(odd / "python"), odd)
    item = login_item(bot, "linux", tmp_path)
    assert item.path.name == "100--mine-telegram.service"
    unit = tmp_path / item.path.name
    unit.write_bytes(item.content)
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
    assert done.stderr.startswith("No autostart: This system has no systemctl.")
    assert not [path for path in home.rglob("*") if path.is_file()]


@pytest.fixture
def termux(tmp_path):
    """The variables of Termux on a phone without termux-services."""
    (tmp_path / "usr").mkdir()
    (tmp_path / "home").mkdir()
    names = {"PREFIX": str(tmp_path / "usr"), "TERMUX_VERSION": "0.118.3"}
    return names | {name: str(tmp_path / "home") for name in ("HOME", "USERPROFILE")}


def test_a_phone_shows_its_files_and_does_nothing(folder, tmp_path, termux):
    done = autostart("twitch", folder, "--show", **termux)
    assert done.returncode == 0
    for path in ("usr/var/service/my_bot-twitch/run", "home/.termux/boot/my_bot-twitch"):
        assert f"{tmp_path / path}:\n\n#!{tmp_path / 'usr/bin/sh'}\n" in done.stdout
    assert not list((tmp_path / "usr").rglob("*"))
    done = autostart("twitch", folder, "--remove", **termux)
    assert done.returncode == 1 and "nothing to remove: " in done.stderr


def test_a_phone_without_runit_is_told_what_to_install(folder, tmp_path, termux):
    done = autostart("twitch", folder, **termux, **LOGGED_IN)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pkg install termux-services" in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.name == "my_bot-twitch"]


def test_a_phone_forgets_what_an_interrupted_start_has_left(folder, tmp_path, termux):
    left = tmp_path / "home/.termux/boot/my_bot-twitch"
    left.parent.mkdir(parents=True)
    left.touch()
    done = autostart("twitch", folder, "--remove", **termux)
    assert done.returncode == 0, done.stderr
    assert not left.exists()
    done = autostart("twitch", folder, "--remove", **termux)
    assert done.returncode == 1 and "nothing to remove: " in done.stderr


def test_a_bot_that_would_end_at_once_is_not_put_there(folder, tmp_path):
    home = {"HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home")}
    done = autostart("twitch", folder, **home, BOT_WORLD="sandbox")
    assert done.returncode == 1 and "python3 start.py login twitch" in done.stderr
    (folder / "main.py").write_text("from botlib import Bot\n\nrobot = Bot()\n")
    done = autostart("twitch", folder, **home, **LOGGED_IN)
    assert done.returncode == 1 and "has no `bot`" in done.stderr
    assert not (tmp_path / "home").exists()


def test_what_is_not_there_is_named(folder, tmp_path):
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = autostart("twitch", tmp_path / "gone", **home)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "main.py does not exist" in done.stderr
    done = autostart("twitch", tmp_path / "gone", "--show", **home)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "main.py does not exist" in done.stderr
    done = autostart("twitch", folder, "--remove", **home)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "nothing to remove: " in done.stderr
