"""A program that a notebook starts: a bot or a file of its own, and nothing of it left behind."""

import gc
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bot_sandbox.twitch import Twitch
from lessons import RunningProgram

ROOT = Path(__file__).parents[2]
MAIN = """
from botlib import Bot

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
"""


class World:
    """A Twitch with Viktor's channel, a bot's settings, and a file for the bot."""

    def __init__(self, twitch: Twitch, folder: Path) -> None:
        self.twitch = twitch
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.bot = twitch.account("hello_bot")
        app = twitch.application("Hello bot")
        token = twitch.authorize(self.bot, app, ["chat:read", "chat:edit"])
        self.settings = {"TWITCH_TOKEN": token.access_token, "TWITCH_CLIENT_ID": app.client_id}
        self.settings |= {"TWITCH_CHANNEL": "viktor", "TWITCH_API": twitch.url}
        self.file = folder / "main.py"
        self.file.write_text(MAIN)

    def home(self, wait: bool = True, **other: str) -> RunningProgram:
        settings = self.settings | other
        return RunningProgram(self.file, settings, platform="twitch", wait=wait)


@pytest.fixture
def world(tmp_path):
    with Twitch() as twitch:
        yield World(twitch, tmp_path)


def test_the_bot_answers_until_it_is_asked_to_stop(world):
    home = world.home()
    assert world.twitch.hears("hello_bot", "viktor")
    assert world.viktor.ask("!hello") == "hello Viktor!"
    assert home.status is None
    assert home.wait_line("in #") == "INFO in #viktor as hello_bot"
    assert home.log[0] == "INFO twitch: the sandbox world, main.py"
    with pytest.raises(TimeoutError, match="no line with 'stopped' within"):
        home.wait_line("stopped", timeout_s=0.01)
    assert repr(home).endswith("is running")
    assert home.stop() == home.stop() == home.status == 0
    assert home.log[-1] == "INFO stopped"


def test_a_file_beside_the_bot_replaces_none_of_pythons(world):
    (world.file.parent / "argparse.py").write_text("raise SystemExit('her own argparse.py')")
    home = world.home()
    home.wait_line("in #")
    assert home.stop() == 0


def test_ctrl_c_stops_it_as_well(world):
    home = world.home()
    home.ctrl_c()
    assert home.wait(20) == 0
    assert home.log[-1] == "INFO stopped"


def test_a_bot_that_ends_before_it_is_ready_says_why(world):
    with pytest.raises(
        RuntimeError, match=r"^main\.py ended with status 78: ERROR Twitch does not know this token"
    ):
        world.home(TWITCH_TOKEN="not-a-token")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TWITCH_CHANNEL", ["viktor", "anna"], "found list. Write its parts with a comma"),
        ("TWITCH_TOKEN", {"access_token": "secret"}, 'found dict. Take its text: pair["access_to'),
        ("TWITCH_TOKEN", 42, "TWITCH_TOKEN must be one text; found int"),
    ],
)
def test_a_setting_that_is_no_text_is_named_and_not_shown(world, name, value, words):
    with pytest.raises(TypeError) as caught:
        world.home(**{name: value})
    assert words in str(caught.value) and "secret" not in str(caught.value)


def test_a_bot_that_is_not_ready_in_time_shows_its_log_line_by_line(world):
    home = world.home(wait=False, TWITCH_TOKEN="r" * 50)
    home.wait_line("× more")
    with pytest.raises(TimeoutError) as caught:
        home.wait_line("in #", timeout_s=0.01)
    first, *lines = str(caught.value).splitlines()
    assert first == "no line with 'in #' within 0.01 s. Its log:"
    assert "WARNING Twitch does not know this token; it is as long as a refresh token." in lines[-1]


def test_a_wrong_token_is_a_matter_for_people(world):
    home = world.home(wait=False, TWITCH_TOKEN="not-a-token")
    assert home.wait(20) == 78
    assert home.log[-1].startswith("ERROR Twitch does not know this token")


def test_a_killed_bot_says_nothing_more(world):
    home = world.home()
    home.kill()
    assert home.wait(20) not in (0, 78)
    assert "stopped" not in str(home.log)
    with pytest.raises(RuntimeError, match=r"main\.py ended with status"):
        home.wait_line("stopped")


def test_a_second_home_of_the_same_file_takes_the_place_of_the_first(world):
    first = world.home()
    second = world.home()
    assert first.status == 0
    second.stop()


def test_a_home_that_is_forgotten_ends(world):
    home = world.home()
    del home
    gc.collect()
    world.twitch.wait_gone(world.bot, timeout=20)


def test_when_the_notebook_dies_the_bot_dies_too(world):
    code = f"""
import os
from lessons import RunningProgram
home = RunningProgram({str(world.file)!r}, {world.settings!r}, platform="twitch")
print(home.pid, flush=True)
os._exit(1)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    pid = int(done.stdout)
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=20)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_this_machines_own_bots_and_env_files_stay_out(world, monkeypatch):
    monkeypatch.setenv("TWITCH_CLIENT_SECRET", "mine")
    monkeypatch.setenv("TELEGRAM_TOKEN", "mine")
    (world.file.parent / ".env").write_text("TWITCH_REFRESH_TOKEN=mine\n")
    tell = "import os\nprint([v for v in os.environ.values() if v == 'mine'], file=sys.stderr)\n"
    world.file.write_text(MAIN + "import sys\n" + tell)
    home = world.home()
    assert home.wait_line("[") == "[]"
    home.stop()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*main\.py.*%%save"):
        RunningProgram(tmp_path / "main.py")
