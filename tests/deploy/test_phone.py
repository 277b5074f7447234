"""The guide for an old phone, every command of it, under Debian's runit instead of Termux's."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from android_phone import Phone, what_is_missing
from guide_chat import Chat, as_lines
from her_bot import HER_BOT, write_her_bot
from rented_machine import blocks_of
from waiting import wait_until

from deploy.runit_service import runit_service

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "deploy/phone/README.md"
BLOCKS = {
    heading: [block.commands for block in found] for heading, found in blocks_of(GUIDE).items()
}
ROMAN = """
import roman
from botlib import Bot

bot = Bot()
bot.command("roman")(lambda message: roman.toRoman(int(message.arguments)))
"""
TERMUX = pytest.mark.skipif(bool(what_is_missing()), reason=what_is_missing() or "a phone")
LOGS = "usr/var/log/sv"


@pytest.fixture
def phone(tmp_path):
    phone = Phone(tmp_path / "phone")
    yield phone
    phone.switch_off()


@pytest.fixture
def course(tmp_path):
    """The course's folder as a learner has it; a command of the bot needs a package."""
    home = tmp_path / "course"
    home.mkdir()
    for name in ("botlib", "deploy", "lessons", "sandbox"):
        ignore = shutil.ignore_patterns("__pycache__", "tests", "node_modules")
        shutil.copytree(ROOT / name, home / name, ignore=ignore)
    shutil.copy(ROOT / "start.py", home)
    bot = write_her_bot(home)
    (bot / "commands/roman.py").write_text(ROMAN)
    (bot / "requirements.txt").write_text("roman\n")
    (bot / "store.sqlite3").write_text("what it remembers at home\n")
    (home / ".env").write_text("TWITCH_TOKEN=a-token-that-stays-at-home\n")
    return home


@pytest.fixture
def chat(twitch):
    return Chat(twitch)


def bring(course, phone):
    """Pack the bot at home as the guide says, and bring it to the phone."""
    subprocess.run(BLOCKS["2. Bring your bot"][0], shell=True, cwd=course, check=True)
    shutil.move(course / "chatbot.tgz", phone.download / "chatbot.tgz")


def files_of(phone):
    """All files on the phone; what Python compiles and pip keeps is not the bot's."""
    return {
        path.relative_to(phone.folder).as_posix()
        for path in phone.folder.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }


@pytest.mark.slow("bundles, guides and machines")
@TERMUX
@pytest.mark.timeout(600)
def test_a_phone_from_nothing_to_a_reply_and_back_to_nothing(phone, course, chat, telegram):
    install, close = BLOCKS["1. Install Termux"]
    phone.type(install)
    assert "--no-install-recommends python" in (phone.folder / "asked").read_text()
    assert close == "exit\n"
    phone.install_services()
    phone.open_termux()
    before = files_of(phone)

    # It is installed without any compiled file, and answers in a sandbox of its own.
    bring(course, phone)
    *unpack, run = BLOCKS["2. Bring your bot"][1].splitlines()
    phone.type("\n".join(unpack))
    here = phone.where
    assert not (here / ".env").exists() and not (here / HER_BOT / "store.sqlite3").exists()
    first = phone.run(run)
    wait_until(lambda: " in #" in first.printed, timeout=120)
    assert "the bot lives in a sandbox" in first.printed
    assert first.ctrl_c().endswith("INFO stopped\n")
    assert [path for path in (here / ".venv").rglob("*") if path.suffix in (".so", ".pyd")] == []
    (site,) = (here / ".venv/lib").glob("*/site-packages")
    installed = {path.name.partition("-")[0] for path in site.glob("*.dist-info")}
    number = int(re.search(r"(\d+) packages", GUIDE.read_text())[1])
    assert len(installed - {"pip", "setuptools", "roman"}) == number

    # With a token it talks to Twitch, and comes back when its line is cut.
    settings = chat.settings()
    (here / ".env").write_text(as_lines(settings))
    running = phone.run(run)
    chat.wait()
    assert chat.ask("!hello") == "hello Viktor!"
    assert chat.ask("!roman 12") == "XII"
    alive = chat.twitch.connections("hello_bot")[-1]
    chat.twitch.faults.drop("hello_bot")
    chat.wait(after=alive)
    assert chat.ask("!hello") == "hello Viktor!"
    assert running.ctrl_c().endswith("INFO stopped\n")
    chat.twitch.wait_gone("hello_bot")

    # The same packages do for Telegram.
    token = telegram.new_bot("Hello bot", "hello_bot").token
    (here / ".env").write_text(f"TELEGRAM_TOKEN={token}\nTELEGRAM_API={telegram.url}\n")
    running = phone.run(run.replace("twitch", "telegram"))
    assert telegram.person("Viktor").ask("!hello", timeout=30) == "hello Viktor!"
    assert running.ctrl_c().endswith("INFO stopped\n")
    (here / ".env").write_text(as_lines(settings))

    # As a service.
    (start,) = BLOCKS["5. Start it, and the first reply"]
    said = phone.type(start)
    assert re.search("my_bot-twitch-[0-9a-f]{8} runs, and starts with Termux", said)
    (state,) = re.findall("its state: +(.+)", said)
    assert phone.type(state).startswith("run:")
    chat.wait()
    assert chat.ask("!hello") == "hello Viktor!"
    assert chat.ask("!cheer") == "Viktor cheers! That makes 1."
    assert (phone.folder / "awake").exists()
    assert len(phone.processes()) == 4  # as the guide says of Android's limit
    alive = chat.twitch.connections("hello_bot")[-1]
    (bot,) = [each for each in phone.processes() if "botlib.run" in each.cmdline()]
    bot.kill()
    chat.wait(after=alive)
    assert chat.ask("!hello") == "hello Viktor!"

    # After a restart of the phone, with Termux closed.
    alive = chat.twitch.connections("hello_bot")[-1]
    phone.switch_off()
    phone.switch_on()
    chat.wait(after=alive)
    assert chat.ask("!hello") == "hello Viktor!"
    assert (phone.folder / "awake").exists()
    phone.open_termux()
    assert phone.type(BLOCKS["If something is wrong"][0]).startswith("run:")

    # A change of the bot. It keeps its memory.
    hello = course / HER_BOT / "commands/hello.py"
    hello.write_text(hello.read_text().replace("hello {message", "good morning {message"))
    alive = chat.twitch.connections("hello_bot")[-1]
    bring(course, phone)
    phone.type(BLOCKS["Change the bot"][0])
    chat.wait(after=alive)
    assert chat.ask("!hello") == "good morning Viktor!"
    assert chat.ask("!cheer") == "Viktor cheers! That makes 2."
    phone.type(BLOCKS["A memory that survives"][0])
    assert (phone.download / "store.sqlite3").stat().st_size

    wrong_settings_keep_it_down(phone, chat, settings, start)

    phone.type(BLOCKS["Back to nothing"][0])
    chat.twitch.wait_gone("hello_bot")
    (phone.download / "store.sqlite3").unlink()
    assert files_of(phone) - before <= {"asked", "printed", "where", "runsvdir.pid"}
    assert [each.name() for each in phone.processes()] == ["runsvdir"]


