"""Start your bot whenever you log in: python3 start.py autostart twitch|telegram FOLDER [OPTION]

    --show     only print the file that would be written, and its path
    --remove   stop the bot and delete that file

The bot starts now, too, and again after a crash. A bot that has an error or no token is refused.
The system itself looks after it: systemd on Linux, launchd on macOS, the Startup folder on Windows,
runit on an Android phone with Termux. deploy/home/README.md and deploy/phone/README.md say more.
"""

import argparse
import hashlib
import html
import os
import plistlib
import re
import shlex
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

from botlib.details.settings import read_settings
from botlib.run import WRONG_SETTINGS, load_bot
from deploy.runit_service import RunitService, runit_service

ROOT = Path(__file__).resolve().parents[1]  # the folder that botlib is in
# A random.py in the course's folder must not replace Python's own, so each service has -P, and in
# PYTHONPATH what puts that folder after Python's modules: import_path/sitecustomize.py.
# systemd takes no program whose path has a quote or a backslash in it; a shell starts any. Without
# the last slash of a folder, systemd would read a space or a backslash before it as its own.
UNIT_TEMPLATE = """\
[Unit]
Description={name}, a chatbot
# Never stop trying: after a night without network the bot must be back in the morning.
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh -c {shell} {pythonpath} {python} -P -m botlib.run {platform} {file}
WorkingDirectory={root}/
Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=5s
RestartPreventExitStatus={wrong}

[Install]
WantedBy=default.target
"""
SHELL = """'PYTHONPATH="$$0" exec "$$@"'"""
BATCH_TEMPLATE = """\
@echo off
chcp 65001 >nul
title {name}
cd /d "{root}"
set "PYTHONPATH={root}\\deploy\\import_path"
:again
"{python}" -P -m botlib.run {platform} "{file}"
if %errorlevel% == 0 exit
if %errorlevel% == {wrong} (
  pause
  exit
)
timeout /t 5 /nobreak >nul
goto again
"""
TERMUX = bool(os.environ.get("TERMUX_VERSION"))  # the app sets it, on an Android phone
RETRY_S = 60  # launchd also retries after WRONG_SETTINGS, so not too often


class BotProcess(NamedTuple):
    """A bot to start, and how."""

    platform: str
    file: Path  # main.py, which defines `bot`
    python: str = sys.executable
    root: Path = ROOT

    @property
    def name(self) -> str:
        """The name of its service, such as my_bot-twitch-1f2e3d4c.

        The digest tells it from other bots, because many have a folder called my_bot.
        """
        name = re.sub(r"[^\w-]", "-", f"{self.file.parent.name}-{self.platform}")
        digest = hashlib.sha256(os.fsencode(self.file)).hexdigest()[:8]
        return f"{name}-{digest}"

    @property
    def pythonpath(self) -> str:
        """The value of PYTHONPATH on a POSIX system."""
        return str(self.root / "deploy/import_path")


class LoginItem(NamedTuple):
    """What starts a bot at login: a file, and the commands that turn it on and off."""

    path: Path
    content: bytes
    start: list[list[str]]
    stop: list[list[str]]
    look: dict[str, str]  # what to type to see the bot's state and its log
    when: str = "at each login"

    @property
    def files(self) -> dict[Path, str]:
        """All that is written."""
        return {self.path: self.content.decode()}

    def install(self) -> None:
        """Write the file and start the bot. If that fails, raise ValueError and undo the file."""
        old = self.path.read_bytes() if self.path.exists() else None
        if sys.platform == "darwin" and self.path.exists():
            run_commands(self.stop)  # launchd refuses to load the same agent twice
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.content)
        problem = run_commands(self.start)
        if problem:
            self.path.unlink() if old is None else self.path.write_bytes(old)
            raise ValueError(f"{problem} Run the bot in a terminal instead: python3 start.py run")

    def remove(self) -> None:
        """Stop the bot and delete the file; ValueError if there is none."""
        if not self.path.exists():
            raise ValueError(f"nothing to remove: {self.path} does not exist.")
        run_commands(self.stop)
        self.path.unlink()
        if sys.platform == "win32":
            print("If the bot is running, close its window.")


def login_item(bot: BotProcess, system: str, home: Path) -> LoginItem:
    """Describe a bot's start at login on a system, named as in sys.platform, for a home folder."""
    if system == "win32":
        return windows_item(bot, home)
    if system == "darwin":
        return macos_item(bot, home)
    return linux_item(bot, home)


