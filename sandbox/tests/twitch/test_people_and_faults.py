"""People who chat on the sandbox Twitch, what they are told when nobody answers, and faults."""

import asyncio
import itertools
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import wait_until
from eventsub_callback import by_webhook
from twitch_tools import CHAT, Irc, World, helix

from bot_sandbox import Cloud
from bot_sandbox.diagnosis import listen_to
from bot_sandbox.twitch import NoReply, Twitch


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def silence_of(world, timeout=0.01):
    with pytest.raises(NoReply) as caught:
        world.viktor.ask("!hello", timeout=timeout)
    return str(caught.value)


def parrot(world):
    """A bot of few lines: answers !hello until its connection ends."""
    client = world.irc("")

    def answer():
        with client:
            while line := client.line():
                if line.endswith(":!hello"):
                    who = line[1:].partition("!")[0]
                    client.send(f"PRIVMSG #viktor :hello {who}!")

    threading.Thread(target=answer, daemon=True).start()


def test_ask_and_transcript(world):
    parrot(world)
    assert world.viktor.ask("!hello", channel="viktor") == "hello viktor!"
    assert str(world.twitch.transcript("viktor")) == "Viktor: !hello\nHello_Bot: hello viktor!"
    html = world.twitch.transcript(world.viktor)._repr_html_()
    assert "hello viktor!" in html and "flex-start" in html and "flex-end" in html


def test_wait_reads_each_message_once(world):
    anna = world.twitch.account("anna", "Anna")
    anna.say_all(["one", "two", "three"], channel=world.viktor)
    assert [m.text for m in world.viktor.wait(2)] == ["one", "two"]
    world.viktor.wait(1)
    with pytest.raises(NoReply, match=r"1 message\(s\) in #viktor; 0 came"):
        world.viktor.wait(timeout=0.01)
    anna.say("four", channel="#viktor")
    assert world.viktor.wait()[0].text == "four"
    assert repr(anna) == "Account('anna', id='100000003')"


def test_people_may_repeat_themselves(world):
    for _ in range(50):
        world.viktor.say("!hello")
    assert len(world.twitch.messages("viktor")) == 50


@pytest.mark.parametrize("text", ["", " \n"])
def test_people_send_no_empty_message(world, text):
    with pytest.raises(ValueError, match="sends no empty message; found"):
        world.viktor.say_all(["hello", text])
    assert world.twitch.messages("viktor") == []


@pytest.mark.parametrize("text", [5, None])
def test_people_write_text(world, text):
    for write in (world.viktor.say, world.viktor.ask):
        with pytest.raises(TypeError, match=f'is text in quotes, such as "hello"; found {text}'):
            write(text)


def test_no_program_at_all(world):
    text = silence_of(world)
    assert "Nobody answered '!hello' in #viktor" in text
    assert "no program ever connected" in text and "start the bot" in text


def test_a_refused_login(world):
    with Irc(world.twitch) as client:
        client.send("PASS oauth:wrong", "NICK hello_bot")
        client.rest_of_it()
    text = silence_of(world)
    assert "login refused: Twitch never issued this token" in text and "fresh user token" in text


def test_connected_but_not_joined(world):
    with world.irc(channel="hello_bot"):
        text = silence_of(world)
    assert "does not hear #viktor (it joined #hello_bot)" in text and "JOIN #viktor" in text


def test_connected_and_dumb(world):
    with world.irc():
        assert "heard the message, but said nothing" in silence_of(world)


def test_a_program_that_came_after_the_question(world):
    with ThreadPoolExecutor() as pool:
        silence = pool.submit(silence_of, world, timeout=2)
        wait_until(lambda: world.twitch.messages("viktor"))
        with world.irc():
            text = silence.result()
    assert "hello_bot came to #viktor only after this was said" in text
    assert 'twitch.wait_for("hello_bot", "viktor")' in text


def test_a_program_that_asked_for_what_is_lacking(world):
    helix(world, "GET", "/clips?broadcaster_id=1")
    helix(world, "GET", "/clips?broadcaster_id=2")
    assert world.twitch.world.lacking == ["Helix GET clips"]
    assert "asked for Helix GET clips: this sandbox lacks it" in silence_of(world)


