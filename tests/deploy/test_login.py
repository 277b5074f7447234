"""Logging in for real tokens, against the sandbox: every refusal, and that nothing secret shows."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from bot_sandbox import Twitch
from botlib.details.env_file import read_env
from botlib.details.http import Unreachable
from botlib.details.settings import NAMES
from deploy.login import Console, NoTokenError, login
from lessons.pythonanywhere import PythonAnywhere

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No settings of this machine, and a course without a `.env`."""
    for names in NAMES.values():
        for name in names:
            monkeypatch.setenv(name, "")
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))


@pytest.fixture
def twitch():
    with Twitch(device_interval_s=0) as twitch:
        yield twitch


class Person:
    """Who sits before the console: gives answers, and opens the page that it shows."""

    def __init__(self, *answers, at_page=None):
        self.answers, self.said, self.at_page = list(answers), [], at_page
        self.threads = []

    def ask(self, question):
        self.said.append(question)
        return self.answers.pop(0)

    def say(self, text):
        self.said.append(text)
        page = re.search(r"http://\S+/activate\S+", text)
        if page and self.at_page:
            self.threads.append(threading.Thread(target=self.at_page, args=[page[0]]))
            self.threads[-1].start()

    @property
    def console(self):
        return Console(self.ask, self.ask, self.say)

    def heard(self):
        for thread in self.threads:
            thread.join()
        return "\n".join(self.said)


@pytest.fixture
def world(twitch, monkeypatch):
    """A Twitch with a channel, a bot's account and an application without a secret."""
    twitch.viktor, twitch.bot = twitch.account("viktor"), twitch.account("hello_bot")
    twitch.app = twitch.application("Hello bot", confidential=False)
    monkeypatch.setenv("TWITCH_API", twitch.url)
    return twitch


@pytest.fixture
def home(monkeypatch):
    with PythonAnywhere() as account:
        monkeypatch.setenv("PYTHONANYWHERE_API", account.api)
        yield account


def test_pythonanywhere_takes_the_token_of_an_account(home, tmp_path):
    person = Person("viktor", f" {home.token} ")
    login("pythonanywhere", now=True, console=person.console)
    assert read_env(tmp_path / ".env") == {
        "PYTHONANYWHERE_USERNAME": "viktor",
        "PYTHONANYWHERE_TOKEN": home.token,
        "PYTHONANYWHERE_HOST": "www.pythonanywhere.com",
    }
    assert "It is the token of viktor" in person.heard()
    assert home.token not in person.heard()


@pytest.mark.parametrize(
    ("name", "token", "told"),
    [
        ("viktor", "0" * 40, "401 Invalid token."),
        ("mallory", None, "403"),
        ("vik/tor", None, "letters and digits"),
        ("viktor", "", "letters and digits"),
    ],
)
def test_pythonanywhere_says_what_is_wrong_and_writes_nothing(home, tmp_path, name, token, told):
    person = Person(name, home.token if token is None else token)
    with pytest.raises(NoTokenError, match=told) as refused:
        login("pythonanywhere", now=True, console=person.console)
    assert home.token not in str(refused.value)
    assert not (tmp_path / ".env").exists()


def test_telegram_takes_a_token_and_makes_the_webhooks_secret(telegram, tmp_path, monkeypatch):
    monkeypatch.setenv("TELEGRAM_API", telegram.url)
    account = telegram.new_bot("Hello bot", "hello_bot")
    person = Person(f' "{account.token}" \n')
    login("telegram", now=True, folder=tmp_path, console=person.console)
    found = read_env(tmp_path / ".env")
    assert found["TELEGRAM_TOKEN"] == account.token and len(found["TELEGRAM_SECRET"]) > 30
    assert "@hello_bot" in person.heard()
    assert not any(value in person.heard() for value in found.values())
    login("telegram", now=True, folder=tmp_path, console=Person(account.token).console)
    assert read_env(tmp_path / ".env") == found  # the secret that Telegram knows stays


def test_a_secret_that_is_easy_to_guess_is_replaced(telegram, tmp_path, monkeypatch):
    monkeypatch.setenv("TELEGRAM_API", telegram.url)
    (tmp_path / ".env").write_text("TELEGRAM_SECRET=sesame\n")
    account = telegram.new_bot("Hello bot", "hello_bot")
    login("telegram", now=True, folder=tmp_path, console=Person(account.token).console)
    assert len(read_env(tmp_path / ".env")["TELEGRAM_SECRET"]) > 30


