"""bot-sandbox join: a program beside a sandbox that runs already."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from command import ANY_PORTS, COMMAND, get, sandbox, start
from platform_programs import CLEAN_UP, WHO_AM_I

from bot_sandbox import JoinOffer

pytestmark = pytest.mark.slow("commands from start to end")

MACHINES = ("10.83.66.1", "10.83.66.2")


@pytest.fixture
def offer(telegram, twitch):
    with JoinOffer(telegram, twitch) as offer:
        yield offer


def join(*arguments, **environment):
    done = start("join", *arguments, **environment)
    out, err = done.communicate(timeout=60)
    return done.returncode, out, err


def python(code, *arguments):
    return ("--", sys.executable, "-c", code, *arguments)


def test_a_bot_joins_the_command_by_the_line_that_it_shows():
    with sandbox() as running:
        address = re.search(r"^ +bot-sandbox join (\S+) -- python bot.py$", running.text, re.M)[1]
        tokens = {name: running.settings()[name] for name in ("TELEGRAM_TOKEN", "TWITCH_TOKEN")}
        token = tokens["TELEGRAM_TOKEN"]
        assert f"\n  bash: export BOT_TOKEN={token}\n" in running.text
        assert f"\n  PowerShell: $env:BOT_TOKEN = '{token}'\n" in running.text
        status, out, err = join(address, *python(WHO_AM_I), **tokens)
        assert (status, out) == (0, "hello_bot\nhello_bot\n")
        place = address.partition("#")[0]
        assert err == f"bot-sandbox: joined Telegram and Twitch at {place}\n"


def test_without_cryptography_it_says_what_to_install(offer, tmp_path):
    (tmp_path / "cryptography.py").write_text("raise ImportError('no cryptography here')")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    status, _, err = join(offer.address, *python("print(1)"), PYTHONPATH=paths)
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith("bot-sandbox join: cryptography is not installed.")
    assert err.endswith("Type: pip install cryptography\n")


def test_a_code_for_one_bot_brings_its_token(offer, telegram, account, tmp_path):
    """Its own one takes the place of another, which would be refused."""
    code = WHO_AM_I.partition("head = ")[0]
    address, place = offer.address_for(account), offer.address.partition("#")[0]
    for given in ({}, {"TELEGRAM_TOKEN": telegram.new_bot("Other", "other_bot").token}):
        status, out, err = join(address, *python(code), **given)
        assert (status, out) == (0, "hello_bot\n")
        whose = "as @hello_bot, whose token is in TELEGRAM_TOKEN"
        assert err == f"bot-sandbox: joined Telegram at {place}, {whose}\n"
    two = offer.address_for(account, telegram.account("other_bot"))
    status, out, err = join(two, *python("import os; print('TELEGRAM_TOKEN' in os.environ)"))
    assert (status, out) == (0, "False\n")


def test_the_command_has_a_code_for_each_bot_and_shows_what_it_refuses():
    with sandbox() as running:
        running.ask("telegram/bots", name="Other", username="other_bot")
        window, key = re.search(r"^  (http://\S+)/#key=(\S+)$", running.text, re.M).groups()
        world = json.loads(get(f"{window}/api/world", **{"Bot-Sandbox-Key": key}))
        assert world == json.loads(get(f"{window}/api/world", **{"Bot-Sandbox-Key": key}))
        mine, other = (world["telegram"]["bots"][name] for name in ("hello_bot", "other_bot"))
        code = WHO_AM_I.partition("head = ")[0].replace("TELEGRAM_TOKEN", "BOT_TOKEN")
        words = (mine["join"]["address"], *python(code))
        assert join(*words, BOT_TOKEN=mine["token"])[:2] == (0, "hello_bot\n")
        status, out, err = join(*words, BOT_TOKEN=other["token"])
        refused = "this join code opens @hello_bot only, and no other account"
        assert (status, out, err.splitlines()[-1]) == (1, "", refused)
        running.wait_for_new(f"[join] {refused}")
        codes = [each["join"]["address"].partition("#")[2] for each in (mine, other)]
        assert not any(code in running.text + err for code in codes)


def test_the_arguments_and_the_status_are_those_of_the_command(offer):
    code = "import sys; print(sys.argv[1:]); sys.exit(3)"
    status, out, _ = join(offer.address, *python(code, "--", "--help", "x y"))
    assert (status, out) == (3, "['--', '--help', 'x y']\n")


def test_a_name_outside_is_refused_and_named_if_the_command_fails(offer):
    code = "import urllib.request as u; u.urlopen('https://api.example.com/', timeout=60)"
    status, out, err = join(offer.address, *python(code))
    assert (status, out) == (1, "")
    assert "Tunnel connection failed: 403 Forbidden" in err
    last = err.splitlines()[-1]
    assert last.startswith("A program asked for api.example.com:443, which the sandbox doesn't")


def test_a_bot_is_told_that_the_sandbox_was_started_again(telegram):
    code = """if True:
    import socket, sys
    while sys.stdin.readline():
        try:
            socket.create_connection(("api.telegram.org", 443)).recv(1)
        except OSError:
            pass
    """
    with JoinOffer(telegram, code="a-code-for-these-tests") as offer:
        process = start("join", offer.address, *python(code), stdin=subprocess.PIPE)
        assert process.stderr.readline().startswith("bot-sandbox: joined Telegram")
    with JoinOffer(telegram, port=offer.port, code="a-code-for-these-tests"):
        out, err = process.communicate("\n\n", timeout=60)  # it tries twice
    place = offer.address.partition("#")[0]
    again = f"the sandbox at {place} was started again, and has another certificate"
    assert (process.returncode, out, err.count("\n")) == (0, "", 1)
    assert err.startswith(f"bot-sandbox join: {again}")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 2, "the following arguments are required: address"),
        (["127.0.0.1:1#secret"], 2, "it needs a command: bot-sandbox join ADDRESS#CODE -- python"),
        (["127.0.0.1:1#secret", "--"], 2, "it needs a command"),
        (["127.0.0.1#secret", "--", "node"], 2, "expected an address such as 127.0.0.1:8084#CODE"),
        (["127.0.0.1:1#secret", "--", "node"], 1, "no sandbox answers at 127.0.0.1:1 ("),
    ],
)
def test_a_wrong_command_is_explained(arguments, status, words):
    found, out, err = join(*arguments)
    assert (found, out) == (status, "")
    assert words in err
    assert "Traceback" not in err and "secret" not in err


def test_a_program_that_is_not_there_is_named(offer):
    status, _, err = join(offer.address, "--", "no-such-program")
    assert status == 127
    assert "no-such-program cannot be run: No such file" in err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 2), (signal.SIGTERM, 143)])
def test_a_stopped_command_cleans_up_and_is_no_success(interruptible, offer, number, status):
    process = start("join", offer.address, *python(CLEAN_UP), stdin=subprocess.PIPE)
    command = int(process.stdout.readline())
    process.send_signal(number)
    if number == signal.SIGINT:  # a terminal sends it to both
        os.kill(command, number)
    out, err = process.communicate("\n", timeout=60)
    assert (out, process.returncode) == ("cleaned up\n", status), err


def test_the_help_says_what_it_does():
    status, out, _ = join("--help")
    assert status == 0
    assert "bot-sandbox join ADDRESS#CODE -- COMMAND" in out


@pytest.fixture
def two_machines():
    """Two network namespaces with an address each, as words before a command."""
    if not shutil.which("ip"):
        pytest.skip("NO SECOND NETWORK: this machine has no command ip")
    names = [f"join{os.getpid()}-{n}" for n in (1, 2)]
    lines = [f"netns add {name}" for name in names]
    lines += [f"link add one netns {names[0]} type veth peer name two netns {names[1]}"]
    for name, link, address in zip(names, ("one", "two"), MACHINES, strict=True):
        lines += [f"-n {name} link set lo up", f"-n {name} link set {link} up"]
        lines += [f"-n {name} address add {address}/24 dev {link}"]
    try:
        for line in lines:
            done = subprocess.run(["ip", *line.split()], capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"NO SECOND NETWORK: {done.stderr.strip()}")
        yield [("ip", "netns", "exec", name, *COMMAND) for name in names]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)


@pytest.mark.slow("two networks, which only root can make")
def test_a_bot_joins_a_sandbox_on_another_machine(two_machines):
    here, there = two_machines
    options = (*ANY_PORTS, "--host", MACHINES[0], "--key", "a-key-for-these-tests", "--json")
    process = start(*options, command=here, stdin=subprocess.PIPE)
    try:
        found = json.loads(process.stdout.readline())
        tokens = {name: found["settings"][name] for name in ("TELEGRAM_TOKEN", "TWITCH_TOKEN")}
        words = ("join", found["join"]["address"], *python(WHO_AM_I))
        done = start(*words, command=there, **tokens)
        out, err = done.communicate(timeout=60)
        assert (done.returncode, out) == (0, "hello_bot\nhello_bot\n"), err
    finally:
        process.kill()
        process.communicate()
