"""Make a folder for your own bot: python3 start.py new FOLDER

It holds:

    main.py               the bot: edit this one
    telegram_function.py  its function for Telegram
    twitch_function.py    its function for Twitch
    timer_function.py     its function for a timer, which says good morning
    wsgi.py               its function for Telegram, as a web application
    test_main.py          a test of what it answers
    requirements.txt      the packages that it needs, none yet
    .gitignore            what must not go into a repository, such as secrets

`start.py run` runs main.py as a program. `start.py bundle` packs the functions for a cloud. The
command changes nothing in a folder that already holds something.
"""

import argparse
import os
import shutil
import stat
import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("new_bot")
START = Path(__file__).parents[1] / "start.py"


def main(arguments: list[str] | None = None) -> int:
    """Make the folder and print what to type next. Return 1 if that is not possible."""
    parser = argparse.ArgumentParser("new", description="make a folder for your own bot")
    parser.add_argument("folder", type=Path, help="the folder to make")
    folder = parser.parse_args(arguments).folder
    try:
        make_folder(folder)
    except (ValueError, OSError) as error:
        print(f"No folder was made: {error}", file=sys.stderr)
        return 1
    print(what_next(folder))
    return 0


def make_folder(folder: Path) -> None:
    """Copy the template; ValueError if something is there already, or the name can't be shown."""
    if not str(folder).isprintable():
        raise ValueError("Its name has a character that no screen can show. Choose another name.")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file. Choose another name.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty, so nothing was changed. Choose another name.")
    shutil.copytree(TEMPLATE, folder, ignore=ignore_tool_files, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):  # the template may be read-only, its copy may not
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def ignore_tool_files(_: str, names: list[str]) -> list[str]:
    """Of a folder's files, name those that tools have left in the template."""
    hidden = [name for name in names if name.startswith(".") and name != ".gitignore"]
    return [*hidden, *(name for name in names if name == "__pycache__")]


def what_next(folder: Path) -> str:
    """Write the lines to type, with the path from here to start.py."""
    start, name = (
        f'"{path}"' if " " in path else path for path in (relative_path(START), str(folder))
    )
    steps = {f"run telegram {name}": "chat with it; Ctrl-C ends it (run twitch as well)"}
    if os.environ.get("TERMUX_VERSION"):  # on a phone, start.py has fewer commands
        steps[f"autostart telegram {name}"] = "let it run day and night (twitch as well)"
    else:
        steps[f"test {name}"] = f"its own test, {folder / 'test_main.py'}"
        steps[f"sandbox {name}"] = "its functions, in a cloud on your machine"
        steps[f"bundle {name}"] = "the zip for a real cloud"
        steps[f"deploy pythonanywhere {name}"] = "on Telegram, without a payment card"
    width = max(map(len, steps))
    return "\n".join(
        [
            f"Your bot is in {folder}. Edit {folder / 'main.py'}, then type:",
            *(f"  python3 {start} {step:{width}}  {what}" for step, what in steps.items()),
            f"If it imports packages, list their names in {folder / 'requirements.txt'}.",
        ]
    )


def relative_path(path: Path) -> str:
    """Return a path as you would type it here, absolute if there is no relative one."""
    try:
        return os.path.relpath(path)
    except ValueError:  # Windows: it is on another drive
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
