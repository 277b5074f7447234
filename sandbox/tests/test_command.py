"""The sandbox from the command line, for a client in any language."""

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from cloud_tools import wait_until
from command import (
    ANY_PORTS,
    Sandbox,
    folder_with,
    get,
    post,
    sandbox,
    sandbox_on_terminal,
    start,
)

from bot_sandbox.cloud import FunctionError
from bot_sandbox.command.redeploy import WatchedFolder

pytestmark = pytest.mark.slow("commands from start to end")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to a process")
def test_what_it_prints_can_be_tried(tmp_path):
    source = (
        "import os\ndef handler(event, context):\n"
        "    return {'statusCode': 200, 'body': os.environ['TELEGRAM_TOKEN']}\n"
    )
    process = start(*ANY_PORTS, folder_with(tmp_path / "my_bot", source))
    running = Sandbox(process)
    try:
        running.wait_for("/invocations\n")
        found = running.settings()
        bot = f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}"
        assert json.loads(get(f"{bot}/getMe"))["result"]["username"] == "hello_bot"
        token = f"OAuth {found['TWITCH_TOKEN']}"
        whose = json.loads(get(f"{found['TWITCH_API']}/oauth2/validate", Authorization=token))
        assert whose["login"] == "hello_bot"
        assert get(running.address_of("hello")) == "hello from the cloud"
        assert get(running.address_of("my-bot")) == found["TELEGRAM_TOKEN"]
        assert (
            json.loads(running.do("curl -H .*AWS4-HMAC-SHA256"))["body"] == "hello from the cloud"
        )
        by_hand = re.search(r'python3 -c "(.*)"', running.text)[1]
        done = subprocess.run([sys.executable, "-c", by_hand], capture_output=True, text=True)
        assert ":tmi.twitch.tv 001 hello_bot" in done.stdout
        window = re.search(r"^  (http://\S+)#key=\S+$", running.text, re.M)[1]
        assert "<!doctype html>" in get(window).lower()
        assert "redirects of the application: http://localhost:" in running.text
        websocket = re.search(r"EventSub by WebSocket: (ws://\S+)", running.text)[1]
        assert websocket.removeprefix("ws") == found["TWITCH_API"].removeprefix("http") + "/ws"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_named_with_its_fix():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(*ANY_PORTS, "--twitch-port", port)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"port {port} on 127.0.0.1 cannot be used" in errors and "--twitch-port N" in errors


TELEGRAM = """
import json

def handler(event, context):  # of a Telegram bot
    message = json.loads(event["body"])["message"]
    text = f"hello {message['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
"""
TWITCH = """
import json, os, urllib.request

def handler(event, context):  # of EventSub
    body = json.loads(event["body"])
    if "challenge" in body:
        return {"statusCode": 200, "body": body["challenge"]}
    said = body["event"]
    message = {
        "broadcaster_id": said["broadcaster_user_id"],
        "sender_id": os.environ["TWITCH_BOT_ID"],
        "message": f"hello {said['chatter_user_name']}!",
    }
    headers = {
        "Authorization": "Bearer " + os.environ["TWITCH_TOKEN"],
        "Client-Id": os.environ["TWITCH_CLIENT_ID"],
        "Content-Type": "application/json",
    }
    if said["chatter_user_id"] != os.environ["TWITCH_BOT_ID"]:
        url = os.environ["TWITCH_API"] + "/helix/chat/messages"
        request = urllib.request.Request(url, json.dumps(message).encode(), headers)
        urllib.request.urlopen(request).close()
    return {"statusCode": 204}
"""


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither pty nor this shell")


@posix
def test_a_folder_becomes_a_twitch_bot_by_the_line_that_is_shown(tmp_path):
    with sandbox(folder_with(tmp_path / "my_bot", TWITCH)) as running:
        found = running.settings()
        assert found["TWITCH_BOT_ID"].isdecimal() and len(found["TWITCH_EVENTSUB_SECRET"]) >= 10
        answer = json.loads(running.do("python3 -c .*eventsub"))
        assert answer["data"][0]["status"] == "webhook_callback_verification_pending"
        address = f"{found['TWITCH_API']}/helix/eventsub/subscriptions"
        token = re.search(r"'Authorization': '(Bearer \w+)'", running.text)[1]
        may = {"Authorization": token, "Client-Id": found["TWITCH_CLIENT_ID"]}
        wait_until(lambda: json.loads(get(address, **may))["data"][0]["status"] == "enabled")
        running.ask("twitch/say", **{"from": "anna", "channel": "viktor"}, text="!hello")
        running.wait_for("[twitch #viktor] hello_bot: hello Anna!")


