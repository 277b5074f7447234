"""The window's HTTP interface in the hands of a tester who writes JavaScript: node --test."""

import os
import subprocess
import sys

from npm import installed

from bot_sandbox.cloud.deployment import node


def test_bots_are_tested_in_javascript():
    folder = installed("window")
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 3" in done.stdout
