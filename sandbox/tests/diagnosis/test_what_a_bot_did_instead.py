"""Bots that do something else than write a message: what a silence says of it, and how to wait."""

import sys

import pytest

from bot_sandbox import NoReply, Program
from bot_sandbox.diagnosis.clean_text import hide_secrets

POLLS = """
import json, os, sqlite3, urllib.request

def call(method, **given):
    address = f"https://api.telegram.org/bot{os.environ['TOKEN']}/{method}"
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(given).encode(), head)
    return json.load(urllib.request.urlopen(request))["result"]

offset, panel = 0, None
while True:
    for update in call("getUpdates", offset=offset, timeout=10):
        offset, message = update["update_id"] + 1, update["message"]
        chat, text, number = message["chat"]["id"], message["text"], message["message_id"]
        if text == "/start":
            panel = call("sendMessage", chat_id=chat, text="Cart: empty")["message_id"]
        else:
            ACT
"""
SHOP = """call("deleteMessage", chat_id=chat, message_id=number)
            call("editMessageText", chat_id=chat, message_id=panel, text=f"Cart: {text}")"""
DATABASE = """sqlite3.connect(f"/no/{os.environ['API_KEY']}/shop.db")"""


@pytest.fixture
def start(telegram, account, tmp_path):
    """Start a bot that acts like this on any text but /start."""
    program = Program()

    def start(act, **environment):
        (tmp_path / "shop.py").write_text(POLLS.replace("ACT", act))
        words = (sys.executable, "shop.py")
        environment["TOKEN"] = account.token
        ready = lambda: telegram.wait_ready(account)  # noqa: E731
        return program(*words, folder=tmp_path, ready=ready, **environment)

    yield start
    program.close()


def test_a_shop_that_edits_its_panel(start, viktor):
    start(SHOP)
    assert viktor.ask("/start") == "Cart: empty"
    with pytest.raises(NoReply) as silence:
        viktor.ask("Tea", timeout=1)
    said = str(silence.value)
    assert "but sent no message. It called deleteMessage, editMessageText 'Cart: Tea'." in said
    assert "for an edit by edits=True of ask and ask_all" in said
    assert "knows this command" not in said
    assert viktor.ask("Milk", edits=True) == "Cart: Milk"
    (panel,) = viktor.ask_all("Bread", edits=True, quiet=0.2)
    assert panel.text == "Cart: Bread"
    assert viktor.ask("/start", edits=True) == "Cart: empty"  # a new message counts as ever


def test_a_deletion_a_reaction_and_a_draft_are_named(start, telegram, viktor):
    react = 'reaction=[{"type": "emoji", "emoji": "👍"}]'
    start(f"""call("setMessageReaction", chat_id=chat, message_id=number, {react})
            call("sendMessageDraft", chat_id=chat, draft_id=1, text="Hm")
            call("getMe")
            if text == "away":
                call("deleteMessage", chat_id=chat, message_id=number)""")
    with pytest.raises(NoReply, match="It called setMessageReaction, sendMessageDraft 'Hm'\\."):
        viktor.ask("Tea", timeout=1)
    message = viktor.send("away")
    assert telegram.wait_until(lambda: message.deleted, 5)


def test_a_bot_that_dies_of_its_database(start, viktor):
    start(DATABASE, API_KEY="hunter22")
    viktor.ask("/start")
    with pytest.raises(NoReply) as silence:
        viktor.ask("Tea", timeout=1)
    said = str(silence.value)
    assert "Its program has ended with status 1.\nIts program's last error: sqlite3.Op" in said
    assert "unable to open database file\n    shop.py:" in said and "sqlite3.connect(" in said
    assert "fix that, and start the bot again" in said
    assert "setWebhook" not in said and "hunter22" not in said and "read its output" not in said


def test_a_bot_that_died_before_it_asked_is_not_told_to_set_a_webhook(telegram, account, viktor):
    program = Program()
    program(sys.executable, "-c", "import no_such_module", TOKEN=account.token).wait(30)
    with pytest.raises(NoReply) as silence:
        viktor.ask("Tea", timeout=0.1)
    said = str(silence.value)
    program.close()
    assert "Its program's last error: ModuleNotFoundError: No module named 'no_such" in said
    assert "setWebhook" not in said


def test_a_bot_with_a_short_variable():
    assert hide_secrets("exit text", {"API_KEY": "x"}) == "exit text"
    assert hide_secrets("key=x, x-ray", {"API_KEY": "x"}) == "key=<secret>, <secret>-ray"
    assert hide_secrets("abcdefg", {"API_KEY": "abcdef"}) == "<secret>g"
