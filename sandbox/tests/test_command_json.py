"""The command for scripts and CI: one line of JSON, fixed keys, an empty world, other hosts."""

import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import time
import urllib.error
from contextlib import contextmanager

import pytest
from command import ANY_PORTS, COMMAND, folder_with, get, post, start
from letters import send

from bot_sandbox import __main__, __version__
from bot_sandbox.command.options import make_parser, read_options

pytestmark = pytest.mark.slow("commands from start to end")

KEY = "a-key-for-these-tests"


@contextmanager
def running(*options, **settings):
    """The command with --json, and what its line has; it ends with its input."""
    process = start(*ANY_PORTS, "--json", *options, stdin=subprocess.PIPE, **settings)
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line), process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def refused(*options, **settings):
    """What the command says before it exits, and its exit status."""
    process = start(*ANY_PORTS, *options, **settings)
    output, errors = process.communicate(timeout=60)
    assert output == ""
    return process.returncode, errors


def api(found, path, **values):
    """Ask the window's HTTP interface."""
    key = {"Bot-Sandbox-Key": found["window"]["key"]}
    url = f"{found['window']['api_url']}/{path}"
    return post(url, values, **key) if values else json.loads(get(url, **key))


def test_with_fixed_the_lines_to_join_stay_the_same(tmp_path):
    starts = []
    for _ in range(2):
        with running("--fixed", BOT_SANDBOX_STATE=str(tmp_path)) as (found, _):
            bots, accounts = found["telegram"]["bots"], found["twitch"]["accounts"]
            each = (found, bots["hello_bot"], accounts["hello_bot"], accounts["anna"])
            starts.append([one["join"]["address"].partition("#")[2] for one in each])
    assert starts[0] == starts[1] and len({*starts[0]}) == 4


def test_with_fixed_the_port_to_join_is_fixed():
    ports = [read_options("", words).join_port for words in (["--fixed"], [], ["--seed=x"])]
    assert ports == [8084, 0, 0]
    assert read_options("", ["--fixed", "--join-port=8090"]).join_port == 8090


def test_one_line_has_all_that_a_client_needs(tmp_path):
    source = "import os\ndef handler(event, context):\n    return os.environ['SMTP_PORT']\n"
    with running(folder_with(tmp_path / "my_bot", source)) as (found, process):
        assert found["version"] == __version__
        telegram, twitch, cloud, mail = (
            found[name] for name in ("telegram", "twitch", "cloud", "mail")
        )
        token = telegram["bots"]["hello_bot"]["token"]
        me = json.loads(get(f"{telegram['url']}/bot{token}/getMe"))["result"]
        assert me["id"] == telegram["bots"]["hello_bot"]["id"]
        said = {"from": "Viktor", "to": "hello_bot", "text": "!hello"}
        assert api(found, "telegram/say", **said)["text"] == "!hello"
        (update,) = json.loads(get(f"{telegram['url']}/bot{token}/getUpdates"))["result"]
        assert update["message"]["from"]["id"] == telegram["people"]["Viktor"]["id"]

        own = twitch["accounts"]["hello_bot"]
        app = twitch["applications"]["Hello bot"]
        allowed = {"Authorization": f"Bearer {own['access_token']}", "Client-Id": app["client_id"]}
        users = json.loads(get(f"{twitch['helix_url']}/users?login=viktor&login=anna", **allowed))
        assert {each["login"]: each["id"] for each in users["data"]} == {
            login: twitch["accounts"][login]["id"] for login in ("viktor", "anna")
        }
        refresh = {"grant_type": "refresh_token", "refresh_token": own["refresh_token"]}
        query = "&".join(
            f"{name}={value}"
            for name, value in (
                *refresh.items(),
                ("client_id", app["client_id"]),
                ("client_secret", app["client_secret"]),
            )
        )
        assert "access_token" in post(f"{twitch['oauth_url']}/token?{query}", {})
        place = twitch["irc_host"], twitch["irc_port"]
        with socket.create_connection(place, timeout=20) as chat:
            chat.sendall(b"NICK justinfan1\r\n")
            assert b" 001 justinfan1 " in chat.recv(1000)
        assert twitch["irc_url"].startswith("ws://") and twitch["eventsub_url"].endswith("/ws")

        assert get(cloud["functions"]["hello"]["url"]) == "hello from the cloud"
        assert get(cloud["functions"]["my-bot"]["url"]) == str(mail["port"])
        credential = f"AWS4-HMAC-SHA256 Credential={cloud['key']}/"
        invoke = f"{cloud['url']}/2015-03-31/functions/my-bot/invocations"
        assert post(invoke, {}, Authorization=credential) == str(mail["port"])

        with smtplib.SMTP(mail["host"], mail["port"], "localhost") as server:
            server.sendmail("bot@example.org", "anna@example.org", "Subject: hello")
        (letter,) = api(found, "mail/letters?n=1&timeout=20")["letters"]
        assert (letter["to"], letter["subject"]) == (["anna@example.org"], "hello")

        assert api(found, "world") == found
        assert json.loads(get(found["window"]["openapi_url"]))["openapi"] == "3.1.0"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(f"{found['window']['api_url']}/world")
        assert found["settings"]["TELEGRAM_TOKEN"] == token
        assert found["settings"]["TWITCH_TOKEN"] == own["access_token"]
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stdout.read() == ""
        assert "[telegram Viktor and Hello bot] Viktor: !hello" in process.stderr.read()


