"""The roads to a home that stays on, walked: every command of theirs, on a real systemd."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from rented_machine import Engine, Machine, blocks_of, make_debian, what_is_missing

from bot_sandbox.cloud.prices import HOURS_A_MONTH, servers
from botlib.run import WRONG_SETTINGS
from botlib.settings import STATE_FILE

ROOT = Path(__file__).parents[2]
README = ROOT / "deploy/machine/README.md"
HOUR = 3600.0
BOT = """
import os, roman
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("roman")(lambda message: roman.toRoman(int(message.arguments)))
bot.command("count")(lambda message: str(store.increment("asked")))

@bot.command("write")
def write(message):
    try:
        open(message.arguments, "a").close()
    except OSError as error:
        return error.strerror
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory):
    """A folder in memory: a disk that keeps everything safe takes minutes for a Debian."""
    missing = what_is_missing()
    if missing:
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("memory")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def debian(memory):
    """A fresh Debian, to be copied."""
    return make_debian(memory / "debian")


@pytest.fixture
def course(tmp_path):
    """The course's folder as a learner has it, with a bot that needs a package of its own."""
    home = tmp_path / "course"
    for name in ("botlib", "deploy"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "my_bot").mkdir()
    (home / "my_bot/main.py").write_text(BOT)
    (home / "my_bot/requirements.txt").write_text("roman\n")
    return home


class Chat:
    """A Twitch where Viktor talks to the bot."""

    def __init__(self, twitch):
        self.twitch, self.bot = twitch, twitch.account("hello_bot")
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.app = twitch.application("Hello bot", confidential=False)

    def settings(self):
        token = self.twitch.authorize(self.bot, self.app, ["chat:read", "chat:edit"])
        return {
            "TWITCH_TOKEN": token.access_token,
            "TWITCH_REFRESH_TOKEN": token.refresh_token,
            "TWITCH_CLIENT_ID": self.app.client_id,
            "TWITCH_CHANNEL": "viktor",
            "TWITCH_API": self.twitch.url,
        }

    def wait(self, after=None):
        """Until the bot has come; over a connection made later than `after`."""
        self.twitch.wait_for("hello_bot", "viktor", timeout=120, after=after)

    def ask(self, text):
        """What the bot says, without the invisible mark of what it said a moment ago."""
        return self.viktor.ask(text, timeout=30).strip(" \U000e0000")


@pytest.fixture
def chat(twitch):
    return Chat(twitch)


def as_lines(settings):
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def type_all(machine, heading):
    for block in blocks_of(README)[heading]:
        machine.type(block)


FILES = (
    "find / -xdev -not -path '/var/log/*' -not -path '/var/cache/*' -not -path '/run/*'"
    " -not -path '/tmp/*' -not -path '/var/tmp/*' -not -name '*.pyc' -not -name __pycache__"
)
STATE = "systemctl show chatbot@twitch -p ActiveState,Result,ExecMainStatus,NRestarts"


