"""Parts of the files in deploy/, shown from the files themselves, so that no copy gets outdated."""

import re
import textwrap
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def excerpt(name: str, first: str, last: str) -> str:
    """Return deploy/NAME from the line that begins with `first` to the next with `last`.

    Raises ValueError if there are no such lines.
    """
    lines = read_deploy_file(name).splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(first)]
    begin = starts[0] if starts else len(lines)
    ends = [begin + n for n, line in enumerate(lines[begin:], 1) if line.startswith(last)]
    if not ends:
        raise ValueError(f"deploy/{name} has no lines from {first!r} to {last!r}")
    return "\n".join(lines[begin : ends[0]])


def commands(name: str, heading: str) -> str:
    """Return all commands under a heading of deploy/NAME; raises ValueError if there are none."""
    section = read_deploy_file(name).partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^( *)```sh\n(.*?)\n\1```$", section, re.M | re.S)
    blocks = [textwrap.dedent(block) for _, block in found]  # in a list they are indented
    if not blocks:
        raise ValueError(f"deploy/{name} has no commands under {heading!r}")
    return "\n\n".join(blocks)


def read_deploy_file(name: str) -> str:
    """Read a file of deploy/; raises FileNotFoundError."""
    return (DEPLOY / name).read_text(encoding="utf-8")
