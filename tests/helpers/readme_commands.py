"""The shell blocks of README.md and guides: read, judged, walked in a fresh copy of the course.

A fenced block is `sh` (commands, one a line), `text` (what one sees after the commands above it, …
for whatever differs), or names its language. An `sh` block that cannot be run here has a line above
it that a reader does not see: <!-- needs: an AWS account -->. All others are run, a document's
in their order.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
from typing import NamedTuple

from course_files import ROOT, copy_course

DOCUMENTS = {
    str(path.relative_to(ROOT).as_posix()): path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "docs/yours.md",
        ROOT / "docs/class/README.md",
        *sorted((ROOT / "deploy").rglob("*.md")),
    )
}
FENCE = re.compile(
    r"^(?: *<!-- needs: (?P<needs>\S[^\n]*) -->\n)?"
    r"(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
A_SHELLS_OWN = re.compile(r"[|<>&;$`\\]")  # what bash and PowerShell read in different ways


class Block(NamedTuple):
    """A fenced block of a document."""

    kind: str
    text: str
    needs: str  # "" where it is run here

    @property
    def commands(self):
        """Its lines; none where it holds no commands."""
        return self.text.splitlines() if self.kind == "sh" else []


def blocks(document):
    """All fenced blocks of a document, in order."""
    return [
        Block(found["kind"], textwrap.dedent(found["text"]), found["needs"] or "")
        for found in FENCE.finditer(document)
    ]


def faults(document):
    """What keeps a document's blocks from being understood, in words."""
    found = [] if document.count("```") == 2 * len(blocks(document)) else ["a fence is not closed"]
    for block in blocks(document):
        if not block.kind:
            found.append(f"no kind (sh, text, …) is named: {block.text!r}")
        if block.needs and block.kind != "sh":
            found.append(f"only commands may need something: {block.text!r}")
        for line in block.commands:
            if line.endswith("\\"):
                found.append(f"a command is one line, PowerShell goes on in another way: {line!r}")
            elif not block.needs and not runs_here(line):
                found.append(f"no line above says what it needs: {line!r}")
    return found


def runs_here(line):
    """Whether a line is one that can be run without a shell on any machine."""
    return line.startswith("python3 ") and not A_SHELLS_OWN.search(line)


def run_line(line, course, **environment):
    """Run one command in a copy of the course; what it printed."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TELEGRAM_", "TWITCH_", "STORE_", "PYTHONPATH"))
    }
    done = subprocess.run(
        [sys.executable, *shlex.split(line)[1:]],
        cwd=course,
        env=mine
        | {"BOTS_FOLDER": str(course), "COURSE_PYTHON": sys.executable, "PYTHONUTF8": "1"}
        | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}"
    return done.stdout


def shows(shown, expected):
    """Whether an output is what a document says; … stands for anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, shown.strip().replace("\r", ""), re.DOTALL) is not None


def walk(document, run):
    """Run every block that `run` answers for, and hold its output against the block below it."""
    told, tried = blocks(document), 0
    for block, below in zip(told, [*told[1:], Block("", "", "")], strict=True):
        outputs = [run(block, line) for line in block.commands]
        if None in outputs:
            continue
        tried += len(outputs)
        if outputs and below.kind == "text":
            shown = "".join(outputs)
            assert shows(shown, below.text), f"{block.text}shows\n{shown}\nand not\n{below.text}"
    return tried


def fresh_course(folder):
    """Copy the course into a folder, without the notebooks: no command here needs them."""
    return copy_course(folder / "course", without=["notebooks"])