def test_the_log_has_faults_before_what_they_do_and_a_time_for_each_line():
    with running() as (found, process):
        token = found["telegram"]["bots"]["hello_bot"]["token"]
        url = f"{found['telegram']['url']}/bot{token}"
        api(found, "telegram/say", **{"from": "Viktor", "to": "hello_bot"}, text="hi")
        api(found, "telegram/faults", fault="status", status=503, method="getMe")
        api(found, "telegram/faults", fault="drop", bot="hello_bot", n=2)
        for path, answer in (("getMe", urllib.error.HTTPError), ("getUpdates", ConnectionError)):
            with pytest.raises(answer) as caught:
                get(f"{url}/{path}")
            if answer is urllib.error.HTTPError:
                caught.value.close()
        api(found, "telegram/faults", fault="restart")
        api(found, "twitch/faults", fault="revoke", token="s" * 30)
        errors = process.stderr.readline()
        while "fault: restart" not in errors or "fault: revoke" not in errors:
            line = process.stderr.readline()
            assert line, errors
            errors += line
    lines = re.findall(r"^\d\d:\d\d:\d\d\.\d{3} (\[t[^]]+\] .+)$", errors, re.MULTILINE)
    telegram = [line.removeprefix("[telegram] ") for line in lines if "telegram" in line]
    hit = "@hello_bot: a fault of this sandbox: its"
    assert telegram == [
        "[telegram Viktor and Hello bot] Viktor: hi",
        "fault: status, status=503, method=getMe, n=1",
        "fault: drop, bot=hello_bot, n=2",
        f"{hit} getMe was answered with 503 Service Unavailable",
        f"{hit} getUpdates was cut off without an answer",
        "fault: restart",
    ]
    assert "[twitch] fault: revoke, token=<token>" in lines and "s" * 30 not in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
def test_without_a_pipe_it_runs_until_it_is_terminated():
    process = start(*ANY_PORTS, "--json")  # its input is empty, as in the background of a shell
    try:
        found = json.loads(process.stdout.readline())
        assert get(found["cloud"]["functions"]["hello"]["url"]) == "hello from the cloud"
        while "[hello] START RequestId" not in (line := process.stderr.readline()):
            assert line  # it is the end
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output) == (0, "")
        assert "Traceback" not in errors
    finally:
        process.kill()
        process.communicate()


def test_an_empty_world_is_built_by_http():
    with running("--no-sample") as (found, _):
        assert set(found["telegram"]) == {"url"}
        assert found["cloud"]["functions"] == {}
        assert {name for name in found["settings"] if "TOKEN" in name or "SECRET" in name} == set()
        for path in ("telegram/bots", "telegram/people", "twitch/accounts", "cloud/functions"):
            assert re.search("hello|viktor|anna", str(api(found, path)), re.IGNORECASE) is None
        made = api(found, "telegram/bots", name="My bot", username="my_bot")
        assert json.loads(get(f"{found['telegram']['url']}/bot{made['token']}/getMe"))["ok"]


