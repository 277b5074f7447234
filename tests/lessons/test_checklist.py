"""The list that says whether a bot of one's own is ready to leave."""

import pytest

from bot_sandbox import Telegram
from deploy.new import make_folder
from lessons.cloud import Cloud
from lessons.progress.checklist import (
    DONE,
    HOMES,
    LEFT_OUT,
    OPEN,
    check_bot,
    checklist,
    import_and_check_bot,
    try_home,
    why_tests_fail,
)

pytestmark = pytest.mark.slow("bundles, guides and machines")

TOKEN = f"{10**8}:{'A' * 35}"  # looks like one, and is none

NOTEBOOK_06 = """from botlib.store import open_store
from botlib.telegram.webhook import webhook
from main import bot

handler = webhook(bot, store=open_store())
"""


@pytest.fixture
def folder(tmp_path):
    make_folder(tmp_path / "my_bot")
    return tmp_path / "my_bot"


def points(ready):
    return {point.what: point for point in ready.points}


def test_a_new_folder_is_ready_and_answers_in_each_home(folder):
    (folder.parent / "pytest.ini").write_text("[pytest]\npython_files = none.py\n")  # not hers
    (folder / "test_more.py").write_text("def test_a_fixture(tmp_path):\n    pass\n")
    ready = checklist(folder)
    assert ready.homes == 4, str(ready)
    assert points(ready)["its own tests pass"].mark == DONE, str(ready)
    assert "It is ready to leave." in str(ready) and "It is ready to leave." in ready._repr_html_()
    assert points(ready)["a real token waits in .env"].mark == LEFT_OUT  # in a sandbox


def test_a_file_beside_the_bot_replaces_none_of_pythons(folder):
    (folder / "argparse.py").write_text("raise SystemExit('her own argparse.py')")
    assert check_bot(folder, "!hello") == {"bot": "", "answer": "", "slow": ""}


def test_a_bot_that_thinks_for_long_answers_but_is_told_to_choose_its_home(folder, monkeypatch):
    monkeypatch.setattr("lessons.progress.checklist.LATE_S", -1)
    found = import_and_check_bot(folder, "!hello")
    assert found["answer"] == ""
    assert "slow_brain.ipynb" in found["slow"]


def test_the_homes_do_not_get_the_bots_own_store(folder):
    (folder / "telegram_function.py").write_text(NOTEBOOK_06, encoding="utf-8")
    with Telegram() as telegram, Cloud() as cloud:
        account = telegram.new_bot("Hello bot", "hello_bot")
        settings = {
            "TELEGRAM_API": telegram.url,
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": "correct-horse-battery",
            "STORE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
        }
        handler = "telegram_function.handler"
        function = cloud.deploy("bot", folder, handler=handler, environment=settings)
        secret = settings["TELEGRAM_SECRET"]
        telegram.call(account, "setWebhook", url=function.url, secret_token=secret)
        telegram.person("Viktor").ask("!hello", timeout=30)
    assert [try_home(folder, "!hello", *home).mark for home in HOMES] == [DONE] * 4


def test_what_is_wrong_is_told_and_a_home_that_is_not_there_is_left_out(folder):
    (folder / "twitch_function.py").unlink()
    (folder / "telegram_function.py").write_text("import nothing_of_this_name\n\nhandler = None\n")
    main = (folder / "main.py").read_text().replace("hello {", "good day {")
    (folder / "main.py").write_text(main)
    ready = checklist(folder)
    found = points(ready)
    assert ready.homes == 2
    remedy = found["its own tests pass"].remedy
    assert remedy.startswith("test_main.py:7: assert bot.ask(")
    assert remedy.endswith("; AssertionError: assert 'good day Viktor!' == 'hello Viktor!'")
    assert "nothing_of_this_name" in found["its zip is made, and small enough"].remedy
    in_a_function = found["it answers as a function that Telegram calls"]
    assert in_a_function.mark == OPEN
    assert "import module 'telegram_function': No module named" in in_a_function.remedy
    assert found["it answers as a function that Twitch calls"].mark == LEFT_OUT
    assert found["it answers as a program that holds a line to Twitch"].mark == DONE


def test_no_home_is_tried_before_the_bot_answers(folder):
    (folder / "main.py").write_text(
        f'from botlib import Bot\n\nprint("loud")\nbot = Bot()\nTOKEN = "{TOKEN}"\n\n'
        '@bot.command("hi")\ndef hi(message):\n    message.user\n'
    )
    (folder / "test_main.py").write_text("")
    ready = checklist(folder)
    found = points(ready)
    assert "only !help, !hi" in found["it answers !hello"].remedy
    assert "it has none" in found["its own tests pass"].remedy
    assert "holds a Telegram bot token, in line 5" in found["no token is in its files"].remedy
    assert TOKEN not in str(ready)
    assert found["it answers in each of its homes"].mark == OPEN
    assert "Does it end with return?" in import_and_check_bot(folder, "!hi")["answer"]


def test_a_folder_without_a_bot_says_what_is_there(folder):
    (folder / "main.py").write_text("robot = 1\n")
    assert "has no `bot`" in import_and_check_bot(folder, "!hello")["bot"]
    (folder / "main.py").write_text("raise SystemExit(3)\n")
    assert "does not run: SystemExit" in import_and_check_bot(folder, "!hello")["bot"]
    (folder / "main.py").write_text("import os; os._exit(3)\n")
    assert "ended the program" in points(checklist(folder))["main.py makes `bot`"].remedy


def test_a_test_that_fails_in_the_bots_own_file_names_that_line_and_the_error(folder):
    main = (folder / "main.py").read_text().replace("message.user", "mesage.user")
    (folder / "main.py").write_text(main)
    remedy = why_tests_fail(folder)
    assert remedy.startswith("main.py:10: ") and "mesage.user" in remedy
    assert remedy.endswith("; NameError: name 'mesage' is not defined")


def test_a_test_file_that_python_cannot_read_is_named_with_its_line(folder):
    (folder / "tests").mkdir()
    (folder / "tests/test_x.py").write_text("def test_a(:\n    pass\n")
    said = why_tests_fail(folder)
    assert "tests/test_x.py:1: def test_a(:" in said and "SyntaxError: invalid syntax" in said


def test_a_command_that_fails_is_told_with_its_line(folder):
    main = (folder / "main.py").read_text().replace("message.user", "message.usr")
    (folder / "main.py").write_text(main)
    remedy = import_and_check_bot(folder, "!hello")["answer"]
    assert "!hello raises AttributeError" in remedy and "in main.py, line " in remedy


def test_who_asks_without_a_sign_is_told_so(folder):
    assert 'ask="!hello"' in import_and_check_bot(folder, "hello")["answer"]