def wrong_settings_keep_it_down(phone, chat, settings, start):
    """With a wrong token it stays stopped, and the log says why and what to type."""
    alive = chat.twitch.connections("hello_bot")[-1]
    wrong = settings | {"TWITCH_TOKEN": "w" * 30, "TWITCH_REFRESH_TOKEN": ""}
    (phone.where / ".env").write_text(as_lines(wrong))
    phone.type(start)
    look = BLOCKS["If something is wrong"][0]
    (log,) = (phone.folder / LOGS).glob("my_bot-twitch-*/current")
    wait_until(lambda: "The bot stays stopped" in log.read_text(), timeout=60)
    wait_until(lambda: phone.type(look).startswith("down:"), timeout=30)
    assert "want up" not in phone.type(look)
    known = re.search(r"^\| `run:`, and `(Twitch [^`]+)` in the log", GUIDE.read_text(), re.M)
    assert known and known[1] in log.read_text()
    reason, advice = log.read_text().splitlines()[-2:]
    assert "Twitch does not know this token" in reason
    assert settings["TWITCH_TOKEN"] not in log.read_text()
    (phone.where / ".env").write_text(as_lines(chat.settings()))
    phone.type(re.search(r"then type: (.*)$", advice)[1])
    chat.wait(after=alive)
    assert chat.ask("!hello") == "good morning Viktor!"


WRITES_ITS_WORDS = "import pathlib, sys; pathlib.Path('words').write_text(repr(sys.argv[1:]))\n"


@TERMUX
def test_a_service_takes_a_folder_of_any_name(phone):
    odd = phone.folder / 'a $HOME 100% "q" \' ${b} \\ c'
    (odd / "botlib").mkdir(parents=True)
    (odd / "botlib/run.py").write_text(WRITES_ITS_WORDS)
    shutil.copytree(ROOT / "deploy/import_path", odd / "deploy/import_path")
    python, main = odd / "python $HOME", odd / "main.py"
    python.symlink_to(phone.prefix / "bin/python3")
    service = runit_service(
        "odd", phone.prefix, phone.home, platform="twitch", python=str(python), root=odd, file=main
    )
    script = phone.folder / "run"
    script.write_text(service.files[service.path / "run"])
    subprocess.run(["sh", script], env=phone.env, cwd=phone.folder, check=True)
    assert (odd / "words").read_text() == repr(["twitch", str(main)])
