"""bot-sandbox --run COMMAND: a test's own program, with the sandbox around it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from command import start
from platform_programs import (
    CLEAN_UP,
    DEPLOY_AND_INVOKE,
    FUNCTION_IN_NODE,
    FUNCTION_IN_PYTHON,
    WHO_AM_I,
)

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork for a snapshot")
SLOW = pytest.mark.slow("commands from start to end")
ASK = """
import json, os, sys, urllib.request
found = json.loads(os.environ["BOT_SANDBOX"])

def post(path, **values):
    headers = {"Bot-Sandbox-Key": found["window"]["key"]}
    body = json.dumps(values).encode()
    request = urllib.request.Request(f"{found['window']['api_url']}/{path}", body, headers)
    return json.load(urllib.request.urlopen(request, timeout=20))

said = post("telegram/say", to="hello_bot", text="!hello", **{"from": "Viktor"})
"""


def run(*arguments, **environment):
    done = start("--run", *arguments, **environment)
    out, err = done.communicate(timeout=60)
    return done.returncode, out, err


def python(code, *arguments):
    return (sys.executable, "-c", code, *arguments)


def test_a_command_finds_the_sandbox_and_ends_it():
    code = ASK + "print(said['text'], sys.argv[1:]); print(found['telegram']['url'])"
    status, out, err = run(*python(code, "--json", "--run", "x y"))
    assert (status, err) == (0, "")
    words, url = out.splitlines()
    assert words == "!hello ['--json', '--run', 'x y']"  # the command's own, untouched
    port = int(url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@SLOW
def test_a_bot_finds_its_settings_instead_of_the_real_ones():
    code = (
        ASK + "print(os.environ['TELEGRAM_TOKEN'] == found['telegram']['bots']['hello_bot']"
        "['token'], os.environ['TELEGRAM_API'] == found['telegram']['url'])"
    )
    assert run(*python(code), TELEGRAM_TOKEN="1:real", TELEGRAM_API="https://api.telegram.org") == (
        0,
        "True True\n",
        "",
    )


def test_the_command_of_a_failed_test_says_what_happened():
    status, out, err = run(*python(ASK + "sys.exit(3)"))
    assert (status, out) == (3, "")
    assert err.startswith("--- what happened in the sandbox\n")
    assert "Viktor" in err
    assert "!hello" in err


@SLOW
def test_a_failed_test_shows_which_requests_were_refused():
    """A bot's own error text often names no request, or nobody sees it."""
    code = """if True:
    import os, sys, urllib.error, urllib.request as u
    def call(url, **headers):
        try:
            u.urlopen(u.Request(url, headers=headers))
        except urllib.error.HTTPError as error:
            print(error.code)
    call(os.environ["TELEGRAM_API"] + "/bot7000000009:" + 35 * "A" + "/getMe")
    call(os.environ["TWITCH_API"] + "/helix/users", Authorization="Bearer wrong")
    sys.exit(1)
    """
    status, out, err = run(*python(code))
    assert (status, out) == (1, "401\n401\n")
    assert "[telegram] refused: getMe with a token that no bot here has: 401 Unauthorized" in err
    assert "[twitch] refused: GET /helix/users: 401 " in err
    assert 35 * "A" not in err


@SLOW
def test_two_of_them_run_at_once():
    """Each takes free ports, so jobs on one machine do not disturb each other."""
    code = ASK + "print(found['telegram']['url'], flush=True); sys.stdin.readline()"
    both = [start("--run", *python(code), stdin=subprocess.PIPE) for _ in range(2)]
    try:
        assert len({each.stdout.readline() for each in both}) == 2
        assert [each.communicate("\n", timeout=60)[1] for each in both] == ["", ""]
    finally:
        for each in both:
            each.kill()
    assert [each.returncode for each in both] == [0, 0]