def test_the_world_is_told_as_it_is_now():
    with running() as (found, _):
        bot = api(found, "telegram/bots", name="My bot", username="my_bot")
        nora = api(found, "telegram/people", name="Nora")
        token = api(found, "telegram/token", bot="hello_bot")["token"]
        tom = api(found, "twitch/accounts", login="tom")
        app = api(found, "twitch/applications", name="My bot")
        now = api(found, "world")
        assert now["telegram"]["bots"]["my_bot"]["token"] == bot["token"]
        assert now["telegram"]["bots"]["hello_bot"]["token"] == token
        assert now["settings"] == found["settings"] | {"TELEGRAM_TOKEN": token}
        assert now["telegram"]["people"]["Nora"] == {"id": nora["id"]}
        assert now["twitch"]["accounts"]["tom"]["id"] == tom["id"]
        assert now["twitch"]["applications"]["My bot"]["client_secret"] == app["client_secret"]


def test_after_a_reset_the_world_is_as_without_a_sample():
    with running() as (found, _):
        key = {"Bot-Sandbox-Key": found["window"]["key"]}
        post(f"{found['window']['api_url']}/reset", {}, **key)
        now = api(found, "world")
        assert now["window"] == found["window"]
        assert set(now["telegram"]) == {"url"} and now["cloud"]["functions"] == {}
        assert set(now["settings"]) == {"TELEGRAM_API", "TWITCH_API", "SMTP_HOST", "SMTP_PORT"}
        own = {"bots", "people", "accounts", "applications", "eventsub_secret"}
        assert not own & (set(now["telegram"]) | set(now["twitch"]))
        api(found, "telegram/bots", name="My bot", username="hello_bot")  # another one
        bots = api(found, "world")["telegram"]["bots"]
        assert set(bots["hello_bot"]) == {"id", "name", "token", "join"}


def test_the_guide_of_an_empty_world_is_only_addresses():
    process = start(*ANY_PORTS, "--no-sample")
    try:
        text = ""
        while "/2015-03-31/functions/\n" not in text:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            text += line
    finally:
        process.kill()
        process.communicate()
    assert "hello_bot" not in text and "Viktor" in text  # by the line that adds him
    assert re.search(r"^  SMTP: 127\.0\.0\.1:\d+", text, re.MULTILINE)


def test_a_key_is_the_windows_and_the_clouds_and_the_environment_may_have_it(tmp_path):
    source = "import os\ndef handler(event, context):\n    return 'BOT_SANDBOX_KEY' in os.environ\n"
    folder = folder_with(tmp_path / "curious", source)
    for options, settings in ((["--key", KEY], {}), ([], {"BOT_SANDBOX_KEY": KEY})):
        with running(folder, *options, **settings) as (found, _):
            assert found["window"]["key"] == found["cloud"]["key"] == KEY
            assert found["window"]["address"].endswith(f"#key={KEY}")
            assert "Viktor" in str(api(found, "telegram/people"))
            assert get(found["cloud"]["functions"]["curious"]["url"]) == "false"


@pytest.mark.parametrize("key", ["too-short", "with a blank in it", "with/a/slash/in/it", ""])
def test_a_key_that_cannot_be_one_is_refused_and_not_repeated(key):
    status, errors = refused("--key", key)
    assert status == 2
    assert "expected 16 to 200 letters, digits or . _ ~ -" in errors
    assert not key or key not in errors
    if key:
        status, errors = refused(BOT_SANDBOX_KEY=key)
        assert status == 2 and "BOT_SANDBOX_KEY: expected 16" in errors and key not in errors


def test_an_open_host_needs_a_key_and_says_why():
    status, errors = refused("--host", "0.0.0.0")
    assert status == 2
    assert "anybody can run code here" in errors
    assert "BOT_SANDBOX_KEY" in errors and "secrets.token_hex" in errors
    status, errors = refused("--host", "host.invalid", "--key", KEY)
    assert status == 2
    assert "this machine has no address 'host.invalid'" in errors