@posix
def test_a_folder_becomes_a_telegram_bot_by_the_line_that_is_shown(tmp_path):
    with sandbox(folder_with(tmp_path / "my_bot", TELEGRAM)) as running:
        running.do("curl .*/setWebhook")
        running.say("!hello")
        running.wait_for("[telegram Viktor and Hello bot] Viktor: !hello")
        running.wait_for("[telegram Viktor and Hello bot] Hello bot: hello Viktor!")


def test_a_function_of_one_caller_is_shown_the_line_of_this_caller(tmp_path):
    folder_with(tmp_path / "my_bot", TELEGRAM, "telegram_function.py")
    folder_with(tmp_path / "my_bot", TWITCH, "twitch_function.py")
    folder_with(tmp_path / "my_bot", TIMER, "timer_function.py")
    with sandbox(tmp_path / "my_bot", folder_with(tmp_path / "plain", TELEGRAM)) as running:
        assert re.findall(r"^([A-Z-]+), (.*): type in another terminal$", running.text, re.M) == [
            ("MY-BOT-TIMER", "by a timer, each minute"),
            ("MY-BOT-TWITCH", "as Twitch's webhook"),
            ("MY-BOT-TELEGRAM", "as Telegram's webhook"),
            ("PLAIN", "as Telegram's webhook"),
            ("PLAIN", "as Twitch's webhook"),
        ]


TIMER = """
import json, os, urllib.request

def handler(event, context):  # a timer calls it
    url = f"{os.environ['TELEGRAM_API']}/bot{os.environ['TELEGRAM_TOKEN']}/sendMessage"
    body = json.dumps({"chat_id": event["chat"], "text": event["text"]}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()
"""


@posix
def test_a_folders_function_for_a_timer_is_called_by_the_line_that_is_shown(tmp_path):
    folder_with(tmp_path / "my_bot", TELEGRAM, "telegram_function.py")
    with sandbox(folder_with(tmp_path / "my_bot", TIMER, "timer_function.py")) as running:
        assert running.text.count("as Telegram's webhook") == 1
        running.do("curl .*/setWebhook")
        running.say("!hello")
        running.wait_for("Hello bot: hello Viktor!")
        assert '"morning"' in running.do("curl .*/api/cloud/timer")
        running.wait_for("Hello bot: Good morning!")


@posix
def test_the_terminal_shows_why_a_function_fails(tmp_path):
    source = "print('loading \\33[2J')\n1 / 0  # before it could be a Telegram bot\n"
    with sandbox(folder_with(tmp_path / "broken", source)) as running:
        running.do("curl .*/setWebhook")
        running.say("!hello")
        running.wait_for("[broken] loading ␛[2J")
        running.wait_for("[broken] [ERROR] ZeroDivisionError: division by zero")
        running.wait_for("[telegram] @hello_bot: Wrong response from the webhook: 502 Bad Gateway")


def test_no_token_is_shown_again_after_the_start(tmp_path):
    source = (
        "import os\ndef handler(event, context):\n"
        "    print('mine:', os.environ['TELEGRAM_TOKEN'], os.environ['TWITCH_TOKEN'])\n"
        "    raise ValueError(os.environ['TELEGRAM_TOKEN'])\n"
    )
    with sandbox(folder_with(tmp_path / "my_bot", source)) as running:
        found = running.settings()
        tokens = found["TELEGRAM_TOKEN"], found["TWITCH_TOKEN"]
        with pytest.raises(urllib.error.HTTPError):
            get(running.address_of("my-bot"))
        running.wait_for("[my-bot] mine: <secret> <secret>")
        running.wait_for("ValueError: <secret>")
        text = f"mine: {tokens[0]} {tokens[1]}, and of another oauth:{'x' * 30}"
        running.ask("twitch/say", **{"from": "anna", "channel": "viktor"}, text=text)
        running.wait_for("Anna: mine: <secret> <secret>, and of another <secret>")
        running.say(f"mine: {tokens[0]} {tokens[1]}")
        running.wait_for("Viktor: mine: <secret> <secret>")
        letter = f"To: anna@example.org\nSubject: mine: {tokens[0]}\n\nhi"
        with smtplib.SMTP(found["SMTP_HOST"], int(found["SMTP_PORT"]), timeout=20) as server:
            server.sendmail("bot@example.org", ["anna@example.org"], letter)
        running.wait_for("to anna@example.org: mine: <secret>")
        (tmp_path / "my_bot" / "main.py").write_text(f"raise ValueError('{tokens[0]}')")
        running.wait_for("[my-bot] saved, but not deployed: ValueError: <secret>")
        happened = running.text.partition("LOG: ")[2]
        assert not any(token in happened for token in tokens)


