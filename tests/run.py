"""Every check of the course, one after the other: python3 start.py test [OPTION …] [PATH …]

Format and lint (ruff), types (mypy), then tests and notebooks (pytest), which takes the options
and paths: tests/botlib/test_bot.py, notebooks/05*, -k hello, -x.

python3 start.py test --lint    runs ruff and mypy alone: before a commit, and first in CI
python3 start.py test --quick   takes some minutes: it leaves out what is slow, and says what
python3 start.py test           takes about twenty minutes
python3 start.py test --all     takes over an hour: also what needs images and foreign programs. It
                                measures which branches are taken, and fails if they are too few. A
                                test that fails beside thousands of others has a second try, alone
python3 start.py test -m live   tries your own tokens at the real Telegram and Twitch, and does
                                nothing else; it says of each test why it was left out

A folder of your own, as `start.py new` makes it, is another matter: python3 start.py test my_bot
runs the tests in it, and nothing of the course's. They have its fixtures (sandbox/README.md), and
no test of a bot gets a token.
"""

import ast
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from report import HERE, LAST_TEST, start  # beside this file

OURS = ("botlib", "sandbox", "lessons", "deploy", "docs", "tests", "benchmarks", "notebooks")
OURS += ("start.py", "conftest.py")  # and nothing that a learner has put beside them
THERE = [name for name in OURS if (HERE / name).exists()]
WORKERS = (os.cpu_count() or 2) + 2
# -P, because a file of the course's folder must not be taken for one of a program's modules.
PYTHON = f"{shlex.quote(sys.executable)} -P"
CHECKS = {
    "format": ["ruff", "format", "--check", *THERE],
    "lint": ["ruff", "check", *THERE],
    "types": ["mypy"],
    # A notebook's cells share a kernel, so a file is never divided among the workers. There are two
    # more of them than cores, as a test mostly waits: for another program, or for time to pass.
    # conftest.py says which file is first.
    "tests": [
        *("pytest", "--tx", f"{WORKERS}*popen//python={PYTHON}"),
        *("--dist=loadfile", "--no-loadscope-reorder"),
    ],
}
WAYS = {  # what each tells pytest
    "--lint": [],
    "--quick": ["-m", "not slow and not full"],
    "": [],
    "--all": ["-m", ""],
}
TOKENS = ("TELEGRAM_", "TWITCH_")  # what the names of a bot's settings begin with
PYTEST_FILES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
FAILED, BROKEN, NO_TEST = 1, 2, 5  # pytest's exit statuses: a test; an import; nothing was found
FEW = 8  # more tests than these fail for another reason than what runs beside them
# Each test is named with what became of it and, if it was left out, why.
LIVE = [
    "pytest",
    "-q",
    "-rpfEs",
    "--no-fold-skipped",
    "--disable-warnings",
    "tests/botlib/test_real_accounts.py",
]


def main(arguments):
    """Run them all, the later ones after a failure too; the arguments go to pytest."""
    if "live" in arguments and arguments[arguments.index("live") - 1] == "-m":
        options = [word for word in arguments if word != "tests"]  # as in `tests -m live`
        return subprocess.call([sys.executable, "-P", "-m", *LIVE, *options])
    if arguments[:1] == ["--own"]:
        words = [word for word in arguments[2:] if word not in WAYS]  # a bot's tests all run
        return own(Path(arguments[1]), words)
    way, *others = [word for word in arguments if word in WAYS] or [""]
    if others:
        print("Choose one of --lint, --quick and --all.")
        return 2
    options = [word for word in arguments if word not in WAYS]
    # Those of the learner come last, so that her own -m counts.
    tests = [*CHECKS["tests"], *WAYS[way], *options]
    words = shlex.join(["start.py", "test", *arguments])
    keeps = "no:cacheprovider" not in options
    if keeps:
        keep({"words": words, "status": None, "failed": [], "tests": []})
    failed, names = [], []
    checks = CHECKS | {"tests": tests}
    if way == "--lint":
        del checks["tests"]
    for name, command in checks.items():
        print(f"--- {name}: {shlex.join(command)}", flush=True)
        if name != "tests":
            status = start.run(sys.executable, "-P", "-m", *command)
        elif way == "--all":
            status, names, below = run_measured(tests)
            if below and not options:  # a part of the tests cannot reach what all of them do
                print(f"Too few branches are taken in {', '.join(below)}: write tests for them.")
                failed.append("coverage")
        else:
            status, names = run_tests(tests)
        if status:
            failed.append(name)
    done = [*checks, *(["coverage"] if way == "--all" else [])]
    print(*(f"this test failed: {name}" for name in names), sep="\n", end="\n" if names else "")
    print(f"failed: {', '.join(failed)}" if failed else f"all good: {', '.join(done)}")
    if keeps:
        keep({"words": words, "status": int(bool(failed)), "failed": failed, "tests": names})
    return 1 if failed else 0