def phone_item(bot: BotProcess, home: Path) -> RunitService:
    """Describe a bot's start with Termux."""
    return runit_service(
        bot.name,
        Path(os.environ["PREFIX"]),  # where Termux has its programs
        home,
        platform=bot.platform,
        python=bot.python,
        root=bot.root,
        file=bot.file,
    )


def windows_item(bot: BotProcess, home: Path) -> LoginItem:
    """Describe a command file in the Startup folder."""
    folder = home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"
    path = folder / f"{bot.name}.cmd"
    # A command file reads % as its own.
    python, file, root = (str(each).replace("%", "%%") for each in (bot.python, bot.file, bot.root))
    text = BATCH_TEMPLATE.format(
        name=bot.name,
        platform=bot.platform,
        python=python,
        file=file,
        root=root,
        wrong=WRONG_SETTINGS,
    )
    start = [["cmd", "/c", "start", "", str(path)]]
    content = text.replace("\n", "\r\n").encode()
    return LoginItem(path, content, start, [], {"its log": "look at its window"})


def macos_item(bot: BotProcess, home: Path) -> LoginItem:
    """Describe a launchd agent."""
    label, log = f"chatbot.{bot.name}", home / f"Library/Logs/{bot.name}.log"
    words = [bot.python, "-P", "-m", "botlib.run", bot.platform, str(bot.file)]
    agent = {
        "Label": label,
        "ProgramArguments": words,
        "EnvironmentVariables": {"PYTHONPATH": bot.pythonpath},
        "WorkingDirectory": str(bot.root),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": RETRY_S,
        "StandardErrorPath": str(log),
    }
    path, user = home / f"Library/LaunchAgents/{label}.plist", f"gui/{os.getuid()}"
    start = [["launchctl", "bootstrap", user, str(path)]]
    stop = [["launchctl", "bootout", f"{user}/{label}"]]
    look = {"its state": f"launchctl print {user}/{label}", "its log": f'tail -f "{log}"'}
    return LoginItem(path, plistlib.dumps(agent), start, stop, look)


def linux_item(bot: BotProcess, home: Path) -> LoginItem:
    """Describe a unit of the user's own systemd."""
    # A unit's name is ASCII (systemd.unit(5)), and systemctl reads "-my_bot" as options.
    name = re.sub(r"[^\w-]", "-", bot.name, flags=re.ASCII).lstrip("-")
    text = UNIT_TEMPLATE.format(
        name=name,
        platform=bot.platform,
        shell=SHELL,
        pythonpath=systemd_quoted(bot.pythonpath),
        python=systemd_quoted(bot.python),
        file=systemd_quoted(str(bot.file)),
        root=str(bot.root).replace("%", "%%"),  # this setting knows neither quotes nor variables
        wrong=WRONG_SETTINGS,
    )
    path, control = home / f".config/systemd/user/{name}.service", ["systemctl", "--user"]
    # A restart also starts a bot that is not running.
    start = [[*control, *words] for words in (["daemon-reload"], ["enable", name])]
    start += [[*control, "restart", name]]
    stop = [[*control, "disable", "--now", name]]
    look = {
        "its state": f"systemctl --user status {name}",
        "its log": f"journalctl --user -u {name} -f",
    }
    return LoginItem(path, text.encode(), start, stop, look)