def test_telegram_says_what_was_wrong_and_asks_again(telegram, tmp_path, monkeypatch):
    monkeypatch.setenv("TELEGRAM_API", telegram.url)
    mine = telegram.new_bot("Hello bot", "hello_bot")
    other = telegram.new_bot("Other bot", "other_bot")
    person = Person(mine.token[:20], other.token, mine.token)
    login("telegram", now=True, account="@Hello_Bot", folder=tmp_path, console=person.console)
    assert "not whole" in person.heard() and "the token of @other_bot" in person.heard()
    assert read_env(tmp_path / ".env")["TELEGRAM_TOKEN"] == mine.token
    with pytest.raises(NoTokenError, match="3 times there was no good token"):
        login("telegram", now=True, folder=tmp_path, console=Person("", "7", "abc").console)
    assert read_env(tmp_path / ".env")["TELEGRAM_TOKEN"] == mine.token


def test_no_cell_waits_and_nothing_happens_until_it_is_wanted(tmp_path):
    person = Person()
    login("twitch", folder=tmp_path, console=person.console)
    assert "now=True" in person.heard() and not list(tmp_path.iterdir())


def test_twitch_by_a_code_in_the_browser(world, tmp_path):
    person = Person(world.app.client_id, " twitch.tv/Viktor ", at_page=world.bot.authorize)
    login("twitch", now=True, folder=tmp_path, console=person.console)
    found = read_env(tmp_path / ".env")
    assert found["TWITCH_BOT_ID"] == world.bot.id and found["TWITCH_CHANNEL"] == "viktor"
    assert found["TWITCH_CLIENT_ID"] == world.app.client_id
    heard = person.heard()
    assert re.search(r"the code [A-Z]{8}", heard) and "this is hello_bot" in heard
    assert found["TWITCH_TOKEN"] not in heard and found["TWITCH_REFRESH_TOKEN"] not in heard


def test_what_it_got_is_good_for_a_bot(world, tmp_path, monkeypatch):
    from threaded_irc_bot import ThreadedIrcBot

    from botlib import Bot
    from botlib.twitch.irc_bot import IrcBot

    person = Person(world.app.client_id, "viktor", at_page=world.bot.authorize)
    login("twitch", now=True, folder=tmp_path, console=person.console)
    brain = Bot()
    brain.command("hello")(lambda message: f"hello {message.user}!")
    with ThreadedIrcBot(IrcBot(brain)):
        world.wait_for("hello_bot", "viktor")
        assert world.viktor.ask("!hello") == "hello viktor!"


def test_a_bot_called_by_webhook_gets_all_that_its_function_needs(world, tmp_path, monkeypatch):
    app = world.application("With a secret")
    monkeypatch.setenv("TWITCH_CLIENT_ID", app.client_id)
    monkeypatch.setenv("TWITCH_CHANNEL", "viktor")
    person = Person(app.client_secret, at_page=world.bot.authorize)
    login("twitch", now=True, purpose="both", folder=tmp_path, console=person.console)
    found = read_env(tmp_path / ".env")
    assert found["TWITCH_CLIENT_SECRET"] == app.client_secret
    assert 10 <= len(found["TWITCH_EVENTSUB_SECRET"]) <= 100
    monkeypatch.setenv("TWITCH_CLIENT_SECRET", "")
    (tmp_path / ".env").unlink()
    with pytest.raises(NoTokenError, match="needs an application with a secret"):
        login("twitch", now=True, purpose="eventsub", folder=tmp_path, console=Person("").console)


def test_the_owners_consent_keeps_no_token(world, tmp_path, monkeypatch):
    monkeypatch.setenv("TWITCH_CLIENT_ID", world.app.client_id)
    person = Person(at_page=world.viktor.authorize)
    login("twitch", now=True, owner=True, folder=tmp_path, console=person.console)
    assert read_env(tmp_path / ".env") == {"TWITCH_CHANNEL": "viktor"}
    person = Person(at_page=world.bot.authorize)  # the wrong account pressed it
    with pytest.raises(NoTokenError, match="hello_bot's token, and it should be viktor's"):
        login("twitch", now=True, owner=True, folder=tmp_path, console=person.console)


