"""The sandbox alone: its README's own lines make an environment, and its tests pass in it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[2] / "sandbox"
# To bound the time, these are left out: tests/repo runs beside sandbox/tests, which has them.
LEFT_OUT = ["--ignore-glob=*_browser.py"]
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COURSE_", "COV"))
}


@pytest.mark.full("a copy of the sandbox alone")
@pytest.mark.timeout(3600)  # seconds; a download, and all of the sandbox's tests but those above
@pytest.mark.skipif(os.name == "nt", reason="POSIX: the README's lines are for a POSIX shell")
def test_a_copy_of_the_sandbox_passes_its_own_tests(tmp_path):
    folder = tmp_path / "copy"
    own = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "dist")
    shutil.copytree(SANDBOX, folder, ignore=own)
    develop = (folder / "README.md").read_text(encoding="utf-8").partition("## Develop")[2]
    (block,) = re.findall(r"```sh\n(.*?)```", develop, re.DOTALL)
    make, *install, test = [shlex.split(line) for line in block.splitlines()]
    assert make[0] == "python3" and len(install) == 2 and test[1:3] == ["-m", "pytest"]
    make[0] = sys.executable
    for words in (make, *install):
        done = subprocess.run(words, cwd=folder, env=FRESH, capture_output=True, text=True)
        if done.returncode and "No matching distribution" in done.stderr:
            pytest.skip(f"NO PACKAGE INDEX: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stdout + done.stderr
    ours = [folder / ".venv/bin/python", "-c", "import botlib"]
    assert subprocess.run(ours, cwd=folder, env=FRESH, capture_output=True).returncode == 1
    done = subprocess.run(
        [*test, *LEFT_OUT, "-q"], cwd=folder, env=FRESH, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1])
