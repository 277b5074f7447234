"""Bots of three teams with their tests, written by people who had only the README.

They are kept as they were written, except where the sandbox was wrong and they relied on it. If one
of them fails, something changed for everybody who adopted bot-sandbox.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from npm import npm

pytestmark = [
    pytest.mark.slow("the bots of three teams"),
    pytest.mark.timeout(900),  # seconds; mostly downloads
    pytest.mark.skipif(os.name == "nt", reason="POSIX: the teams' scripts are for POSIX"),
]
SANDBOX = Path(__file__).parents[1]
TEAMS = Path(__file__).with_name("adopters")
GO_PACKAGES = Path("/usr/share/gocode/src")  # Debian's: golang-gopkg-telebot.v3-dev and goirc
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COV", "BOT_SANDBOX"))
}


def run(folder, *command, **environment):
    """Run a command in a folder; what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=FRESH | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture
def project(tmp_path, request):
    """A copy of a team's folder."""
    return shutil.copytree(TEAMS / request.param, tmp_path / request.param)


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A fresh Python with bot-sandbox and what the team that writes Python installs beside it."""
    folder = tmp_path_factory.mktemp("fresh")
    run(folder, sys.executable, "-m", "venv", folder)
    packages = [f"{SANDBOX}[all]", "aiogram==3.31.0", "pytest", "pytest-asyncio"]
    words = ["install", "-q", "--no-compile", *packages]  # few of its files are loaded
    run(folder, folder / "bin/python", "-m", "pip", *words)
    return folder


@pytest.mark.parametrize("project", ["python"], indirect=True)
def test_a_quiz_in_aiogram_and_a_twitch_bot(project, python):
    program = python / "bin/python"
    assert re.search(r"\b15 passed in ", run(project, program, "-m", "pytest", "-q"))
    run(project, sys.executable, "-m", "mypy", "--python-executable", program, ".")


@pytest.mark.parametrize("project", ["node"], indirect=True)
def test_a_tea_shop_in_grammy(project):
    try:
        run(project, *npm(), "install", "--no-audit", "--no-fund", "--no-package-lock")
    except (AssertionError, OSError, RuntimeError) as error:
        pytest.skip(f"NO NPM, OR NO WAY TO ITS REGISTRY: the tea shop was not tried: {error}")
    told = run(project, *npm(), "test", BOT_SANDBOX_PATH=str(SANDBOX))
    assert re.search(r"^ℹ pass 14$", told, re.MULTILINE)


@pytest.mark.parametrize("project", ["go"], indirect=True)
def test_a_piggy_bank_in_telebot(project, python):
    if not shutil.which("go") or not (GO_PACKAGES / "gopkg.in/telebot.v3").is_dir():
        pytest.skip("NO GO HERE, OR NOT ITS PACKAGES: the piggy bank was not tried")
    run(project, "sh", "vendor.sh")
    command = str(python / "bin/bot-sandbox")
    told = run(project, "go", "test", "-count=1", "./...", BOT_SANDBOX=command)
    assert re.search(r"^ok\s+piggybank", told, re.MULTILINE)