@pytest.mark.timeout(900)
def test_a_rented_machine_from_nothing_to_a_reply_and_back_to_nothing(
    debian, memory, course, chat, tmp_path
):
    first, store = chat.settings(), re.search(r"`(STORE_URL=sqlite:\S+)`", README.read_text())[1]
    (course / ".env").write_text(as_lines(first) + store)
    root = memory / "machine"
    subprocess.run(["cp", "--archive", debian, root], check=True)  # with owners and devices
    with Machine(root, tmp_path, course) as machine:
        type_all(machine, "The first visit")
        before = set(machine.there(FILES).splitlines())
        type_all(machine, "Bring the bot")
        assert not machine.there("find /opt/chatbot -name '.env*'")
        *start, reboot = blocks_of(README)["Start it"]
        for block in start:
            machine.type(block)
        chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"
        assert chat.ask("!roman 12") == "XII"

        # It reads the system and writes into one folder.
        assert chat.ask("!count") == "1"
        for path in ("/opt/chatbot/x", "/etc/x", "/var/lib/x", "/root/x", "/home/x"):
            assert chat.ask(f"!write {path}") in ("Read-only file system", "Permission denied")

        # A renewed token outlives two restarts and the machine's own; the first is used up.
        for _ in range(2):
            machine.there("systemctl stop chatbot@twitch")
            chat.twitch.wait_gone("hello_bot")
            chat.twitch.clock.advance(5 * HOUR)
            machine.there("systemctl start chatbot@twitch")
            chat.wait()
        kept = f"/var/lib/chatbot-twitch/{STATE_FILE}"
        assert machine.there(f"stat -c %a {kept}").strip() == "600"
        machine.type(reboot)
        chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"
        assert chat.ask("!count") == "2"

        # After a crash it is there again.
        alive = chat.twitch.connections("hello_bot")[-1]
        machine.there("systemctl kill -s KILL chatbot@twitch")
        chat.wait(after=alive)
        assert chat.ask("!hello") == "hello Viktor!"
        assert "NRestarts=1" in machine.there(STATE)

        # A change of the bot.
        changed = BOT.replace("hello {message.user}!", "good morning {message.user}!")
        (course / "my_bot/main.py").write_text(changed)
        alive = chat.twitch.connections("hello_bot")[-1]
        type_all(machine, "Change the bot")
        chat.wait(after=alive)
        assert chat.ask("!hello") == "good morning Viktor!"

        as_a_user_at_home(machine, chat, course)

        # Stopped, it ends well; with a wrong token it ends, and is not tried again.
        machine.there("systemctl stop chatbot@twitch")
        assert "Result=success" in machine.there(STATE)
        wrong = first | {"TWITCH_TOKEN": "w" * 30, "TWITCH_REFRESH_TOKEN": ""}
        (course / ".env").write_text(as_lines(wrong) + store)
        machine.at_home("scp .env root@ADDRESS:/etc/chatbot/settings.env")
        machine.there("systemctl start --wait chatbot@twitch", check=False)
        state = machine.there(STATE)
        assert "ActiveState=failed" in state and f"ExecMainStatus={WRONG_SETTINGS}" in state
        assert "NRestarts=0" in state
        log = machine.there("journalctl --no-pager -u chatbot@twitch")
        type_all(machine, "Look after it")
        assert "Twitch does not know this token" in log
        assert not [name for name in ("TWITCH_TOKEN", "TWITCH_REFRESH_TOKEN") if first[name] in log]

        machine.type(blocks_of(README)["Back to nothing"][0])  # the rest is for home
        left = set(machine.there(FILES).splitlines()) - before
        assert not [path for path in left if "bot" in path]
        assert "chatbot@" not in machine.there("systemctl list-units --all --full")
        assert "chatbot" not in machine.there("getent passwd")
        machine.there(f"! grep -rqs {first['TWITCH_REFRESH_TOKEN']} /etc /opt /root /var/lib")


HOME = blocks_of(ROOT / "deploy/home/README.md")
CONTAINER = blocks_of(ROOT / "deploy/container/README.md")


@pytest.mark.timeout(900)
def test_a_container_from_nothing_to_a_reply_and_back_to_nothing(
    debian, memory, course, chat, tmp_path
):
    first = chat.settings()
    (course / ".env").write_text(as_lines(first))
    shutil.copy(ROOT / ".dockerignore", course)
    (course / "my_bot/.env").write_text("OTHER_SECRET=1\n")
    base, store = memory / "base", memory / "engine"
    subprocess.run(["cp", "--archive", debian, base], check=True)
    store.mkdir()
    (build,), (start, look), (stop,) = (
        [block.commands for block in CONTAINER[heading]]
        for heading in ("Build it", "Run it", "Change the bot")
    )
    with Engine(store, course) as engine:
        engine.stand_in(base)
        engine.run(build)
        holds = engine.run("podman run --rm --entrypoint /bin/ls my_bot -A /bot /app/botlib /app")
        assert "main.py" in holds and ".env" not in holds and "deploy" not in holds
        with_store = "-e STORE_URL=sqlite:////var/lib/chatbot/store.sqlite3 my_bot twitch"
        engine.run(start.replace("my_bot twitch", with_store))
        chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"
        assert chat.ask("!roman 12") == "XII"
        assert chat.ask("!count") == "1"
        for path in ("/bot/x", "/app/x", "/etc/x", "/root/x"):
            assert chat.ask(f"!write {path}") in ("Read-only file system", "Permission denied")

        # A renewed token outlives the container: the first one is used up. It ends well each time.
        for _ in range(2):
            engine.run("podman stop --time 15 my_bot")
            chat.twitch.wait_gone("hello_bot")
            chat.twitch.clock.advance(5 * HOUR)
            assert engine.run("podman logs my_bot").rstrip().endswith("INFO stopped")
            engine.run(stop + start.replace("my_bot twitch", with_store))
            chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"
        assert chat.ask("!count") == "2"
        log = engine.run(look)
        assert "my_bot" in log and first["TWITCH_REFRESH_TOKEN"] not in log

        for block in CONTAINER["Back to nothing"]:
            engine.run(block.commands)
        left = "podman ps -aq; podman volume ls -q; podman images -q"
        assert engine.run(left) == ""


