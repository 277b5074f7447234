"""What `pack` took along, brought into this course: python3 start.py unpack FILE

A file that you have changed here since is kept, and named. So is one that is newer than the pack's.
If a notebook is open in JupyterLab, it waits until you have closed its tab. Unpack only what you
have packed yourself: a bot is a program, and a stranger's could do anything on this computer.

    --replace    take the pack's version of every file, also where you have changed yours
"""

import argparse
import sys
from pathlib import Path

from botlib.details.texts import escape_control_characters
from lessons.commands.copies import Copies
from lessons.commands.open_notebooks import close_session, wait_until_closed
from lessons.pack import TOTAL_LIMIT, unpack


def main(arguments: list[str] | None = None) -> int:
    """Unpack; returns the exit status."""
    parser = argparse.ArgumentParser("unpack", description="bring back what `pack` took along")
    parser.add_argument("file", type=Path, help="the zip that `pack` has made")
    parser.add_argument("--replace", action="store_true", help="also where you have changed yours")
    options = parser.parse_args(arguments)
    copies = Copies()
    places = (options.file, copies.folder / options.file)  # JupyterLab uploads into the second
    path = next(filter(Path.is_file, places), None)
    if not path:
        print(
            f"There is no file {options.file} in {Path.cwd()}. Type the line again up to unpack "
            "and a space,\ndrag the zip into this window, and press Enter.",
            file=sys.stderr,
        )
        return 1
    try:
        with path.open("rb") as file:
            content = file.read(TOTAL_LIMIT + 1)
        copies.update_and_list_outdated()
        done = unpack(content, copies.folder, options.replace, wait_until_closed)
    except (ValueError, OSError) as error:
        print(f"Not unpacked: {escape_control_characters(str(error))}", file=sys.stderr)
        return 1
    for name in done.written:
        if name.endswith(".ipynb"):
            close_session(copies.folder / name)
    for name, why in done.kept.items():
        print(f"kept yours: {escape_control_characters(name)} ({escape_control_characters(why)})")
    if done.kept:
        print(f"To take the pack's: python3 start.py unpack {options.file} --replace")
    print(f"{len(done.written)} files unpacked, {len(done.same)} were here already.")
    if done.written:
        print("Bots and notebooks run as you. If somebody else packed them, read them first.")
    print("To open them, type: python3 start.py")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Nothing more was unpacked.", file=sys.stderr)
        sys.exit(130)
