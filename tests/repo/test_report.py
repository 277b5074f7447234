"""start.py report: what it says of an installation, and that no secret is in it."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib

import pytest
from small_course import ROOT, load, make_small_course

from botlib.details.settings import NAMES

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and scripts as POSIX has them")
# Nobody's: made up here, in the shapes that real ones have.
TELEGRAM = "8012345678:AAF" + "x9Kd_2mQ-7b" * 3
TWITCH = "k3vj9" * 6
AWS_KEY = "AKIA" + "Z7Q2M4X8" * 2
WORD = "correct-horse-battery"
ODD = "0f7e5d3c9b1a" * 2
PHRASE, NAME = "open-sesame-please", "left-of-the-equals-sign"
DOT_ENV = f"""TELEGRAM_TOKEN={TELEGRAM}
export TWITCH_TOKEN='{TWITCH}'
STORE_URL=redis://:{WORD}@h/0
{AWS_KEY}
{NAME}=x
=x

# a comment
"""
FAILING = f"""import pytest

@pytest.mark.parametrize("token", ["{TELEGRAM}", "{WORD}"])
def test_{TWITCH}(token):
    assert not token
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with secrets in every place that a report might show."""
    folder = make_small_course(tmp_path / "someone/course")
    (folder / ".env").write_text(DOT_ENV)
    (folder / f"tests/test_{ODD}.py").write_text(FAILING)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder.parent))
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "someone")
    return folder


@pytest.fixture
def report(course, monkeypatch, capsys):
    """Make a report in this process, in an environment with these settings; gives its lines."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setitem(sys.modules, "start", load(course / "start.py"))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)  # no environment is active
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setenv("PATH", str(course))  # where neither Node.js nor a browser is
    report = load(course / "tests/report.py")
    monkeypatch.setattr(report, "BROWSERS", ("chromium",))

    def call(**environment):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert report.main() == 0
        return capsys.readouterr().out.splitlines()

    return call


def fail_last(course, text):
    """Let a test have failed, as pytest remembers it."""
    (course / ".pytest_cache/v/cache").mkdir(parents=True)
    (course / ".pytest_cache/v/cache/lastfailed").write_text(text)


def has_no_secret(course, text):
    secrets = (TELEGRAM, TWITCH, AWS_KEY, WORD, ODD, PHRASE, NAME, "someone", str(course.parent))
    return not any(secret in text for secret in secrets)


def test_through_the_door_it_says_what_is_there_and_what_failed(course):
    """pytest's own memory of what failed, and every program that this machine has."""
    words = ["-P", "-m", "pytest", "-q", "-p", "no:nbval", "-c", os.devnull, "--rootdir", course]
    assert subprocess.call([sys.executable, *words, "tests"], cwd=course) == 1
    environment = os.environ | {"COURSE_PYTHON": sys.executable, "TWITCH_CHANNEL": "viktors"}
    command = [sys.executable, "start.py", "report"]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in done.stdout
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"course {version['version']}\n" in done.stdout
    assert re.search(r"disk: [\d.]+ GB free", done.stdout)
    assert re.search(r"packages: .*aiohttp \d.*pytest \d", done.stdout)
    assert re.search(r"^set in environment: .*TWITCH_CHANNEL", done.stdout, re.M)
    assert "set in .env: TELEGRAM_TOKEN, TWITCH_TOKEN, STORE_URL\n" in done.stdout
    assert "in .env besides: 3 other lines\n" in done.stdout
    assert "failed tests: 2\n" in done.stdout and done.stdout.count("::test_…[") == 2
    assert has_no_secret(course, done.stdout)


@pytest.mark.parametrize("state", ["right", "missing", "broken", "empty"])
def test_it_holds_no_secret_and_needs_no_venv(course, report, state):
    names = [f"test_{ODD}.py::test_{TWITCH}[{TELEGRAM}]", f"{WORD}, {PHRASE}, {NAME}"]
    fail_last(course, json.dumps([*names, f"{course}/test_a.py", "C:/Users/someone/test_b.py"]))
    if state == "broken":
        python = course / sysconfig.get_path("scripts", "venv", {"base": ".venv"}) / "python"
        python.parent.mkdir(parents=True)
        python.write_text("no program\n")
        (course / ".venv/course.json").write_text("{")
    if state == "empty":
        (course / ".venv").mkdir()
        (course / "requirements.lock").unlink()
    python = sys.executable if state == "right" else ""
    lines = report(COURSE_PYTHON=python, TWITCH_CLIENT_SECRET=ODD, MY_PASSWORD=PHRASE)
    text = "\n".join(lines)
    assert has_no_secret(course, text)
    assert "TELEGRAM_TOKEN" in text and "TWITCH_CLIENT_SECRET" in text
    failed = ["  test_….py::test_…[…]", "  …, …, …", "  ~/course/test_a.py"]
    start = lines.index("failed tests: 4") + 1
    assert lines[start : start + 4] == [*failed, "  C:/Users/<you>/test_b.py"]
    assert ("aiohttp" in text) == (state == "right")
    of_venv = {
        "right": "COURSE_PYTHON is set, so .venv is not used",
        "missing": ".venv: This is the first start.",
        "broken": ".venv: .venv is incomplete.",
        "empty": "packages: unknown, because it has no Python that runs",
    }
    assert of_venv[state] in lines


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (None, "none are known"),
        ("[", "none are known"),
        ("7", "none are known"),
        ("{}", "none"),
        ('{"a": true, "b": true}', "2"),
    ],
)
def test_what_pytest_remembers_may_be_broken(course, report, kept, said):
    if kept:
        fail_last(course, kept)
    assert f"failed tests: {said}" in report()


def test_no_control_character_of_a_test_or_program_is_in_it(course, report):
    fail_last(course, json.dumps({"a\x1b[2Jb": True}))
    assert "  a\ufffd[2Jb" in report()


def test_each_setting_is_known(report):
    names = {name for platform in NAMES.values() for name in platform}
    (line,) = [line for line in report(**dict.fromkeys(names, "x" * 9)) if "environment:" in line]
    assert names <= set(line.removeprefix("set in environment: ").split(", "))


def test_an_active_environment_that_has_the_packages_is_named(course, report, monkeypatch):
    (course / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (course / "requirements.lock").write_text("aiohttp==0.1 --hash=sha256:00\n")
    monkeypatch.setattr(sys, "prefix", "/env")
    lines = report()
    assert "an environment is active that has the packages, so .venv is not used" in lines
    assert f"its Python: {sys.version.split()[0]}" in lines
    (line,) = [line for line in lines if line.startswith("not as locked: ")]
    assert re.fullmatch(r"not as locked: aiohttp [\d.]+ instead of 0\.1", line)


@POSIX
@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, ("none", "none found")),
        ("echo 'Its version 9'", ("Its version 9", "Its version 9")),
        ("exit 1", ("there, but it doesn't run", "chromium, but it doesn't run")),
    ],
)
def test_other_programs_are_asked_for_their_versions(course, report, script, said):
    for name in ("node", "chromium") if script else ():
        (course / name).write_text(f"#!/bin/sh\n{script}\n")
        (course / name).chmod(0o755)
    lines = report()
    assert f"Node.js: {said[0]}" in lines and f"browser: {said[1]}" in lines
