"""A whole Telegram and a function in one Python: no server, no thread, no process."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot_sandbox.cloud import FunctionError
from bot_sandbox.cloud.in_process import InProcessCloud
from bot_sandbox.http.messages import Request
from bot_sandbox.telegram import Limits, NoReply, Telegram
from bot_sandbox.telegram.in_memory import InMemoryTelegram

SANDBOX = Path(__file__).parents[2]
HELLO = """
import json
from names import greet

def handler(event, context):
    message = json.loads(event["body"])["message"]
    text = greet(message["from"]["first_name"])
    answer = {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
    headers = {"Content-Type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(answer)}
"""
NAMES = "def greet(name):\n    return f'hello {name}!'\n"

# What a browser's tab has: an event loop that is running already, and none of the rest.
IN_A_TAB = """
import asyncio, socket, subprocess, sys, threading

outer = asyncio.new_event_loop()  # its own pair of sockets is made here

def refuse(*_, **__):
    raise AssertionError("this Python has no threads, sockets and processes")

for name in ("aiohttp", "yarl", "multidict", "psutil"):
    sys.modules[name] = None  # importing it raises ImportError
threading.Thread.start = socket.socket = subprocess.Popen = refuse

from bot_sandbox import InMemoryTelegram, InProcessCloud

async def cell():
    cloud = InProcessCloud()
    with InMemoryTelegram(cloud) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        viktor = telegram.person("Viktor")
        function = cloud.deploy("hello", sys.argv[1])
        telegram.call(account, "setWebhook", url=function.url)
        print(viktor.ask("!hello"))
    assert asyncio.get_running_loop() is outer and asyncio.current_task() is task
    await asyncio.sleep(0)

task = outer.create_task(cell())
outer.run_until_complete(task)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.py").write_text(HELLO)
    (tmp_path / "names.py").write_text(NAMES)
    return tmp_path


@pytest.fixture
def cloud():
    cloud = InProcessCloud()
    yield cloud
    cloud.close()


@pytest.fixture
def telegram(cloud):
    limits = Limits(set_webhook_s=0)
    with InMemoryTelegram(cloud, limits=limits, retry_scale=0.001) as telegram:
        yield telegram


def test_a_function_answers_without_threads_sockets_and_processes(folder):
    done = subprocess.run(
        [sys.executable, "-c", IN_A_TAB, folder], cwd=SANDBOX, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout == "hello Viktor!\n"


def test_a_call_that_waits_cannot_run_inside_the_loop_of_a_bot(cloud):
    with asyncio.Runner() as runner:
        telegram = InMemoryTelegram(cloud, loop=runner.get_loop())

        async def bot():
            account = telegram.new_bot("Hello bot", "hello_bot")
            with pytest.raises(RuntimeError, match=r"bot_sandbox\.aio\.Telegram\.of\(telegram\)"):
                telegram.wait_ready(account)

        runner.run(bot())


def test_requests_to_the_bot_api_go_to_handle(telegram, account, viktor):
    viktor.send("/start")
    target = f"/bot{account.token}/sendMessage?chat_id={viktor.id}"
    form = [("content-type", "application/x-www-form-urlencoded")]
    response = telegram._runner.run(telegram.handle(Request("POST", target, form, b"text=hi")))
    assert response.status == 200 and b'"text":"hi"' in response.body
    assert [message.text for message in viktor.wait()] == ["hi"]
    response = telegram._runner.run(telegram.handle(Request("GET", "/bot1:x/getMe", [])))
    assert response.status == 401


def test_a_chat_is_shown_as_it_is(telegram, account, viktor, cloud, folder):
    telegram.call(account, "setWebhook", url=cloud.deploy("hello", folder).url)
    viktor.ask("!hello")
    assert str(telegram.window(viktor)) == "Viktor: !hello\nHello bot: hello Viktor!"


def test_a_telegram_with_a_server_can_call_functions_of_this_python(cloud, folder):
    with Telegram(sender=cloud) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        telegram.call(account, "setWebhook", url=cloud.deploy("hello", folder).url)
        assert viktor.ask("!hello") == "hello Viktor!"
        assert telegram.window(viktor).address.startswith("http://127.0.0.1:")


def test_two_functions_have_modules_of_their_own(telegram, viktor, cloud, folder):
    first = cloud.deploy("first", folder)
    (folder / "names.py").write_text(NAMES.replace("hello", "good day"))
    second = cloud.deploy("second", folder)
    for function in (first, second):
        account = telegram.new_bot(function.name, f"{function.name}_bot")
        telegram.call(account, "setWebhook", url=function.url)
    bots = [telegram.account(f"{name}_bot") for name in ("first", "second", "first")]
    assert [viktor.ask("hi", to=bot) for bot in bots] == [
        "hello Viktor!",
        "good day Viktor!",
        "hello Viktor!",
    ]
    assert "names" not in sys.modules


FINDS = (
    "import importlib.util, sys\n"
    "def has(name):\n"
    "    try:\n"
    "        return bool(importlib.util.find_spec(name))\n"
    "    except ValueError:\n"
    "        return True\n"
    "def handler(event, context):\n"
    "    import json, sqlite3\n"
    "    return [name for name in ('json', 'shared', 'bot_sandbox', 'pytest') if has(name)]\n"
)


def test_a_function_imports_what_it_could_import_in_a_process_of_its_own(tmp_path):
    own, shared = tmp_path / "own", tmp_path / "common"
    for folder in own, shared:
        folder.mkdir()
    (own / "main.py").write_text(FINDS)
    (shared / "shared.py").write_text("calls = 0\n")
    before, path = dict(sys.modules), list(sys.path)
    cloud = InProcessCloud(import_paths=[shared])
    assert cloud.deploy("f", own).call(None) == ["json", "shared"]
    everything = cloud.deploy("f", own, packages=True).call(None)
    assert everything == ["json", "shared", "bot_sandbox", "pytest"]
    (own / "main.py").write_text("import pytest\ndef handler(event, context): pass\n")
    with pytest.raises(FunctionError, match="Unable to import module 'main': No module named 'py"):
        cloud.deploy("f", own).call(None)
    cloud.close()
    assert sys.modules["pytest"] is before["pytest"] is pytest
    assert sys.path == path


def test_a_module_from_a_named_folder_keeps_its_state_between_calls(tmp_path):
    own, shared = tmp_path / "own", tmp_path / "common"
    for folder in own, shared:
        folder.mkdir()
    (own / "main.py").write_text(
        "def handler(event, context):\n"
        "    import counter_of_calls\n"
        "    counter_of_calls.calls += 1\n"
        "    return counter_of_calls.calls\n"
    )
    (shared / "counter_of_calls.py").write_text("calls = 0\n")
    cloud = InProcessCloud(import_paths=[shared])
    function = cloud.deploy("f", own)
    assert [function.call(None) for _ in range(3)] == [1, 2, 3]
    cloud.close()


def test_a_function_has_its_environment_and_its_log(cloud, tmp_path, monkeypatch):
    monkeypatch.delenv("GREETING", raising=False)
    (tmp_path / "main.py").write_text(
        "import os\ndef handler(event, context):\n"
        "    print('called', context.function_name)\n"
        "    return os.environ.get('GREETING')\n"
    )
    function = cloud.deploy("hello", tmp_path, environment={"GREETING": "good day"})
    assert function.call({}) == "good day"
    assert "called hello" in function.logs
    assert cloud.deploy("hello", tmp_path).call({}) is None


def test_a_function_that_fails_is_tried_again_and_named(telegram, account, viktor, cloud, tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    return {}['id']\n")
    telegram.call(account, "setWebhook", url=cloud.deploy("hello", tmp_path).url)
    with pytest.raises(NoReply) as silence:
        viktor.ask("!hello", timeout=0.2)
    assert "502 Bad Gateway" in str(silence.value)
    assert "KeyError: 'id' (main.py, line 2)" in str(silence.value)


@pytest.mark.parametrize(
    "code",
    [
        "import sys\ndef handler(event, context): sys.exit(3)",
        "import asyncio\ndef handler(event, context): raise asyncio.CancelledError",
        "def handler(event, context): raise BaseException('gone')",
        "import asyncio\nraise asyncio.CancelledError",
        "class Odd(Exception):\n    def __str__(self): return 1 / 0\n"
        "def handler(event, context): raise Odd",
    ],
)
def test_what_would_end_a_process_ends_one_call(telegram, account, viktor, cloud, tmp_path, code):
    (tmp_path / "main.py").write_text(f"{code}\n")
    function = cloud.deploy("hello", tmp_path)
    with pytest.raises(FunctionError) as error:
        function.call({})
    assert error.value.type == "Runtime.ExitError"
    telegram.call(account, "setWebhook", url=function.url)
    first, second = telegram.wait_deliveries(account, 2, viktor.send("!hello"))[:2]
    assert "502 Bad Gateway" in first.error and "502 Bad Gateway" in second.error


def test_an_interrupt_is_the_callers_and_the_next_message_arrives(
    telegram, account, viktor, cloud, folder
):
    good = (folder / "main.py").read_text()
    (folder / "main.py").write_text("def handler(event, context): raise KeyboardInterrupt\n")
    function = cloud.deploy("hello", folder)
    with pytest.raises(KeyboardInterrupt):
        function.call({})
    telegram.call(account, "setWebhook", url=function.url)
    with pytest.raises(KeyboardInterrupt):
        viktor.ask("!hello")
    (folder / "main.py").write_text(good)
    cloud.deploy("hello", folder)
    assert viktor.ask("!hello") == "hello Viktor!"


def test_a_function_that_closes_its_output_leaves_all_as_it_was(cloud, tmp_path):
    (tmp_path / "main.py").write_text(
        "import sys\ndef handler(event, context):\n"
        "    print('last words')\n    sys.stdout.close()\n    return 'done'\n"
    )
    function = cloud.deploy("hello", tmp_path, environment={"GREETING": "good day"})
    environment, path = dict(os.environ), list(sys.path)
    assert [function.call({}), function.call({})] == ["done", "done"]
    assert (dict(os.environ), sys.path) == (environment, path)
    assert function.logs.count("last words") == 2


def test_closing_leaves_no_task_behind(telegram, account, viktor):
    telegram.call(account, "setWebhook", url="http://nobody.localhost/")
    telegram.wait_deliveries(account, 1, viktor.send("anybody?"))
    telegram.close()
    assert not asyncio.all_tasks(telegram._runner.loop)
    telegram.close()


def test_closing_inside_its_loop_ends_what_waits_there(telegram, account, viktor):
    async def close():
        telegram.close()
        return "closed"

    telegram.call(account, "setWebhook", url="http://nobody.localhost/")
    telegram.wait_deliveries(account, 1, viktor.send("anybody?"))
    assert telegram._runner.run(close()) == "closed"


def test_nobody_listens_at_another_address(telegram, account, viktor, cloud):
    telegram.call(account, "setWebhook", url="http://nobody.localhost/")
    delivery = telegram.wait_deliveries(account, 1, viktor.send("anybody?"))[0]
    assert delivery.error == "Connection refused"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def other(event, context): pass", "Runtime.HandlerNotFound"),
        ("import no_such_module", "Runtime.ImportModuleError"),
        ("def handler(", "Runtime.UserCodeSyntaxError"),
        ("import sys\nsys.exit(1)", "Runtime.ExitError"),
    ],
)
def test_code_that_does_not_load_replaces_nothing(cloud, folder, code, problem):
    before = cloud.deploy("hello", folder, must_load=True)
    (folder / "main.py").write_text(code)
    with pytest.raises(FunctionError) as error:
        cloud.deploy("hello", folder, must_load=True)
    assert error.value.type == problem
    body = b'{"message": {"from": {"first_name": "Anna"}, "chat": {"id": 1}}}'
    response = asyncio.run(cloud.post(before.url, {"Content-Type": "application/json"}, body))
    assert b"hello Anna!" in response.body
