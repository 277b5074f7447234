"""A start at login: what is written for each system, and that nothing is left of it."""

import os
import plistlib
import random
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import venv
from fnmatch import fnmatch
from pathlib import Path

import pytest
from command_call import call_command
from course_files import copy_course

from botlib.run import WRONG_SETTINGS
from deploy import autostart as command
from deploy.autostart import BotProcess, find_namesakes, login_item, phone_item

ROOT = Path(__file__).parents[2]
HOME = Path("/home/anna")
BOT = BotProcess(
    "twitch", Path("/a course/my_bot/main.py"), "/a course/.venv/bin/python", Path("/a course")
)
LOGGED_IN = {"TWITCH_TOKEN": "t" * 30, "TWITCH_API": "http://127.0.0.1:9"}
README = (ROOT / "deploy/home/README.md").read_text(encoding="utf-8")


def autostart(*words, **environment):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "TERMUX", "TERMUX_VERSION" in environment)
        return call_command(command.main, *words, **environment)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_bot").mkdir()
    (tmp_path / "my_bot/main.py").write_text("from botlib import Bot\nbot = Bot()\n")
    return tmp_path / "my_bot"


@pytest.mark.parametrize(
    ("system", "written"),
    [
        ("linux", "`~/.config/systemd/user/my_bot-twitch-*.service`"),
        ("darwin", "`~/Library/LaunchAgents/chatbot.my_bot-twitch-*.plist`"),
        ("win32", "`my_bot-twitch-*.cmd` in it"),
    ],
)
def test_the_file_is_where_the_readme_says(system, written):
    if system == "darwin" and os.name == "nt":
        pytest.skip("Windows has no user ids")
    item = login_item(BOT, system, HOME)
    path = f"`~/{item.path.relative_to(HOME).as_posix()}` in it"
    assert written in README
    assert fnmatch(path, f"*{written.strip('`')}*")


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_bots_whose_folders_have_one_name_start_side_by_side(system):
    if system == "darwin" and os.name == "nt":
        pytest.skip("Windows has no user ids")
    bots = [BOT, BOT._replace(platform="telegram"), BOT._replace(file=Path("/b/my_bot/main.py"))]
    items = [login_item(bot, system, HOME) for bot in bots]
    assert len({item.path for item in items}) == len(bots)
    if system != "win32":
        assert len({str(item.stop) for item in items}) == len(bots)
        assert len({item.look["its log"] for item in items}) == len(bots)
    # Another course, or another Python, doesn't make it another bot.
    moved = login_item(BOT._replace(root=Path("/new"), python="/new/python"), system, HOME)
    assert moved.path == items[0].path


def test_a_mac_reads_its_file_and_starts_what_is_meant():
    if os.name == "nt":
        pytest.skip("Windows has no user ids")
    item = login_item(BOT, "darwin", HOME)
    agent = plistlib.loads(item.content)
    assert agent["EnvironmentVariables"] == {"PYTHONPATH": str(BOT.root / "deploy/import_path")}
    words = [BOT.python, "-P", "-m", "botlib.run", "twitch", str(BOT.file)]
    assert agent["ProgramArguments"] == words
    assert agent["KeepAlive"] == {"SuccessfulExit": False} and agent["RunAtLoad"]
    assert item.start[0][-1] == str(item.path) and item.stop[0][-1].endswith(agent["Label"])


def test_windows_starts_it_again_unless_it_ended_well_or_cannot():
    text = login_item(BOT, "win32", HOME).content.decode()
    assert text.count("\r\n") == text.count("\n")
    assert f'set "PYTHONPATH={BOT.root}\\deploy\\import_path"' in text
    assert f'"{BOT.python}" -P -m botlib.run twitch "{BOT.file}"' in text
    lines = [line.strip() for line in text.splitlines()]
    ends = [line for line in lines if line.startswith("if %errorlevel%")]
    assert ends == ["if %errorlevel% == 0 exit", f"if %errorlevel% == {WRONG_SETTINGS} ("]


