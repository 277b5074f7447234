"""start.py test --quick and --all, and start.py report, on a small copy of the course."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from lacking_package import want_more

from botlib.details.settings import NAMES

HOME = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and scripts as POSIX has them")
COPIED = (
    "start.py",
    "pyproject.toml",
    "tests/run.py",
    "tests/report.py",
    "tests/nbval_sanitize.cfg",
)
COPIED += (
    "tests/branch_coverage.py",
    "tests/helpers/ways_to_test.py",
    "sandbox/pyproject.toml",
    "lessons/jupyter/jupyter_server_config.d/such-different-chatbots.json",
)
ROOMS = (
    "botlib",
    "sandbox/bot_sandbox",
    "sandbox/tools",
    "lessons",
    "deploy",
    "docs/book",
    "docs/tab",
)
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-all.lock")
LOCKS += ("requirements-server.lock",)
CONFTEST = '''"""What the course's own conftest.py does for markers."""

collect_ignore = ["branch_coverage.py", "report.py", "run.py"]


def pytest_configure(config):
    config.pluginmanager.import_plugin("ways_to_test")
'''
TESTS = '''"""Four tests."""

import pytest

from lessons import twice


def test_that_is_quick():
    assert twice(1) == 2


@pytest.mark.slow("it waits")
def test_that_waits():
    assert twice(2) == 4


@pytest.mark.full("an image")
def test_that_needs_an_image():
    assert twice(-1) == 0
'''
ROOM = '''"""A room with two branches."""


def twice(number: int) -> int:
    """Double it."""
    if number < 0:
        return 0
    return number * 2
'''
EXAMPLES = '''"""A property, and how often it was tried."""

from hypothesis import given
from hypothesis import strategies as st

tried = []


@given(st.text())
def test_a_property(text):
    tried.append(text)


def test_how_often():
    print(f"tried {len(tried)} texts")
