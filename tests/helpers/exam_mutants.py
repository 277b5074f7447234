"""Wrong bots for exams: right ones with one mistake each.

A file for each exam has its own, so that several workers share them. They were written from the
brief alone, before the points existed.
"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from lessons.exams.record import BRIEFS

PEERS = Path(__file__).parents[1] / "peers"
FEWEST_MUTANTS = 12  # of an exam


class Mutant(NamedTuple):
    """A right solution with one mistake, and the point that notices it."""

    point: int
    mistake: str
    old: str
    new: str
    solution: str = "lost_property/functions/bot.py"
    advice: str = ""  # that its author reads


def wrong_bots(mutants):
    """Return the marks of a file that has `test_a_wrong_bot_fails_at_its_point`."""
    assert len(mutants) >= FEWEST_MUTANTS
    names = [f"{mutant.solution} {mutant.point} {mutant.mistake}" for mutant in mutants]
    return [
        pytest.mark.slow("every way to be wrong"),
        pytest.mark.timeout(300),
        pytest.mark.parametrize("mutant", mutants, ids=names),
    ]


def test_a_wrong_bot_fails_at_its_point(mutant, take_wrong, write, monkeypatch):
    """Let only that point try the bot: no point needs another, and together they take minutes."""
    file = PEERS / mutant.solution
    right = file.read_text(encoding="utf-8")
    assert mutant.old in right
    folder = write(right.replace(mutant.old, mutant.new), file.name)
    name = mutant.solution.partition("/")[0]
    points = tuple(point for point in BRIEFS[name].points if point.number == mutant.point)
    brief = replace(BRIEFS[name], points=points)
    monkeypatch.setitem(BRIEFS, name, brief)
    status, printed = take_wrong(folder, "--sitting", str(brief.sittings), name=name)
    assert status == 1
    assert f"Point {mutant.point} is not passed yet." in printed, printed
    assert mutant.advice in printed, printed
