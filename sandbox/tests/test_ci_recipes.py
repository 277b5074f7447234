"""The recipes for CI in docs/ci.md: their steps run here, one after the other, as a runner does.

A runner's actions cannot run here. A fresh Python stands for the one that they set up, and this
folder for the git address.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from npm import npm

pytestmark = [
    pytest.mark.slow("the recipes for CI"),
    pytest.mark.timeout(900),  # seconds; mostly downloads
    pytest.mark.skipif(os.name == "nt", reason="POSIX: the recipes are for a POSIX shell"),
]
SANDBOX = Path(__file__).parents[1]
README = (SANDBOX / "README.md").read_text(encoding="utf-8")
GUIDE = (SANDBOX / "docs/ci.md").read_text(encoding="utf-8")
ADDRESS = "git+ADDRESS#subdirectory=sandbox"
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COV", "BOT_SANDBOX_"))
}


def steps_of(team):
    """The steps of a team's recipe that are commands."""
    section = GUIDE.partition(f"### A {team} team\n")[2].partition("\n##")[0]
    (recipe,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    workflow = yaml.safe_load(recipe)
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
    return [step["run"] for step in job["steps"] if "run" in step and "if" not in step]


def blocks(language):
    """The README's blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


LEAN = {"PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}  # few files are loaded


class Job:
    """Runs steps in a folder, in a shell such as a runner's, beside a fresh Python."""

    def __init__(self, folder, python):
        self.folder, self.own = folder, folder.with_name("own")
        self.own.mkdir()
        scripts = python / "bin"
        # pipx is on every runner; pip does the same in a fresh environment.
        self.script("pipx", f'exec {scripts}/python -m pip "$@"')
        self.path = os.pathsep.join([str(self.own), str(scripts), FRESH["PATH"]])

    def script(self, name, line):
        file = self.own / name
        file.write_text(f"#!/bin/sh\n{line}\n")
        file.chmod(0o700)

    def run(self, step):
        """Run a step; what it prints."""
        step = step.replace(ADDRESS, SANDBOX.as_uri())
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step],
            cwd=self.folder,
            env=FRESH | {"PATH": self.path, "CI": "true", "GOFLAGS": "-mod=mod"} | LEAN,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A fresh Python, which all recipes share as runners of one image do."""
    python = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", python], check=True, env=FRESH)
    return python


@pytest.fixture
def job(tmp_path, python):
    folder = tmp_path / "project"
    folder.mkdir()
    return Job(folder, python)


def test_the_recipe_for_python(job):
    install, test = steps_of("Python")
    bot, *tests = blocks("python")[:3]
    (job.folder / "bot.py").write_text(bot)
    for number, source in enumerate(tests):
        (job.folder / f"test_bot_{number}.py").write_text(source)
    job.run(install)
    assert re.search(r" 2 passed in ", job.run(test))


def test_the_recipe_for_node(job):
    install, install_sandbox, test = steps_of("Node.js")
    job.script("npm", f'exec {" ".join(npm())} "$@"')
    (job.folder / "bot.test.mjs").write_text(blocks("js")[0])
    (job.folder / "package.json").write_text('{"private": true}')
    job.run("npm install --package-lock-only --no-audit --no-fund grammy")
    for step in (install, install_sandbox):
        job.run(step)
    assert re.search(r"^# pass 1$|^ℹ pass 1$", job.run(test), re.MULTILINE)


def test_the_recipe_for_go(job):
    if not shutil.which("go"):
        pytest.skip("NO GO HERE")
    install_sandbox, download, test = steps_of("Go")
    source = blocks("go")[0]
    (job.folder / "bot_test.go").write_text(source)
    assert job.run("gofmt -l .") == ""
    job.run(install_sandbox)
    words = ["go", "mod", "init", "greeting"]
    subprocess.run(words, cwd=job.folder, check=True, capture_output=True)
    environment = FRESH | {"GOFLAGS": "-mod=mod"}
    words = ["go", "get", "github.com/go-telegram/bot"]
    got = subprocess.run(words, cwd=job.folder, env=environment, capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"NO GO MODULE PROXY: {got.stderr.strip().splitlines()[-1]}")
    job.run(download)
    assert re.search(r"^ok\s+greeting", job.run(test), re.MULTILINE)