'''
# It replaces uv by the packages of the Python that runs this test, and notes what was asked for.
FAKE_UV = f"""#!{sys.executable}
import pathlib, subprocess, sys
python = sys.argv[sys.argv.index("--python") + 1]
code = "import sysconfig; print(sysconfig.get_path('purelib'))"
site = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()
with open({"{asked}"!r}, "a") as asked:
    print(pathlib.Path(sys.argv[sys.argv.index("-r") + 1]).name, file=asked)
pathlib.Path(site, "packages.pth").write_text({sysconfig.get_path("purelib")!r})
"""


@pytest.fixture(scope="module")
def types(tmp_path_factory):
    """What mypy has learned about Python itself, so that it learns it once."""
    return tmp_path_factory.mktemp("types")


@pytest.fixture
def course(tmp_path, types, monkeypatch):
    """A course whose checks are quick: the real start.py and tests/run.py, and next to nothing."""
    monkeypatch.setenv("MYPY_CACHE_DIR", str(types))
    folder = tmp_path / "someone" / "course"
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, folder / name)
    want_more(folder)
    for name in (*LOCKS, "requirements-node.lock", "requirements-book.lock"):
        (folder / name).write_text("nothing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    for name in ROOMS:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "__init__.py").write_text('"""Nothing."""\n')
    # pytest loads it where the sandbox is installed.
    (folder / "sandbox/bot_sandbox/pytest_plugin.py").write_text('"""Nothing."""\n')
    needed = ("deploy/own_packages.py", "botlib/details/file_lock.py", "deploy/requirements_txt.py")
    for name in needed:  # start.py imports them
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(HOME / name, folder / name)
    (folder / "notebooks").mkdir()
    (folder / "lessons/__init__.py").write_text(ROOM)
    (folder / "tests/conftest.py").write_text(CONFTEST)
    (folder / "tests/test_some.py").write_text(TESTS)
    (folder / "tests/test_more.py").write_text(
        '"""One."""\n\n\ndef test_more():\n    assert True\n'
    )
    (folder / "tests/marks.toml").write_text('[slow]\n"a whole file" = ["tests/test_more.py"]\n')
    return folder


def environment_of(folder, **environment):
    """The packages of this Python are used unless told otherwise."""
    return os.environ | {"COURSE_PYTHON": sys.executable} | environment


def start(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "start.py", *arguments],
        cwd=folder,
        env=environment_of(folder, **environment),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=280,
    )


def install_uv(folder):
    """Put a uv and a Node.js beside the course, and return the PATH that finds them first."""
    path = folder.parent / "bin"
    path.mkdir()
    (path / "uv").write_text(FAKE_UV.replace("{asked}", str(folder.parent / "asked")))
    (path / "node").write_text("#!/bin/sh\n")
    for program in path.iterdir():
        program.chmod(0o755)
    return f"{path}{os.pathsep}{os.environ['PATH']}"


def outcome(done):
    """{passed, deselected, …: how many}, of pytest's last line."""
    (line,) = re.findall(r"^(?:=+ )?(\d+ (?:passed|failed).*) in [\d.]+s", done.stdout, re.M)
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", line)}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_quick_leaves_out_what_is_marked_and_says_so(course, workers):
    done = start(course, "test", "--quick", "-n", workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outcome(done)["passed"] == 1
    assert "left out: 3 tests" in done.stdout
    said = re.findall(r"^ +(\d+ (?:slow|full), .+)$", done.stdout, re.M)
    assert sorted(said) == ["1 full, an image", "1 slow, a whole file", "1 slow, it waits"]
    assert done.stdout.splitlines()[-1] == "all good: format, lint, types, tests"


def test_the_usual_way_leaves_out_only_what_is_full(course):
    done = start(course, "test", "-n", "0")
    assert outcome(done)["passed"] == 3
    assert "left out: 1 tests\n" not in done.stdout and "1 full, an image" in done.stdout


@pytest.mark.parametrize(("way", "cases"), [(["--quick"], 2), ([], 4)])
@pytest.mark.parametrize(
    ("table", "mark"),
    [
        ('[first_case]\n"dear" = ["tests/test_more.py::*_two"]\n', ""),
        ("", '@pytest.mark.first_case("dear")\n'),
    ],
    ids=["in the table", "in the file"],
)
def test_quick_takes_the_first_case_of_a_test_that_says_so(course, way, cases, table, mark):
    (course / "tests/marks.toml").write_text(table)
    (course / "tests/test_more.py").write_text(
        f"import pytest\n\n\n{mark}"
        '@pytest.mark.parametrize("number", [1, 2, 3])\ndef test_two(number):\n    pass\n\n\n'
        "def test_more():\n    pass\n"
    )
    done = start(course, "test", *way, "-n", "0", "tests/test_more.py")
    assert outcome(done)["passed"] == cases, done.stdout + done.stderr
    assert ("    2 slow, dear\n" in done.stdout) == (cases == 2)


@pytest.mark.parametrize(("way", "examples"), [(["--quick"], 20), ([], 100)])
def test_quick_tries_fewer_examples(course, way, examples):
    (course / "tests/test_some.py").write_text(EXAMPLES)
    done = start(course, "test", *way, "-n", "0", "-s")
    assert f"tried {examples} texts" in done.stdout, done.stdout + done.stderr


def test_two_ways_at_once_are_refused(course):
    done = start(course, "test", "--quick", "--all")
    assert done.returncode == 2
    assert done.stdout == "Choose one of --lint, --quick and --all.\n"


@POSIX
def test_all_brings_its_lock_and_measures_branches(course):
    words = {"COURSE_PYTHON": "", "PATH": install_uv(course)}
    asked = course.parent / "asked"
    done = start(course, "test", "--all", "-n", "2", **words)
    assert asked.read_text().split() == [*LOCKS, "requirements-book.lock"]
    assert re.search(r"first test --all.* \d+ MB", done.stderr), done.stderr
    assert outcome(done)["passed"] == 4
    assert "100.0 % of lessons; at least" in done.stdout
    assert (course / "htmlcov/index.html").is_file()
    assert done.stdout.splitlines()[-1] == "all good: format, lint, types, tests, coverage"
    assert not list(course.glob(".venv/**/*measure_branches.pth"))
    start(course, "test", "--all", "--lint", **words)  # refused, but its lock is looked at
    assert asked.read_text().split() == [*LOCKS, "requirements-book.lock"]


@POSIX
@pytest.mark.parametrize("absent", ["PYTEST_XDIST_WORKER", "PATH"])
def test_what_fails_beside_others_is_tried_once_more_alone(course, absent, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # of the tests that run this one
    (course / "tests/test_more.py").write_text(
        f'"""One."""\n\nimport os\n\n\ndef test_more():\n    assert "{absent}" not in os.environ\n'
    )
    words = {"COURSE_PYTHON": "", "PATH": install_uv(course)}
    done = start(course, "test", "--all", "-n", "2", **words)
    told = "passed alone, so it depends on what runs beside it: tests/test_more.py::test_more\n"
    passes = absent == "PYTEST_XDIST_WORKER"
    assert (told in done.stdout) == passes, done.stdout + done.stderr
    last = ["all good: format, lint, types, tests, coverage"]
    if not passes:
        last = ["this test failed: tests/test_more.py::test_more", "failed: tests"]
    assert done.stdout.splitlines()[-len(last) :] == last


@POSIX
def test_a_package_that_is_too_little_tested_fails(course):
    words = {"COURSE_PYTHON": "", "PATH": install_uv(course)}
    (course / "deploy/__init__.py").write_text(ROOM)
    (course / "sandbox/bot_sandbox/__init__.py").write_text(ROOM)
    more = "import bot_sandbox\n\n\ndef test_more():\n    assert bot_sandbox.twice(1) == 2\n"
    (course / "tests/test_more.py").write_text(f'"""One."""\n\n{more}')
    settings = (course / "pyproject.toml").read_text()
    settings = re.sub(r'^("sandbox.*" =) [\d.]+$', r"\1 66.0", settings, flags=re.M)
    (course / "pyproject.toml").write_text(settings)
    done = start(course, "test", "--all", **words)
    # Of 4 lines and 2 branches, one line and one branch do not run.
    assert "  66.7 % of sandbox/bot_sandbox; at least 66.0 %" in done.stdout
    assert done.returncode == 1
    assert "Too few branches are taken in " in done.stdout
    assert done.stdout.splitlines()[-1] == "failed: coverage"


@POSIX
def test_an_interrupted_run_measures_nothing_any_more(course):
    words = {"COURSE_PYTHON": "", "PATH": install_uv(course)}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (course / "tests/test_more.py").write_text(
            "import socket\n\n\ndef test_that_waits():\n"
            f"    line = socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}))\n"
            "    assert line.recv(1)\n"
        )
        with subprocess.Popen(
            [sys.executable, "start.py", "test", "--all", "-n", "0", "tests/test_more.py"],
            cwd=course,
            env=environment_of(course, **words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as program:
            line, _ = listener.accept()
            assert list(course.glob(".venv/**/*measure_branches.pth"))
            program.send_signal(signal.SIGTERM)
            assert line.recv(1) == b""
            line.close()
            assert program.wait() == 143
    assert not list(course.glob(".venv/**/*measure_branches.pth"))
    assert "it did not end" in start(course, "report", **words).stdout


def test_every_pattern_in_marks_toml_finds_a_file():
    table = (HOME / "tests/marks.toml").read_text(encoding="utf-8")
    for marker, reasons in tomllib.loads(table).items():
        assert marker in ("slow", "full", "first_case")
        for pattern in (each for patterns in reasons.values() for each in patterns):
            file, _, name = pattern.partition("::")
            found = list(HOME.glob(file))
            assert found, pattern
            names = {each.name for path in found for each in functions(path)} if name else set()
            assert not name or any(fnmatch(each, name) for each in names), pattern


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


# Nobody's: made up here, in the shapes that real ones have.
TELEGRAM = "8012345678:AAF" + "x9Kd_2mQ-7b" * 3
TWITCH = "k3vj9" * 6
AWS_KEY = "AKIA" + "Z7Q2M4X8" * 2
WORD = "correct-horse-battery"
ODD = "0f7e5d3c9b1a" * 2


@pytest.fixture
def spied(course):
    """A course where a test has failed, with secrets in every place that a report might show."""
    (course / ".env").write_text(
        f"TELEGRAM_TOKEN={TELEGRAM}\nexport TWITCH_TOKEN='{TWITCH}'\nSTORE_URL=redis://:{WORD}@h/0\n"
        f"{AWS_KEY}\n{WORD}-2=x\n=x\n\n# a comment\n"
    )
    (course / f"tests/test_{ODD}.py").write_text(
        '"""Fails."""\n\nimport pytest\n\n\n'
        f'@pytest.mark.parametrize("token", ["{TELEGRAM}", "{WORD}"])\n'
        f"def test_{TWITCH}(token):\n    assert not token\n"
    )
    return course


def report(course, **environment):
    home = str(course.parent)
    return start(course, "report", HOME=home, USERPROFILE=home, USER="someone", **environment)


def test_a_report_says_what_is_there_and_what_failed(spied):
    start(spied, "test", "--quick", "-n", "0")
    done = report(spied, TWITCH_CHANNEL="viktors_channel")
    assert done.returncode == 0, done.stderr
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in done.stdout
    version = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"course {version['version']}" in done.stdout
    assert re.search(r"disk: [\d.]+ GB free", done.stdout)
    assert re.search(r"packages: .*aiohttp \d.*pytest \d", done.stdout)
    assert re.search(r"^set in environment: .*TWITCH_CHANNEL", done.stdout, re.M)
    assert "set in .env: TELEGRAM_TOKEN, TWITCH_TOKEN, STORE_URL" in done.stdout
    last = r"^last test: start\.py test --quick -n 0: exit status 1, failed: (\w+, )*tests$"
    assert re.search(last, done.stdout, re.M)
    assert done.stdout.count("::test_…[") == 2


@pytest.mark.parametrize("state", ["right", "missing", "broken", "empty"])
def test_a_report_holds_no_secret_and_needs_no_venv(spied, state):
    start(spied, "test", "--quick", "-n", "0")
    if state == "broken":
        python = spied / sysconfig.get_path("scripts", "venv", {"base": ".venv"}) / "python"
        python.parent.mkdir(parents=True)
        python.write_text("no program\n")
        (spied / ".venv/course.json").write_text("{")
    if state == "empty":
        (spied / ".venv").mkdir()
        (spied / ".pytest_cache/last_test.json").write_text("[]")
        (spied / "requirements.lock").unlink()
    done = report(
        spied,
        COURSE_PYTHON=sys.executable if state == "right" else "",
        TWITCH_CLIENT_SECRET=WORD,
        MY_API_KEY=ODD,
    )
    assert done.returncode == 0, done.stderr
    for secret in (TELEGRAM, TWITCH, AWS_KEY, WORD, ODD, "someone", str(spied.parent)):
        assert secret not in done.stdout + done.stderr
    assert "TELEGRAM_TOKEN" in done.stdout and "TWITCH_CLIENT_SECRET" in done.stdout
    assert ("aiohttp" in done.stdout) == (state == "right")


def test_no_control_character_of_a_test_or_program_is_in_a_report(course):
    (course / ".pytest_cache").mkdir(exist_ok=True)
    last = {"words": "start.py test", "status": 1, "failed": ["tests"], "tests": ["a\x1b[2Jb"]}
    (course / ".pytest_cache/last_test.json").write_text(json.dumps(last))
    assert "  a\ufffd[2Jb" in report(course).stdout.splitlines()


def test_a_report_knows_each_setting(course):
    names = {name for platform in NAMES.values() for name in platform}
    done = start(course, "report", **dict.fromkeys(names, "x" * 9))
    (line,) = re.findall("^set in environment: (.*)", done.stdout, re.M)
    assert names <= set(line.split(", "))


def test_what_is_kept_of_the_last_test_names_no_machine(spied):
    start(spied, "test", "-n", "0")
    kept = json.loads((spied / ".pytest_cache/last_test.json").read_text(encoding="utf-8"))
    assert set(kept) == {"words", "status", "failed", "tests"}
    assert all(name.startswith("tests/test_") for name in kept["tests"])
