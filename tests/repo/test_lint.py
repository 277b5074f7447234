"""start.py test --lint: form and types, and not one test."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SETTINGS = '[tool.ruff]\nline-length = 100\n[tool.mypy]\nstrict = true\nfiles = ["start.py"]\n'
RIGHT = "def twice(number: int) -> int:\n    return 2 * number\n"


@pytest.fixture
def lint(tmp_path):
    (tmp_path / "tests").mkdir()
    shutil.copy(HOME / "tests/run.py", tmp_path / "tests")
    (tmp_path / "tests/test_red.py").write_text("def test_red():\n    raise ValueError\n")
    (tmp_path / "pyproject.toml").write_text(SETTINGS)

    def lint(source):
        (tmp_path / "start.py").write_text(source)
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
