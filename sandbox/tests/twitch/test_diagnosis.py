"""What people on the sandbox Twitch are told when nobody answers."""

import itertools
import logging
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import wait_until
from eventsub_callback import by_webhook
from twitch_tools import CHAT, Irc, World, helix

from bot_sandbox import Cloud
from bot_sandbox.diagnosis.bot_log import add_bot_logger
from bot_sandbox.twitch import NoReply, Twitch


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def test_silence_after_a_text_without_a_visible_sign_is_explained(world):
    with pytest.raises(NoReply, match="Found: "):
        world.viktor.ask("\0", timeout=0.01)


def test_no_program_at_all(world):
    text = world.silence()
    assert "Nobody answered '!hello' in #viktor" in text
    assert "no program ever connected" in text and "start the bot" in text


def test_a_refused_login(world):
    with Irc(world.twitch) as client:
        client.send("PASS oauth:wrong", "NICK hello_bot")
        client.rest_of_it()
    text = world.silence()
    assert "login refused: Twitch never issued this token" in text and "fresh user token" in text


def test_connected_but_not_joined(world):
    with world.irc(channel="hello_bot"):
        text = world.silence()
    assert "does not hear #viktor (it joined #hello_bot)" in text and "JOIN #viktor" in text


def test_left_the_channel(world):
    with world.irc() as client:
        client.send("JOIN #hello_bot", "PART #viktor")
        client.until("PART")
        assert "does not hear #viktor (it joined #hello_bot)" in world.silence()


def test_who_waits_without_a_question_accuses_no_bot(world):
    with world.irc():
        with pytest.raises(NoReply) as silence:
            world.viktor.wait(timeout=0.01)
        with pytest.raises(NoReply) as other:
            world.viktor.wait_for(lambda message: message.text == "live!", timeout=0.01)
    for text in (str(silence.value), str(other.value)):
        assert "Found: hello_bot is connected and hears #viktor.\nWhat to do: read the" in text
        assert "heard the message" not in text and "command" not in text


def test_connected_and_dumb(world):
    with world.irc():
        assert "heard the message, but said nothing" in world.silence()


def test_a_program_that_came_after_the_question(world):
    with ThreadPoolExecutor() as pool:
        silence = pool.submit(world.silence, timeout=2)
        wait_until(lambda: world.twitch.messages("viktor"))
        with world.irc():
            text = silence.result()
    assert "hello_bot came to #viktor only after this was said" in text
    assert "wait_for in Python, twitch/wait by HTTP" in text


def test_a_program_that_asked_for_what_is_lacking(world):
    helix(world, "GET", "/clips?broadcaster_id=1")
    helix(world, "GET", "/clips?broadcaster_id=2")
    assert world.twitch._world.unsupported == ["Helix GET clips"]
    assert "asked for Helix GET clips: this sandbox lacks it" in world.silence()


def test_a_banned_program(world):
    with world.irc() as client:
        world.viktor.ban("hello_bot")
        client.until("PART")
        assert "hello_bot is banned in #viktor" in world.silence()


def test_a_reader_without_an_account(world):
    with Irc(world.twitch) as client:
        client.send("NICK justinfan1", "JOIN #viktor")
        client.until("366")
        assert "justinfan1 only reads" in world.silence()


def test_an_answer_that_twitch_refused(world):
    world.parrot()
    world.viktor.ask("!hello")
    world.twitch.clock.advance(5)
    text = world.silence(timeout=2)
    assert "hello_bot answered, but Twitch refused the answer (msg_duplicate)" in text
    world.viktor.mod("hello_bot")
    assert world.viktor.ask("!hello") == "hello viktor!"


def test_gone(world):
    with world.irc() as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    assert "ended because the client closed the connection" in world.silence()


def test_a_closed_connection_without_login_is_shown_only_if_it_is_the_last(world):
    """An earlier attempt does not explain why a later program is silent."""

    def come_and_go():
        with Irc(world.twitch) as client:
            client.heard()
        wait_until(lambda: not world.twitch._world.records[-1].open)

    come_and_go()
    assert "a program is not connected" in world.silence()
    with world.irc() as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    text = world.silence()
    assert "hello_bot is not connected" in text and "a program" not in text
    come_and_go()
    assert "a program is not connected" in world.silence()


def test_only_programs_of_this_channel_are_explained(world):
    """A bot of another channel, gone or not, could not have answered here."""
    grandpa = world.twitch.account("grandpa")
    token = world.twitch.authorize(grandpa, world.app, CHAT)
    with Irc(world.twitch) as stranger:
        stranger.send(f"PASS oauth:{token.access_token}", "NICK grandpa", "JOIN #grandpa")
        world.twitch.wait_for(grandpa, "grandpa")
        with world.irc():
            text = world.silence()
            assert "hello_bot is connected and heard" in text and "grandpa" not in text
        world.twitch.wait_gone("hello_bot")
        text = world.silence()
        assert "hello_bot is not connected" in text and "grandpa" not in text
    world.twitch.wait_gone("grandpa")
    with world.irc():
        text = world.silence()
    assert "hello_bot is connected and heard" in text and "grandpa" not in text
    with pytest.raises(NoReply, match="Found: grandpa is not connected") as caught:
        world.viktor.ask("!hello", channel="grandpa", timeout=0.01)
    assert "hello_bot" not in str(caught.value)


def test_a_gone_program_of_another_channel_is_not_explained(world):
    with world.irc(channel="hello_bot") as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    text = world.silence()
    assert "hello_bot" not in text
    assert "Found: no program is in #viktor, and no webhook is subscribed to its chat." in text
    assert "What to do: start the bot, and let it join #viktor" in text