@pytest.mark.skipif(os.name == "nt", reason="it runs the command as a POSIX system does")
@pytest.mark.parametrize("has_venv", [True, False])
def test_a_file_in_the_course_folder_replaces_none_of_pythons(tmp_path, has_venv):
    course = copy_course(tmp_path / "course", without=["notebooks"])
    (course / "random.py").write_text("raise SystemExit('her own random.py')\n")
    python = Path(sys.executable)
    if has_venv:  # as start.py makes it
        venv.create(course / ".venv")
        (site,) = (course / ".venv/lib").glob("*/site-packages")
        start = runpy.run_path(str(ROOT / "start.py"))
        (site / "course.pth").write_text(f"../../../..\n{start['LAST_PTH_LINE']}")
        python = course / ".venv/bin/python"
    (tmp_path / "my_bot").mkdir()
    (tmp_path / "my_bot/main.py").write_text("import random; raise OSError(random.__file__)\n")
    bot = BotProcess("twitch", tmp_path / "my_bot/main.py", str(python), course)
    agent = plistlib.loads(login_item(bot, "darwin", HOME).content)
    done = subprocess.run(
        agent["ProgramArguments"],
        cwd=agent["WorkingDirectory"],
        env=os.environ | agent.get("EnvironmentVariables", {}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == WRONG_SETTINGS
    assert f"OSError: {random.__file__} in main.py" in done.stderr


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="SYSTEMD-ANALYZE IS NOT HERE: unit not checked"
)
@pytest.mark.parametrize("name", ["100% mine", "-mine", "моя_mine", "a\u2028mine"])
def test_systemd_finds_nothing_wrong_in_the_users_unit(tmp_path, name):
    odd = tmp_path / name
    odd.mkdir()
    (odd / "python").symlink_to(sys.executable)
    bot = BotProcess("telegram", odd / "main.py", str(odd / "python"), odd)
    item = login_item(bot, "linux", tmp_path)
    unit = tmp_path / "etc/systemd/system" / item.path.name
    unit.parent.mkdir(parents=True)
    unit.write_bytes(item.content)
    # Without a login there is no systemd to ask, but systemctl changes the files below a folder.
    for systemctl, user, *words in (*item.start, *item.stop):
        assert user == "--user"
        if words[0] in ("enable", "disable"):
            words = [word for word in words if word != "--now"]
            subprocess.run([systemctl, f"--root={tmp_path}", *words], check=True)
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert [line for line in done.stderr.splitlines() if "mine" in line] == []


# systemd reads "=", "\\" at a line's end and spaces there in its own way, and env reads "=".
@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="SYSTEMD-ANALYZE IS NOT HERE: unit not checked"
)
@pytest.mark.parametrize("name", ["a=b", "back\\", "space ", 'tab\'s "$HOME" %h'])
def test_systemd_starts_what_is_meant_whatever_the_folder_is_called(tmp_path, name):
    odd = tmp_path / name
    odd.mkdir()
    (odd / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$PYTHONPATH" "$@"\n')
    (odd / "python").chmod(0o755)
    bot = BotProcess("telegram", odd / "main.py", str(odd / "python"), odd)
    item = login_item(bot, "linux", tmp_path)
    unit = tmp_path / item.path.name
    unit.write_bytes(item.content)
    # At this level of its log it prints what it has read.
    read = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_LOG_LEVEL": "debug"},
        capture_output=True,
        text=True,
    ).stdout
    (line,) = re.findall(r"Command Line: (.*)", read)
    command = ["sh", "-c", line.replace(r"\$\$", r"\$")]  # it is printed as a shell reads it
    (folder,) = re.findall(r"\tWorkingDirectory: (.*)", read)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    words = ["-P", "-m", "botlib.run", "telegram", str(bot.file)]
    assert done.stdout.splitlines() == [str(odd), bot.pythonpath, *words], done.stderr


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
def systemd(folder, tmp_path):
    """A home with a systemctl that notes what it is asked for, and what to call autostart with."""
    if sys.platform != "linux":
        pytest.skip("only Linux has systemd")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/systemctl").write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    (tmp_path / "bin/systemctl").chmod(0o755)
    units = tmp_path / "home/.config/systemd/user"
    units.mkdir(parents=True)
    words = {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin"), **LOGGED_IN}
    return units, lambda *more: autostart("twitch", *more, **words), tmp_path / "asked"


def test_after_a_bot_has_moved_its_older_start_is_named(folder, systemd, tmp_path):
    units, start, _ = systemd
    first = start(folder)
    assert first.returncode == 0 and "also starts" not in first.stdout, first.stderr
    (tmp_path / "new place").mkdir()
    moved = folder.rename(tmp_path / "new place/my_bot")
    done = start(moved)
    assert done.returncode == 0, done.stderr
    assert f"also starts at each login: {folder}\n" in done.stdout
    assert f"python3 start.py autostart twitch {folder} --remove" in done.stdout
    assert start(folder, "--remove").returncode == 0
    (unit,) = units.iterdir()
    assert str(moved) in unit.read_text()
    assert "also starts" not in start(moved).stdout


def test_the_commands_to_remove_a_start_can_be_typed_for_any_folder(folder, systemd, tmp_path):
    units, start, _ = systemd
    old, new = (tmp_path / f'{age} 100% `date`\'s "bots" & $HOME' for age in ("old", "new"))
    old.mkdir()
    assert start(folder.rename(old / "my_bot")).returncode == 0
    shown = start(old.rename(new) / "my_bot").stdout
    assert f"also starts at each login: {old}/my_bot\n" in shown
    undo, remove = re.findall(r"python3 start\.py autostart (.*)", shown)
    assert shlex.split(undo) == ["twitch", f"{new}/my_bot", "--remove"]
    assert shlex.split(remove) == ["twitch", f"{old}/my_bot", "--remove"]
    (units / "my_bot-twitch.service").write_text(
        '-m botlib.run twitch "/a/main.py\nmain.py -m botlib.run '
    )
    assert start(new / "my_bot").returncode == 0


@pytest.mark.parametrize("system", ["linux", "darwin", "win32", "termux"])
def test_each_system_knows_another_bot_of_the_same_name(tmp_path, monkeypatch, system):
    if system == "darwin" and os.name == "nt":
        pytest.skip("Windows has no user ids")
    monkeypatch.setenv("PREFIX", str(tmp_path / "usr"))
    old = "old edition/my_bot" if system == "win32" else '$HOME\'s "bots" & <more>/my_bot'
    names = (f"100% %h {old}", "new/my_bot", "my_bot-twitch-mine", "new/my_bot2")
    bots = [BOT._replace(file=tmp_path / name / "main.py") for name in names]
    bots += [bots[0]._replace(platform="telegram")]
    items = [
        phone_item(bot, tmp_path) if system == "termux" else login_item(bot, system, tmp_path)
        for bot in bots
    ]
    for item in items:
        for path, text in item.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    assert find_namesakes(bots[1], items[1].path) == [str(bots[0].file.parent)]
    assert find_namesakes(bots[3], items[3].path) == []


def test_a_start_that_fails_leaves_the_service_that_worked(folder, systemd, tmp_path):
    units, start, _ = systemd
    assert start(folder).returncode == 0
    (unit,) = units.iterdir()
    before = unit.read_text() + "# mine\n"
    unit.write_text(before)
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\necho no bus >&2; exit 1\n")
    done = start(folder)
    assert done.returncode == 1 and "no bus" in done.stderr
    assert unit.read_text() == before


@pytest.mark.parametrize("system", ["linux", "termux"])
@pytest.mark.parametrize("end", ["\n", "\r", "\x1b", "\udcff"])
def test_a_line_end_in_a_folders_name_reaches_no_file(tmp_path, system, end, request):
    if os.name == "nt":
        pytest.skip("Windows knows no such names")
    name = f"x{end}ExecStart=touch y"
    folder = tmp_path / os.fsdecode(os.fsencode(name))
    folder.mkdir()
    (folder / "main.py").write_text("from botlib import Bot\nbot = Bot()\n")
    words = {"HOME": str(tmp_path / "home")}
    if system == "termux":
        words = request.getfixturevalue("termux")
    before = sorted(tmp_path.rglob("*"))
    for more in ([], ["--show"], ["--remove"]):
        done = autostart("twitch", folder, *more, **words, **LOGGED_IN)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
        assert "Rename" in done.stderr
    assert [
        path for path in sorted(tmp_path.rglob("*")) if "__pycache__" not in str(path)
    ] == before


def test_a_course_in_a_folder_that_would_be_two_is_refused(folder, tmp_path):
    if os.name == "nt":
        pytest.skip("Windows knows no such names")
    course = tmp_path / "a:b/course"
    for name in ("botlib", "deploy"):
        shutil.copytree(ROOT / name, course / name)
    done = subprocess.run(
        [sys.executable, course / "deploy/autostart.py", "twitch", folder, "--show"],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "':' in its name" in done.stderr and "Rename" in done.stderr


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
    name = BotProcess("twitch", folder.resolve() / "main.py").name
    for path in (f"usr/var/service/{name}/run", f"home/.termux/boot/{name}"):
        assert f"{tmp_path / path}:\n\n#!{tmp_path / 'usr/bin/sh'}\n" in done.stdout
    assert not list((tmp_path / "usr").rglob("*"))
    done = autostart("twitch", folder, "--remove", **termux)
    assert done.returncode == 1 and "nothing to remove: " in done.stderr


def test_a_phone_without_runit_is_told_what_to_install(folder, tmp_path, termux):
    done = autostart("twitch", folder, **termux, **LOGGED_IN)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pkg install termux-services" in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("my_bot-twitch")]


def test_a_phone_forgets_what_an_interrupted_start_has_left(folder, tmp_path, termux):
    name = BotProcess("twitch", folder.resolve() / "main.py").name
    left = tmp_path / "home/.termux/boot" / name
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
