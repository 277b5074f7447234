"""What of the Bot API is lacking, as `bot-sandbox --lacks` prints it."""

import subprocess
import sys
from pathlib import Path

import pytest

import bot_sandbox.telegram
from bot_sandbox.telegram import BOT_API_VERSION
from bot_sandbox.telegram.bot_api import METHODS, TYPES
from bot_sandbox.telegram.methods.table import names
from bot_sandbox.telegram.updates import CAUSED_TYPES

SANDBOX = Path(__file__).parents[2]
BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest.mark.slow("it starts the command")
def test_the_command_prints_what_is_lacking():
    command = [sys.executable, "-m", "bot_sandbox", "--lacks"]
    done = subprocess.run(command, cwd=SANDBOX, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    head, *lines = done.stdout.splitlines()
    here = len(set(names()) & METHODS.keys())
    assert head.startswith(f"Bot API {BOT_API_VERSION}: {here} of {len(METHODS)} methods are here.")
    assert {line for line in lines if line in METHODS} == METHODS.keys() - set(names())
    assert "getUpdates" not in lines
    (with_parameters,) = [line for line in lines if line.startswith("sendMessage with ")]
    assert "message_thread_id" in with_parameters and "chat_id" not in with_parameters
    assert "update poll" in lines and "update message" not in lines


def test_the_kinds_of_updates_that_are_caused_here_are_known(telegram, account, viktor):
    telegram.call(account, "getUpdates", allowed_updates=[*TYPES["Update"].fields])
    family = telegram.group("Family", [viktor, account])
    family.promote(account)
    family.add(telegram.person("Anna"))
    news = telegram.channel("News", [viktor, account])
    for to in (account, news):
        viktor.edit(viktor.send("hi", to=to), "ho")
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="Tea?", reply_markup=BUTTONS)
    message = viktor.wait_for(lambda message: message.text == "Tea?")
    viktor.press(message, "Yes")
    viktor.react(message, "👍")
    telegram.set_inline(account, feedback=True)
    query = viktor.inline_query("tea")
    tea = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea!"}
    telegram.call(account, "answerInlineQuery", inline_query_id=query.id, results=[tea])
    query.choose("1")
    kinds = {name for update in telegram.pending_updates(account) for name in update}
    assert kinds == {"update_id", *CAUSED_TYPES}
    source = Path(bot_sandbox.telegram.__file__).with_name("world.py").read_text(encoding="utf-8")
    others = TYPES["Update"].fields.keys() - kinds  # only world.py tells bots
    assert not [kind for kind in others if f'"{kind}"' in source]
