"""For teachers: who has passed what, a check for the evening before, or a class without a server.

    python3 start.py class              print who has passed what: root, on the class's machine
    python3 start.py class --check      where a pupil's device tries what a lesson needs
    python3 start.py class --laptop     serve notebooks 00 and 01 from this computer to the room

The first two are for the machine of docs/class/README.md.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from lessons.classroom.laptop import build_site, open_server, own_address
from lessons.classroom.pupils import CLASS_FOLDER, read_pupils
from lessons.classroom.table import table_text

READER_USER = "class-reader"  # who may read the pupils' progress on the machine, and nothing else
SETTINGS_FILE = Path("/etc/default/class")  # its line CLASS_ADDRESS is the class's address


def main(arguments: list[str]) -> int:
    """Do what is asked for; returns the exit status."""
    parser = argparse.ArgumentParser("class", description="for teachers")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--check", action="store_true", help="try the lesson on a pupil's device")
    kind.add_argument("--laptop", action="store_true", help="a class without a server")
    options = parser.parse_args(arguments)
    if options.laptop:
        return serve_room()
    if not CLASS_FOLDER.is_dir():
        print("This machine has no class yet: docs/class/README.md", file=sys.stderr)
        return 1
    print(describe_check() if options.check else progress_table())
    return 0


def progress_table() -> str:
    """Return who has passed what. Pupils choose what is in their files: root reads none."""
    import pwd  # Windows has none, and no class

    if os.geteuid() == 0:
        reader = pwd.getpwnam(READER_USER)
        os.setgroups([])
        os.setgid(reader.pw_gid)
        os.setuid(reader.pw_uid)
    return table_text(read_pupils())


def describe_check() -> str:
    """Say where the check is, and what to do with it."""
    lines = (
        SETTINGS_FILE.read_text(encoding="utf-8").splitlines() if SETTINGS_FILE.is_file() else []
    )
    found = (line.partition("=")[2] for line in lines if line.startswith("CLASS_ADDRESS="))
    address = urlsplit(next(found, "http://localhost:8000"))
    return (
        f"{address.scheme}://class--service.{address.netloc}/services/class/check\n"
        "Open it on a pupil's device, in the network of the lesson, and sign in as a pupil or as\n"
        "teacher. After half a minute at most it says that all is green, or what plan B is."
    )


def serve_room() -> int:
    """Serve the course's first notebooks until Ctrl-C."""
    try:
        build_site()
    except subprocess.CalledProcessError:
        print("The pages could not be built. The lines above say why.", file=sys.stderr)
        return 1
    with open_server() as server:
        address = f"http://{own_address()}:{server.server_port}/"
        print(
            f"Pupils open {address} and press the first notebook.",
            "Their bots run in their browsers.",
            "Nobody's work is kept when a tab closes: the end of notebook 00 downloads it.",
            "If a device can't open it, the network keeps devices apart. A phone's hotspot helps.",
            "Everybody in this network can read these pages, and nothing else. Ctrl-C ends it.",
            sep="\n",
            flush=True,
        )
        server.serve_forever()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
