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
from twitch_tools import CHAT, Irc, World, call, helix

from bot_sandbox import Cloud
from bot_sandbox.diagnosis.bot_log import add_bot_logger
from bot_sandbox.twitch import NoReply, Twitch
from bot_sandbox.twitch.diagnosis import explain_silence
from bot_sandbox.twitch.faults import Faults


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def test_silence_after_a_text_without_a_visible_sign_is_explained(world):
    with pytest.raises(NoReply, match="Found: "):
        world.viktor.ask("\0", timeout=0.01)


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
    assert repr(anna) == "TwitchAccount('anna', id='100000003')"


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
    assert "wait_for in Python, twitch/wait by HTTP" in text


def test_a_program_that_asked_for_what_is_lacking(world):
    helix(world, "GET", "/clips?broadcaster_id=1")
    helix(world, "GET", "/clips?broadcaster_id=2")
    assert world.twitch._world.unsupported == ["Helix GET clips"]
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
    text = silence_of(world, timeout=2)
    assert "hello_bot answered, but Twitch refused the answer (msg_duplicate)" in text
    world.viktor.mod("hello_bot")
    assert world.viktor.ask("!hello") == "hello viktor!"


def test_gone(world):
    with world.irc() as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    assert "ended because the client closed the connection" in silence_of(world)


def test_a_closed_connection_without_login_is_shown_only_if_it_is_the_last(world):
    """An earlier attempt does not explain why a later program is silent."""

    def come_and_go():
        with Irc(world.twitch) as client:
            client.heard()
        wait_until(lambda: not world.twitch._world.records[-1].open)

    come_and_go()
    assert "a program is not connected" in silence_of(world)
    with world.irc() as client:
        client.heard()
    world.twitch.wait_gone("hello_bot")
    text = silence_of(world)
    assert "hello_bot is not connected" in text and "a program" not in text
    come_and_go()
    assert "a program is not connected" in silence_of(world)


def test_only_programs_of_this_channel_are_explained(world):
    """A bot of another channel, gone or not, could not have answered here."""
    grandpa = world.twitch.account("grandpa")
    token = world.twitch.authorize(grandpa, world.app, CHAT)
    with Irc(world.twitch) as stranger:
        stranger.send(f"PASS oauth:{token.access_token}", "NICK grandpa", "JOIN #grandpa")
        world.twitch.wait_for(grandpa, "grandpa")
        with world.irc():
            text = silence_of(world)
            assert "hello_bot is connected and heard" in text and "grandpa" not in text
        world.twitch.wait_gone("hello_bot")
        text = silence_of(world)
        assert "hello_bot is not connected" in text and "grandpa" not in text
    world.twitch.wait_gone("grandpa")
    with world.irc():
        text = silence_of(world)
    assert "hello_bot is connected and heard" in text and "grandpa" not in text
    with pytest.raises(NoReply, match="Found: grandpa is not connected") as caught:
        world.viktor.ask("!hello", channel="grandpa", timeout=0.01)
    assert "hello_bot" not in str(caught.value)


def test_without_a_program_in_this_channel_all_are_explained(world):
    with world.irc(channel="hello_bot"), Irc(world.twitch) as refused:
        refused.send("PASS oauth:wrong", "NICK viktor")
        refused.rest_of_it()
        text = silence_of(world)
    assert "login refused" in text and "does not hear #viktor (it joined #hello_bot)" in text


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
    text = silence_of(world, timeout=2)
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
    tasks = asyncio.all_tasks(world.twitch._runner.loop)
    with world.irc() as client:
        world.twitch.clock.advance(300)
        assert client.until("PING")
        world.twitch.faults.drop("hello_bot")
    wait_until(lambda: asyncio.all_tasks(world.twitch._runner.loop) == tasks)


def test_no_pong(world):
    with world.irc() as client:
        client.heard()
        world.twitch.faults.stop_pong("hello_bot")
        client.send("PING :x", "PRIVMSG #viktor :still working")
        assert "USERSTATE" in client.line()  # no PONG came before it


def test_a_fault_is_named_when_it_silences_a_program(world):
    with world.irc() as client:
        client.heard()
        world.twitch.faults.silence("hello_bot")
        text = silence_of(world)
        assert "the fault silence lets nothing through" in text and "JOIN" not in text
        assert "A fault of this sandbox: nothing goes through hello_bot's connection." in text
        world.twitch.faults.clear()
        world.twitch.faults.half_line("hello_bot")
        world.viktor.say("a message")
        world.twitch.wait_until(lambda: not world.twitch.hears("hello_bot", "viktor"))
        text = silence_of(world)
        assert "the fault half_line lets nothing through" in text


def test_a_fault_is_named_when_a_program_is_gone_or_came_late(world):
    world.twitch.faults.refuse_login("hello_bot")
    with Irc(world.twitch) as client:
        client.send(f"PASS oauth:{world.token.access_token}", "NICK hello_bot")
        client.rest_of_it()
    told = "A fault of this sandbox: the login of hello_bot was refused."
    text = silence_of(world)
    assert told in text and "refused its login on purpose" in text and "token" not in text
    asked = world.viktor.say("!hello")
    with world.irc():
        room = world.twitch._world.channel("viktor")
        text = "\n".join(explain_silence(world.twitch._world, room, asked))
        assert "only after this was said" in text and told in text
        world.twitch.faults.drop("hello_bot")
    text = silence_of(world)
    assert "A fault of this sandbox: a connection of hello_bot was ended: the line was cut." in text


