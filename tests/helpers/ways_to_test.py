"""Mark what takes long, say what a run leaves out, and keep the names of failed tests.

`slow` is left out by `--quick`, `full` by everything but `--all`. The course's conftest.py loads
this file as a plugin. `tests/marks.toml` marks whole files and tests of the course; a file or a
test can say it itself, by `@pytest.mark.slow("why")`. Of a test with `first_case`, all cases but
the first are slow. What `--quick` leaves in tries fewer examples of each property.
"""

import os
import tomllib
from collections import Counter
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

MARKERS = ("slow", "full")
QUICK_EXAMPLES = 20  # of a property that doesn't say how many it needs; else a hundred
LEFT_OUT = pytest.StashKey[dict[str, int]]()
FAILED_TESTS = pytest.StashKey[str]()  # the file that takes their names


def pytest_configure(config):
    """Note who wants the names of failed tests; no pytest that a test starts may answer as well.

    Whatever leaves out slow tests tries few examples; both happen before a test file is imported.
    """
    config.stash[FAILED_TESTS] = os.environ.pop("COURSE_FAILED_TESTS", "")
    if "not slow" in config.getoption("markexpr"):
        settings.register_profile("quick", settings(), max_examples=QUICK_EXAMPLES)
        settings.load_profile("quick")


@cache
def entries(path):
    """Return [(marker, why, pattern of tests)] for a file, of the nearest marks.toml above."""
    home = next((one for one in path.parents if (one / "tests/marks.toml").is_file()), None)
    if home is None:
        return []
    table = tomllib.loads((home / "tests/marks.toml").read_text(encoding="utf-8"))
    found = []
    for marker, reasons in table.items():
        for why, patterns in reasons.items():
            for file, _, name in (pattern.partition("::") for pattern in patterns):
                if fnmatch(path.relative_to(home).as_posix(), file):
                    found.append((marker, why, name or "*"))
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark before pytest itself chooses by marker."""
    begun = set()  # the tests that had a case already
    for item in items:
        if any(item.get_closest_marker(marker) for marker in MARKERS):
            continue
        name = item.name.partition("[")[0]
        for marker, why, pattern in entries(item.path):
            if fnmatch(name, pattern):
                item.add_marker(getattr(pytest.mark, marker)(why))
        first = item.get_closest_marker("first_case")
        if first and (item.path, name) in begun:
            item.add_marker(pytest.mark.slow(*first.args))
        begun.add((item.path, name))


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
