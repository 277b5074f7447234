"""The window's HTTP interface in the hands of a tester who writes JavaScript: node --test."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from command import COMMAND
from documents import PAGES
from npm import PEERS, installed

from bot_sandbox.cloud.deployment import find_node

pytestmark = pytest.mark.slow("Node.js")


def test_bots_are_tested_in_javascript():
    folder = installed("window")
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        [find_node(), "--test", "--test-reporter=spec"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 3" in done.stdout


def test_the_example_of_the_page_about_http_passes(tmp_path):
    (example,) = re.findall(r"```js\n(.+?)```", PAGES["http.md"], re.DOTALL)
    (tmp_path / "bot.test.mjs").write_text(example, encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "--no-sample", "--run", find_node(), "--test", "--test-reporter=spec"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 1" in done.stdout


def test_the_example_of_a_bot_that_a_test_starts_passes(tmp_path):
    (helper,) = re.findall(r"```js\n(.+?)^test\(", PAGES["http.md"], re.DOTALL | re.MULTILINE)
    recipe = PAGES["unchanged.md"].partition("## From a test in Node.js")[2]
    (tmp_path / "bot.test.mjs").write_text(helper + recipe.split("```")[1].removeprefix("js"))
    shutil.copy(PEERS / "unchanged" / "fetch_bot.mjs", tmp_path / "bot.mjs")
    done = subprocess.run(
        [*COMMAND, "--run", find_node(), "--test", "--test-reporter=spec"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 1" in done.stdout