def test_without_a_program_in_this_channel_all_are_explained(world):
    with world.irc(channel="hello_bot"), Irc(world.twitch) as refused:
        refused.send("PASS oauth:wrong", "NICK viktor")
        refused.rest_of_it()
        text = world.silence()
    assert "login refused" in text and "does not hear #viktor (it joined #hello_bot)" in text


def test_silently_ignored():
    with Twitch(channel_gap_s=0, messages=1) as twitch:
        world = World(twitch)
        with world.irc() as client:
            client.send("PRIVMSG #viktor :1", "PRIVMSG #viktor :2")
            client.heard()
            assert "silently ignored for another 30 minutes" in world.silence()


def test_may_not_speak():
    with Twitch() as twitch:
        world = World(twitch, ["chat:read"])
        with world.irc():
            assert "lacks the scope chat:edit" in world.silence()


def test_a_webhook_that_fails(world):
    for account, scope in (
        (world.bot, ["user:read:chat", "user:bot"]),
        (world.viktor, ["channel:bot"]),
    ):
        world.twitch.authorize(account, world.app, scope)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    body = {
        "type": "channel.chat.message",
        "version": "1",
        "condition": {"broadcaster_user_id": world.viktor.id, "user_id": world.bot.id},
        "transport": {
            "method": "webhook",
            "callback": f"http://127.0.0.1:{port}/",
            "secret": "0123456789",
        },
    }
    token = world.twitch.app_token(world.app)
    assert helix(world, "POST", "/eventsub/subscriptions", token=token, body=body).status == 202
    text = world.silence(timeout=2)
    assert "webhook subscription, status webhook_callback_verification_failed" in text
    with pytest.raises(NoReply, match="did not come to #viktor"):
        world.twitch.wait_for(world.bot, "viktor", timeout=0.01)


def test_whoever_did_not_come_is_explained_and_nobody_else(world):
    """Also if the channel has a bot of its own, which has gone."""
    grandpa = world.twitch.account("grandpa")
    token = world.twitch.authorize(grandpa, world.app, CHAT).access_token

    def absence():
        with pytest.raises(NoReply) as caught:
            world.twitch.wait_for(world.bot, "grandpa", timeout=0.01)
        return str(caught.value)

    with Irc(world.twitch) as client:
        client.send(f"PASS oauth:{token}", "NICK grandpa", "JOIN #grandpa")
        world.twitch.wait_for(grandpa, "grandpa")
        while_it_was_there = absence()
    world.twitch.wait_gone(grandpa)
    assert while_it_was_there == absence()
    assert absence().splitlines()[1:] == [
        "Found: no program has logged in as hello_bot.",
        "What to do: start the bot, and let it join #grandpa",
    ]
    with world.irc():
        assert absence().splitlines()[1:] == [
            "Found: hello_bot is connected but does not hear #grandpa (it joined #viktor).",
            "What to do: JOIN #grandpa",
        ]


ROLL = """
import json, os, urllib.request

said = []

def handler(event, context):  # logs why a command failed, and says sorry once
    body = json.loads(event["body"])
    if "challenge" in body:
        return {"statusCode": 200, "body": body["challenge"]}
    happened = body["event"]
    if not happened["message"]["text"].startswith("!"):
        return {"statusCode": 204}
    print("!roll failed: ValueError: 'banana' (main.py, line 7)")
    if not said:
        said.append("Oh dear.")
        chat = happened["broadcaster_user_id"]
        message = {"broadcaster_id": chat, "sender_id": os.environ["BOT_ID"], "message": said[0]}
        urllib.request.urlopen(urllib.request.Request(
            os.environ["HELIX"] + "/chat/messages",
            json.dumps(message).encode(),
            {"Authorization": "Bearer " + os.environ["TOKEN"], "Client-Id": os.environ["CLIENT"]},
        )).close()
    return {"statusCode": 204}
"""


WHY = "!roll failed: ValueError: 'banana'"


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
        by_webhook(world, function)
        twitch.wait_for(world.bot, world.viktor)
        said = world.viktor.ask("!roll banana")
        assert said == "Oh dear."
        assert f"\nIn its log: {WHY} (main.py, line 7)" in str(said)
        with pytest.raises(NoReply) as problem:  # one apology a minute is enough
            world.viktor.ask("!roll banana", timeout=3)
        assert f"\nIts log says: {WHY} (main.py, line 7)\n" in str(problem.value)
        with pytest.raises(NoReply) as problem:  # what failed was an earlier message
            world.viktor.ask("roll it yourself", timeout=0.3)
        assert WHY not in str(problem.value)


def test_an_apology_of_a_bot_in_this_process_is_shown_with_its_line(world, capfd):
    add_bot_logger("a_bot_of_this_test")

    def answer(client):
        answers = iter(["Oh dear."])
        while line := client.line():
            if " PRIVMSG " in line:
                logging.getLogger("a_bot_of_this_test").error(WHY)
                for text in itertools.islice(answers, 1):
                    client.send(f"PRIVMSG #viktor :{text}")

    with world.irc("") as client:
        thread = threading.Thread(target=answer, args=[client])
        thread.start()
        said = world.viktor.ask("!roll banana")
        assert said == "Oh dear."
        assert str(said) == f"Oh dear.\nIn its log: {WHY}"
        with pytest.raises(NoReply) as problem:
            world.viktor.ask("!roll banana", timeout=2)
        assert f"\nIts log says: {WHY}" in str(problem.value)
        world.twitch.faults.drop(world.bot)
        thread.join()
    assert "failed" not in "".join(capfd.readouterr())


def test_a_program_that_has_ended_is_named(world, program):
    failing = "raise LookupError('no such table: viewers')"
    program(sys.executable, "-c", failing).wait(30)
    text = world.silence()
    assert "no program ever connected" in text
    assert "has ended with status 1" in text and "no such table: viewers" in text
