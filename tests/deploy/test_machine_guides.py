"""The guides for a home that stays on, every command of theirs on a real systemd and engine.

The sandbox's image and the course's are here, too, because they need the same Debian and engine.
"""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from guide_chat import Chat, as_lines
from her_bot import HER_BOT, write_her_bot
from jupyter_elsewhere import chat_in, listens, live_window
from jupyterlab_browser import FIRST, browser_page, run_notebook, unexpected_errors
from redis_server import free_port
from rented_machine import Engine, Machine, blocks_of, make_debian, what_is_missing
from waiting import wait_until

from bot_sandbox.cloud.prices import HOURS_A_MONTH, servers
from botlib.details.renewed_tokens import STATE_FILE
from botlib.run import WRONG_SETTINGS
from deploy.autostart import BotProcess, login_item

pytestmark = pytest.mark.machine("a rented machine")

ROOT = Path(__file__).parents[2]
README = ROOT / "deploy/machine/README.md"
IMAGE = ROOT / "docs/image/Containerfile"
BASE_IMAGE = "docker.io/library/python:3.13-slim"
HOUR = 3600.0
WRITE = """
from botlib import Bot

bot = Bot()

@bot.command("write")
def write(message):
    try:
        open(message.arguments, "a").close()
    except OSError as error:
        return error.strerror
"""
ROMAN = """
import roman
from botlib import Bot

bot = Bot()
bot.command("roman")(lambda message: roman.toRoman(int(message.arguments)))
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
    """The course's folder with the bot of the notebooks, and a command that tries to write."""
    home = tmp_path / "course"
    for name in ("botlib", "deploy"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    (write_her_bot(home) / "commands/write.py").write_text(WRITE)
    return home


def change(course):
    """Change what the bot says, and let it use a package."""
    bot = course / HER_BOT
    hello = bot / "commands/hello.py"
    hello.write_text(hello.read_text().replace("hello {message", "good morning {message"))
    (bot / "commands/roman.py").write_text(ROMAN)
    (bot / "requirements.txt").write_text("roman\n")


@pytest.fixture
def chat(twitch):
    return Chat(twitch)


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
    first = chat.settings()
    (course / ".env").write_text(as_lines(first))
    root = memory / "machine"
    subprocess.run(["cp", "--archive", debian, root], check=True)  # with owners and devices
    with Machine(root, tmp_path, course) as machine:
        type_all(machine, "3. The first visit")
        before = set(machine.there(FILES).splitlines())
        type_all(machine, "4. Bring the bot")
        assert not machine.there("find /opt/chatbot -name '.env*'")
        *start, reboot = blocks_of(README)["5. Start it, and the first reply"]
        for block in start:
            machine.type(block)
        chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"

        # It reads the system and writes into one folder.
        assert chat.ask("!cheer") == "Viktor cheers! That makes 1."
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
        assert chat.ask("!cheer") == "Viktor cheers! That makes 2."

        # After a crash it is there again.
        alive = chat.twitch.connections("hello_bot")[-1]
        machine.there("systemctl kill -s KILL chatbot@twitch")
        chat.wait(after=alive)
        assert chat.ask("!hello") == "hello Viktor!"
        assert "NRestarts=1" in machine.there(STATE)

        # A change of the bot.
        change(course)
        alive = chat.twitch.connections("hello_bot")[-1]
        type_all(machine, "Change the bot")
        chat.wait(after=alive)
        assert chat.ask("!hello") == "good morning Viktor!"
        assert chat.ask("!roman 12") == "XII"

        as_a_user_at_home(machine, chat, course)

        # Stopped, it ends well; with a wrong token it ends, and is not tried again.
        machine.there("systemctl stop chatbot@twitch")
        assert "Result=success" in machine.there(STATE)
        wrong = first | {"TWITCH_TOKEN": "w" * 30, "TWITCH_REFRESH_TOKEN": ""}
        (course / ".env").write_text(as_lines(wrong))
        machine.at_home("scp .env root@ADDRESS:/etc/chatbot/settings.env")
        machine.there("systemctl start --wait chatbot@twitch", check=False)
        state = machine.there(STATE)
        assert "ActiveState=failed" in state and f"ExecMainStatus={WRONG_SETTINGS}" in state
        assert "NRestarts=0" in state
        log = machine.there("journalctl --no-pager -u chatbot@twitch")
        type_all(machine, "If something is wrong")
        assert "Twitch does not know this token" in log
        assert not [name for name in ("TWITCH_TOKEN", "TWITCH_REFRESH_TOKEN") if first[name] in log]

        machine.type(blocks_of(README)["Back to nothing"][0])  # the rest is for home
        left = set(machine.there(FILES).splitlines()) - before
        assert not [path for path in left if "bot" in path]
        assert "chatbot@" not in machine.there("systemctl list-units --all --full")
        assert "chatbot" not in machine.there("getent passwd")
        machine.there(f"! grep -rqs {first['TWITCH_REFRESH_TOKEN']} /etc /opt /root /var/lib")


ODD = '/opt/a $HOME 100% "q" ${b} \\ c'
WRITES_ITS_WORDS = "import pathlib, sys; pathlib.Path('words').write_text(repr(sys.argv[1:]))\n"


@pytest.mark.timeout(900)
def test_a_start_at_login_takes_a_folder_of_any_name(debian, memory, course, tmp_path):
    bot = BotProcess("twitch", Path(ODD, "main.py"), f"{ODD}/python $HOME", Path(ODD))
    unit = login_item(bot, "linux", Path("/")).content.decode()
    root = memory / "odd"
    subprocess.run(["cp", "--archive", debian, root], check=True)
    here = Path(f"{root}{ODD}")
    (here / "botlib").mkdir(parents=True)
    (here / "botlib/run.py").write_text(WRITES_ITS_WORDS)
    shutil.copytree(ROOT / "deploy/import_path", here / "deploy/import_path")
    (here / "python $HOME").symlink_to("/usr/bin/python3")
    (root / "etc/systemd/system/odd.service").write_text(f"{unit}\n[Service]\nType=oneshot\n")
    with Machine(root, tmp_path, course) as machine:
        machine.there("systemctl start odd")
    assert (here / "words").read_text() == repr(["twitch", f"{ODD}/main.py"])


HOME = blocks_of(ROOT / "deploy/home/README.md")
CONTAINER = blocks_of(ROOT / "deploy/container/README.md")


@pytest.mark.timeout(900)
def test_a_container_from_nothing_to_a_reply_and_back_to_nothing(
    debian, memory, course, chat, tmp_path
):
    first = chat.settings()
    (course / ".env").write_text(as_lines(first))
    shutil.copy(ROOT / ".dockerignore", course)
    (course / HER_BOT / ".env").write_text("OTHER_SECRET=1\n")
    base, store = memory / "base", memory / "engine"
    subprocess.run(["cp", "--archive", debian, base], check=True)
    store.mkdir()
    (build,), (start,), (look,), (stop,) = (
        [block.commands for block in CONTAINER[heading]]
        for heading in (
            "1. Build it",
            "2. Run it, and the first reply",
            "If something is wrong",
            "Change the bot",
        )
    )
    with Engine(store, course) as engine:
        engine.stand_in(base)
        engine.run(build)
        holds = engine.run("podman run --rm --entrypoint /bin/ls my_bot -A /bot /app/botlib /app")
        assert "main.py" in holds and ".env" not in holds and "deploy" not in holds
        engine.run(start)
        chat.wait()
        assert chat.ask("!hello") == "hello Viktor!"
        assert chat.ask("!cheer") == "Viktor cheers! That makes 1."
        for path in ("/bot/x", "/app/x", "/etc/x", "/root/x"):
            assert chat.ask(f"!write {path}") in ("Read-only file system", "Permission denied")

        # A renewed token outlives the container: the first one is used up. It ends well each time.
        for _ in range(2):
            engine.run("podman stop --time 15 my_bot")
            chat.twitch.wait_gone("hello_bot")
            chat.twitch.clock.advance(5 * HOUR)
            assert engine.run("podman logs my_bot").rstrip().endswith("INFO stopped")
            change(course)
            engine.run(build + stop + start)
            chat.wait()
        assert chat.ask("!hello") == "good morning Viktor!"
        assert chat.ask("!roman 12") == "XII"
        assert chat.ask("!cheer") == "Viktor cheers! That makes 2."
        log = engine.run(look)
        assert "my_bot" in log and first["TWITCH_REFRESH_TOKEN"] not in log

        for block in CONTAINER["Back to nothing"]:
            engine.run(block.commands)
        left = "podman ps -aq; podman volume ls -q; podman images -q"
        assert engine.run(left) == ""


KEY = "a-key-for-this-test-alone"
OTHER_CONTAINER = """
import json, smtplib, sys, urllib.error, urllib.request

def get(url, values=None, **headers):
    body = None if values is None else json.dumps(values).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
        return response.read()

def ask(path, values=None):
    return json.loads(get(f"{sys.argv[1]}/{path}", values, **{"Bot-Sandbox-Key": sys.argv[2]}))

found = json.loads(sys.argv[3])
bot = ask("telegram/bots", {"name": "My bot", "username": "my_bot"})
print(json.loads(get(f"{found['telegram']['url']}/bot{bot['token']}/getMe"))["result"]["username"])
print(get(found["cloud"]["functions"]["hello"]["url"]).decode())
with smtplib.SMTP(found["mail"]["host"], found["mail"]["port"], "localhost") as server:
    server.sendmail("bot@example.org", "anna@example.org", "Subject: hello")
print(ask("mail/letters?n=1")["letters"][0]["subject"])
print(json.loads(get(f"https://api.telegram.org/bot{bot['token']}/getMe"))["ok"])
try:
    get(found["telegram"]["url"], Host="other")
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)["description"])
"""


@pytest.mark.timeout(900)
def test_the_sandboxs_image_serves_another_container(debian, memory, tmp_path):
    guide = (ROOT / "sandbox/docs/ci.md").read_text(encoding="utf-8")
    build = re.search(r"^podman build .*$", guide, re.M)[0]
    compose = yaml.safe_load(re.search(r"```yaml\n(services:.*?)```", guide, re.S)[1])
    service, tests = compose["services"]["sandbox"], compose["services"]["tests"]
    guide = (ROOT / "sandbox/docs/unchanged.md").read_text(encoding="utf-8")
    compose = yaml.safe_load(re.search(r"```yaml\n(services:.*?)```", guide, re.S)[1])
    named, bot = compose["services"]["sandbox"], compose["services"]["bot"]
    assert set(service["command"]) < set(named["command"])
    aliases = " ".join(named["networks"]["default"]["aliases"])
    base, store, hosts = memory / "sandbox-base", memory / "sandbox-engine", tmp_path / "hosts"
    subprocess.run(["cp", "--archive", debian, base], check=True)
    store.mkdir()
    hosts.write_text(f"127.0.0.1 localhost sandbox {aliases}\n")  # as an engine's own network does
    with Engine(store, ROOT / "sandbox") as engine:
        engine.stand_in(base)
        engine.run(build)
        # Its network has nothing but itself and the other container.
        run = "podman run --network none --read-only --cap-drop=all"
        refused = engine.run(f"{run} --rm bot-sandbox", check=False)
        assert "So choose a key that nobody can guess" in refused
        options = shlex.join(named["command"])
        own = f"--detach --name sandbox --volume {hosts}:/etc/hosts:ro"
        own += "".join(f" --sysctl {name}={value}" for name, value in named["sysctls"].items())
        own += "".join(f" --volume {each}" for each in named["volumes"])
        engine.run(f"{run} {own} -e BOT_SANDBOX_KEY={KEY} bot-sandbox {options}")
        healthy = "podman healthcheck run sandbox >/dev/null 2>&1 && echo healthy || true"
        wait_until(lambda: engine.run(healthy) == "healthy\n", timeout=60)
        line = engine.run("podman logs sandbox 2>/dev/null")
        assert json.loads(line)["telegram"]["url"] == "http://sandbox:8081"
        assert engine.run("podman exec sandbox id --user") == "10001\n"
        words = [tests["environment"]["SANDBOX_API"], KEY, line.strip()]
        other = ["--network", "container:sandbox", f"--volume={hosts}:/etc/hosts:ro"]
        other += [f"--volume={each}" for each in bot["volumes"]]
        other += ["-e", f"SSL_CERT_FILE={bot['environment']['SSL_CERT_FILE']}"]
        client = ["--entrypoint", "/venv/bin/python3", "bot-sandbox", "-c", OTHER_CONTAINER]
        said = engine.run(shlex.join(["podman", "run", "--rm", *other, *client, *words]))
        name, function, letter, real_address, foreign = said.splitlines()
        assert (name, function, letter) == ("my_bot", "hello from the cloud", "hello")
        assert real_address == "True"
        assert foreign.startswith("403 ") and "--allow-host" in foreign
        engine.run("podman stop --time 15 sandbox")
        assert engine.run("podman inspect --format '{{.State.ExitCode}}' sandbox") == "0\n"
        assert "Traceback" not in engine.run("podman logs sandbox 2>&1")


LARGEST = 650 * 10**6  # bytes that the course may add to its base


@pytest.mark.timeout(900)
def test_the_courses_image_serves_a_learner_who_may_only_read_the_course(debian, memory, tmp_path):
    build = re.search(r"podman build .*$", IMAGE.read_text(encoding="utf-8"), re.M)[0]
    guide = (ROOT / "docs/where_to_run.md").read_text(encoding="utf-8")
    assert build in guide
    (run,) = re.findall(r"^podman run .*$", guide, re.M)
    base, store, port = memory / "course-base", memory / "course-engine", free_port()
    subprocess.run(["cp", "--archive", debian, base], check=True)
    store.mkdir()
    with Engine(store, ROOT) as engine:
        engine.stand_in(base)
        engine.run(build)
        size = "podman image inspect --format '{{.Size}}' "
        whole, below = (int(engine.run(size + tag)) for tag in ("chatbots", BASE_IMAGE))
        assert whole - below < LARGEST
        held = engine.run("podman run --rm chatbots find /opt/course -not -path '*/.venv/*'")
        assert "/opt/course/notebooks/00_start_here.ipynb\n" in held
        assert not re.search(r"/tests\n|/workshop\n|/\.git|\.env\n|store\.sqlite3", held)
        refused = engine.run("podman run --rm chatbots touch /opt/course/botlib/x", check=False)
        assert "Permission denied" in refused
        assert engine.run("podman run --rm chatbots jupyterhub-singleuser --version")[0].isdigit()

        # As the guide says, but without a network, and its address is read from its log.
        alone = run.replace(" --interactive --tty", " --detach --name alone --network none")
        engine.run(alone.replace(" --rm", ""))
        wait_until(lambda: "/lab/tree/my_course/00" in engine.run("podman logs alone 2>&1"), 60)
        log = engine.run("podman logs alone 2>&1")
        (address,) = set(re.findall(r"http://127\.0\.0\.1:8888/lab\S+", log))
        ask = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)"
        said = engine.run(shlex.join(["podman", "exec", "alone", "python", "-c", ask, address]))
        assert said == "200\n"
        assert engine.run("podman exec alone id --user") == "1000\n"
        engine.run("podman stop --time 15 alone")

        # The engine of this test has the machine's own network, so it may listen at home only.
        jupyter = f"jupyter lab --no-browser --ip=127.0.0.1 --port={port}"
        token = "JUPYTER_TOKEN=of-this-test"
        lab = run.replace("--interactive --tty", f"--detach --name lab --read-only --env {token}")
        engine.run(f"{lab} {jupyter} --LabApp.expose_app_in_browser=True")
        wait_until(lambda: listens(port), 60)
        address = f"http://127.0.0.1:{port}/lab/tree/my_course/{FIRST}?token=of-this-test"
        with browser_page() as page:
            notebook = run_notebook(page, address, FIRST)
            assert unexpected_errors(notebook) == []
            page.locator("object").first.scroll_into_view_if_needed()  # until then it isn't drawn
            window = live_window(page)
            assert "/proxy/" in window.url
            chat_in(window, "!hello", "hello Viktor!")
        packed = engine.run("podman exec lab python3 start.py pack")
        assert "/home/learner/my_course.zip" in packed
        home = engine.run("podman exec lab find /home/learner/my_course/workshop/my_bot")
        assert "/my_bot/name.txt\n" in home
        engine.run("podman stop --time 15 lab")


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
    limits = ("MemoryMax=256M", "TasksMax=64")
    assert set(limits) <= set(done.stdout.splitlines())
    # The same as under a unit of its own.
    assert set(limits) <= set((ROOT / "deploy/machine/chatbot@.service").read_text().splitlines())


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
    start = HOME["2. At each login, and the first reply"][0].commands
    undo = HOME["Back to nothing"][0].commands
    packed = "tar --exclude=__pycache__ -czf chatbot.tgz botlib deploy my_course .env"
    (course / ".env").write_text(as_lines(chat.settings()))
    machine.at_home(f"{packed}\nscp chatbot.tgz root@ADDRESS:")
    machine.there(USER)
    chat.twitch.wait_gone("hello_bot")

    def type_as_anna(commands):
        own = "export XDG_RUNTIME_DIR=/run/user/$(id -u)\ncd ~/course\n"
        python = "/opt/chatbot/.venv/bin/python -m deploy."
        typed = shlex.quote(own + commands.replace("python3 start.py ", python))
        return machine.there(f"runuser -u anna -- bash -euc {typed}")

    assert re.search("my_bot-twitch-[0-9a-f]{8} runs", type_as_anna(start))
    chat.wait()
    assert chat.ask("!hello") == "good morning Viktor!"
    alive = chat.twitch.connections("hello_bot")[-1]
    type_as_anna("systemctl --user kill -s KILL 'my_bot-twitch-*'")
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
