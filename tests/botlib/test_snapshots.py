"""botlib in functions that start from a snapshot: its hooks, its stores, its Telegram adapter."""

import os
import subprocess
import sys

import pytest
from telegram_adapters import SECRET
from waiting import wait_until

from lessons.cloud import Cloud

if os.name != "posix":
    pytest.skip("a snapshot start needs POSIX", allow_module_level=True)


@pytest.fixture
def deploy(tmp_path):
    """Deploy a source text as function, every call of which may be a cold start."""
    with Cloud() as cloud:

        def deploy(source, **settings):
            (tmp_path / "main.py").write_text(source)
            settings = {"start": "snapshot", "idle_s": 0, "timeout_s": 10} | settings
            return cloud.deploy("f", tmp_path, **settings)

        yield deploy


def cold(fn):
    """The result of a call that finds no instance."""
    wait_until(lambda: all(instance.stopped for instance in fn.instances))
    result = fn.invoke()
    assert fn.invocations[-1].cold
    return result


def test_the_hook_makes_it_differ(deploy):
    fn = deploy(
        "import secrets\n"
        "from botlib.snapshots import after_restore\n"
        "@after_restore\n"
        "def renew():\n"
        "    global token\n"
        "    token = secrets.token_hex()\n"
        "renew()\n"
        "def handler(event, context): return token\n"
    )
    one = cold(fn)
    assert one != cold(fn)


def test_a_store_is_closed_before_the_snapshot_and_opens_again(deploy, tmp_path):
    fn = deploy(
        "from pathlib import Path\n"
        "from botlib.store import open_store\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "store = open_store(f'sqlite:///{folder / \"store.db\"}')\n"
        "store.set('key', 1)\n"
        "def handler(event, context): return store.increment('key')\n"
    )
    assert [cold(fn), cold(fn)] == [2, 3]
    assert not [line for line in fn.logs if line.startswith("[WARNING]")]  # none is shared


HOOKS = """
import sys
from botlib.snapshots import after_restore
from botlib.store import open_store
open_store("memory://")
print(after_restore(print) is print)
aws = sys.modules.get("snapshot_restore_py")
if aws:
    print([hook.__name__ for hook, _, _ in aws.get_before_snapshot() + aws.get_after_restore()])
"""


@pytest.mark.parametrize(
    ("kind", "blocked", "registered"),
    [
        ("snap-start", "", "['close', 'print']"),
        ("snap-start", "import sys; sys.modules['snapshot_restore_py'] = None", ""),
        ("on-demand", "", ""),  # there it costs not even the import
    ],
)
def test_hooks_go_to_aws_where_there_will_be_a_snapshot(tmp_path, kind, blocked, registered):
    module = "_before, _after = [], []\n"
    for which in ("before_snapshot", "after_restore"):
        name = which.partition("_")[0]
        module += f"def register_{which}(hook): _{name}.append((hook, (), {{}}))\n"
        module += f"def get_{which}(): return _{name}\n"
    (tmp_path / "snapshot_restore_py.py").write_text(module)
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "AWS_LAMBDA_INITIALIZATION_TYPE": kind, "PYTHONPATH": path}
    code = f"{blocked}\n{HOOKS}"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout.split("\n", 1) == ["True", f"{registered}\n" if registered else ""]


BOT = """
import time
from pathlib import Path
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("hello")
async def hello(message):
    return f"hello {message.user}!"

@bot.command("wait")
def wait(message):
    Path(message.arguments, "began").touch()
    while not Path(message.arguments, "go").exists():
        time.sleep(0.005)
    return "done"

handler = webhook(bot)
"""


APPLICATION = """
import os
import time
from pathlib import Path
from botlib.telegram.application import builder_for, webhook
from telegram.ext import CommandHandler

async def hello(update, context):
    await update.message.reply_text(f"hello {update.message.from_user.first_name}!")

async def wait(update, context):
    Path(context.args[0], "began").touch()
    while not Path(context.args[0], "go").exists():
        time.sleep(0.005)
    await update.message.reply_text("done")

app = builder_for(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(CommandHandler("hello", hello))
app.add_handler(CommandHandler("wait", wait))
handler = webhook(app)
"""


@pytest.mark.parametrize("source", [BOT, APPLICATION], ids=["Bot", "Application"])
def test_the_telegram_function_starts_from_a_snapshot(
    deploy, tmp_path, telegram, account, viktor, source
):
    environment = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": SECRET}
    environment["TELEGRAM_API"] = telegram.url
    fn = deploy(source, environment=environment, idle_s=60, timeout_s=20)
    telegram.call(account, "setWebhook", url=fn.url, secret_token=SECRET)
    olga = telegram.person("Olga")  # of another chat: Telegram keeps the order within a chat
    viktor.send(f"/wait {tmp_path}", to=account)
    wait_until((tmp_path / "began").exists)
    for _ in range(2):
        assert olga.ask("/hello", to=account, timeout=20) == "hello Olga!"
    (tmp_path / "go").touch()
    assert viktor.wait(timeout=20)[0].text == "done"
    assert [instance.snapshot for instance in fn.instances] == [True, True]
    assert "warning" not in "\n".join(fn.logs).lower()  # nor Python's own about fork and threads
