"""start.py test: the course's checks on a small course, and a bot's own tests."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from small_course import ROOT, load, make_small_course

from deploy.new import make_folder
from lessons.commands import bot_tests

COPIED = ("tests/run.py", "tests/helpers/left_out.py", "tests/helpers/skip_guard.py")
COPIED += ("tests/skips.toml",)
CONFTEST = '''"""What the course's own conftest.py does for these tests."""

from typing import Any

from skip_guard import pytest_ignore_collect  # noqa: F401


def pytest_configure(config: Any) -> None:
    """Say what was left out."""
    config.pluginmanager.import_plugin("left_out")
'''
TESTS = '''"""Three tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from lessons.room import twice

NEGATIVE = f"""import sys
sys.path.insert(0, {str(Path.cwd())!r})
from lessons.room import twice
assert twice(-1) == 0
"""


def test_that_is_quick():
    assert twice(1) == 2


@pytest.mark.slow("it waits")
def test_a_program(tmp_path):
    assert subprocess.call([sys.executable, "-c", NEGATIVE], cwd=tmp_path) == 0


@pytest.mark.machine("an image")
def test_that_needs_an_image():
    raise RuntimeError
'''
ROOM = '''"""A room with two branches."""


def twice(number: int) -> int:
    """Double it."""
    if number < 0:
        return 0
    return number * 2
'''
FAILING = '''"""One fails only beside others, one always."""

import os

from deploy.room import twice


def test_beside_others():
    assert "PYTEST_XDIST_WORKER" not in os.environ


def test_always():
    assert twice(2) == 5
'''
COVERAGE = "[tool.such-different-chatbots.coverage]\nlessons = 100.0\ndeploy = 70.0\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose checks are quick: the real start.py and tests/run.py, and next to nothing."""
    folder = make_small_course(tmp_path_factory.mktemp("runner") / "course")
    for name in COPIED:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    settings = re.sub(r"^files = .*", 'files = ["lessons"]', settings, flags=re.M)
    settings = re.sub(r"--nbval .* (?=--ignore=deploy/new)", "-p no:nbval ", settings)
    settings = settings[: settings.index("[tool.such-different-chatbots.coverage]")] + COVERAGE
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    for name in ("installer.py", "own_packages.py", "requirements_txt.py"):
        (folder / "deploy" / name).unlink()
    (folder / "lessons/room.py").write_text(ROOM)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "tests/repo").mkdir()
    (folder / "tests/repo/test_some.py").write_text(TESTS)
    for name in ("ast", "json", "re", "threading"):  # hers: nothing runs or judges them
        (folder / f"{name}.py").write_text("raise RuntimeError( 'in place of Python\\'s' )\n")
    return folder