@posix
def test_all_that_a_bot_says_and_misses_is_shown():
    with sandbox() as running:
        found = running.settings()
        bot = f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}"

        def call(method, **values):
            return post(f"{bot}/{method}", values)["result"]

        running.say("!come")
        running.wait_for("[telegram Viktor and Hello bot] Viktor: !come")
        (update,) = call("getUpdates", timeout=20)
        running.wait_for("@hello_bot asks for updates with getUpdates")
        chat = update["message"]["chat"]["id"]
        message, liked = update["message"]["message_id"], [{"type": "emoji", "emoji": "👍"}]
        call("setMessageReaction", chat_id=chat, message_id=message, reaction=liked)
        running.wait_for("Viktor: !come (👍)\n")
        call("sendMessage", chat_id=chat, text="one moment")
        buttons = [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
        buttons += [[{"text": "\x1b[2J", "callback_data": "clear"}]]  # nobody's terminal is cleared
        keyboard = {"inline_keyboard": buttons}
        asked = call("sendMessage", chat_id=chat, text="Are you\ncoming?", reply_markup=keyboard)
        running.wait_for("Hello bot: one moment")
        running.wait_for("Hello bot: Are you\n    coming? [Yes] [No] [␛[2J]\n")
        call("editMessageText", chat_id=chat, message_id=asked["message_id"], text="Well.")
        running.wait_for("Hello bot: Well. (edited)\n")
        call("deleteMessage", chat_id=chat, message_id=asked["message_id"])
        running.wait_for("(deleted) Hello bot: Well.")
        with pytest.raises(urllib.error.HTTPError):
            call("sendInvoice", chat_id=chat)
        running.wait_for("@hello_bot called sendInvoice: Telegram has it, this sandbox has not")
        call("sendMessage", chat_id=chat, text="Well?", parsemode="HTML")
        running.wait_for(
            "@hello_bot: the Bot API has no parameter 'parsemode' in sendMessage; Telegram ignores "
            "it. Did you mean 'parse_mode'?"
        )
        with pytest.raises(urllib.error.HTTPError):
            call("sendMessage", chat_id=1, text=found["TELEGRAM_TOKEN"])
        running.wait_for("@hello_bot called sendMessage, refused: Bad Request: chat not found")
        assert "refused: This sandbox has no" not in running.text  # it is said once


@posix
def test_canned_answers_are_given_and_shown():
    with sandbox("--canned") as running:
        found = running.settings()
        bot = f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}"
        with pytest.raises(urllib.error.HTTPError):
            post(f"{bot}/exportChatInviteLink", {"chat_id": 1})
        running.wait_for("@hello_bot called exportChatInviteLink, refused: Bad Request: chat not f")
        assert post(f"{bot}/answerShippingQuery", {"shipping_query_id": "1", "ok": True})["result"]
        running.wait_for("@hello_bot: canned answer to answerShippingQuery, which this sandbox")
        given = {"Authorization": f"Bearer {found['TWITCH_TOKEN']}"}
        given["Client-Id"] = found["TWITCH_CLIENT_ID"]
        clips = urllib.request.Request(f"{found['TWITCH_API']}/helix/clips", headers=given)
        with urllib.request.urlopen(clips, timeout=60) as answer:
            assert json.load(answer)["data"] == []
        running.wait_for("[twitch] canned answer to Helix GET clips, which this sandbox lacks")