def systemd_quoted(word: str) -> str:
    r"""Quote an argument of a command in a unit (systemd.service(5), "Command lines").

    >>> print(systemd_quoted('100% "mine" $HOME'))
    "100%% \"mine\" $$HOME"
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("%", "%%").replace("$", "$$")


def main(arguments: list[str] | None = None) -> int:
    """Turn it on or off; return 1, and print why, if that is not possible."""
    parser = argparse.ArgumentParser("autostart", description="start your bot when you log in")
    parser.add_argument("platform", choices=("telegram", "twitch"))
    parser.add_argument("folder", type=Path, help="the bot's folder")
    parser.add_argument("--show", action="store_true", help="only print the file to write")
    parser.add_argument("--remove", action="store_true", help="stop the bot, delete the file")
    options = parser.parse_args(arguments)
    bot, home = BotProcess(options.platform, options.folder.resolve() / "main.py"), Path.home()
    try:
        check_paths(bot)
        item = phone_item(bot, home) if TERMUX else login_item(bot, sys.platform, home)
        if options.show:
            check_file(bot)
            print("\n".join(f"{path}:\n\n{text}" for path, text in item.files.items()), end="")
        elif options.remove:
            item.remove()
            print(f"The bot no longer starts {item.when}. Deleted {item.path}.")
        else:
            check_can_start(bot)
            item.install()
            undo = removing_command(bot.platform, str(options.folder))
            print(f"{bot.name} runs, and starts {item.when}.")
            for what, line in {**item.look, "to undo this": undo}.items():
                print(f"  {what + ':':14} {line}")
            for other in find_namesakes(bot, item.path):
                print(f"Another bot of this name also starts {item.when}: {other}")
                print("If you have moved the bot, remove that start, or it runs twice:")
                print(f"  {removing_command(bot.platform, other)}")
    except (OSError, ValueError) as error:
        print(f"No autostart: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped halfway. Type it again, or with --remove to undo it.", file=sys.stderr)
        return 130
    return 0


def removing_command(platform: str, folder: str) -> str:
    """Return what to type to remove a bot's start."""
    # On Windows, no path has a quote in it.
    quoted = f'"{folder}"' if os.name == "nt" else shlex.quote(folder)
    return f"python3 start.py autostart {platform} {quoted} --remove"


def find_namesakes(bot: BotProcess, path: Path) -> list[str]:
    """Return the folders of other bots that start by a file like the one at `path`.

    It may be the same bot, moved: its old file has another digest in its name.
    """
    digest = bot.name.rpartition("-")[2]
    files = sorted(path.parent.glob(path.name.replace(digest, "[0-9a-f]" * len(digest))))
    folders: list[str] = []
    for file in files:
        script = file / "run" if file.is_dir() else file  # a service of runit is a folder
        if file != path and script.is_file():
            for started in find_bot(script.read_text(encoding="utf-8", errors="replace")):
                folders += re.findall(r"(.+)[/\\]main\.py$", unquoted_path(started, script.suffix))
    return folders


def unquoted_path(started: str, suffix: str) -> str:
    r"""Return the path in what `find_bot` returns, "" if it is broken; the suffix is its file's.

    >>> print(unquoted_path(r'twitch "/100%% \"mine\" $$HOME/main.py"', ".service"))
    /100% "mine" $HOME/main.py
    """
    if suffix == ".plist":
        return html.unescape(re.sub(r"</?string>", "", started.strip()))
    if suffix == ".cmd":
        return started.partition(" ")[2].strip('"').replace("%%", "%")
    try:
        path = ["", *shlex.split(started)][-1]  # in double quotes, a shell reads \ like systemd
    except ValueError:
        return ""
    return path.replace("%%", "%").replace("$$", "$") if suffix == ".service" else path


def find_bot(text: str) -> list[str]:
    """Return which bot a file starts, with the quotes that this file needs.

    >>> find_bot('ExecStart=/usr/bin/python3 -m botlib.run twitch "/my_bot/main.py"\\nRestart=no')
    ['twitch "/my_bot/main.py"']
    """
    lines = [line for line in text.split("\n") if "main.py" in line]  # not at a U+2028 in a path
    return [line.rpartition(" -m botlib.run ")[2].rstrip("\r") for line in lines]


def check_paths(bot: BotProcess) -> None:
    """Raise ValueError for a path that the system or Python would read as two."""
    for path in map(str, (bot.file, bot.root, bot.python)):
        if any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
            raise ValueError(
                f"{path!r} has a line end or another invisible character. The system would read "
                "what follows as a setting. Rename that folder."
            )
    if os.pathsep in str(bot.root):
        raise ValueError(
            f"{bot.root} has a folder with {os.pathsep!r} in its name. Python would take it for "
            "two folders. Rename it."
        )


def check_file(bot: BotProcess) -> None:
    """Raise ValueError if there is no bot."""
    if not bot.file.is_file():
        raise ValueError(f"{bot.file} does not exist. Make a folder with: python3 start.py new")


def check_can_start(bot: BotProcess) -> None:
    """Raise ValueError if a bot could not start."""
    check_file(bot)
    load_bot(bot.file)  # its error is shown here, where somebody reads it
    if not read_settings(bot.platform, bot.file.parent).token:
        raise ValueError(
            f"no token for {bot.platform.capitalize()} is set, so the bot could not log in. First "
            f"type: python3 start.py login {bot.platform}"
        )


def run_commands(commands: list[list[str]]) -> str:
    """Run commands until one fails; return its message, or "" if all succeed."""
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
