"""A folder for a bot of your own: python3 start.py new FOLDER

It holds one bot, and a door for each home that a bot may have:

    main.py               the bot: edit this one
    telegram_function.py  its function for Telegram
    twitch_function.py    its function for Twitch
    test_main.py          a test of what it answers
    requirements.txt      the packages that it needs, none yet

As a program it runs by main.py alone (start.py run), as a function it lives in any cloud (start.py
bundle). A folder that holds anything already is left as it is.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("new_bot")
START = Path(__file__).parents[1] / "start.py"


def main(arguments: list[str] | None = None) -> int:
    """Make the folder and say what to type next; the exit status is 1 if it cannot be made."""
    parser = argparse.ArgumentParser("new", description="a folder for a bot of your own")
    parser.add_argument("folder", type=Path, help="the folder to make")
    folder = parser.parse_args(arguments).folder
    try:
        make(folder)
    except (ValueError, OSError) as error:
        print(f"No folder was made: {error}", file=sys.stderr)
        return 1
    print(what_next(folder))
    return 0


def make(folder: Path) -> None:
    """Copy the template; ValueError where something is there already."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file. Choose another name.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty, and stays as it is. Choose another name.")
    leavings = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(TEMPLATE, folder, ignore=leavings, dirs_exist_ok=True)


def what_next(folder: Path) -> str:
    """The lines to type, with the way from here to start.py."""
    start, name = (f'"{path}"' if " " in path else path for path in (from_here(START), str(folder)))
    steps = {
        f"run telegram {name}": "chat with it; Ctrl-C ends it (run twitch as well)",
        f"test {name}": f"its own test, {folder / 'test_main.py'}",
        f"sandbox {name}": "its functions in a cloud on your machine",
        f"bundle {name}": "the zip for a real cloud",
    }
    width = max(map(len, steps))
    return "\n".join(
        [
            f"Your bot is in {folder}. Edit {folder / 'main.py'}, then type:",
            *(f"  python3 {start} {step:{width}}  {what}" for step, what in steps.items()),
            f"Packages that it imports go into {folder / 'requirements.txt'}, one name a line.",
        ]
    )


def from_here(path: Path) -> str:
    """A path as one would type it here; whole where no relative one leads there."""
    try:
        return os.path.relpath(path)
    except ValueError:  # Windows: it is on another drive
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
