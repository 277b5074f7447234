"""What a bot loads until its first answer: a friend waits for each module after a quiet hour."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
FIRST_ANSWER = """
import json, logging, os, sys, time, traceback  # as awslambdaric does, before it loads a function

os.environ.update(TELEGRAM_TOKEN="42:not-a-real-token", TELEGRAM_SECRET="correct-horse-battery")
sys.path.append(sys.argv[1])
before = set(sys.modules)
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
chat = {"text": "!hello", "chat": {"id": 7}, "from": {"first_name": "Viktor"}}
answer = webhook(bot)({
    "requestContext": {"http": {"method": "POST"}},
    "headers": {"X-Telegram-Bot-Api-Secret-Token": "correct-horse-battery"},
    "body": json.dumps({"update_id": 1, "message": chat}),
})
assert "hello Viktor!" in answer["body"]
print(*(name for name in set(sys.modules) - before if name[0] != "_"))
"""
OF_BOTLIB = {  # a package, and what is loaded of it
    "botlib": "bot function snapshots store telegram details",
    "botlib.details": "settings slow_answers texts",
    "botlib.store": "interface memory urls",
    "botlib.telegram": "details updates webhook",
    "botlib.telegram.details": "bot_api",
}
OF_PYTHON = {"binascii", "hmac", "math", "typing"}
BY_SOME_PYTHONS = {"annotationlib", "ast", "hashlib", "math.integer", "typing.io", "typing.re"}


def test_a_bot_loads_these_modules_and_no_other_until_its_first_answer():
    words = [sys.executable, "-I", "-S", "-c", FIRST_ANSWER, str(HOME)]
    loaded = set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    own = {f"{package}.{name}" for package, names in OF_BOTLIB.items() for name in names.split()}
    assert {name for name in loaded if name.startswith("botlib.")} == own
    assert loaded - own - BY_SOME_PYTHONS - {"botlib"} == OF_PYTHON
