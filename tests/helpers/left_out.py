"""Say at the end of a run how many tests were left out, and why: ../../conftest.py loads this.

A mark says why a test is left out: `@pytest.mark.slow("a browser")`.
"""

from collections import Counter

import pytest

MARKERS = ("slow", "machine")
LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_deselected(items):
    """Count those that a marker leaves out."""
    if not items:
        return
    config = items[0].config
    marks = (item.get_closest_marker(marker) for item in items for marker in MARKERS)
    chosen = config.getoption("markexpr")
    left_out = Counter(config.stash.get(LEFT_OUT, {}))
    left_out.update(
        f"{mark.name}, {mark.args[0]}" for mark in marks if mark and f"not {mark.name}" in chosen
    )
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
    """Say what was left out, and why, in a few lines."""
    left_out = terminalreporter.config.stash.get(LEFT_OUT, {})
    if left_out:
        terminalreporter.section(f"left out: {sum(left_out.values())} tests")
        for why, count in sorted(left_out.items(), key=lambda pair: -pair[1]):
            terminalreporter.line(f"{count:5} {why}")
