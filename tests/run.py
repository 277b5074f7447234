"""Every check of the course: python3 start.py test [OPTION …] [PATH …]

python3 start.py test           seven minutes: format, lint, types, every fast test, and every
                                notebook as you get it and with its exercises solved
python3 start.py test --all     forty minutes: everything but what boots machines or builds images;
                                it fails if too few branches are taken
python3 start.py test -m machine   only what boots machines or builds images
python3 start.py test --lint    seconds: only format, lint and types
python3 start.py test -m live   tries your own tokens at the real Telegram and Twitch, and does
                                nothing else; it says of each test why it was left out

Options and paths go to pytest: tests/botlib/test_bot.py, notebooks/05*, -k hello, -x. The end of a
run says which tests failed, which were left out, and which ten were the slowest.

A folder of your own, as `start.py new` makes it, is another matter: python3 start.py test my_bot
runs the tests in it, and nothing of the course's. They have its fixtures (sandbox/README.md), and
no test of a bot gets a token.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))  # for start.py

import start  # noqa: E402

OURS = ["botlib", "sandbox", "lessons", "deploy", "docs", "tests", "benchmarks", "notebooks"]
OURS += ["start.py", "conftest.py"]  # and nothing that a learner has put beside them
THERE = [name for name in OURS if (HERE / name).exists()]
FORMAT = ["ruff", "format", "--check", *THERE]
LINT = ["ruff", "check", *THERE]
TYPES = ["mypy"]
PYTEST = ["pytest", "-c", "pyproject.toml"]  # also for the sandbox's tests, which have their own
# Four workers more than cores, because a test often waits for another program. A file stays with
# one of them: the cells of a notebook share a kernel. -P, because a file of the course's folder
# must not be taken for one of a program's modules.
WORKERS = (os.cpu_count() or 2) + 4
TESTS = [*PYTEST, "--tx", f"{WORKERS}*popen//python={shlex.quote(sys.executable)} -P"]
TESTS += ["--dist=loadfile", "--no-loadscope-reorder"]
ALL = ["-m", "not machine", "--hypothesis-profile=all"]
AGAIN = ["--maxfail=3", "-n0"]  # what failed, with nothing beside it
FAILED = HERE / ".pytest_cache/v/cache/lastfailed"  # as pytest keeps it
SOME_FAILED = 1  # pytest's exit status
LIVE = ["pytest", "-q", "-rpfEs", "--no-fold-skipped", "--disable-warnings"]
LIVE += ["tests/botlib/test_real_accounts.py"]


def main(arguments: list[str]) -> int:
    """Run the checks, the later ones after a failure too; return the exit status."""
    if "--quick" in arguments:
        print("There is no --quick any more. `python3 start.py test` is the quick level now;")
        print("while you work, name files: python3 start.py test tests/botlib/test_bot.py")
        return 2
    if "live" in arguments and arguments[arguments.index("live") - 1] == "-m":
        return run(*LIVE, *(word for word in arguments if word != "tests"))
    options = [word for word in arguments if word not in ("--all", "--lint")]
    failed = [name for name, command in (("format", FORMAT), ("lint", LINT)) if run(*command)]
    print_command(TYPES)
    # Beside the tests, because it uses one core.
    types = subprocess.Popen(
        [sys.executable, "-P", "-m", *TYPES], cwd=HERE, text=True, stdout=subprocess.PIPE
    )
    if "--all" in arguments:
        failed += test_all(options)
    elif "--lint" not in arguments and run(*TESTS, *options):
        failed.append("tests")
    said, _ = types.communicate()
    print(said, end="")
    failed += ["types"] * bool(types.returncode)
    print(f"failed: {', '.join(failed)}" if failed else "all good")
    return 1 if failed else 0


def test_all(options: list[str]) -> list[str]:
    """Run all tests and measure which branches they take; return what failed."""
    import branch_coverage  # type: ignore[import-not-found]  # only --all has brought its package

    failed = []
    with branch_coverage.measured():
        status = run(*TESTS, *ALL, "--cache-clear", *options)
        if status == SOME_FAILED:
            status = run(*PYTEST, *ALL, *AGAIN, *failed_tests())
    if status:
        failed.append("tests")
    below = branch_coverage.report()
    if not options:  # a part of the tests can't reach what all of them do
        failed += [f"coverage of {name}" for name in below]
    return failed


def failed_tests() -> list[str]:
    """Return the names of the tests that failed; of a notebook all, as its cells need each other.

    That is what pytest's own --last-failed would not do.
    """
    names = json.loads(FAILED.read_text(encoding="utf-8"))
    return sorted({name.partition("::Cell ")[0] for name in names})


def run(*words: str) -> int:
    """Run a module of this Python in the course's folder; return its exit status."""
    print_command(words)
    return start.run(sys.executable, "-P", "-m", *words)


def print_command(words: Sequence[str]) -> None:
    """Say what runs next."""
    print(f"--- {shlex.join(words)}", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is open gets closed
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
