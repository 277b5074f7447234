"""Mark what takes long, say what a run leaves out, and keep the names of failed tests.

`slow` is left out by `--quick`, `full` by everything but `--all`. A conftest.py loads this file as
a plugin; two may, since pytest loads it once. Whole files are marked by the
nearest `tests/marks.toml` above them, a single test by `@pytest.mark.slow("why")`.
"""

import os
import tomllib
from collections import Counter
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

MARKERS = ("slow", "full")
LEFT_OUT = pytest.StashKey[dict[str, int]]()
FAILED_TESTS = pytest.StashKey[str]()  # the file that takes their names


def pytest_configure(config):
    """Note who wants the names of failed tests; no pytest that a test starts may answer as well."""
    config.stash[FAILED_TESTS] = os.environ.pop("COURSE_FAILED_TESTS", "")


@cache
def entries(folder):
    """Return (home, [(marker, why, pattern)]) of the nearest marks.toml above a folder."""
    for home in (folder, *folder.parents):
        file = home / "tests/marks.toml"
        if file.is_file():
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            return home, [
                (marker, why, pattern)
                for marker, reasons in table.items()
                for why, patterns in reasons.items()
                for pattern in patterns
            ]
    return folder, []


def marks_of(item):
    """Yield the marks that marks.toml gives a test: by its file, or by file::name."""
    home, table = entries(item.path.parent)
    file = item.path.relative_to(home).as_posix()
    for marker, why, pattern in table:
        if fnmatch(file, pattern) or fnmatch(f"{file}::{item.name}", pattern):
            yield getattr(pytest.mark, marker)(why)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark before pytest itself chooses by marker."""
    for item in items:
        if not any(item.get_closest_marker(marker) for marker in MARKERS):
            for mark in marks_of(item):
                item.add_marker(mark)


def pytest_deselected(items):
    """Count those that a marker leaves out."""
    if not items:
        return
    config = items[0].config
    chosen = config.getoption("markexpr")
    left_out = Counter(config.stash.get(LEFT_OUT, {}))
    for item in items:
        for marker in MARKERS:
            mark = item.get_closest_marker(marker)
            if mark and f"not {marker}" in chosen:
                left_out[", ".join([marker, *mark.args])] += 1
                break
    config.stash[LEFT_OUT] = dict(left_out)
    if hasattr(config, "workeroutput"):  # a worker of xdist, whose sentences nobody sees
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take the counts of a worker; each has collected the same tests."""
    output = getattr(node, "workeroutput", {})
    if "left_out" in output:
        node.config.stash[LEFT_OUT] = output["left_out"]


def pytest_terminal_summary(terminalreporter):
    """Say what was left out, and why, in a few lines; write down what failed."""
    left_out = terminalreporter.config.stash.get(LEFT_OUT, {})
    if left_out:
        terminalreporter.section(f"left out: {sum(left_out.values())} tests")
        for why, count in sorted(left_out.items(), key=lambda pair: -pair[1]):
            terminalreporter.line(f"{count:5} {why}")
    file = terminalreporter.config.stash[FAILED_TESTS]
    if file:
        stats = terminalreporter.stats
        failed = [each.nodeid for kind in ("failed", "error") for each in stats.get(kind, [])]
        Path(file).write_text("\n".join(dict.fromkeys(failed)), encoding="utf-8")
