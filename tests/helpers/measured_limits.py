"""Holds the numbers that a notebook shows after ≈ to their limits; ../../conftest.py takes it.

nbval doesn't compare these numbers, because they differ from machine to machine. The table has a
row for each cell that shows some, and for each number the least and the most that the text around
the cell allows.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

LIMITS = Path(__file__).parents[1] / "notebooks/limits.toml"
NUMBER = re.compile(r"≈ (\d[\d,]*(?:\.\d+)?)")


@cache
def read_limits():
    """Return the table: for each notebook, and each of its cells, the limits of its numbers."""
    return tomllib.loads(LIMITS.read_text(encoding="utf-8"))


def measured_numbers(outputs):
    """Return all numbers after ≈ in the outputs of a cell, in their order."""
    texts = [
        text
        for output in outputs
        for text in (output.get("text"), output.get("data", {}).get("text/plain"))
        if text
    ]
    return [float(number.replace(",", "")) for number in NUMBER.findall("\n".join(texts))]


def explain_limits(limits, outputs):
    """Return what is wrong with the numbers of a cell; "" if nothing is."""
    numbers = measured_numbers(outputs)
    if len(numbers) != len(limits):
        return f"{len(limits)} numbers after ≈ have limits, and it shows {len(numbers)}: {numbers}"
    outside = [
        f"it shows ≈ {number:g}, and the text expects {low:g} to {high:g}"
        for number, (low, high) in zip(numbers, limits, strict=True)
        if not low <= number <= high
    ]
    return "; ".join(outside)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A cell that shows a number outside its limits, or one without limits, fails."""
    yield
    if isinstance(item, IPyNbCell):
        limits = read_limits().get(item.parent.path.stem, {}).get(item.cell.get("id"), [])
        if problem := explain_limits(limits, item.test_outputs):
            raise AssertionError(f"{problem}. The limits are in {LIMITS.name}")