@posix
def test_who_comes_to_the_chat_of_twitch_and_goes_is_shown():
    with sandbox() as running:
        settings = running.settings()
        token = settings["TWITCH_TOKEN"]
        with pytest.raises(urllib.error.HTTPError):
            get(f"{settings['TWITCH_API']}/helix/clips")
        running.wait_for("asked for Helix GET clips: Twitch has it, this sandbox has not")
        place = re.search(r"by TCP, 127\.0\.0\.1:(\d+)", running.text)[1]
        with socket.create_connection(("127.0.0.1", int(place)), timeout=20) as chat:
            chat.sendall(f"PASS oauth:{token}\r\nNICK hello_bot\r\nJOIN #viktor\r\n".encode())
            running.wait_for("[twitch] hello_bot (IRC over TCP) is in #viktor")
            chat.sendall(b"PRIVMSG #viktor :\x01ACTION waves\x01\r\nPRIVMSG #viktor :later\r\n")
            running.wait_for("[twitch #viktor] * hello_bot waves")
            running.wait_for("[twitch] not taken from hello_bot: Your message was not sent because")
        running.wait_for("[twitch] hello_bot (IRC over TCP) is gone: ")
        found = running.settings()
        may = {"Authorization": f"Bearer {token}", "Client-Id": found["TWITCH_CLIENT_ID"]}
        with pytest.raises(urllib.error.HTTPError):
            get(f"{found['TWITCH_API']}/helix/bits/leaderboard", **may)
        running.wait_for(
            "asked for Helix GET bits/leaderboard: Twitch has it, this sandbox has not"
        )


@posix
def test_without_a_terminal_people_speak_by_http_and_all_is_shown():
    process = start(*ANY_PORTS)
    running = Sandbox(process)
    try:
        running.wait_for("hello: ")
        assert json.loads(running.do("curl -H .*Bot-Sandbox-Key"))["text"] == "!hello"
        running.wait_for("[telegram Viktor and Hello bot] Viktor: !hello")
        found = running.settings()
        bot = f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}"
        chat = json.loads(get(f"{bot}/getUpdates"))["result"][0]["message"]["chat"]["id"]
        get(f"{bot}/sendMessage?chat_id={chat}&text=hello")
        running.wait_for("[telegram Viktor and Hello bot] Hello bot: hello")
    finally:
        process.kill()
        process.communicate()


@posix
@pytest.mark.parametrize("options", [(), ("--no-open",)])
def test_the_window_is_opened_in_the_browser_unless_it_shall_not(tmp_path, options):
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o700)
    with sandbox_on_terminal(*options, BROWSER=str(browser)) as running:
        address = re.search(r"^  (http://\S+#key=\S+)$", running.text, re.M)[1]
        if options:
            running.say("hello")
            running.wait_for("Viktor: hello")
            assert not opened.exists()
        else:
            wait_until(opened.exists)
            assert opened.read_text().strip() == address


@posix
def test_behind_a_jupyter_server_only_you_know_the_host_of_the_window(tmp_path):
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f"#!/bin/sh\ntouch {opened}\n")
    browser.chmod(0o700)
    variables = {"BROWSER": str(browser), "BOT_SANDBOX_PROXY": "/user/anna/proxy"}
    with sandbox_on_terminal(**variables) as running:
        shown = (
            r"^  https://HOST/user/anna/proxy/\d+/#key=\S+  with the HOST of your Jupyter server$"
        )
        assert re.search(shown, running.text, re.M)
        found = running.settings()
        get(f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}/getUpdates")
        running.wait_for("@hello_bot asks for updates with getUpdates")
        assert not opened.exists()


@pytest.fixture(scope="module")
def shown():
    """What the command shows, without ports and the window's key, and that key."""

    def show(*options, folder):
        process = start(*options, *ANY_PORTS, BOT_SANDBOX_STATE=str(folder))
        running = Sandbox(process)
        try:
            running.wait_for("/invocations\n")
        finally:
            process.kill()
            process.communicate()
        key = re.search("key=(.*)", running.text)[1]
        assert {"TELEGRAM_TOKEN", "TWITCH_TOKEN"} <= set(running.settings())
        assert "access key id: " in running.text
        return re.sub(r"\b\d{5}\b", "PORT", running.text.replace(key, "")), key

    return show