def run_tests(command):
    """Run pytest; its exit status, and the names of failed tests (conftest.py writes them)."""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder, "failed")
        os.environ["COURSE_FAILED_TESTS"] = str(names)
        try:
            status = start.run(sys.executable, "-P", "-m", *command)
        finally:
            del os.environ["COURSE_FAILED_TESTS"]
        return status, names.read_text("utf-8").splitlines() if names.exists() else []


def run_measured(command):
    """Run pytest and say which branches were taken; also the packages where they are too few."""
    import branch_coverage  # not at the top: only --all has brought its package

    with branch_coverage.measured():
        status, names = run_tests(command)
        # Of a notebook all cells, as a cell needs those before it.
        alone = dict.fromkeys(re.sub(r"::Cell .*", "", name) for name in names)
        if status == FAILED and len(alone) <= FEW:
            status, names = run_alone(names, alone)
    print("--- coverage: lines and branches that the tests run", flush=True)
    return status, names, branch_coverage.report()


def run_alone(names, alone):
    """Run a few failed tests once more, with nothing beside them; as `run_tests`."""
    print("--- failed tests once more, alone", flush=True)
    status, still = run_tests(["pytest", "-m", "", *alone])
    for name in names if status in (0, FAILED) else []:
        if name not in still:
            print(f"passed alone, so it depends on what runs beside it: {name}")
    return status, still


def keep(result):
    """Remember how the tests ended, for `start.py report`."""
    with suppress(OSError):  # the folder may not be ours to write in
        LAST_TEST.parent.mkdir(exist_ok=True)
        LAST_TEST.write_text(json.dumps(result, indent=1), encoding="utf-8")


def own(folder, arguments):
    """Run a bot's own tests, as if its folder lay alone; pytest's exit status."""
    unread = [words for path in sorted(folder.glob("*.py")) if (words := unreadable(path))]
    if unread:
        print(*unread, "No test was run. Fix this first.", sep="\n")
        return BROKEN
    alone = ["-o", "addopts=", "--rootdir", str(folder), "--confcutdir", str(folder)]
    # No more than a beginner reads: of an error the lines it went through, of an answer all of it.
    alone += ["--no-header", "--tb=short", "-rN", "-o", "verbosity_assertions=2"]
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(TOKENS)}
    environment |= {"BOT_WORLD": "sandbox"}
    environment.pop("STORE_URL", None)
    with tempfile.TemporaryDirectory() as scores:  # a test must not touch the bot's own store
        # The settings in the bot's folder, or none: pytest would look in the folders above it.
        settings = [folder / name for name in PYTEST_FILES if (folder / name).is_file()]
        empty = Path(scores, "pytest.ini")
        empty.touch()
        alone += ["-c", str([*settings, empty][0]), "-p", "bot_sandbox.pytest_plugin"]
        status = subprocess.call(
            [sys.executable, "-P", "-m", "pytest", *alone, *arguments],
            env=environment | {"STORE_FOLDER": scores},
        )
    if status == NO_TEST:
        print(f"{folder} has no test to run. Write one: def test_hello(): … in test_main.py")
    if status == BROKEN:
        print()
        say_what_is_wrong(folder / "main.py")
    return status


def unreadable(path):
    """Why Python cannot read a file; "" if it can. (pytest tells it amid its own insides.)"""
    try:
        ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        return "".join(traceback.format_exception_only(error))
    return ""


def say_what_is_wrong(file):
    """In a line, if it is the bot's own file that cannot be imported."""
    from botlib.run import load_bot

    try:
        load_bot(file)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is open gets closed
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