def test_a_fault_of_helix_is_named(world):
    with world.irc():
        asked = world.viktor.say("!hello")
        world.twitch.faults.fail_api(503)
        assert helix(world, "POST", "/chat/messages").status == 503
        room = world.twitch._world.channel("viktor")
        text = "\n".join(explain_silence(world.twitch._world, room, asked))
    told = "A fault of this sandbox: POST /helix/chat/messages was answered with 503."
    assert told in text
    assert told not in silence_of(world)  # of a later question


def test_active_faults_are_listed_and_end_on_demand(world):
    faults = world.twitch.faults
    with world.irc() as client:
        client.heard()
        for fault in ("stop_pong", "half_line", "split_lines", "silence"):
            getattr(faults, fault)("hello_bot")
        faults.delay("hello_bot", 2)
        faults.refuse_login("hello_bot", 3)
        faults.fail_api(503, n=2)
        faults.repeat_delivery()
        found = {fault.name: (fault.login, fault.left) for fault in faults.active}
        its = ["silence", "stop_pong", "delay", "half_line", "split_lines"]
        assert found == dict.fromkeys(its, ("hello_bot", None)) | {
            "refuse_login": ("hello_bot", 3),
            "fail_api": ("", 2),
            "repeat_delivery": ("", 1),
        }
        faults.clear()
        assert faults.active == []
        world.viktor.say("whole again")
        assert client.until("whole again").endswith(":whole again")


def test_a_reset_says_so_and_forgets_connections(world):
    with world.irc() as client:
        record = last(world)
        world.twitch.reset()
        client.rest_of_it()
    assert record.closed == "the sandbox was reset, and its account is gone"
    assert world.twitch.connections() == []
    assert world.twitch.faults.active == []


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


@pytest.mark.parametrize("fault", [Faults.stop, lambda faults: faults.restart(down_s=3600)])
def test_silence_while_the_servers_are_down_says_so_once(world, fault):
    with world.irc() as client:
        fault(world.twitch.faults)
        client.rest_of_it()
    snapshot = world.twitch.snapshot()
    down = "This Twitch is down, by the fault stop or restart. What to do: start it with the fault "
    down += "start"
    assert silence_of(world).splitlines()[1:] == [down]
    with pytest.raises(NoReply, match=f"{down}$"):
        world.viktor.wait_for(lambda message: False, timeout=0.01)
    world.twitch.faults.start()
    assert "make it reconnect" in silence_of(world)
    world.twitch.restore(snapshot)
    assert world.twitch.up and "is down" not in silence_of(world)


def test_many_may_stop_and_restart_the_servers_at_once(world):
    faults = world.twitch.faults
    with ThreadPoolExecutor(8) as many:
        for _ in range(10):
            for each in [many.submit(act) for act in [faults.stop, faults.restart] * 4]:
                each.result()
    faults.restart(down_s=3600)
    faults.stop()
    world.twitch.clock.advance(3601)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(world.twitch.irc_address)
    faults.start()
    world.token = world.twitch.authorize(world.bot, world.app, CHAT)
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


def test_wait_for_passes_over_what_does_not_fit(world):
    anna = world.twitch.account("anna", "Anna")
    anna.say_all(["one", "two", "three"], channel=world.viktor)
    assert world.viktor.wait_for(lambda message: message.text == "two").text == "two"
    with pytest.raises(NoReply) as error:
        world.viktor.wait_for(lambda message: message.text == "one", timeout=0.01)
    head = "No matching message came in #viktor within 0.01 s."
    assert str(error.value) == f"{head} What came instead:\n  Anna: three"
    assert world.viktor.wait()[0].text == "three"
    with pytest.raises(NoReply, match=r"No other came either\.\nFound: no program ever connected"):
        world.viktor.wait_for(lambda _: True, timeout=0.01)


def test_accounts_are_found_again(world):
    anna = world.twitch.account("anna", "Anna")
    anna.say("hi", channel=world.viktor)
    assert world.twitch.find("#Anna") is anna
    del anna
    found = world.twitch.find("anna")
    assert (found.login, found.display_name) == ("anna", "Anna")
    taken = r'taken; .* ask for the account with twitch\.find\("anna"\)'
    with pytest.raises(ValueError, match=taken):
        world.twitch.account("Anna")
    with pytest.raises(ValueError, match=r"no account or channel 'eve'; it has: .*anna"):
        world.twitch.find("eve")


def test_oauth_fails_on_request(world):
    def ask(path, method="POST"):
        return call(method, f"{world.twitch.url}/oauth2/{path}").status

    world.twitch.faults.fail_oauth(500, path="validate")
    world.twitch.faults.fail_oauth(n=2)
    assert [(one.name, one.left) for one in world.twitch.faults.active] == [
        ("fail_oauth", 1),
        ("fail_oauth", 2),
    ]
    assert [ask("token"), ask("validate", "GET"), ask("validate", "GET")] == [503, 500, 503]
    first = world.twitch._world.fault_hits[0]
    assert first.text == "POST /oauth2/token was answered with 503"
    assert [ask("token"), ask("validate", "GET")] == [400, 401]
    world.twitch.faults.fail_oauth()
    world.twitch.faults.clear()
    assert ask("token") == 400
    refusal = "validate, token, revoke, device, userinfo, or ''; found 'authorize'"
    with pytest.raises(ValueError, match=refusal):
        world.twitch.faults.fail_oauth(path="authorize")