def test_with_fixed_all_is_the_same_on_one_machine_and_on_no_other(shown, tmp_path):
    here, there = tmp_path / "a" / "folder", tmp_path / "b"
    (first, key), (second, same_key) = (shown("--fixed", folder=here) for _ in range(2))
    assert first == second and key == same_key
    elsewhere, other_key = shown("--fixed", folder=there)
    assert elsewhere != first and other_key != key
    (file,) = here.iterdir()
    assert re.fullmatch("[0-9a-f]{64}", file.read_text())
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == here.stat().st_mode & 0o077 == 0


def test_a_seed_is_the_same_on_every_machine_and_stored_on_none(shown, tmp_path):
    (first, key), (second, other_key) = (
        shown("--seed", "our tests", folder=tmp_path / name) for name in "ab"
    )
    codes = [re.search(r"join \S+#(\S+)", text)[1] for text in (first, second)]
    assert first.replace(codes[0], "") == second.replace(codes[1], "")
    assert key != other_key and codes[0] != codes[1]
    assert shown("--seed=another", folder=tmp_path / "a")[0] != first
    assert not list(tmp_path.iterdir())


def test_a_seed_that_cannot_be_kept_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "seed").write_text("half a se")
    for folder, words in (
        (tmp_path / "file", "Choose a seed yourself: --seed TEXT"),
        (tmp_path, "holds no seed. Delete it and start again."),
    ):
        process = start("--fixed", *ANY_PORTS, BOT_SANDBOX_STATE=str(folder))
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 1 and words in errors
    for options, words in (
        (["--seed="], "expected a text; found an empty one"),
        (["--fixed", "--seed=x"], "not allowed with argument --fixed"),
    ):
        process = start(*options)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 2 and words in errors


def test_a_host_and_a_page_can_be_allowed():
    options = ["--allow-host", "bots.example", "--allow-origin=http://localhost:3000"]
    process = start(*ANY_PORTS, *options, "--allow-host=*.wild.example")
    running = Sandbox(process)
    try:
        running.wait_for("/invocations\n")
        found = running.settings()
        window = re.search(r"^  (http://\S+)/#key=\S+$", running.text, re.M)[1]
        for address in (
            f"{found['TELEGRAM_API']}/bot{found['TELEGRAM_TOKEN']}/getMe",
            found["TWITCH_API"],
            running.address_of("hello"),
            window,
        ):
            for host in ("bots.example", "a.wild.example:1"):
                assert get(address, Host=host, Origin="http://localhost:3000")
            with pytest.raises(urllib.error.HTTPError, match="403"):
                get(address, Host="evil.example")
    finally:
        process.kill()
        process.communicate()


