"""botlib's apology, as the sandbox shows it to the course: with the line that its log got."""

import socket
import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest

from bot_sandbox.diagnosis.bot_log import add_bot_logger
from bot_sandbox.twitch import NoReply, Twitch
from botlib import bot as brain
from botlib.bot import APOLOGY, Bot, Message
from botlib.twitch.details.helix import Helix
from lessons.cloud import Cloud


@pytest.fixture
def world():
    with Twitch() as twitch:
        viktor = twitch.account("viktor", display_name="Viktor")
        bot = twitch.account("hello_bot", display_name="Hello_Bot")
        app = twitch.application("Hello bot")
        yield SimpleNamespace(twitch=twitch, viktor=viktor, bot=bot, app=app)


ROLL = """
import json, os, urllib.request

from botlib import Bot
from botlib.bot import Message

bot = Bot()

@bot.command("roll")
def roll(message):
    return str(int(message.arguments))

def handler(event, context):
    body = json.loads(event["body"])
    if "challenge" in body:
        return {"statusCode": 200, "body": body["challenge"]}
    happened = body["event"]
    text, chat = happened["message"]["text"], happened["broadcaster_user_id"]
    for said in bot.safe_replies(Message(text, chat=chat)):
        message = {"broadcaster_id": chat, "sender_id": os.environ["BOT_ID"], "message": said}
        urllib.request.urlopen(urllib.request.Request(
            os.environ["HELIX"] + "/chat/messages",
            json.dumps(message).encode(),
            {"Authorization": "Bearer " + os.environ["TOKEN"], "Client-Id": os.environ["CLIENT"]},
        )).close()
    return {"statusCode": 204}
"""
WHY = "!roll failed: ValueError: invalid literal for int() with base 10: 'banana'"


def test_an_apology_is_shown_with_the_line_in_the_functions_log(world, tmp_path):
    twitch, app = world.twitch, world.app
    world.viktor.mod(world.bot)
    token = twitch.authorize(world.bot, app, ["user:read:chat", "user:bot", "user:write:chat"])
    (tmp_path / "main.py").write_text(ROLL)
    environment = {
        "HELIX": f"{twitch.url}/helix",
        "TOKEN": token.access_token,
        "CLIENT": app.client_id,
        "BOT_ID": world.bot.id,
    }
    with Cloud() as cloud:
        function = cloud.deploy("bot", tmp_path, environment=environment)
        helix = Helix(app.client_id, app.client_secret, twitch.url)
        helix.subscribe(world.viktor.id, function.url, "a secret of the test", world.bot.id)
        twitch.wait_for(world.bot, world.viktor)
        said = world.viktor.ask("!roll banana")
        assert said == APOLOGY.format(command="!roll")
        assert f"\nIn its log: {WHY} (main.py, line 11)" in str(said)
        with pytest.raises(NoReply) as problem:  # one apology a minute is enough
            world.viktor.ask("!roll banana", timeout=3)
        assert f"\nIts log says: {WHY} (main.py, line 11)\n" in str(problem.value)


def test_an_apology_of_a_bot_in_this_process_is_shown_with_its_line(world, capfd):
    add_bot_logger(brain.__name__)  # as %load_ext lessons does it
    bot = Bot()
    bot.command("roll")(lambda message: str(int(message.arguments)))

    def send(*lines):
        client.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def answer():
        with suppress(ConnectionError):
            for line in client.makefile(encoding="utf-8", newline="\r\n"):
                if " PRIVMSG " in line:
                    asked = line.rstrip("\r\n").rpartition(" :")[2]
                    for text in bot.safe_replies(Message(asked, chat="viktor")):
                        send(f"PRIVMSG #viktor :{text}")

    token = world.twitch.authorize(world.bot, world.app, ["chat:read", "chat:edit"])
    with socket.create_connection(world.twitch.irc_address, timeout=30) as client:
        thread = threading.Thread(target=answer)
        thread.start()
        send(f"PASS oauth:{token.access_token}", "NICK hello_bot", "JOIN #viktor")
        world.twitch.wait_for(world.bot, world.viktor)
        said = world.viktor.ask("!roll banana")
        assert said == APOLOGY.format(command="!roll")
        assert f"\nIn its log: {WHY}" in str(said)
        with pytest.raises(NoReply) as problem:  # one apology a minute is enough
            world.viktor.ask("!roll banana", timeout=2)
        assert f"\nIts log says: {WHY}" in str(problem.value)
        world.twitch.faults.drop(world.bot)
        thread.join()