@pytest.fixture
def runner(course, monkeypatch):
    """tests/run.py of that course, as a module."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setitem(sys.modules, "start", load(course / "start.py"))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # of the tests that run this one
    # What it measures would be the whole Python that runs this test.
    measures = SimpleNamespace(measured=nullcontext, below=[])
    measures.report = lambda: measures.below
    monkeypatch.setitem(sys.modules, "branch_coverage", measures)
    runner = load(course / "tests/run.py")
    of_two = [word.replace(f"{runner.WORKERS}*popen", "2*popen") for word in runner.TESTS]
    monkeypatch.setattr(runner, "TESTS", of_two)
    return runner


class Scripted:
    """Runs no check: each has the exit status that `statuses` says, {words in it: status}."""

    def __init__(self, statuses):
        self.statuses, self.ran = statuses, []

    def __call__(self, *words):
        line = " ".join(words[3:])
        self.ran.append(line)
        return next((status for part, status in self.statuses.items() if part in line), 0)


@pytest.fixture
def scripted(runner, monkeypatch, capsys, tmp_path):
    """Run main() with such checks; gives its exit status, its last line, and what it ran."""

    def call(arguments, statuses=None):
        failed = ["notebooks/05.ipynb::Cell 2", "notebooks/05.ipynb::Cell 3"]
        failed.append("tests/test_a.py::test_b[a::Cell]")
        monkeypatch.setattr(runner, "FAILED", tmp_path / "lastfailed")
        runner.FAILED.write_text(json.dumps(dict.fromkeys(failed, True)))
        monkeypatch.setattr(runner, "TYPES", ["this"])  # a module that is quickly imported
        monkeypatch.setattr(runner.start, "run", script := Scripted(statuses or {}))
        sys.modules["branch_coverage"].below += (statuses or {}).get("below", [])
        status = runner.main(arguments)
        return status, capsys.readouterr().out.splitlines()[-1], script.ran

    return call


def test_quick_is_refused_with_what_replaces_it(scripted):
    status, last, ran = scripted(["--quick", "-x"])
    assert (status, ran) == (2, [])
    assert last == "while you work, name files: python3 start.py test tests/botlib/test_bot.py"


def test_live_tries_the_real_accounts_and_nothing_else(scripted):
    _, _, ran = scripted(["-m", "live", "-k", "telegram"])
    assert len(ran) == 1 and ran[0].startswith("pytest ")
    assert ran[0].endswith("tests/botlib/test_real_accounts.py -m live -k telegram")


@pytest.mark.parametrize(
    ("arguments", "statuses", "last"),
    [
        ([], {}, "all good"),
        ([], {"ruff format": 1}, "failed: format"),
        ([], {"ruff check": 1}, "failed: lint"),
        ([], {"pytest": 1}, "failed: tests"),
        ([], {"pytest": 5}, "failed: tests"),  # none was found
        (["--lint"], {"pytest": 1}, "all good"),
        (["--all"], {}, "all good"),
        (["--all"], {"maxfail": 0, "pytest": 1}, "all good"),  # the second time, all passed
        (["--all"], {"pytest": 1}, "failed: tests"),
        (["--all"], {"maxfail": 0, "pytest": 2}, "failed: tests"),  # nothing runs again
        (["--all"], {"below": ["lessons"]}, "failed: coverage of lessons"),
        (["--all", "-x"], {"below": ["lessons"]}, "all good"),
    ],
)
def test_what_failed_is_named_in_the_last_line(scripted, arguments, statuses, last):
    status, said, _ = scripted(arguments, statuses)
    assert (status, said) == (int(last != "all good"), last)


def test_the_second_try_has_what_failed_alone_and_whole_notebooks(scripted):
    _, _, ran = scripted(["--all", "-n", "2", "tests/repo"], {"maxfail": 0, "pytest": 1})
    first, second = [line for line in ran if "pytest" in line]
    assert first.endswith("-n 2 tests/repo")
    assert second.endswith(" -n0 notebooks/05.ipynb tests/test_a.py::test_b[a::Cell]")
    assert "-m not machine" in first and "-m not machine" in second


@pytest.mark.slow("all checks")
def test_the_end_says_what_was_left_out_and_what_was_slow(runner, capfd):
    assert runner.main([]) == 0
    said = capfd.readouterr().out
    assert "1 passed" in said and "slowest 10 durations" in said
    left_out = re.search(r"left out: 2 tests =+\n +1 (.*)\n +1 (.*)\n", said)
    assert set(left_out.groups()) == {"slow, it waits", "machine, an image"}
    assert said.splitlines()[-1] == "all good"


@pytest.mark.slow("all checks")
@pytest.mark.parametrize(
    ("option", "last"),
    [("-n0", "failed: format, lint, tests, types"), ("--lint", "failed: format, lint, types")],
)
def test_each_kind_of_fault_is_found(runner, course, capfd, option, last):
    test, wrong = course / "tests/repo/test_wrong.py", course / "lessons/wrong.py"
    test.write_text("import os\ndef test_wrong( ): assert False\n")
    wrong.write_text('"""Wrong."""\n\nNUMBER: int = "one"\n')
    (course / "my_bot").mkdir(exist_ok=True)  # a learner's own folder is not judged
    (course / "my_bot/test_hers.py").write_text("import re\ndef test_hers( ): assert False\n")
    assert runner.main([option]) == 1
    said = capfd.readouterr().out
    test.unlink(), wrong.unlink()
    assert said.splitlines()[-1] == last
    assert "lessons/wrong.py:3: error: Incompatible types" in said and "my_bot" not in said
    assert ("FAILED tests/repo/test_wrong.py::test_wrong" in said) == (option == "-n0")


@pytest.mark.slow("all checks")
def test_all_tries_again_what_failed(runner, course, capfd):
    (course / "deploy/room.py").write_text(ROOM)
    (course / "tests/repo/test_failing.py").write_text(FAILING)
    assert runner.main(["--all"]) == 1
    said = capfd.readouterr().out
    (course / "tests/repo/test_failing.py").unlink()
    first, second = re.findall(r"^=+ (\d+ failed.*) in [\d.]+s", said, re.M)
    assert (first, second[:18]) == ("2 failed, 2 passed", "1 failed, 1 passed"), said
    assert said.splitlines()[-1] == "failed: tests"


# --- what is skipped ----------------------------------------------------------------------------

SKIPPING = """
import pytest

def test_that_runs():
    pass

def test_without_a_browser():
    pytest.skip("NO NETSCAPE: install it")

@pytest.mark.skipif(True, reason="a container's root may write everywhere")
def test_read_only():
    pass

