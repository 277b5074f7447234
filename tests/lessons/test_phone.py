"""The switch of notebook 02: the sandbox's chat without a token, your own bot with one."""

import gc
import queue

import pytest
from jupyter_client.manager import start_new_kernel

from bot_sandbox import Telegram
from bot_sandbox.diagnosis.no_reply import NoReply
from botlib.details.settings import NAMES
from lessons.alone.check import start_alone
from lessons.alone.open_sandbox import find_open_sandbox
from lessons.worlds.phone import Phone
from lessons.worlds.program import RunningProgram

BOT = """
from botlib import Bot

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "main.py"
    path.write_text(BOT)
    return path


def start(file, phone):
    """Start a program as the notebook does."""
    return RunningProgram(file, phone.settings, platform="telegram")


@pytest.fixture
def sandbox():
    with Telegram() as telegram:
        yield telegram, telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")


@pytest.fixture
def real(monkeypatch, tmp_path):
    """A second Telegram that plays the real one, with the learner's bot in it: (it, the bot)."""
    for names in NAMES.values():
        for name in names:
            monkeypatch.setenv(name, "")
    monkeypatch.delenv("BOT_WORLD", raising=False)
    monkeypatch.setattr("botlib.details.settings.THIS_MACHINE", set())
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with Telegram(limits=None) as telegram:
        mine = telegram.new_bot("My bot", "my_real_bot")
        monkeypatch.setenv("TELEGRAM_TOKEN", mine.token)
        monkeypatch.setenv("TELEGRAM_API", telegram.url)
        yield telegram, mine


def test_in_the_sandbox_viktor_writes(sandbox, file, monkeypatch):
    monkeypatch.setenv("BOT_WORLD", "sandbox")
    phone = Phone(*sandbox)
    assert not phone.is_real
    assert "SANDBOX" in repr(phone) and "@hello_bot" in repr(phone)
    assert "hello_bot" not in phone.link  # there may be a stranger's bot of this name
    home = start(file, phone)
    assert phone.ask("!hello") == "hello Viktor!"
    assert "<object" in phone.window()._repr_html_()
    telegram, account, _ = sandbox
    assert telegram.wait_until(lambda: account.is_polled and not telegram.pending_updates(account))
    with pytest.raises(RuntimeError, match=r"^409 Conflict: terminated by other getUpdates"):
        phone.call("getUpdates", timeout=50)  # until the home asks again and ends it
    assert "make sure that only one bot instance" in home.wait_line("Conflict")
    phone.send("!hello")
    viktor = sandbox[2]
    viktor.inbox.extend(viktor.wait(1))  # as in the window: it has come, and no cell reads it
    assert home.stop() == 0
    with pytest.raises(NoReply, match="nobody calls getUpdates"):
        phone.ask("!hello", timeout=0.2)
    assert phone.send("!help") == "Viktor wrote: !help"
    phone.send("are you there?")  # nobody answers that
    telegram.person("Ada").send("!hello", to=account)  # as somebody else in the window
    assert phone.waiting() == 2
    home = start(file.parent, phone)
    assert phone.answers(2) == ["hello Viktor!", "!help what I can do\n!hello"]
    assert phone.answers(0) == []
    assert phone.waiting() == 0
    home.stop()


def test_a_program_in_a_terminal_finds_the_sandboxs_bot(sandbox, monkeypatch, tmp_path):
    monkeypatch.setenv("BOT_WORLD", "sandbox")
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    phone = Phone(*sandbox)
    assert find_open_sandbox("telegram") is None  # the notebook's own program may be this bot
    start_alone("phone.py", phone)
    found = find_open_sandbox("telegram")
    assert found and dict(found.settings) == {"TELEGRAM_TOKEN": sandbox[1].token}
    assert find_open_sandbox("twitch") is None
    later = Phone(*sandbox)
    later.offer()
    del phone  # it takes only its own offer away
    gc.collect()
    assert find_open_sandbox("telegram") not in (found, None)
    del later
    gc.collect()
    assert find_open_sandbox("telegram") is None
    assert not (tmp_path / ".open_sandbox.json").exists()


def test_with_a_token_the_same_calls_reach_ones_own_bot(sandbox, real, file):
    telegram, mine = real
    phone = Phone(*sandbox)
    assert phone.is_real
    phone.offer()
    assert find_open_sandbox("telegram") is None
    assert "@my_real_bot" in repr(phone) and mine.token not in repr(phone)
    assert phone.link == repr(phone.window()) == "https://t.me/my_real_bot"
    assert 'href="https://t.me/my_real_bot"' in phone.window()._repr_html_()
    home = start(file, phone)
    ann = telegram.person("Ann")
    assert ann.ask("!hello", to=mine) == "hello Ann!"
    assert phone.ask("!hello") == "now you: write !hello to @my_real_bot on your phone"
    assert phone.send("!hello") == "now you: write !hello to @my_real_bot on your phone"
    assert phone.answers(2) == ["look at your phone"]
    assert mine.token not in "\n".join(home.log)
    home.stop()
    ann.send("!hello", to=mine)
    assert phone.waiting() == 1
    assert str(sandbox[0].transcript(sandbox[2], sandbox[1])) == "(nothing was said yet)"


def test_a_real_bots_function_is_not_cut_off_unless_its_owner_says_so(sandbox, real, file):
    telegram, mine = real
    telegram.call(mine, "setWebhook", url="http://127.0.0.1:9/")
    with pytest.raises(RuntimeError, match=r"a function answers for your real bot.*cut_off=True"):
        Phone(*sandbox)
    assert telegram.call(mine, "getWebhookInfo")["url"] == "http://127.0.0.1:9/"
    home = start(file, Phone(*sandbox, cut_off=True))
    assert telegram.call(mine, "getWebhookInfo")["url"] == ""
    home.stop()


def test_a_token_that_is_none_is_not_shown(sandbox, real, monkeypatch):
    _, mine = real
    monkeypatch.setenv("TELEGRAM_TOKEN", f"bot{mine.token}")
    with pytest.raises(ValueError, match="The word bot is before the token") as refused:
        Phone(*sandbox)
    assert mine.token not in str(refused.value)
    other = mine.token[:-1] + ("A" if mine.token[-1] != "A" else "B")
    monkeypatch.setenv("TELEGRAM_TOKEN", other)
    with pytest.raises(RuntimeError, match=r"^401 Unauthorized$"):
        Phone(*sandbox)


def test_a_token_is_typed_hidden_in_a_notebooks_cell(real, tmp_path):
    """As JupyterLab does it: the kernel asks for a password, and the token is in no output."""
    _, mine = real
    manager, client = start_new_kernel(cwd=str(tmp_path))
    try:
        source = (
            "import botlib.details.settings\n"
            "from pathlib import Path\n"
            "from deploy.login import login\n"
            'login("telegram", now=True, folder=".")\n'
        )
        client.execute(source, allow_stdin=True)
        asked = client.get_stdin_msg(timeout=60)["content"]
        assert asked == {"prompt": "The token (it is not shown): ", "password": True}
        client.input(mine.token)
        shown = []
        while True:
            message = client.get_iopub_msg(timeout=60)
            shown.append(str(message["content"]))
            if message["content"].get("execution_state") == "idle":
                break
        assert client.get_shell_msg(timeout=60)["content"]["status"] == "ok"
        with pytest.raises(queue.Empty):
            client.get_stdin_msg(timeout=0)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "It is the token of @my_real_bot" in "".join(shown)
    assert mine.token not in "".join(shown)
    assert f"TELEGRAM_TOKEN={mine.token}" in (tmp_path / ".env").read_text().replace("'", "")
