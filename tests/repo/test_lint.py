"""start.py test --lint: form and types, and not one test."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SETTINGS = """
[tool.ruff]
line-length = 100
lint.select = ["F"]
[tool.mypy]
strict = true
files = ["botlib"]
"""
RIGHT = "def twice(number: int) -> int:\n    return 2 * number\n"


@pytest.fixture
def lint(tmp_path):
    """Give a small course a library of this one file, lint it, and return how that ended."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "botlib").mkdir()
    shutil.copy(HOME / "start.py", tmp_path)
    for path in (HOME / "tests").glob("*.py"):
        shutil.copy(path, tmp_path / "tests")
    (tmp_path / "tests/test_red.py").write_text("def test_red():\n    raise ValueError\n")
    (tmp_path / "pyproject.toml").write_text(SETTINGS)

    def lint(source):
        (tmp_path / "botlib/twice.py").write_text(source)
        command = [sys.executable, "tests/run.py", "--lint"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout.splitlines()[-1]

    return lint


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        (RIGHT, 0, "all good: format, lint, types"),
        (RIGHT.replace("2 * number", "2*number"), 1, "failed: format"),
        (f"import os\n\n\n{RIGHT}", 1, "failed: lint"),
        (RIGHT.replace("-> int", "-> str"), 1, "failed: types"),
    ],
)
def test_it_names_what_is_wrong_and_runs_no_test(lint, source, status, words):
    assert lint(source) == (status, words)
