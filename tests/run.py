"""Every check of the course, one after the other: python3 start.py test [OPTION …] [PATH …]

Format and lint (ruff), types (mypy), then tests and notebooks (pytest), which takes the options
and paths: tests/botlib/test_bot.py, notebooks/05*, -k hello, -x.

python3 start.py test --lint    runs ruff and mypy alone: before a commit, and first in CI

python3 start.py test -m live   tries your own tokens at the real Telegram and Twitch, and does
                                nothing else; it says of each test why it was left out

A folder of your own, as `start.py new` makes it, is another matter: python3 start.py test my_bot
runs the tests in it, and nothing of the course's. They have its fixtures (sandbox/README.md), and
no test of a bot gets a token.
"""

import ast
import os
import subprocess
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
OURS = ("botlib", "sandbox", "lessons", "deploy", "tests", "benchmarks", "notebooks")
OURS += ("start.py", "conftest.py")  # and nothing that a learner has put beside them
THERE = [name for name in OURS if (HERE / name).exists()]
CHECKS = {
    "format": ["ruff", "format", "--check", *THERE],
    "lint": ["ruff", "check", *THERE],
    "types": ["mypy"],
    # A notebook's cells share a kernel, so a file is never divided among the workers. There is one
    # more of them than cores, as a test mostly waits: for another program, or for time to pass.
    "tests": ["pytest", "-n", str((os.cpu_count() or 2) + 1), "--dist=loadfile"],
}
TOKENS = ("TELEGRAM_", "TWITCH_")  # what the names of a bot's settings begin with
BROKEN, NO_TEST = 2, 5  # pytest's exit statuses: a file cannot be imported; nothing was found
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
        return subprocess.call([sys.executable, "-m", *LIVE, *options])
    if arguments[:1] == ["--own"]:
        return own(Path(arguments[1]), arguments[2:])
    failed = []
    checks = dict(CHECKS)
    if arguments == ["--lint"]:
        del checks["tests"]
    for name, command in checks.items():
        words = command + arguments if name == "tests" else command
        print(f"--- {name}: {' '.join(words)}", flush=True)
        if subprocess.call([sys.executable, "-m", *words]):
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else f"all good: {', '.join(checks)}")
    return 1 if failed else 0


def own(folder, arguments):
    """Run a bot's own tests, as if its folder lay alone; pytest's exit status."""
    unread = [words for path in sorted(folder.glob("*.py")) if (words := unreadable(path))]
    if unread:
        print(*unread, "No test was run: first mend this.", sep="\n")
        return BROKEN
    alone = ["-o", "addopts=", "--rootdir", str(folder), "--confcutdir", str(folder)]
    # No more than a beginner reads: of an error the lines it went through, of an answer all of it.
    alone += ["--no-header", "--tb=short", "-rN", "-o", "verbosity_assertions=2"]
    before = filter(None, [os.environ.get("PYTHONPATH")])
    path = os.pathsep.join([str(HERE), str(HERE / "sandbox"), *before])
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(TOKENS)}
    status = subprocess.call(
        [sys.executable, "-m", "pytest", *alone, "-p", "bot_sandbox.pytest_plugin", *arguments],
        env=environment | {"COURSE_WORLD": "sandbox", "PYTHONPATH": path},
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
    sys.path.insert(0, str(HERE))
    from botlib.run import load_bot

    try:
        load_bot(file)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