def test_a_banned_program(world):
    with world.irc() as client:
        world.viktor.ban("hello_bot")
        client.until("PART")
        assert "hello_bot is banned in #viktor" in silence_of(world)


def test_a_reader_without_an_account(world):
    with Irc(world.twitch) as client:
        client.send("NICK justinfan1", "JOIN #viktor")
        client.until("366")
        assert "justinfan1 only reads" in silence_of(world)


def test_an_answer_that_twitch_refused(world):
    parrot(world)
    world.viktor.ask("!hello")
    world.twitch.clock.advance(5)
    text = silence_of(world, timeout=0.3)
    assert "hello_bot answered, but Twitch refused the answer (msg_duplicate)" in text
    world.viktor.mod("hello_bot")
    assert world.viktor.ask("!hello") == "hello viktor!"


def test_gone(world):
    with world.irc() as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    assert "ended because the client closed the connection" in silence_of(world)


def test_silently_ignored():
    with Twitch(channel_gap_s=0, messages=1) as twitch:
        world = World(twitch)
        with world.irc() as client:
            client.send("PRIVMSG #viktor :1", "PRIVMSG #viktor :2")
            client.heard()
            assert "silently ignored for another 30 minutes" in silence_of(world)


def test_may_not_speak():
    with Twitch() as twitch:
        world = World(twitch, ["chat:read"])
        with world.irc():
            assert "lacks the scope chat:edit" in silence_of(world)


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
    text = silence_of(world, timeout=0.3)
    assert "webhook subscription, status webhook_callback_verification_failed" in text
    with pytest.raises(NoReply, match="did not come to #viktor"):
        world.twitch.wait_for(world.bot, "viktor", timeout=0.01)


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
            world.viktor.ask("!roll banana", timeout=1)
        assert f"\nIts log says: {WHY} (main.py, line 7)\n" in str(problem.value)
        with pytest.raises(NoReply) as problem:  # what failed was an earlier message
            world.viktor.ask("roll it yourself", timeout=0.3)
        assert WHY not in str(problem.value)


def test_an_apology_of_a_bot_in_this_process_is_shown_with_its_line(world, capfd):
    listen_to("a_bot_of_this_test")

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
            world.viktor.ask("!roll banana", timeout=0.3)
        assert f"\nIts log says: {WHY}" in str(problem.value)
        world.twitch.faults.drop(world.bot)
        thread.join()
    assert "failed" not in "".join(capfd.readouterr())


def test_missed_messages_are_counted(world):
    with world.irc():
        world.viktor.say("heard")
    world.twitch.wait_gone("hello_bot")
    world.viktor.say_all(["lost 1", "lost 2"])
    with world.irc(channel=""):
        world.viktor.say("lost 3")  # connected again, but not joined yet
    assert [m.text for m in world.twitch.missed("hello_bot")] == ["lost 1", "lost 2", "lost 3"]


# Faults


def last(world):
    return world.twitch.connections("hello_bot")[-1]


def test_drop_and_close(world):
    with world.irc() as client:
        world.twitch.faults.drop("hello_bot")
        assert client.rest_of_it() is not None
    assert last(world).closed == "the line was cut"
    with pytest.raises(ValueError, match="no open connection"):
        world.twitch.faults.drop("hello_bot")


def test_reconnect_and_what_follows_when_it_is_ignored(world):
    with world.irc() as client:
        world.twitch.faults.reconnect(world.bot)
        assert client.until("RECONNECT") == ":tmi.twitch.tv RECONNECT"
        world.twitch.clock.advance(31)
        client.rest_of_it()
    assert last(world).closed == "it stayed after RECONNECT"


def test_wait_until_a_program_is_back(world):
    with world.irc():
        world.twitch.wait_for(world.bot, "viktor")
        first = last(world)
        with pytest.raises(NoReply, match="did not come"):
            world.twitch.wait_for(world.bot, "viktor", after=first, timeout=0.01)
    with world.irc():
        world.twitch.wait_for(world.bot, "viktor", after=first)


def test_wait_until_two_connections_of_a_program_hear_the_channel(world):
    with world.irc():
        with pytest.raises(NoReply, match="did not come"):
            world.twitch.wait_for(world.bot, "viktor", connections=2, timeout=0.01)
        with world.irc():
            world.twitch.wait_for(world.bot, "viktor", connections=2)


