"""A copy of a learner's bot with one more command, `!measured`, and the entry file of a home.

`!measured TEXT` answers TEXT, so that each message can be told by its answer, whatever commands the
bot has. The copy leaves out the bot's `.env` and its store: a measurement uses no real token, and
changes no score.
"""

import shutil
from pathlib import Path

COMMAND = "!measured"
MEASURED_MODULE = "measured_function"  # the module of a copy's handler
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "store.sqlite3*")
MEASURED_BOT_CODE = '''"""The learner's bot, with the command that is measured."""

from main import bot

if "!" not in bot.prefixes:
    bot.prefixes += "!"
bot.command("measured")(lambda message: message.arguments)
'''
MEASURED_FUNCTION_CODE = """import measured_bot
from {module} import handler
"""
# A function's machine has a clock of its own. If the sandbox's was moved, it must go along: the
# webhook of EventSub refuses calls that seem to come from another time.
MOVED_CLOCK_CODE = """
import os
import time
from types import SimpleNamespace

from botlib.twitch import eventsub

ahead = float(os.environ["CLOCK_AHEAD"])
eventsub.time = SimpleNamespace(time=lambda: time.time() + ahead, monotonic=time.monotonic)
"""
WEBHOOK_ENTRY_CODE = """from main import bot

from botlib.store import open_store
from {module} import webhook

handler = webhook(bot, store=open_store())
"""
IRC_ENTRY_CODE = """from main import bot

from botlib.twitch.irc_bot import IrcBot


def handler(event, context):
    IrcBot(bot).run()
"""
ENTRY_CODES = {  # what a home needs if the learner has not written it yet
    "telegram_function": WEBHOOK_ENTRY_CODE.format(module="botlib.telegram.webhook"),
    "twitch_function": WEBHOOK_ENTRY_CODE.format(module="botlib.twitch.eventsub"),
    "irc_function": IRC_ENTRY_CODE,
}


def copy_program(folder: Path, to: Path) -> Path:
    """Copy a bot; return the file for `python -m botlib.run`. FileNotFoundError without a bot."""
    if not (folder / "main.py").is_file():
        raise FileNotFoundError(
            f"there is no bot to measure: {folder.name}/main.py is missing. "
            "Run the first cells of this notebook again."
        )
    shutil.copytree(folder, to, ignore=LEFT_OUT)
    file = to / "measured_bot.py"
    file.write_text(MEASURED_BOT_CODE, encoding="utf-8")
    return file


def copy_function(folder: Path, to: Path, entry: str) -> str:
    """Copy a bot for a cloud, with the learner's own ENTRY.py or ours; return the module to call.

    FileNotFoundError without a bot.
    """
    copy_program(folder, to)
    if not (to / f"{entry}.py").exists():
        (to / f"{entry}.py").write_text(ENTRY_CODES[entry], encoding="utf-8")
    source = MEASURED_FUNCTION_CODE.format(module=entry)
    source += MOVED_CLOCK_CODE if entry == "twitch_function" else ""
    (to / f"{MEASURED_MODULE}.py").write_text(source, encoding="utf-8")
    return MEASURED_MODULE