def test_functions_import_from_the_folders_that_are_named(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/words.py").write_text("hello = 'moin'\n")
    source = "import words\ndef handler(event, context):\n    return words.hello\n"
    folder = folder_with(tmp_path / "greeter", source)
    process = start(*ANY_PORTS, "--import-path", str(tmp_path / "shared"), folder)
    running = Sandbox(process)
    try:
        running.wait_for("greeter: ")
        assert get(running.address_of("greeter")) == "moin"
    finally:
        process.kill()
        process.communicate()


@posix
def test_settings_are_for_all_folders_and_files_tell_the_rest(tmp_path):
    python = folder_with(tmp_path / "greeter", "def greet(event, context):\n    return 'moin'\n")
    node = folder_with(
        tmp_path / "node_one", "exports.greet = async () => 'hei';\n", name="index.js"
    )
    options = ("--handler", "main.greet", "--timeout", "7.5", "--memory", "256")
    with sandbox(python, *options) as running:
        assert "/greeter/    main.greet, python, 256 MB, 7.5 s" in running.text
        assert get(running.address_of("greeter")) == "moin"
    with sandbox(node, "--handler=index.greet") as running:
        assert "/node-one/    index.greet, nodejs, 128 MB, 3 s" in running.text
        assert get(running.address_of("node-one")) == "hei"


@pytest.mark.parametrize(
    ("option", "words"),
    [("--timeout=0", "timeout_s must be a number from 0.001 to 900"),
     ("--memory=64", "memory_mb must be a whole number from 128 to 10240"),
     ("--handler=main", "handler must be file.function")],
)  # fmt: skip
def test_a_wrong_setting_is_refused_with_what_was_expected(tmp_path, option, words):
    process = start(*ANY_PORTS, folder_with(tmp_path / "my_bot", ""), option)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert words in errors


@posix
def test_a_folder_saved_again_is_deployed_again(tmp_path):
    source = "def handler(event, context):\n    return 'one'\n"
    folder = folder_with(tmp_path / "saved", source)
    file = Path(folder, "main.py")
    with sandbox(folder) as running:
        address = running.address_of("saved")
        assert get(address) == "one"
        file.write_text(source.replace("one", "two"))
        running.wait_for("[saved] saved, and deployed again")
        assert get(address) == "two"
        file.write_text("def handler(event, context)\n    return 'three'\n")
        running.wait_for("[saved] saved, but not deployed: Runtime.UserCodeSyntaxError")
        running.wait_for("The old version keeps running.")
        assert get(address) == "two"
        file.write_text(source.replace("one", "four"))
        running.wait_for_new("[saved] saved, and deployed again")
        assert get(address) == "four"


def test_a_save_in_several_writes_deploys_no_half(cloud, tmp_path):
    folder = Path(folder_with(tmp_path / "slow", "def handler(event, context): return 'old'\n"))
    saved = WatchedFolder(cloud, "slow", folder, {})
    assert saved.deploy_again() is None
    with (folder / "main.py").open("w") as file:
        for half in ("def handler(event, context): return 'half'\n", "handler = len\n" * 20,
                     "def handler(event, context): return 'new'\n"):  # fmt: skip
            file.write(half)
            file.flush()
            assert saved.deploy_again() is None  # each half would load
            assert saved.function.invoke() == "old"
    assert saved.deploy_again() is not None
    assert saved.function.invoke() == "new"
    assert saved.deploy_again() is None
    shutil.rmtree(folder)  # some programs save a folder by making it anew
    assert saved.deploy_again() is saved.deploy_again() is None


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [("main.py", "1 / 0\n", "division by zero"),
     ("main.py", "import no_such_module\n", "no_such_module"),
     ("main.py", "def hander(event, context): pass\n", "handler"),
     ("main.py", "exit(3)\n", "exit status 3"),
     ("main.mjs", "export const handler = (\n", "SyntaxError"),
     ("main.mjs", "import 'no-such-package';\n", "no-such-package")],
)  # fmt: skip
def test_what_does_not_load_replaces_nothing(cloud, tmp_path, name, source, words):
    runtime = "python" if name.endswith(".py") else "nodejs"
    good = {"main.py": "def handler(event, context): return 'old'\n",
            "main.mjs": "export const handler = async () => 'old';\n"}  # fmt: skip
    folder = Path(folder_with(tmp_path / "bot", good[name], name))
    saved = WatchedFolder(cloud, "bot", folder, {"runtime": runtime})
    (folder / name).write_text(source)
    assert saved.deploy_again() is None
    with pytest.raises(FunctionError, match=words):
        saved.deploy_again()
    assert saved.deploy_again() is None  # it is said once
    assert cloud.function("bot").invoke() == "old"


@posix
def test_a_folder_called_hello_takes_the_place_of_the_own_function(tmp_path):
    source = "def handler(event, context):\n    return 'mine'\n"
    with sandbox(folder_with(tmp_path / "hello", source)) as running:
        assert len(re.findall(r"^  hello: ", running.text, re.M)) == 1
        assert get(re.search(r"^  hello: (\S+)", running.text, re.M)[1]) == "mine"


def test_two_folders_of_one_name_are_refused(tmp_path):
    folders = [folder_with(tmp_path / place / "my_bot", "") for place in "ab"]
    process = start(*ANY_PORTS, *folders)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "would both be the function my-bot. Rename one of them." in errors
    assert all(folder in errors for folder in folders)


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_what_is_no_port_is_refused_with_what_was_expected(port):
    process = start(f"--telegram-port={port}")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "argument --telegram-port: expected a number from 0 (any free port) to 65535" in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files")
def test_a_machine_without_a_temporary_folder_is_explained_without_a_traceback():
    code = (
        "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
        "runpy.run_module('bot_sandbox', run_name='__main__')"
    )
    process = start(*ANY_PORTS, "--json", command=(sys.executable, "-B", "-c", code))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The sandbox did not start: [Errno 2] No usable temporary directory found" in err
    own, _, _ = err.partition("Exception ignored in atexit")  # coverage can't write there, either
    assert "Traceback" not in own
