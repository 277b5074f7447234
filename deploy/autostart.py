"""Your bot starts when you log in: python3 start.py autostart twitch|telegram FOLDER [OPTION]

    --show     only print what would be written, and where
    --remove   take it back: the bot stops, and no file of this is left

It starts now as well, and again after a crash; one that does not run, or has no token, is not put
there. What does that is this system's own: systemd on Linux, launchd on macOS, the Startup folder
on Windows. deploy/home/README.md tells the rest.
"""

import argparse
import os
import plistlib
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from botlib.run import WRONG_SETTINGS, load_bot
from botlib.settings import COURSE, settings

UNIT = """\
[Unit]
Description={name}, a chatbot
# Never give up for good: a night without network is no reason to stay silent in the morning.
StartLimitIntervalSec=0

[Service]
ExecStart="{python}" -m botlib.run {platform} "{file}"
WorkingDirectory={course}
Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=5s
RestartPreventExitStatus={wrong}

[Install]
WantedBy=default.target
"""
BATCH = """\
@echo off
chcp 65001 >nul
title {name}
cd /d "{course}"
:again
"{python}" -m botlib.run {platform} "{file}"
if %errorlevel% == 0 exit
if %errorlevel% == {wrong} (
  pause
  exit
)
timeout /t 5 /nobreak >nul
goto again
"""
RETRY_S = 60  # launchd knows no exit status after which trying again is no use


class Bot(NamedTuple):
    """A bot that is to be started, and how."""

    platform: str
    file: Path  # the one that makes `bot`
    python: str = sys.executable
    course: Path = COURSE

    @property
    def name(self) -> str:
        """What its start is called, such as my_bot-twitch."""
        return re.sub(r"[^\w-]", "-", f"{self.file.parent.name}-{self.platform}")

    def as_texts(self) -> dict[str, str]:
        """The same, for a template."""
        texts = {key: str(value) for key, value in self._asdict().items()}
        return texts | {"name": self.name, "wrong": str(WRONG_SETTINGS)}


class Start(NamedTuple):
    """A start at login: the file that asks for it, the commands that begin it and that end it."""

    path: Path
    content: bytes
    begin: list[list[str]]
    end: list[list[str]]
    log: str  # how to look at the bot's log


def start_of(bot: Bot, system: str, home: Path) -> Start:
    """How a bot is started at login on a system (as sys.platform names it), for whom `home` is."""
    if system == "win32":
        path = home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"
        path /= f"{bot.name}.cmd"
        doubled = {key: value.replace("%", "%%") for key, value in bot.as_texts().items()}
        text = BATCH.format(**doubled).replace("\n", "\r\n")
        return Start(
            path, text.encode(), [["cmd", "/c", "start", "", str(path)]], [], "look at its window"
        )
    if system == "darwin":
        label, log = f"chatbot.{bot.name}", home / f"Library/Logs/{bot.name}.log"
        agent = {
            "Label": label,
            "ProgramArguments": [bot.python, "-m", "botlib.run", bot.platform, str(bot.file)],
            "WorkingDirectory": str(bot.course),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": RETRY_S,
            "StandardErrorPath": str(log),
        }
        path, whose = home / f"Library/LaunchAgents/{label}.plist", f"gui/{os.getuid()}"
        begin = [["launchctl", "bootstrap", whose, str(path)]]
        end = [["launchctl", "bootout", f"{whose}/{label}"]]
        return Start(path, plistlib.dumps(agent), begin, end, f'tail -f "{log}"')
    # systemd reads % and, between quotes, \ and " as its own.
    own = {
        key: value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        for key, value in bot.as_texts().items()
    }
    path, control = home / f".config/systemd/user/{bot.name}.service", ["systemctl", "--user"]
    begin = [[*control, "daemon-reload"], [*control, "enable", bot.name]]
    begin += [[*control, "restart", bot.name]]  # which starts it as well, or takes what is new
    end = [[*control, "disable", "--now", bot.name]]
    log_command = f"journalctl --user -u {bot.name} -f"
    return Start(path, UNIT.format(**own).encode(), begin, end, log_command)


def main(arguments: list[str] | None = None) -> int:
    """Do it; the exit status is 1, with the reason in one text, when that cannot be."""
    parser = argparse.ArgumentParser("autostart", description="your bot starts when you log in")
    parser.add_argument("platform", choices=("telegram", "twitch"))
    parser.add_argument("folder", type=Path, help="the bot's folder")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--remove", action="store_true")
    options = parser.parse_args(arguments)
    bot = Bot(options.platform, options.folder.resolve() / "main.py")
    start = start_of(bot, sys.platform, Path.home())
    if options.show:
        print(f"{start.path}:\n\n{start.content.decode()}", end="")
        return 0
    try:
        if options.remove:
            remove(start)
            print(f"{bot.name} starts no more at login; {start.path} is gone.")
        else:
            put(bot, start)
            undo = f"python3 start.py autostart {bot.platform} {options.folder} --remove"
            print(f"{bot.name} runs, and starts at each login.")
            print(f"  its log:       {start.log}\n  to undo this:  {undo}")
    except (OSError, ValueError) as error:
        print(f"No start at login: {error}", file=sys.stderr)
        return 1
    return 0


def put(bot: Bot, start: Start) -> None:
    """Write the file and start the bot; ValueError, and no file, where that cannot be."""
    if not bot.file.is_file():
        raise ValueError(f"{bot.file} is not there. Expected a folder as start.py new makes it.")
    load_bot(bot.file)  # its ValueError is read here; one in the log nobody would see
    if not settings(bot.platform, bot.file.parent).token:
        raise ValueError(
            f"no token for {bot.platform.capitalize()} is set, so the bot could not log in. Type "
            f"first: python3 start.py login {bot.platform}"
        )
    if sys.platform == "darwin" and start.path.exists():
        call(start.end)  # launchd takes nothing twice
    start.path.parent.mkdir(parents=True, exist_ok=True)
    start.path.write_bytes(start.content)
    said = call(start.begin)
    if said:
        start.path.unlink()
        raise ValueError(f"{said} Without it, let the bot run in a terminal: start.py run.")


def remove(start: Start) -> None:
    """Stop the bot and delete the file; ValueError if there is none."""
    if not start.path.exists():
        raise ValueError(f"there is none to remove: no {start.path}.")
    call(start.end)
    start.path.unlink()
    if sys.platform == "win32":
        print("If it runs, close its window.")


def call(commands: list[list[str]]) -> str:
    """Run these until one fails; what that one said, "" if none did."""
    for words in commands:
        try:
            done = subprocess.run(words, capture_output=True, text=True)
        except FileNotFoundError:
            return f"This system has no {words[0]}."
        if done.returncode:
            return f"{' '.join(words)} says: {(done.stderr or done.stdout).strip()}."
    return ""


if __name__ == "__main__":
    sys.exit(main())
