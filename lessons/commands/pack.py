"""Your bot, notebooks and progress in one zip, to take along: python3 start.py pack [FILE]

In the other place, such as your own computer:  python3 start.py unpack FILE

The zip has your bots, the notebooks that you have changed, without their outputs, your progress and
your numbers. Secrets stay where they are: no .env, no other hidden file, and no file in which
deploy/secret_scan.py finds a secret. What is left out is named. Without FILE, it is my_course.zip
in the folder where you type this. A pack that is there already is replaced.
"""

import argparse
import os
import sys
from pathlib import Path

from botlib.details.env_file import bots_folder
from botlib.details.texts import escape_control_characters
from deploy.whole_file import write_whole
from lessons.commands.copies import FOLDER
from lessons.pack import PACK, PackError, pack, read_pack


def main(arguments: list[str] | None = None) -> int:
    """Pack; returns the exit status."""
    parser = argparse.ArgumentParser("pack", description="your work in one zip, to take along")
    parser.add_argument("file", type=Path, nargs="?", default=PACK, help="the zip to write")
    file = parser.parse_args(arguments).file
    try:
        check_place(file)
        packed = pack(bots_folder() / FOLDER)
        write_whole(file.resolve(), packed.content)  # a link stays one
    except (ValueError, OSError) as error:
        print(f"No pack: {escape_control_characters(str(error))}", file=sys.stderr)
        return 1
    for name, why in packed.left_out.items():
        print(f"left out: {escape_control_characters(name)}: {escape_control_characters(why)}")
    print(f"Your pack: {file.resolve()}")
    print(f"{len(packed.files)} files, {len(packed.content) / 1000:.0f} kB.")
    print(f"In the other place, type: python3 start.py unpack {file.name}")
    return 0


def check_place(file: Path) -> None:
    """Raise PackError if another file than a pack is there."""
    try:
        if os.path.lexists(file):  # also a link to where nothing is
            read_pack(file.read_bytes() if file.is_file() else b"")
    except PackError:
        raise PackError(f"{file} is there already, and is no pack. Choose another name.") from None


if __name__ == "__main__":
    sys.exit(main())