def test_a_connection_that_ends_while_pong_is_awaited_leaves_no_task(world):
    tasks = asyncio.all_tasks(world.twitch.loop)
    with world.irc() as client:
        world.twitch.clock.advance(300)
        assert client.until("PING")
        world.twitch.faults.drop("hello_bot")
    wait_until(lambda: asyncio.all_tasks(world.twitch.loop) == tasks)


def test_no_pong(world):
    with world.irc() as client:
        client.heard()
        world.twitch.faults.stop_pong("hello_bot")
        client.send("PING :x", "PRIVMSG #viktor :still working")
        assert "USERSTATE" in client.line()  # no PONG came before it


def test_half_a_line_then_silence(world):
    with world.irc() as client:
        client.heard()
        world.twitch.faults.half_line("hello_bot")
        world.viktor.say("a message")
        half = client.socket.recv(65536)
        assert half and not half.endswith(b"\r\n")
        world.viktor.say("another")
        client.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            client.socket.recv(65536)
    assert [m.text for m in world.twitch.missed("hello_bot")] == ["another"]


def test_lines_in_two_pieces(world):
    with world.irc() as client:
        client.heard()
        world.twitch.faults.split_lines("hello_bot")
        world.viktor.say("whole")
        assert client.line().endswith(":whole")


def test_delay(world):
    with world.irc() as client:
        world.twitch.faults.delay("hello_bot", 0.05)
        world.viktor.say("late")
        assert client.until("late")


def test_refuse_login(world):
    world.twitch.faults.refuse_login("hello_bot", n=1)
    with Irc(world.twitch) as client:
        client.send(f"PASS oauth:{world.token.access_token}", "NICK hello_bot")
        assert client.rest_of_it() == [":tmi.twitch.tv NOTICE * :Login authentication failed"]
    world.irc().socket.close()


def test_restart_on_the_same_ports(world):
    with world.irc() as client:
        world.twitch.faults.restart()
        client.rest_of_it()
    assert last(world).closed == "the server went down"
    with world.irc():
        assert len(world.twitch.connections("hello_bot")) == 2
    world.twitch.faults.restart(down_s=3600)
    for address in (world.twitch.irc_address, ("127.0.0.1", world.twitch.port)):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
    world.twitch.clock.advance(3601)
    world.token = world.twitch.authorize(world.bot, world.app, CHAT)
    world.irc().socket.close()
    world.twitch.faults.stop()
    world.twitch.faults.stop()
    world.twitch.faults.start()
    world.twitch.faults.start()
    world.irc().socket.close()


# The server itself


def test_ports_are_free_after_close_and_closing_twice_is_nothing():
    twitch = Twitch()
    world = World(twitch)
    port, irc_port = twitch.port, twitch.irc_port
    with world.irc() as client:
        twitch.close()
        twitch.close()
        client.rest_of_it()
    with Twitch(port=port, irc_port=irc_port) as again:
        assert again.url == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError, match=rf"port {port} on 127\.0\.0\.1 cannot be used"):
            Twitch(port=port)
        with pytest.raises(OSError, match=f"port {irc_port} on"):
            Twitch(irc_port=irc_port)


def test_the_clock_of_a_closed_twitch_says_what_to_do(recwarn):
    twitch = Twitch()
    twitch.close()
    with pytest.raises(RuntimeError, match=r"Twitch is closed; make a new one with Twitch\(\)"):
        twitch.clock.advance(60)
    assert not recwarn.list


def test_closing_while_the_servers_are_down():
    with Twitch() as twitch:
        twitch.faults.restart(down_s=3600)


def test_several_at_once_and_an_unknown_setting():
    with Twitch() as one, Twitch() as two:
        World(one), World(two)
        one.account("only_here")
        with pytest.raises(ValueError, match="viktor, hello_bot"):
            two.messages("only_here")
    with pytest.raises(TypeError, match="unexpected keyword argument 'ping'"):
        Twitch(ping=1)


def test_plain_calls_from_many_threads(world):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: world.viktor.say(str(n)), range(400)))
        accounts = list(threads.map(lambda n: world.twitch.account(f"viewer{n}"), range(40)))
    assert len({account.id for account in accounts}) == 40
    said = [m.text for m in world.twitch.messages("viktor")]
    assert sorted(said, key=int) == [str(n) for n in range(400)]
