"""Run a learner's tests by plain pytest, and find the line of hers that failed first."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bot_sandbox.diagnosis.clean_text import hide_tokens
from lessons.exercises.verdict import NotYet
from lessons.worlds.environment import sandbox_environment

PYTEST_TIMEOUT_S = 60.0
SHOWN_CHARACTERS = 400  # of what pytest printed, if nobody knows which line matters
# pytest writes ../ before the files of libraries, or their whole path.
OWN_FRAME = re.compile(
    r'^(?:E +File "(.+\.py)", line |((?:[\w-]+[\\/])*[\w-]+\.py):)(\d+)', re.MULTILINE
)
WHAT_FAILED = re.compile(r"^E +(\w+: .*|assert .*|fixture .*)$", re.MULTILINE)
ALL_PASSED, SOME_FAILED, NONE_FOUND = 0, 1, 5  # pytest's exit statuses


class PytestResult(NamedTuple):
    """What pytest said."""

    status: int
    passed: int
    words: str  # the first failure or error, for people and for traps


def run_tests(folder: Path, *names: str, **variables: str) -> PytestResult:
    """Run the named test files, or all tests of a folder, as `pytest NAME` does in a terminal.

    `variables` are added to the environment. Settings in the folders above don't count.
    """
    alone = ["-c", os.devnull, "--rootdir", ".", "--confcutdir", ".", "-p", "no:cacheprovider"]
    command = [sys.executable, "-P", "-m", "pytest", "-q", "--color=no", "--tb=short", *alone]
    environment = sandbox_environment() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # it is quicker
    environment.pop("SEEN_FOLDER", None)
    try:
        done = subprocess.run(
            [*command, *names],
            cwd=folder,
            env=environment | variables,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PYTEST_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        tests = " ".join(names) or "pytest"
        raise NotYet(f"{tests} ran for a minute. Does a test wait for something?") from None
    printed = done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", printed)
    count = int(passed[1]) if passed else 0
    return PytestResult(done.returncode, count, first_failure(printed, folder))


def first_failure(printed: str, folder: Path) -> str:
    """Return her own line that failed first, and pytest's words on it."""
    what = WHAT_FAILED.search(printed)
    if not what:
        return printed.strip()[-SHOWN_CHARACTERS:]
    home = folder.resolve()
    places = [
        (home / (whole or below), int(number))
        for whole, below, number in OWN_FRAME.findall(printed[: what.start()])
    ]
    hers = [place for place in places if place[0].is_relative_to(home) and place[0].is_file()]
    words = what[1]
    if hers:
        path, number = hers[-1]
        line = path.read_text(encoding="utf-8").splitlines()[number - 1]
        words = f"{path.relative_to(home).as_posix()}:{number}: {line.strip()}\n{words}"
    return hide_tokens(words)
