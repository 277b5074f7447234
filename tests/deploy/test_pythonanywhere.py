"""start.py deploy pythonanywhere: from nothing to a reply and back to nothing, on an imitation."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from her_bot import EARLY, HER_BOT, write_her_bot
from raw_server import answering, http
from readme_commands import DOCUMENTS, fresh_course, run_line, walk

from bot_sandbox import Telegram
from botlib.details.settings import NAMES
from deploy.bundle.target import find_python
from deploy.new import main as new
from deploy.pythonanywhere.__main__ import main
from deploy.pythonanywhere.api import PythonAnywhere as Api
from deploy.pythonanywhere.api import PythonAnywhereError
from lessons.pythonanywhere import PythonAnywhere

pytestmark = pytest.mark.slow("bundles, guides and machines")

SECRET = "correct-horse-battery"
COUNT = """

@bot.command("count")
def count(message):
    from botlib.store import open_store

    return str(open_store().increment("count"))
"""


ELSEWHERE = "127.1"  # this machine, by a name that a program takes for another one's


@pytest.fixture
def telegram():
    with Telegram(allow_hosts=[ELSEWHERE]) as telegram:
        yield telegram


@pytest.fixture
def account(request):
    with PythonAnywhere(allow=getattr(request, "param", ())) as account:
        yield account


@pytest.fixture
def bot(telegram, account, monkeypatch, tmp_path):
    """A bot's folder, its Telegram, and settings that lead to both imitations."""
    for names in NAMES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
    telegram.bot = telegram.new_bot("Hello bot", "hello_bot")
    for name, value in {
        "PYTHONANYWHERE_USERNAME": account.username,
        "PYTHONANYWHERE_TOKEN": account.token,
        "PYTHONANYWHERE_API": account.api,
        "PYTHONANYWHERE_SITE": account.url,
        "TELEGRAM_TOKEN": telegram.bot.token,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": telegram.url,
        "STORE_URL": "memory://",  # of this machine, and nothing that the bot gets there
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert new(["my_bot"]) == 0
    return tmp_path / "my_bot"


@pytest.fixture
def type_command(capsys, account, telegram):
    """Type a command; return its status and all that it showed, which is never a secret."""

    def type_it(*words):
        capsys.readouterr()
        status = main(["pythonanywhere", *map(str, words)])
        shown = "".join(capsys.readouterr())
        for secret in (account.token, telegram.bot.token, telegram.bot.token[-20:], SECRET):
            assert secret not in shown
        return status, shown

    return type_it


def webhook_of(telegram):
    return telegram.call(telegram.bot.token, "getWebhookInfo")["url"]


def files(account):
    """The account's files: all paths below the folders that it may write."""
    root = account.home.parents[1]
    return sorted(
        path.relative_to(root).as_posix()
        for top in (account.home, root / "var/www", root / "var/log")
        for path in top.rglob("*")
        if path.is_file()
    )


def test_from_nothing_to_a_reply_a_change_and_back_to_nothing(
    bot, account, telegram, viktor, type_command
):
    before = files(account)
    with (bot / "main.py").open("a") as file:
        file.write(COUNT)

    status, shown = type_command(bot)
    assert status == 0, shown
    steps = [line[:5] for line in shown.splitlines() if line.startswith("[")]
    assert steps == [f"[{number}/6]" for number in range(1, 7)]
    assert "for Python 3.13" in shown and "It runs until 20" in shown
    assert webhook_of(telegram) == f"{account.url}/"
    assert viktor.ask("!hello") == "hello Viktor!"
    assert viktor.ask("!count") == "1"

    settings = account.home / "deployed_bot/settings.json"
    names = {"TELEGRAM_TOKEN", "TELEGRAM_SECRET", "TELEGRAM_API", "TELEGRAM_USERNAME"}
    assert json.loads(settings.read_text()).keys() == names
    text = {path: (account.home.parents[1] / path).read_bytes() for path in files(account)}
    holding = [path for path, content in text.items() if SECRET.encode() in content]
    assert holding == ["home/viktor/deployed_bot/settings.json"]

    first = {path.name for path in (account.home / "deployed_bot").glob("app-*")}
    source = (bot / "main.py").read_text().replace("hello {message", "welcome, {message")
    (bot / "main.py").write_text(source)
    status, shown = type_command(bot)
    assert status == 0, shown
    assert viktor.ask("!hello") == "welcome, Viktor!"
    assert viktor.ask("!count") == "2"  # the update has kept the store
    second = {path.name for path in (account.home / "deployed_bot").glob("app-*")}
    assert len(first) == len(second) == 1 and first != second

    status, shown = type_command("--delete")
    assert status == 0, shown
    assert "Nothing is left at PythonAnywhere but your account" in shown
    assert webhook_of(telegram) == ""
    assert files(account) == before
    status, shown = type_command("--delete")
    assert status == 0 and "There is no web app" in shown


def test_a_short_pause_that_telegram_asks_for_is_waited_out(bot, account, telegram, type_command):
    telegram.faults.status(429, "setWebhook", retry_after=1)
    status, shown = type_command(bot)
    assert status == 0, shown
    assert webhook_of(telegram) == f"{account.url}/"
    telegram.faults.status(429, "setWebhook", retry_after=3600)
    status, shown = type_command(bot)
    assert (status, "Telegram does not know it" in shown) == (1, True)


def test_the_guide_leads_to_a_reply_and_back(bot, account, telegram, viktor, tmp_path):
    course, replies = fresh_course(tmp_path), []
    names = [name for names in NAMES.values() for name in names]
    settings = {name: os.environ[name] for name in names if name in os.environ}
    write_her_bot(course, EARLY)

    def run(block, line):
        if " login " in line:  # test_login.py types it
            return None
        shown = run_line(line, course, **settings)
        if line.endswith(f"deploy pythonanywhere {HER_BOT}"):
            replies.append(viktor.ask("!hello"))
        return shown

    assert walk(DOCUMENTS["deploy/pythonanywhere/README.md"], run) == 4
    assert replies == ["hello Viktor!"] * 2
    assert webhook_of(telegram) == "" and not (account.home / "deployed_bot").exists()


@pytest.mark.parametrize("account", [(), (ELSEWHERE,)], indirect=True, ids=["closed", "open"])
def test_only_a_reply_in_parts_needs_telegram_on_the_list(
    request, bot, account, telegram, viktor, type_command
):
    with (bot / "main.py").open("a") as file:
        file.write('\n\n@bot.command("long")\ndef long(message):\n    return ["one", "two"]\n')
    assert type_command(bot)[0] == 0
    settings = account.home / "deployed_bot/settings.json"
    settings.write_text(settings.read_text().replace("127.0.0.1", ELSEWHERE))
    api(account, "POST", f"webapps/{account.domain}/reload/")
    assert viktor.ask("!hello") == "hello Viktor!"
    group = telegram.group("Friends", [viktor, telegram.bot])
    assert viktor.ask("/hello@hello_bot", group) == "hello Viktor!"
    sent = viktor.send("!long")
    if "open" in request.node.name:
        assert [message.text for message in viktor.wait(2)] == ["one", "two"]
    else:
        [first, *_] = telegram.wait_deliveries(telegram.bot, 1, sent)
        assert first.reply == ""
        assert viktor.ask("!hello") == "hello Viktor!"


@pytest.mark.skipif(not find_python("3.13"), reason="there is no Python 3.13 here")
def test_a_package_with_compiled_code_works_there(bot, viktor, type_command):
    (bot / "requirements.txt").write_text("markupsafe\n")
    source = "from markupsafe import _speedups\n" + (bot / "main.py").read_text()
    source = source.replace('f"hello {message.user}!"', "_speedups.__file__")
    (bot / "main.py").write_text(source)
    status, shown = type_command(bot)
    assert status == 0 and "packages: markupsafe==" in shown
    assert re.search(r"deployed_bot/app-[\da-f-]+/markupsafe/.*\.so$", viktor.ask("!hello"))


# What is not ours


def api(account, method, path, form=b""):
    """Ask the API as the account's owner does by other means."""
    url = f"{account.api}/api/v0/user/{account.username}/{path}"
    headers = {"Authorization": f"Token {account.token}"}
    with urlopen(Request(url, form or None, headers, method=method)) as answer:
        return answer.read()


def make_foreign_app(account):
    form = f"domain_name={account.domain}&python_version=python313"
    api(account, "POST", "webapps/", form.encode())


def test_another_web_app_is_replaced_only_if_you_say_so(
    bot, account, telegram, viktor, type_command
):
    make_foreign_app(account)
    before = files(account)
    status, shown = type_command(bot)
    assert status == 1
    assert "this command did not make" in shown and "add --replace" in shown
    status, shown = type_command("--delete")
    assert status == 1 and "nothing was deleted" in shown
    assert files(account) == before and webhook_of(telegram) == ""

    status, shown = type_command(bot, "--replace")
    assert status == 0 and "its code stays" in shown
    assert viktor.ask("!hello") == "hello Viktor!"


def test_another_web_app_is_deleted_only_if_you_say_so(bot, account, type_command):
    make_foreign_app(account)
    status, shown = type_command("--delete")
    assert status == 1 and "add --replace" in shown
    status, shown = type_command("--delete", "--replace")
    assert status == 0, shown
    with pytest.raises(HTTPError, match="404"):
        api(account, "GET", f"webapps/{account.domain}/")


def test_another_bot_is_replaced_only_if_you_say_so(
    bot, account, telegram, viktor, type_command, monkeypatch
):
    assert type_command(bot)[0] == 0
    before, first = files(account), telegram.bot
    telegram.bot = telegram.new_bot("Second bot", "second_bot")
    monkeypatch.setenv("TELEGRAM_TOKEN", telegram.bot.token)
    status, shown = type_command(bot)
    assert status == 1 and "another bot" in shown and "--replace" in shown
    assert files(account) == before and webhook_of(telegram) == ""
    assert viktor.ask("!hello", first) == "hello Viktor!"

    assert type_command(bot, "--replace")[0] == 0
    assert viktor.ask("!hello", telegram.bot) == "hello Viktor!"


def test_another_bot_is_deleted_with_its_webhook(bot, account, telegram, type_command, monkeypatch):
    assert type_command(bot)[0] == 0
    first, before = telegram.bot, webhook_of(telegram)
    telegram.bot = telegram.new_bot("Second bot", "second_bot")
    monkeypatch.setenv("TELEGRAM_TOKEN", telegram.bot.token)
    elsewhere = f"{telegram.url}/elsewhere"
    telegram.call(telegram.bot.token, "setWebhook", url=elsewhere)
    status, shown = type_command("--delete")
    assert status == 0 and "does not call the bot any more" in shown
    assert first.token not in shown and first.token[-20:] not in shown
    assert webhook_of(telegram) == elsewhere
    telegram.bot = first
    assert (before, webhook_of(telegram)) == (f"{account.url}/", "")


@pytest.mark.parametrize("text", ["{", '{"TELEGRAM_TOKEN": "no token"}'])
def test_settings_that_cannot_be_read_are_deleted_with_the_rest(bot, account, type_command, text):
    assert type_command(bot)[0] == 0
    (account.home / "deployed_bot/settings.json").write_text(text)
    status, shown = type_command("--delete")
    assert status == 0 and "does not call the bot any more" in shown
    assert not (account.home / "deployed_bot").exists()


def test_a_token_that_telegram_does_not_know_replaces_nothing(
    bot, account, viktor, telegram, type_command, monkeypatch
):
    assert type_command(bot)[0] == 0
    before = files(account)
    monkeypatch.setenv("TELEGRAM_TOKEN", telegram.bot.token[:-1] + "_")
    status, shown = type_command(bot)
    assert status == 1 and "does not know this token" in shown and "login telegram" in shown
    assert files(account) == before


def test_a_folder_that_is_not_ours_is_never_touched(bot, account, type_command):
    mine = account.home / "deployed_bot/diary.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    for words in ((bot,), (bot, "--replace"), ("--delete",)):
        status, shown = type_command(*words)
        assert status == 1 and "Rename that folder" in shown
    assert [path.name for path in mine.parent.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize("shown_folder", ["", "/deployed_bot", "/deployed_bot/store"])
def test_no_secret_goes_where_a_static_mapping_shows_it(bot, account, type_command, shown_folder):
    assert type_command(bot)[0] == 0
    path = f"/home/{account.username}{shown_folder}"
    account.static_files.append({"url": "/s/", "path": path})
    status, shown = type_command(bot)
    assert status == 1 and "static files mapping" in shown and path in shown


# What goes wrong


def test_a_stop_in_the_middle_is_told_without_a_traceback(bot, type_command, monkeypatch):
    def stop(connection):
        signal.raise_signal(signal.SIGINT)  # as Ctrl-C does
        connection.sendall(http("200 OK", b"[]"))

    with answering(stop) as address:
        monkeypatch.setenv("PYTHONANYWHERE_API", address)
        status, shown = type_command(bot)
    assert status == 130 and "Type the command again" in shown


def test_a_bot_that_does_not_start_shows_its_log_and_gets_no_webhook(
    bot, account, telegram, viktor, type_command
):
    good = (bot / "main.py").read_text()
    (bot / "main.py").write_text(good + '\nopen("words.txt")\n')
    status, shown = type_command(bot)
    assert status == 1
    assert "FileNotFoundError" in shown and "words.txt" in shown
    assert f"{account.domain}.error.log" in shown
    assert webhook_of(telegram) == ""
    (bot / "main.py").write_text(good)
    status, shown = type_command(bot)
    assert status == 0, shown
    assert viktor.ask("!hello") == "hello Viktor!"


def test_an_update_that_finds_no_room_leaves_the_old_version_at_work(
    bot, account, viktor, type_command, monkeypatch
):
    assert type_command(bot)[0] == 0
    full = account.home / "film.mp4"
    full.touch()
    os.truncate(full, 512 * 1024 * 1024 - 100_000)
    source = (bot / "main.py").read_text().replace("hello {message", "welcome, {message")
    (bot / "main.py").write_text(source)
    with monkeypatch.context() as changed:
        changed.setenv("TELEGRAM_SECRET", "a-secret-that-Telegram-does-not-know-yet")
        status, shown = type_command(bot)
    assert status == 1 and "Disk quota exceeded" in shown
    api(account, "POST", f"webapps/{account.domain}/reload/")
    assert viktor.ask("!hello") == "hello Viktor!"
    full.unlink()
    assert type_command(bot)[0] == 0
    assert viktor.ask("!hello") == "welcome, Viktor!"


def test_a_web_app_whose_month_has_ended_needs_its_button(bot, account, viktor, type_command):
    assert type_command(bot)[0] == 0
    account.clock.advance(32 * 24 * 3600)
    status, shown = type_command(bot)
    assert status == 1 and "Press the button on PythonAnywhere's page Web" in shown
    account.renew()
    assert type_command(bot)[0] == 0
    assert viktor.ask("!hello") == "hello Viktor!"


def test_a_version_that_is_being_uploaded_survives_a_start_of_the_older_one(
    bot, account, viktor, type_command
):
    assert type_command(bot)[0] == 0
    folder = account.home / "deployed_bot"
    [now] = folder.glob("app-*")
    older, newer = (folder / f"app-{year}0101-000000-00000000.zip" for year in (2020, 2999))
    for path in (older, newer):
        path.write_bytes(b"PK")
    api(account, "POST", f"webapps/{account.domain}/reload/")
    assert viktor.ask("!hello") == "hello Viktor!"
    assert sorted(folder.glob("app-*")) == [now, newer]


WORKER = """
import pathlib, subprocess, sys
from deploy.pythonanywhere.wsgi_file import load

command, turns = [sys.executable, "-c", sys.argv[2], sys.argv[1], ""], [1]

def let_another_be_faster(event, arguments):
    if event == "open" and str(arguments[0]).endswith("app-1.zip") and sys.argv[2] and turns:
        turns.pop()
        subprocess.run(command, check=True)

sys.addaudithook(let_another_be_faster)
load(pathlib.Path(sys.argv[1]), "app-1")
"""


def test_a_worker_that_is_slower_than_another_starts_all_the_same(tmp_path):
    with zipfile.ZipFile(tmp_path / "app-1.zip", "w") as archive:
        archive.writestr("wsgi.py", "application = 1")
    (tmp_path / "settings.json").write_text("{}")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WORKER, str(tmp_path), WORKER]
    subprocess.run(command, cwd=root, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app-1", "settings.json", "store"]


@pytest.mark.parametrize("until", [EARLY, "99"], ids=["early", "at the end"])
def test_the_bot_of_the_course_answers_as_the_notebooks_leave_it(
    bot, viktor, type_command, until, tmp_path
):
    write_her_bot(tmp_path, until)
    status, shown = type_command(HER_BOT)
    assert status == 0, shown
    added = f"Added to {HER_BOT}: telegram_function.py, wsgi.py. PythonAnywhere calls your bot"
    assert (added in shown) == (until == EARLY)
    assert viktor.ask("!hello") == "hello Viktor!"
    assert "rolls a" in viktor.ask("!roll")
    assert viktor.ask("!score") != "Viktor has 0 points"


def test_a_folder_without_a_bot_is_refused_before_anything_is_sent(bot, account, type_command):
    for name in ("wsgi.py", "telegram_function.py"):
        (bot / name).unlink()
    (bot / "main.py").write_text("robot = 1\n")
    before = files(account)
    status, shown = type_command(bot)
    assert status == 1 and "makes no `bot`" in shown
    status, shown = type_command("nothing_here")
    assert status == 1 and "is not a folder" in shown
    assert files(account) == before
    with pytest.raises(SystemExit):
        main(["pythonanywhere"])


def test_a_secret_in_the_folder_is_refused_before_anything_is_sent(bot, account, type_command):
    (bot / "words.txt").write_text(f"token = {os.environ['TELEGRAM_TOKEN']}\n")
    before = files(account)
    status, shown = type_command(bot)
    assert status == 1 and "words.txt" in shown and "nothing was packed" in shown
    assert files(account) == before


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PYTHONANYWHERE_TOKEN", "0" * 40, "401 Invalid token."),
        ("PYTHONANYWHERE_USERNAME", "mallory", "403"),
    ],
)
def test_a_wrong_account_is_told_with_what_to_do(bot, type_command, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    status, shown = type_command(bot)
    assert status == 1 and told in shown
    assert "start.py login pythonanywhere" in shown


@pytest.mark.parametrize(
    ("status", "told"), [(500, "It has trouble"), (503, "It has trouble"), (418, "disk full")]
)
def test_other_refusals_are_told_in_its_words(bot, type_command, monkeypatch, status, told):
    with answering(lambda connection: connection.sendall(http(f"{status} No", b"oops"))) as url:
        monkeypatch.setenv("PYTHONANYWHERE_API", url)
        found, shown = type_command(bot)
    assert found == 1 and f"{status} oops" in shown and told in shown


TOKEN = "0123456789abcdef" * 2 + "01234567"
API_CALLS = {
    "check_token": lambda api: api.check_token(),
    "web_app": lambda api: api.web_app("a.example"),
    "static_folders": lambda api: api.static_folders("a.example"),
    "files_in": lambda api: api.files_in("/home/viktor"),
}


@pytest.mark.parametrize("call", API_CALLS.values(), ids=API_CALLS)
@pytest.mark.parametrize("body", [f"<html>Log in! {TOKEN}", '"text"', "5", "null", "[" * 9999, ""],
                         ids=range(6))  # fmt: skip
def test_a_strange_answer_is_told_and_never_read_as_a_good_one(call, body):
    answer = http("200 OK", body.encode())
    with (
        answering(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(
            PythonAnywhereError, match=r"no answer of PythonAnywhere.*\nDoes the Wi-Fi"
        ) as caught,
    ):
        call(Api("viktor", TOKEN, url))
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("before", range(250, 300, 10))
def test_no_piece_of_the_token_is_left_where_a_long_text_is_cut(before):
    answer = http("400 No", b"x" * before + TOKEN.encode() + b"y" * 300)
    for call in (*list(API_CALLS.values())[:3], lambda api: api.create_web_app("a.example")):
        with (
            answering(lambda connection: connection.sendall(answer)) as url,
            pytest.raises(PythonAnywhereError) as caught,
        ):
            call(Api("viktor", TOKEN, url))
        assert TOKEN[:5] not in str(caught.value)


def test_a_terminal_is_not_written_over(bot, type_command, monkeypatch):
    answer = http("400 No", b'{"detail": "a\\u001b[2Jb"}')
    with answering(lambda connection: connection.sendall(answer)) as url:
        monkeypatch.setenv("PYTHONANYWHERE_API", url)
        found, shown = type_command(bot)
    assert found == 1 and "\x1b" not in shown and "[2Jb" in shown


def test_too_many_requests_are_waited_out():
    throttled = b'{"detail": "Request was throttled. Expected available in 1 second."}'
    answers, said = [http("200 OK", b"[]"), http("429 Too Many Requests", throttled)], []
    with answering(lambda connection: connection.sendall(answers.pop())) as url:
        Api("viktor", "0" * 40, url, said.append).check_token()
    assert answers == []
    assert said == ["  PythonAnywhere takes 40 requests a minute: waiting 1 s"]


def test_an_api_that_cannot_be_reached_is_named(bot, type_command, monkeypatch):
    monkeypatch.setenv("PYTHONANYWHERE_API", "http://127.0.0.1:9")
    status, shown = type_command(bot)
    assert status == 1 and "127.0.0.1:9 cannot be reached" in shown
    assert "Is the internet connection good?" in shown


# Worlds


@pytest.mark.parametrize("name", ["PYTHONANYWHERE_SITE", "TELEGRAM_API"])
def test_a_sandbox_and_the_real_world_are_never_mixed(bot, type_command, monkeypatch, name):
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv(name, "https://example.org")
    status, shown = type_command(bot)
    assert status == 1 and "Set all three, or none." in shown


def test_in_the_sandbox_alone_nothing_reaches_the_real_world(bot, type_command, monkeypatch):
    monkeypatch.setenv("BOT_WORLD", "sandbox")
    monkeypatch.delenv("PYTHONANYWHERE_API")
    status, shown = type_command(bot)
    assert status == 1 and "BOT_WORLD is sandbox" in shown


def test_another_host_is_refused(bot, type_command, monkeypatch):
    monkeypatch.setenv("PYTHONANYWHERE_HOST", "evil.example")  # or a token on the wrong line
    status, shown = type_command(bot)
    assert status == 1 and "Expected www.pythonanywhere.com or eu.pythonanywhere.com" in shown
    assert "evil.example" not in shown