@pytest.mark.parametrize("login_of", ["hello_bot", "anna"])
def test_it_says_as_whom_the_bot_will_speak_and_what_to_do_about_it(world, tmp_path, login_of):
    whose = world.bot if login_of == "hello_bot" else world.account("anna")
    person = Person(world.app.client_id, "viktor", at_page=whose.authorize)
    login("twitch", now=True, folder=tmp_path, console=person.console)
    heard = person.heard()
    assert f"Your bot will speak as {login_of}." in heard
    assert "If that is your own account, log out of Twitch in the browser, log in there" in heard


def test_the_channels_owner_is_warned_of(world, tmp_path):
    person = Person(world.app.client_id, "viktor", at_page=world.viktor.authorize)
    login("twitch", now=True, folder=tmp_path, console=person.console)
    assert "Note: viktor owns the channel" in person.heard()


@pytest.mark.parametrize(
    ("at_page", "account", "words"),
    [
        (lambda world, page: world.bot.cancel(page), "", "Cancel was pressed"),
        (lambda world, page: world.clock.advance(1801), "", "too much time has passed"),
        (lambda world, page: world.viktor.authorize(page), "hello_bot", "should be hello_bot's"),
    ],
    ids=["denied", "expired", "wrong account"],
)
def test_a_refusal_is_said_and_writes_nothing(world, tmp_path, at_page, account, words):
    person = Person(world.app.client_id, "viktor", at_page=lambda page: at_page(world, page))
    with pytest.raises(NoTokenError, match=words):
        login("twitch", now=True, account=account, folder=tmp_path, console=person.console)
    person.heard()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("answers", "words"), [(("",), "client id"), (("an id", " "), "channel")])
def test_enter_without_an_answer_is_told_at_once(world, tmp_path, answers, words):
    person = Person(*answers)
    with pytest.raises(NoTokenError, match=f"Nothing was typed.*{words}"):
        login("twitch", now=True, folder=tmp_path, console=person.console)
    assert not person.answers and not list(tmp_path.iterdir())


def test_an_application_that_twitch_does_not_know(world, tmp_path):
    with pytest.raises(NoTokenError, match="client id whole"):
        login("twitch", now=True, folder=tmp_path, console=Person("nobody", "viktor").console)


def test_a_client_id_of_before_is_not_asked_for_again_and_the_refusal_says_so(world, tmp_path):
    before = "TWITCH_CLIENT_ID=nobody\nTWITCH_CHANNEL=viktor\n"
    (tmp_path / ".env").write_text(before, encoding="utf-8")
    person = Person()
    with pytest.raises(NoTokenError, match="delete its line TWITCH_CLIENT_ID, and log in again"):
        login("twitch", now=True, folder=tmp_path, console=person.console)
    assert not person.said and (tmp_path / ".env").read_text(encoding="utf-8") == before


class Stingy(BaseHTTPRequestHandler):
    """A Twitch that gives less than was asked for: its token may only read."""

    token = url = ""

    def do_POST(self):
        page = {"device_code": "d", "user_code": "U", "verification_uri": "p", "interval": 0}
        self.answer(json.dumps(page | {"access_token": self.token}).encode())

    def do_GET(self):
        passed_on = {name: value for name, value in self.headers.items() if name != "Host"}
        with urlopen(Request(self.url + self.path, headers=passed_on)) as response:
            self.answer(response.read())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing goes to a terminal."""


def test_a_missing_scope_is_named(world, tmp_path, monkeypatch):
    Stingy.token = world.authorize(world.bot, world.app, ["chat:read"]).access_token
    Stingy.url = world.url
    with ThreadingHTTPServer(("127.0.0.1", 0), Stingy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("TWITCH_API", f"http://127.0.0.1:{server.server_port}")
        person = Person(world.app.client_id, "viktor")
        with pytest.raises(NoTokenError, match="missing chat:edit"):
            login("twitch", now=True, folder=tmp_path, console=person.console)
        server.shutdown()
    assert not list(tmp_path.iterdir())


def test_without_a_network_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("TWITCH_API", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9 cannot be reached"):
        login("twitch", now=True, folder=tmp_path, console=Person("id", "viktor").console)
    monkeypatch.setenv("TELEGRAM_API", "http://127.0.0.1:9")
    person = Person("1234567:" + "A" * 35)
    with pytest.raises(Unreachable) as caught:
        login("telegram", now=True, folder=tmp_path, console=person.console)
    assert "A" * 35 not in str(caught.value)


def test_a_network_that_is_away_for_a_while_is_waited_for(world, tmp_path):
    def breaks(page):
        world.faults.stop()
        world.faults.start()
        world.bot.authorize(page)

    person = Person(world.app.client_id, "viktor", at_page=breaks)
    login("twitch", now=True, folder=tmp_path, console=person.console)
    assert read_env(tmp_path / ".env")["TWITCH_BOT_ID"] == world.bot.id


FULL = """
import resource, sys
from pathlib import Path
from deploy.login import main
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
try:
    sys.exit(main(["telegram", "--folder", sys.argv[1]]))