@pytest.mark.xfail
def test_known_to_fail():
    assert False
"""


def test_in_ci_a_skip_fails_unless_it_is_allowed(tmp_path):
    for name in ("tests/helpers/skip_guard.py", "tests/skips.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "conftest.py").write_text("from skip_guard import *")
    (tmp_path / "test_some.py").write_text(SKIPPING)
    (tmp_path / "test_all.py").write_text("import pytest\npytest.importorskip('no_such_package')\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:nbval"]
    command += ["--continue-on-collection-errors"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"CI": "true"}, capture_output=True, text=True
    )
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in done.stdout
    assert "Skipped: NO NETSCAPE: install it\nIn CI everything runs" in done.stdout
    assert re.search(r"could not import 'no_such_package'.*\n *In CI everything runs", done.stdout)


def test_here_a_skip_is_named_at_the_end_too(pytestconfig):
    assert "s" in pytestconfig.getoption("reportchars")


# --- a bot's own tests --------------------------------------------------------------------------

STORE = """
from botlib.store import open_store
store = open_store()
mine = open_store('sqlite:///mine.sqlite3')
bot.command('count')(lambda m: str(store.increment('n') + mine.increment('n')))
"""
MORE = """
import os
from main import bot

def test_mine(telegram_sandbox):
    assert telegram_sandbox.url
    assert not os.environ.get('TELEGRAM_TOKEN')

def test_count():
    assert bot.ask('!count') == '2'
"""


LONG = "goodbye, and thank you for all that you have said to me on this long evening, "


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a bot's folder lies, beside what is not the bot's."""
    folder = tmp_path_factory.mktemp("bots")
    (folder / "conftest.py").write_text("raise RuntimeError('not hers')\n")
    (folder / "test_other.py").write_text("assert False\n")
    return folder


@pytest.fixture
def my_bot(folder, monkeypatch):
    """A new bot."""
    shutil.rmtree(folder / "my_bot", ignore_errors=True)
    make_folder(folder / "my_bot")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:a")
    monkeypatch.setattr(sys, "path", sys.path[:])
    return folder / "my_bot"


def check(capfd, my_bot, *arguments):
    """Run the tests of a bot; gives pytest's exit status and what was said."""
    status = bot_tests.main(my_bot, list(arguments))
    return status, capfd.readouterr().out


@pytest.mark.parametrize("words", [["my_bot", "-q"], ["my_bot/test_more.py", "-q"]])
def test_of_a_bot_only_its_own_tests_run_without_its_token_and_its_store(
    capfd, my_bot, monkeypatch, words
):
    (my_bot / "untidy.py").write_text("import os\ndef nobody( ): pass\n")
    (my_bot / "test_more.py").write_text(MORE)
    with (my_bot / "main.py").open("a") as main:
        main.write(STORE)
    monkeypatch.setenv("STORE_URL", f"sqlite:///{my_bot / 'real.sqlite3'}")
    status, said = check(capfd, my_bot, *words)
    assert (status, f"{3 - words[0].count('/')} passed" in said) == (0, True), said
    assert not [*my_bot.parent.rglob("*.sqlite3")]


def test_of_a_bot_its_own_settings_for_pytest_count(capfd, my_bot):
    (my_bot / "test_main.py").rename(my_bot / "hers.py")
    (my_bot / "pyproject.toml").write_text('[tool.pytest.ini_options]\npython_files = "hers.py"\n')
    status, said = check(capfd, my_bot, "my_bot", "-q")
    assert status == 0 and "1 passed" in said, said


@pytest.mark.parametrize(
    ("right", "wrong", "status", "says", "last"),
    [
        # The whole answer, not shortened.
        ("hello {", f"{LONG}{{", 1, f"'{LONG}Viktor!' == 'hello Viktor!'", "1 failed"),
        ("bot =", "import no_such_package\nbot =", 2, "", "Put no_such_package into my_bot/requ"),
        ("(message):", "(message)", 2, "main.py", "No test was run. Fix this first."),
    ],
)
def test_of_a_bot_that_fails_says_why(capfd, my_bot, right, wrong, status, says, last):
    main = my_bot / "main.py"
    text = main.read_text()
    assert right in text
    main.write_text(text.replace(right, wrong, 1))
    found, said = check(capfd, my_bot, "my_bot")
    assert found == status and says in said
    assert last in said.splitlines()[-1]
    assert "collecting" not in said or wrong.startswith("import")


def test_of_a_bot_without_a_test_one_is_suggested(capfd, my_bot):
    (my_bot / "test_main.py").unlink()
    status, said = check(capfd, my_bot, "my_bot")
    assert status == 5 and "has no test to run. Write one: def test_hello()" in said
