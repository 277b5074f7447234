"""The page about a friend's Twitch channel, walked on the sandbox's Twitch.

An adult has registered a Public application. The pupil consents by a code, as her bot's account.
Then the bot chats in her friend's channel. The commands are the page's own.
"""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest
from her_bot import HER_BOT, write_her_bot
from readme_commands import DOCUMENTS, blocks, fresh_course, run_line, shows

from bot_sandbox import Twitch
from botlib.details.env_file import read_env
from botlib.run import WRONG_SETTINGS
from deploy.tokens.twitch import check_token

PAGE = DOCUMENTS["deploy/friend/README.md"]
HOUR, DAY = 3600.0, 24 * 3600.0
LOGIN, RUN = "python3 start.py login twitch", f"python3 start.py run twitch {HER_BOT}"


@pytest.fixture
def world(monkeypatch):
    """A Twitch with the bot's account, the friend, and the adult's application."""
    for name in ("BOT_WORLD", "BOTS_FOLDER", "BOT_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("TWITCH_")]:
        monkeypatch.delenv(name)
    with Twitch(device_interval_s=0) as twitch:
        twitch.bot, twitch.friend = twitch.account("anna_bot"), twitch.account("viktor", "Viktor")
        twitch.app = twitch.application("Anna's bots", confidential=False)
        yield twitch


class Pupil:
    """Types the page's commands in her copy of the course."""

    def __init__(self, twitch, course, program):
        self.twitch, self.course, self.program = twitch, course, program
        self.environment = {"COURSE_PYTHON": sys.executable, "TWITCH_API": twitch.url}
        self.environment |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}

    def log_in(self, *answers):
        """Type the login and its answers, open the address as the bot; what was printed."""
        with subprocess.Popen(
            [sys.executable, *shlex.split(LOGIN)[1:]],
            cwd=self.course,
            env=os.environ | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        ) as login:
            login.stdin.write("".join(f"{answer}\n" for answer in answers))
            login.stdin.close()
            shown = ""
            for line in login.stdout:
                shown += line
                if page := re.search(r"http://\S+/activate\S+", line):
                    self.twitch.bot.authorize(page[0])
        assert login.returncode == 0, shown
        return shown

    def start(self):
        """Type the line that runs the bot."""
        words = shlex.split(RUN)[1:]
        return self.program(sys.executable, *words, folder=self.course, **self.environment)

    def tokens(self):
        """Return what `.env` has."""
        return read_env(self.course / ".env")


@contextlib.contextmanager
def running(pupil):
    """Run the bot until it is in the friend's chat, then stop it."""
    bot = pupil.start()
    pupil.twitch.wait_for("anna_bot", "viktor", timeout=60)
    yield bot
    bot.terminate()
    bot.wait_or_kill(30)
    pupil.twitch.wait_gone("anna_bot")


@pytest.mark.slow("bundles, guides and machines")
def test_the_page_leads_to_a_bot_in_the_friends_channel_and_back(world, program, tmp_path):
    course = fresh_course(tmp_path)
    write_her_bot(course)
    pupil = Pupil(world, course, program)
    typed = [(block, line) for block in blocks(PAGE) for line in block.commands]
    assert [line for _, line in typed] == ["python3 start.py new my_bot", LOGIN, RUN, LOGIN]
    run_line(typed[0][1], course)
    shown = pupil.log_in(world.app.client_id, "twitch.tv/viktor")
    expected, thirty_days = (block.text for block in blocks(PAGE) if block.kind == "text")
    assert shows(shown, expected.rstrip() + "…"), shown
    first = pupil.tokens()
    assert "TWITCH_CLIENT_SECRET" not in first and first["TWITCH_CHANNEL"] == "viktor"
    assert not [name for name in ("TWITCH_TOKEN", "TWITCH_REFRESH_TOKEN") if first[name] in shown]

    # The friend has consented to nothing, and the bot answers.
    with running(pupil):
        assert world.friend.ask("!hello") == "hello Viktor!"
    assert pupil.tokens() == first

    # After a few hours the token is renewed, and the old refresh token is used up.
    world.clock.advance(5 * HOUR)
    with running(pupil):
        assert world.friend.ask("!hello") == "hello Viktor!"
    renewed = pupil.tokens()
    assert renewed["TWITCH_REFRESH_TOKEN"] != first["TWITCH_REFRESH_TOKEN"]
    assert refresh(world, first["TWITCH_REFRESH_TOKEN"]) == (400, "Invalid refresh token")

    # 29 idle days are not too many; 30 are, and the bot says what the page says.
    world.clock.advance(29 * DAY)
    with running(pupil):
        assert world.friend.ask("!hello") == "hello Viktor!"
    world.clock.advance(30 * DAY)
    bot = pupil.start()
    assert bot.wait(60) == WRONG_SETTINGS
    log = "\n".join(bot.errors.all())
    assert thirty_days.strip() in log and LOGIN in log
    assert "30" in re.search(r"^## After (\d+) days$", PAGE, re.M)[1]

    # The page's way out: the same command, and nothing to type.
    assert "The client id" not in pupil.log_in()
    with running(pupil):
        assert world.friend.ask("!hello") == "hello Viktor!"

    # Back to nothing: Disconnect ends both tokens.
    last = pupil.tokens()
    world.bot.disconnect(world.app)
    assert check_token(last["TWITCH_TOKEN"], api=world.url).unknown
    assert refresh(world, last["TWITCH_REFRESH_TOKEN"]) == (400, "Invalid refresh token")


def test_a_confidential_application_is_no_way_round(world):
    app = world.application("With a secret")
    found = world.authorize(world.bot, app, ["chat:read", "chat:edit"])
    form = {"grant_type": "refresh_token", "client_id": app.client_id}
    status, words = token(world, **form, refresh_token=found.refresh_token)
    assert status == 400 and f"`{words}`" in PAGE


def test_a_public_application_gets_no_app_access_token(world):
    status, _ = token(world, grant_type="client_credentials", client_id=world.app.client_id)
    assert status in (400, 403)
    assert "app access token" in PAGE


def refresh(twitch, refresh_token):
    """Refresh a token as a program does; the status, and the words of a refusal."""
    form = {"grant_type": "refresh_token", "client_id": twitch.app.client_id}
    return token(twitch, **form, refresh_token=refresh_token)


def token(twitch, **form):
    """Ask the token endpoint; the status, and the words of a refusal."""
    body = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(f"{twitch.url}/oauth2/token", body) as response:
            return response.status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["message"]