finally:  # what measures the tests writes after this
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_in_a_terminal_the_token_is_hidden_and_a_full_disk_changes_nothing(telegram, tmp_path):
    import pty

    account = telegram.new_bot("Hello bot", "hello_bot")
    (tmp_path / ".env").write_text("A=1\n")
    outcomes = {}
    for name, command in {
        "full": ["-c", FULL, tmp_path],
        "written": ["-m", "deploy.login", "telegram", "--folder", tmp_path],
    }.items():
        ours, theirs = pty.openpty()
        program = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TELEGRAM_API": telegram.url},
        )
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end has gone
            while piece := os.read(ours, 1000):
                if b"not shown): " in shown + piece and b"not shown): " not in shown:
                    os.write(ours, account.token.encode() + b"\n")
                shown += piece
        os.close(ours)
        outcomes[name] = program.wait(timeout=30), shown.decode()
        assert account.token not in shown.decode()
    status, shown = outcomes["full"]
    assert status == 1 and "could not be written" in shown and "Traceback" not in shown
    assert outcomes["written"][0] == 0
    assert read_env(tmp_path / ".env") | {"A": "1"} == read_env(tmp_path / ".env")


@contextmanager
def answering(answers):
    """Be a platform that gives these answers, by the end of the address."""

    class Strange(Stingy):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer(json.dumps(answers[self.path.rpartition("/")[2]]).encode())

        def do_POST(self):
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Strange) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_name_with_the_token_or_escape_sequences_is_not_shown_as_it_is(tmp_path, monkeypatch):
    token = f"1234567:{'A1' * 17}A"
    me = {"id": 1, "username": "my_bot\x1b[2J", "first_name": f"bot{token}"}
    with answering({"getMe": {"ok": True, "result": me}}) as url:
        monkeypatch.setenv("TELEGRAM_API", url)
        person = Person(token)
        login("telegram", now=True, folder=tmp_path, console=person.console)
    assert "It is the token of @my_bot\\x1b[2J (bot(hidden))." in person.heard()
    assert token not in person.heard() and "\x1b" not in person.heard()


@pytest.mark.parametrize(
    ("interval", "expires_in"), [([], 9), (0, None), (0, "the-device-code"), (0, [])]
)
def test_a_twitch_that_answers_strangely_and_repeats_secrets(
    tmp_path, monkeypatch, interval, expires_in
):
    page = {"device_code": "the-device-code", "user_code": "the-device-code\x1b[2J"}
    page |= {"verification_uri": "p", "interval": interval, "expires_in": expires_in}
    token = {"access_token": "the-access-token", "refresh_token": "r"}
    whose = {"client_id": "the-access-token", "login": "hello_bot", "scopes": ["chat:read"]}
    with answering({"device": page, "token": token, "validate": whose}) as url:
        monkeypatch.setenv("TWITCH_API", url)
        person = Person("an-id", "viktor")
        with pytest.raises(NoTokenError, match=r"another application \(\(hidden\)\)") as told:
            login("twitch", now=True, folder=tmp_path, console=person.console)
    shown = person.heard() + str(told.value)
    assert "(hidden)\\x1b[2J: press Authorize" in shown
    assert "the-device-code" not in shown and "the-access-token" not in shown
