"""botlib's apology, as the sandbox shows it to the course: with the line that its log got."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot_sandbox.diagnosis.bot_log import add_bot_logger
from bot_sandbox.telegram import NoReply
from botlib import bot as brain
from botlib.bot import APOLOGY, Bot, Message
from lessons.cloud import Cloud

ROLL = """
from botlib import Bot
from botlib.bot import Message

bot = Bot()

@bot.command("roll")
def roll(message):
    return str(int(message.arguments))

@bot.command("leak")
def leak(message):
    raise ValueError(TOKEN)
"""
FUNCTION = (
    ROLL
    + """
import json, os

TOKEN = os.environ["TELEGRAM_TOKEN"]

def handler(event, context):
    message = json.loads(event["body"])["message"]
    for text in bot.safe_replies(Message(message["text"], chat="one")):
        return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
    return {"statusCode": 200}
"""
)


def deployed(cloud, telegram, account, folder, source, **settings):
    (folder / "main.py").write_text(source)
    environment = {"TELEGRAM_TOKEN": account.token, **settings}
    function = cloud.deploy("bot", folder, environment=environment)
    telegram.call(account, "setWebhook", url=f"{function.url}hook?x=1")


def test_an_apology_is_shown_with_the_line_in_the_functions_log(
    telegram, account, viktor, tmp_path
):
    with Cloud() as cloud:
        deployed(cloud, telegram, account, tmp_path, FUNCTION)
        said = viktor.ask("/roll banana", to=account)
        why = "!roll failed: ValueError: invalid literal for int() with base 10: 'banana'"
        line = FUNCTION.splitlines().index("    return str(int(message.arguments))") + 1
        assert said == APOLOGY.format(command="!roll")
        shown = f"{said!r} {said} {said:}"
        assert shown.count(f"\nIn its log: {why} (main.py, line {line})") == 3
        with pytest.raises(NoReply) as problem:  # one apology a minute is enough
            viktor.ask("!leak", to=account, timeout=30)
        assert "Its log says: !leak failed: ValueError: <secret>" in str(problem.value)
        assert account.token not in str(problem.value)


def test_an_apology_of_a_bot_in_this_process_is_shown_with_its_line(
    telegram, account, viktor, capfd
):
    add_bot_logger(brain.__name__)  # as %load_ext lessons does it
    bot = Bot()
    bot.command("roll")(lambda message: str(int(message.arguments)))

    def answer_one():
        (update,) = telegram.call(account, "getUpdates", timeout=30)
        chat, text = update["message"]["chat"]["id"], update["message"]["text"]
        for reply in bot.safe_replies(Message(text, chat=str(chat))):
            telegram.call(account, "sendMessage", chat_id=chat, text=reply)

    with ThreadPoolExecutor(1) as thread:
        polled = thread.submit(answer_one)
        said = viktor.ask("!roll banana", to=account)
        polled.result()
    assert said == APOLOGY.format(command="!roll")
    assert "\nIn its log: !roll failed: ValueError: invalid literal for int()" in str(said)
    assert "failed" not in "".join(capfd.readouterr())
