"""test_webhook.py: two tests that a learner writes for her webhook.py, run by plain pytest.

They should pass on her file, also the second time, and notice when it is broken.
"""

from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from typing import NamedTuple

from lessons.alone.pytest_run import ALL_PASSED, NONE_FOUND, SOME_FAILED, PytestResult, run_tests
from lessons.alone.section import Section
from lessons.alone.traps import Trap, find_advice
from lessons.exercises.verdict import NotYet, expect

TESTED_FILE = "webhook.py"
FEWEST_TESTS = 2


class Breakage(NamedTuple):
    """A way to break any webhook.py: lines before it and after it."""

    words: str  # what tests should notice
    before: str = ""
    after: str = ""


BREAKAGES = (
    Breakage(
        "every secret is believed",
        "import hmac\n\nhmac.compare_digest = lambda one, other: True\n",
    ),
    Breakage(
        "an update that comes twice is answered twice",
        after="""

import itertools as _itertools
import json as _json

_handle, _numbers = handler, _itertools.count(1_000_000_000)


def handler(event, context):
    try:
        update = _json.loads(event["body"]) | {"update_id": next(_numbers)}
    except (KeyError, TypeError, ValueError):  # no update
        return _handle(event, context)
    return _handle(event | {"body": _json.dumps(update)}, context)
""",
    ),
)


def write_broken(tests: Path, folder: Path, breakage: Breakage) -> None:
    """Copy her files, with a broken version of what her tests test."""
    copytree(tests.parent, folder, dirs_exist_ok=True, ignore=ignore_patterns("__pycache__"))
    code = (folder / TESTED_FILE).read_text(encoding="utf-8")
    (folder / TESTED_FILE).write_text(f"{breakage.before}{code}{breakage.after}", encoding="utf-8")


def try_tests(path: Path) -> None:
    """Run the tests on the learner's file, twice, and on two broken versions of it."""
    expect(
        (path.parent / TESTED_FILE).is_file(), f"there is no {TESTED_FILE} beside it to be tested"
    )
    with TemporaryDirectory() as folder:
        write_broken(path, Path(folder), Breakage("nothing"))
        first, second = (run_tests(Path(folder), path.name) for _ in range(2))
    check_passed(path, first)
    if second.status != ALL_PASSED:
        what = f"{path.name} passed once, and failed when it ran again"
        raise NotYet(f"{what}:\n{second.words}\n{find_advice([AGAIN_TRAP], second.words)}")
    for breakage in BREAKAGES:
        with TemporaryDirectory() as folder:
            write_broken(path, Path(folder), breakage)
            result = run_tests(Path(folder), path.name)
        expect(
            result.status == SOME_FAILED,
            f"your tests pass on your file. But they don't notice if {breakage.words}. A "
            "comparison tests something only behind assert",
        )


def check_passed(path: Path, result: PytestResult) -> None:
    """Raise NotYet unless at least two tests ran, and all passed."""
    if result.status == NONE_FOUND:
        raise NotYet(f"pytest found no test in {path.name}. A test's name begins with test_")
    if result.status != ALL_PASSED:
        what = f"pytest failed on your {TESTED_FILE}:\n{result.words}"
        raise NotYet(f"{what}\n{find_advice(TRAPS, result.words)}".rstrip())
    found = f"pytest found {result.passed} test in {path.name}"
    expect(result.passed >= FEWEST_TESTS, f"{found}, expected two. A test's name begins with test_")


SET_VARIABLE = 'os.environ["TELEGRAM_SECRET"] = "only a test"\n'
SET_FOLDER = 'os.environ["SEEN_FOLDER"] = tempfile.mkdtemp()\n'
TRAPS = (
    Trap(
        "KeyError: 'TELEGRAM_SECRET'",
        'no cloud sets the variables here. Write os.environ["TELEGRAM_SECRET"] = "only a test" '
        "above the line that imports webhook",
        SET_VARIABLE,
        "",
    ),
    Trap(
        "KeyError: 'SEEN_FOLDER'",
        'no cloud sets the variables here. Write os.environ["SEEN_FOLDER"] = tempfile.mkdtemp() '
        "above the line that imports webhook",
        SET_FOLDER,
        "",
    ),
    Trap(
        "fixture '(event|context|secret|update)",
        "pytest calls a test without arguments. Make the event inside the test",
        "def test_a_forged_call_gets_403():",
        "def test_a_forged_call_gets_403(secret):",
    ),
    Trap(
        "handler\\(\\) missing",
        "hand over two arguments, as a cloud does: handler(event, None)",
        'handler(make_event(1, "a guess"), None)',
        'handler(make_event(1, "a guess"))',
    ),
    Trap(
        r"assert \{'statusCode': \d+.*\} == \d",
        'handler returns a dictionary, and the number in it is handler(event, None)["statusCode"]',
        'None)["statusCode"] == 403',
        "None) == 403",
    ),
    Trap(
        r"test_webhook\.py:.*\n(KeyError: 'body'|.*\{'statusCode': 403\} == )",
        'this response has no body. If that is right, ask by .get("body", ""). If not, your '
        "function refused the call: is the secret in the event the same text as in "
        'os.environ["TELEGRAM_SECRET"]?',
        SET_VARIABLE,
        'os.environ["TELEGRAM_SECRET"] = "another"\n',
    ),
)
AGAIN_TRAP = Trap(
    "",
    "the numbers of the first time were still in the folder. tempfile.mkdtemp() makes a new one "
    "each time",
    SET_FOLDER,
    'os.environ["SEEN_FOLDER"] = "."\n',
)
DONT_NOTICE = (
    Trap(
        "",
        "they don't notice if every secret is believed",
        'assert handler(make_event(1, "a guess"), None)["statusCode"] == 403',
        "assert handler",
    ),
    Trap(
        "",
        "they don't notice if an update that comes twice is answered twice",
        'assert "sendMessage" not in again.get("body", "")',
        "assert again",
    ),
)
WEBHOOK_TESTS = Section(
    "06_telegram_calls",
    7,
    "test_webhook.py",
    "pytest.md",
    try_tests,
    "your tests pass, and they notice two broken versions of your file",
    (*TRAPS, AGAIN_TRAP, *DONT_NOTICE),
)
