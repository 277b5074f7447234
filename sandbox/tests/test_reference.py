"""docs/reference.md is what the docstrings say, and its examples run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import bot_sandbox

SANDBOX = Path(__file__).parents[1]
sys.path.insert(0, str(SANDBOX))
from tools.public_api import CLASSES, PLAIN_CLASSES  # noqa: E402
from tools.reference import name_of  # noqa: E402

PAGE = (SANDBOX / "docs/reference.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)[^\n]*\n(.*?)(?=^##? |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def example_in(text):
    """The code of a section that asserts something, or ""."""
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return next((code for code in blocks if "assert" in code), "")


def test_the_page_is_what_the_tool_writes():
    words = [sys.executable, SANDBOX / "tools/reference.py", "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*map(name_of, CLASSES), "Program"])
def test_each_class_has_an_example_that_runs(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    exec(compile(example_in(SECTIONS[name]), f"the example of {name}", "exec"), {})


def test_all_public_classes_are_described():
    described = {name_of(one) for one in [*CLASSES, *PLAIN_CLASSES]}
    assert described <= set(bot_sandbox.__all__)
    assert described <= SECTIONS.keys()
    # The others are what methods return: plain data, with a docstring.
    for name in set(bot_sandbox.__all__) - described - {"aio"}:
        assert getattr(bot_sandbox, name).__doc__, name
