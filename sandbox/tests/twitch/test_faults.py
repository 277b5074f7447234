"""Faults on request on the sandbox Twitch: what a program sees, and what the sandbox says."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import wait_until
from twitch_tools import CHAT, Irc, World, call, helix

from bot_sandbox.twitch import NoReply, Twitch
from bot_sandbox.twitch.diagnosis import explain_silence
from bot_sandbox.twitch.faults import Faults


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


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
        text = world.silence()
        assert "the fault silence lets nothing through" in text and "JOIN" not in text
        assert "A fault of this sandbox: nothing goes through hello_bot's connection." in text
        world.twitch.faults.clear()
        world.twitch.faults.half_line("hello_bot")
        world.viktor.say("a message")
        world.twitch.wait_until(lambda: not world.twitch.hears("hello_bot", "viktor"))
        text = world.silence()
        assert "the fault half_line lets nothing through" in text


def test_a_fault_is_named_when_a_program_is_gone_or_came_late(world):
    world.twitch.faults.refuse_login("hello_bot")
    with Irc(world.twitch) as client:
        client.send(f"PASS oauth:{world.token.access_token}", "NICK hello_bot")
        client.rest_of_it()
    told = "A fault of this sandbox: the login of hello_bot was refused."
    text = world.silence()
    assert told in text and "refused its login on purpose" in text and "token" not in text
    asked = world.viktor.say("!hello")
    with world.irc():
        room = world.twitch._world.channel("viktor")
        text = "\n".join(explain_silence(world.twitch._world, room, asked))
        assert "only after this was said" in text and told in text
        world.twitch.faults.drop("hello_bot")
    text = world.silence()
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
    assert told not in world.silence()  # of a later question


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
    assert world.silence().splitlines()[1:] == [down]
    with pytest.raises(NoReply, match=f"{down}$"):
        world.viktor.wait_for(lambda message: False, timeout=0.01)
    world.twitch.faults.start()
    assert "make it reconnect" in world.silence()
    world.twitch.restore(snapshot)
    assert world.twitch.up and "is down" not in world.silence()


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