def test_the_containers_unit_is_one_that_podman_reads(tmp_path):
    if what_is_missing():
        pytest.skip(what_is_missing())
    quadlet = "/usr/libexec/podman/quadlet"
    shutil.copy(ROOT / "deploy/container/chatbot.container", tmp_path)
    done = subprocess.run(
        [quadlet, "-dryrun"],
        env={"QUADLET_UNIT_DIRS": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("ExecStart=")]
    for words in ("--read-only", "--cap-drop all", "-v chatbot-state:/var/lib/chatbot"):
        assert words in line
    assert line.endswith("localhost/my_bot twitch /bot/main.py")
    assert f"RestartPreventExitStatus={WRONG_SETTINGS}" in done.stdout


USER = """
systemctl stop chatbot@twitch
useradd --create-home anna
mkdir /home/anna/course
tar -xzf chatbot.tgz -C /home/anna/course
chown -R anna:anna /home/anna/course
loginctl enable-linger anna  # as the README says it with sudo
systemctl start user@$(id -u anna)
"""


def as_a_user_at_home(machine, chat, course):
    """Walk deploy/home as a user who has a systemd of her own, with the packages that are there."""
    start, _, _, _, undo = (
        block.commands for typed in HOME.values() for block in typed if "run twitch" not in block[1]
    )
    packed = "tar --exclude=__pycache__ -czf chatbot.tgz botlib deploy my_bot .env"
    (course / ".env").write_text(as_lines(chat.settings()))
    machine.at_home(f"{packed}\nscp chatbot.tgz root@ADDRESS:")
    machine.there(USER)
    chat.twitch.wait_gone("hello_bot")

    def type_as_anna(commands):
        own = "export XDG_RUNTIME_DIR=/run/user/$(id -u)\ncd ~/course\n"
        python = "/opt/chatbot/.venv/bin/python -m deploy."
        typed = shlex.quote(own + commands.replace("python3 start.py ", python))
        return machine.there(f"runuser -u anna -- bash -euc {typed}")

    assert "my_bot-twitch runs" in type_as_anna(start)
    chat.wait()
    assert chat.ask("!hello") == "good morning Viktor!"
    alive = chat.twitch.connections("hello_bot")[-1]
    type_as_anna("systemctl --user kill -s KILL my_bot-twitch")
    chat.wait(after=alive)
    type_as_anna(undo)
    chat.twitch.wait_gone("hello_bot")
    assert not type_as_anna("find ~/.config -name '*my_bot*'")
    machine.there("loginctl disable-linger anna; userdel --force --remove anna")
    machine.there("systemctl start chatbot@twitch")
    chat.wait()


def test_the_prices_are_those_of_the_table():
    rows = re.findall(r"^\| .* \| (\S+) (\S+) \| (\S+) \S+ \| (\S+) \|$", README.read_text(), re.M)
    names = ("aws-lightsail-nano", "aws-t4g-nano", "aws-ipv4")
    prices = [servers()[name] for name in names]
    assert rows == [
        (f"{each.hour:.4f}", each.currency, f"{each.hour * HOURS_A_MONTH:.2f}", each.date)
        for each in prices
    ]