def test_what_is_opened_is_said_once_each(tmp_path):
    options = ["--allow-host=*.bots.example", "--allow-origin=http://localhost:3000"]
    with running(*options) as (_, process):
        process.stdin.close()
        errors = process.stderr.read()
    assert errors.count("--allow-host *.bots.example: the servers answer to this name") == 1
    assert errors.count("--allow-origin http://localhost:3000: pages from there") == 1
    assert "--host" not in errors.replace("--allow-host", "")


def sends(found, n):
    """The statuses of n messages that the sample bot sends to Viktor at once."""
    telegram = found["telegram"]
    token = telegram["bots"]["hello_bot"]["token"]
    chat = telegram["people"]["Viktor"]["id"]
    api(found, "telegram/say", **{"from": "Viktor", "to": "hello_bot"}, text="hi")
    statuses = []
    for number in range(n):
        try:
            post(
                f"{telegram['url']}/bot{token}/sendMessage", {"chat_id": chat, "text": f"{number}"}
            )
            statuses.append(200)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
    return statuses


def test_limits_are_chosen_or_lifted():
    with running("--limits", "chat_burst=2,chat_per_second=0.001") as (found, _):
        assert sends(found, 4) == [200, 200, 429, 429]
    with running("--limits=none") as (found, _):
        assert sends(found, 50) == [200] * 50
        for text in ("same", "same"):  # Twitch refuses a repeated text within 30 seconds
            said = api(found, "twitch/say", **{"from": "anna", "channel": "viktor"}, text=text)
            assert said["text"] == text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limits=some"], "expected none, or NAME=NUMBER, with names from chat_per_second, "),
        (["--limits=chat_burst=0"], "chat_burst must be a whole number greater than 0; found '0'"),
        (["--limits=chat_burst=2.5"], "must be a whole number greater than 0; found '2.5'"),
        (["--limits=bot_per_second=nan"], "must be a number greater than 0; found 'nan'"),
        (["--allow-host=http://bots.example"], "expected a name such as bots.example"),
        (["--allow-origin=http://a/b"], "expected an address without a path"),
        (["--mail-port=70000"], "expected a number from 0 (any free port) to 65535"),
        (["--jason"], "unrecognized arguments: --jason"),
    ],
)
def test_a_wrong_option_is_explained(options, words):
    status, errors = refused(*options)
    assert status == 2
    assert words in errors and "bot-sandbox --help lists all options." in errors


def test_the_help_lists_every_option_and_no_other():
    parser = make_parser("")
    known = {name for action in parser._actions for name in action.option_strings}
    shown = set(re.findall(r"^    (--[a-z-]+)", __main__.__doc__, re.MULTILINE))
    assert shown == known - {"-h", "--help"}
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stdout.strip()) == (0, __main__.__doc__.strip())
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"bot-sandbox {__version__}\n")


def test_one_clock_is_for_telegram_twitch_and_the_cloud():
    with running() as (found, _):
        token = found["settings"]["TWITCH_TOKEN"]
        validate = f"{found['twitch']['oauth_url']}/validate"
        assert json.loads(get(validate, Authorization=f"OAuth {token}"))["login"] == "hello_bot"
        api(found, "twitch/clock", advance=15_000)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(validate, Authorization=f"OAuth {token}")
        api(found, "telegram/say", **{"from": "Viktor", "to": "hello_bot"}, text="later")
        bot = f"{found['telegram']['url']}/bot{found['settings']['TELEGRAM_TOKEN']}"
        (update,) = json.loads(get(f"{bot}/getUpdates"))["result"]
        assert update["message"]["date"] > time.time() + 14_000


def test_the_terminal_shows_letters():
    process = start(*ANY_PORTS)
    try:
        text = ""
        while "read them: curl" not in text:
            text += process.stdout.readline()
        host, port = re.search(r"SMTP: (\S+):(\d+)", text).groups()
        send(type("Mail", (), {"host": host, "port": int(port)}), "anna@example.org", "Grüße")
        while "[mail] to anna@example.org: Grüße" not in text:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            text += line
    finally:
        process.kill()
        process.communicate()
