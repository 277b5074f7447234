"""Parts of the files in deploy/, shown from the files themselves, so that no copy can grow old."""

import re
from pathlib import Path

DEPLOY = Path(__file__).parents[1] / "deploy"


def excerpt(name: str, first: str, last: str) -> str:
    """Give deploy/NAME from the line that begins with `first` to the next that begins with `last`.

    Raises ValueError if there are no such lines.
    """
    lines = read(name).splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(first)]
    begin = starts[0] if starts else len(lines)
    ends = [begin + n for n, line in enumerate(lines[begin:], 1) if line.startswith(last)]
    if not ends:
        raise ValueError(f"deploy/{name} has no lines from {first!r} to {last!r}")
    return "\n".join(lines[begin : ends[0]])


def commands(name: str) -> str:
    """Give the first block of commands in deploy/NAME; raises ValueError if there is none."""
    block = re.search(r"^```\n(.*?)\n```$", read(name), re.M | re.S)
    if not block:
        raise ValueError(f"deploy/{name} has no block of commands")
    return block[1]


def read(name: str) -> str:
    """Read a file of deploy/; raises FileNotFoundError."""
    return (DEPLOY / name).read_text(encoding="utf-8")
