"""The webhook that is written by hand: three saves, each checked, and her own tests of it."""

import subprocess
import sys

import pytest

from lessons.alone.check import check_alone, start_alone
from lessons.alone.sections import SECTIONS
from lessons.progress.course_map import was_passed

CODE = SECTIONS["webhook.py"].solution
TESTS = SECTIONS["test_webhook.py"].solution
SECRET = CODE[CODE.index('    given = ""') : CODE.index('    body = event["body"]')]
NUMBER = CODE[CODE.index("    if not is_new(") : CODE.index("    message = ")]
SAVE_2 = CODE.replace(NUMBER, "")
SAVE_1 = SAVE_2.replace(SECRET, "")

pytestmark = pytest.mark.slow("functions that are started")


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """The folder of the files that are written alone, in a course with settings for pytest."""
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--nix"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "own"))
    start_alone("webhook.py")
    return tmp_path / "workshop/alone"


@pytest.fixture
def check(alone, capsys):
    """Save this text, and return what the check of a part says of it."""

    def check(text, part=0, file="webhook.py"):
        (alone / file).write_text(text)
        capsys.readouterr()
        check_alone(file, part)
        return capsys.readouterr().out

    return check


def test_each_save_is_checked_and_the_next_one_is_missed(check):
    assert check(SAVE_1, 1).startswith("✔ passed: save 1 of 3.")
    said = check(SAVE_1, 2)
    assert (
        "Mallory called with a secret that she guessed. Your function returned status 200" in said
    )
    assert "→ Mallory was believed." in said
    assert check(SAVE_2, 2).startswith("✔ passed: save 2 of 3.")
    said = check(SAVE_2, 3)
    assert "The same update came a second time." in said and "replied again" in said
    assert [was_passed("06_telegram_calls", number) for number in (4, 5, 6)] == [True, True, False]
    assert check(CODE, 3).startswith("✔ passed: save 3 of 3.")
    assert was_passed("06_telegram_calls", 6)


def test_a_variable_is_forgotten_by_the_next_instance(check):
    by_set = CODE.replace(CODE[CODE.index("    try:\n") :], "    is_known = update_id in KNOWN\n")
    by_set += "    KNOWN.add(update_id)\n    return not is_known\n\n\nKNOWN = set()\n"
    said = check(by_set, 3)
    assert "The same update came a third time, to a new instance. " in said
    assert "A variable lives as long as its instance" in said


def test_a_mode_that_keeps_the_file_is_named(check):
    said = check(CODE.replace('"x"', '"a"'), 3)
    assert "Only one mode of open fails if the file is there" in said


def test_a_second_update_may_get_any_status_that_telegram_takes(check):
    code = CODE.replace('{"statusCode": 200}', '{"statusCode": 204}')
    assert check(code, 3).startswith("✔ passed: save 3 of 3.")


def test_a_file_that_is_there_may_be_suppressed(check):
    text = f"from contextlib import suppress\n{CODE[: CODE.index('    try:')]}"
    text += """\
    if not SEEN.exists():
        SEEN.mkdir()
    with suppress(FileExistsError):
        open(SEEN / str(update_id), "x").close()
        return True
    return False
"""
    assert check(text, 3).startswith("✔ passed: save 3 of 3.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nix\n", "No module named 'nix'"),
        (
            "def handler(event, context):\n    return 1 / 0\n",
            "webhook.py:2: return 1 / 0\nZeroDivisionError: division by zero\nExpected status 200",
        ),
        (
            CODE.replace("hello {message['from']['first_name']}", "hello you"),
            'Expected status 200, and a body with "sendMessage", chat_id 500000001 and a text '
            "with Viktor",
        ),
        (
            CODE.replace("application/json", "text/plain"),
            "Viktor wrote hello on Telegram, and no reply came. ",
        ),
        (
            CODE.replace("if not hmac", "if hmac"),
            "→ This call had the right secret. Is there a not before hmac.compare_digest?",
        ),
    ],
)
def test_it_says_what_somebody_did_and_what_came_back(check, text, words):
    said = check(text, 1)
    assert said.startswith("… not yet: Viktor wrote ")
    assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def test_one(): pass\ndef test_two(): pass\n", "they don't notice if every secret"),
        (TESTS[: TESTS.index("def test_an")], "found 1 test in test_webhook.py, expected two"),
        ("def twice(): pass\n", "pytest found no test in test_webhook.py."),
        (
            TESTS.replace("assert handler", "handler"),
            "every secret is believed. A comparison tests something only behind assert",
        ),
        (
            TESTS.replace('.get("body", "")', '["body"]'),
            'This response has no body. If that is right, ask by .get("body", "").',
        ),
        (
            TESTS.replace("== 403", "== 404"),
            'test_webhook.py:22: assert handler(make_event(1, "a guess"), None)["statusCode"] == '
            "404\nassert 403 == 404",
        ),
    ],
)
def test_tests_that_prove_too_little_are_named(alone, check, text, words):
    (alone / "webhook.py").write_text(CODE)
    assert words in check(text, file="test_webhook.py")


def test_tests_need_the_file_that_they_test(check):
    assert "there is no webhook.py beside it" in check(TESTS, file="test_webhook.py")


def test_tests_may_use_another_file_of_hers(alone, check):
    (alone / "webhook.py").write_text(CODE)
    helper = TESTS[TESTS.index("def make_event") : TESTS.index("def test_a_forged")]
    (alone / "events.py").write_text(f"import json\n\n\n{helper}")
    tests = TESTS.replace(helper, "").replace(
        "import handler\n", "import handler\nfrom events import make_event\n"
    )
    assert check(tests, file="test_webhook.py").startswith("✔ passed: your tests pass")


def test_pytest_in_a_terminal_takes_no_settings_of_the_course(alone):
    (alone / "webhook.py").write_text(CODE)
    (alone / "test_webhook.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:nbval", "workshop/alone"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