@SLOW
def test_a_port_that_you_name_stays_and_the_others_are_free():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = "import json, os; found = json.loads(os.environ['BOT_SANDBOX']);"
    code += "print(found['twitch']['irc_port'], found['window']['api_url'])"
    done = start("--irc-port", str(port), "--run", *python(code))
    out, err = done.communicate(timeout=60)
    assert (done.returncode, err) == (0, "")
    irc, window = out.split()
    assert irc == str(port) and ":8083/" not in window


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--run"], 2, "--run needs a command. Write it last"),
        (["--json", "--run", "node"], 2, "Leave --json out"),
        (["--run", "no-such-program"], 127, "no-such-program cannot be run: No such file"),
    ],
)
def test_a_wrong_command_is_explained(arguments, status, words):
    done = start(*arguments)
    _, err = done.communicate(timeout=60)
    assert done.returncode == status
    assert words in err
    assert "Traceback" not in err


@SLOW
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
def test_a_command_ends_with_the_sandbox(tmp_path):
    alive = Path(tmp_path, "alive")
    code = f"import pathlib, time, os; pathlib.Path({str(alive)!r}).write_text(str(os.getpid()))"
    process = start("--run", *python(f"{code}; print('up', flush=True); time.sleep(600)"))
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.read_text()), 0)


@SLOW
def test_what_a_command_has_left_running_ends_with_it():
    """Else `run` would wait for it, because it holds the output open."""
    code = "import subprocess, sys; c = 'import time; time.sleep(600)';"
    code += "subprocess.Popen([sys.executable, '-c', c], start_new_session=True); print('left')"
    assert run(*python(code)) == (0, "left\n", "")


@SLOW
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 2), (signal.SIGTERM, 143)])
def test_a_stopped_command_cleans_up_and_is_no_success(interruptible, number, status):
    process = start("--run", *python(CLEAN_UP), stdin=subprocess.PIPE)
    command = int(process.stdout.readline())
    process.send_signal(number)
    if number == signal.SIGINT:  # a terminal sends it to both
        os.kill(command, number)
    out, err = process.communicate("\n", timeout=60)
    assert (out, process.returncode) == ("cleaned up\n", status), err


@SLOW
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that end a process")
def test_a_killed_command_has_the_status_that_a_shell_gives():
    status, _, _ = run(*python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert status == 137


def test_a_bot_finds_the_sandbox_at_the_real_addresses():
    assert run(*python(WHO_AM_I)) == (0, "hello_bot\nhello_bot\n", "")


@SLOW
def test_a_name_outside_is_refused_and_named_if_the_command_fails():
    code = "import urllib.request as u; u.urlopen('https://api.example.com/', timeout=60)"
    status, out, err = run(*python(code))
    assert (status, out) == (1, "")
    assert "Tunnel connection failed: 403 Forbidden" in err
    assert "A program asked for api.example.com:443, which the sandbox doesn't reach" in err


@SLOW
@pytest.mark.parametrize(
    ("settings", "source"),
    [
        pytest.param({"start": "plain"}, FUNCTION_IN_PYTHON, id="python"),
        pytest.param({"packages": True}, FUNCTION_IN_PYTHON, id="packages"),
        pytest.param({"start": "snapshot"}, FUNCTION_IN_PYTHON, id="snapshot", marks=POSIX),
        pytest.param({"runtime": "nodejs"}, FUNCTION_IN_NODE, id="nodejs"),
    ],
)
def test_a_function_finds_the_sandbox_at_the_real_addresses(settings, source):
    """Its own module path and options of Node.js stay."""
    file = "main.mjs" if "runtime" in settings else "main.py"
    environment = {"PYTHONPATH": "/own", "NODE_OPTIONS": "--no-warnings"}
    settings |= {"files": {file: source}, "environment": environment, "timeout_s": 20}
    status, out, err = run(*python(DEPLOY_AND_INVOKE, json.dumps(settings)))
    assert (status, out) == (0, "hello_bot, with its own settings\n"), err
