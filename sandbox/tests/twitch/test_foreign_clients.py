"""Clients written by others find a Twitch: TwitchIO 3 and twurple by EventSub, tmi.js by IRC."""

import json
import os
import subprocess
import sys

import pytest
from cloud_tools import wait_until
from npm import PEERS, installed
from twitch_tools import World

from bot_sandbox.cloud.deployment import find_node
from bot_sandbox.twitch import NoReply, Twitch

pytestmark = pytest.mark.slow("clients from npm")


def twitchio_bot(world, program, file="twitchio_bot.py", **more):
    """Start the TwitchIO client, which finds the newest Twitch at the real addresses."""
    told = {
        "token": world.token.access_token,
        "refresh": world.token.refresh_token,
        "client_id": world.app.client_id,
        "client_secret": world.app.client_secret,
        "bot_id": world.bot.id,
        "channel_id": world.viktor.id,
    }
    program(sys.executable, str(PEERS / file), json.dumps(told | more))


@pytest.fixture
def process():
    """Whatever process a test starts ends with it."""
    started = []
    yield started
    for peer in started:
        peer.kill()
        peer.communicate()


@pytest.mark.parametrize("expired", [False, True])
def test_twitchio_reads_by_eventsub_and_answers_by_helix(program, expired):
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch, ["user:read:chat", "user:write:chat", "user:bot"])
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        if expired:
            twitch.clock.advance(5 * 3600)  # TwitchIO refreshes the token by itself
        twitchio_bot(world, program)
        twitch.wait_for(world.bot, "viktor", timeout=20)
        assert world.viktor.ask("!hello", timeout=10) == "hello Viktor!"
        assert world.viktor.ask("!who", timeout=10) == "the channel of Viktor"
        world.viktor.go_live("Tea")
        assert world.viktor.wait(timeout=10)[0].text == "live: Tea"
        world.viktor.end_stream()
        assert world.viktor.wait(timeout=10)[0].text == "over: the same stream"
        if not expired:
            twitch.clock.advance(31)  # so that the same answer is no duplicate
            (old,) = twitch.connections(world.bot)
            twitch.faults.reconnect(world.bot)
            wait_until(lambda: not old.open)  # it followed to the new address
            assert world.viktor.ask("!who", timeout=10) == "the channel of Viktor"


def test_twitchios_autobot_hears_through_a_conduit(program):
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch, ["user:read:chat", "user:write:chat", "user:bot"])
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        twitchio_bot(world, program, "twitchio_autobot.py", all=False)
        twitch.wait_for(world.bot, "viktor", timeout=60)
        assert world.viktor.ask("!hello", timeout=60) == "hello Viktor!"
        world.viktor.go_live("Tea")
        assert world.viktor.wait(timeout=60)[0].text == "live"
        assert twitch._world.unsupported == []


def test_twitchio_takes_canned_answers(program):
    with Twitch(channel_gap_s=0, canned=True) as twitch:
        world = World(twitch, ["user:read:chat", "user:write:chat", "user:bot"])
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        twitchio_bot(world, program, "twitchio_autobot.py", all=True)
        twitch.wait_for(world.bot, "viktor", timeout=60)
        answer = json.loads(world.viktor.ask("!all", timeout=60))
        assert answer == [world.viktor.id, True, False]
        assert twitch.canned_calls["EventSub channel.raid 1"] == 1
        assert twitch.canned_calls["Helix POST chat/announcements"] == 1
        assert len(twitch.canned_calls) == 5


@pytest.fixture(scope="session")
def tmi_folder():
    return installed("tmi")


@pytest.fixture(scope="session")
def twurple_folder():
    return installed("twurple")


def tmi_bot(world, folder, token=None, port=None):
    token = token or world.token.access_token
    command = [find_node(), "bot.js", str(port or world.twitch.port), token, "viktor"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_tmi_js_connects_joins_hears_and_speaks(process, tmi_folder):
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch)
        process.append(tmi_bot(world, tmi_folder))
        twitch.wait_for(world.bot, "viktor", timeout=20)
        assert twitch.connections(world.bot)[-1].kind == "IRC over WebSocket"
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert world.viktor.ask("!reply") == "@Viktor a reply"
        world.viktor.say("!wave")
        assert world.viktor.wait()[0].action
        # What it does every minute by itself; unanswered for 10 s, it would leave.
        assert world.viktor.ask("!ping").startswith("pong after")
        world.viktor.say("!stop")
        assert process[0].wait(timeout=10) == 0
        twitch.wait_gone(world.bot)


def test_tmi_js_comes_back_after_a_restart(process, tmi_folder):
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch)
        process.append(tmi_bot(world, tmi_folder))
        twitch.wait_for(world.bot, "viktor", timeout=20)
        twitch.faults.restart()
        world.viktor.say("into the void")
        twitch.wait_for(world.bot, "viktor", timeout=20)
        assert [m.text for m in twitch.missed(world.bot)] == ["into the void"]
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_tmi_js_is_told_that_its_token_is_wrong(process, tmi_folder):
    with Twitch() as twitch:
        process.append(tmi_bot(World(twitch), tmi_folder, token="wrong"))
        assert "Login authentication failed" in process[0].communicate(timeout=20)[0]


def test_tmi_js_on_the_port_for_plain_irc_is_sent_to_the_other(process, tmi_folder):
    with Twitch() as twitch:
        world = World(twitch)
        process.append(tmi_bot(world, tmi_folder, port=twitch.irc_address[1]))
        assert twitch.wait_until(lambda: any(not c.open for c in twitch.connections()), 20)
        with pytest.raises(NoReply) as silence:
            world.viktor.ask("!hello", timeout=0.01)
    assert "the client speaks HTTP, not IRC" in str(silence.value)
    assert f"What to do: let it connect to {twitch.irc_url}\n" in f"{silence.value}\n"
    assert "start it again" not in str(silence.value)


def test_twurple_is_pointed_here_by_its_own_variable(process, twurple_folder):
    with Twitch(channel_gap_s=0) as twitch:
        scopes = ["user:read:chat", "user:write:chat", "moderator:read:followers"]
        world = World(twitch, scopes)
        world.viktor.mod(world.bot)
        told = [world.app.client_id, world.token.access_token, " ".join(scopes)]
        command = [find_node(), "bot.js", *told, world.bot.id, world.viktor.id]
        where = {"TWURPLE_MOCK_API_PORT": str(twitch.port)}
        peer = subprocess.Popen(
            command,
            cwd=twurple_folder,
            env=os.environ | where,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        process.append(peer)
        (unsupported,) = world.viktor.wait(timeout=20)
        assert unsupported.text.startswith("This sandbox has no channel.raid 1.")
        assert twitch._world.unsupported == ["EventSub channel.raid 1"]
        twitch.wait_until(lambda: sum(s.enabled for s in twitch.subscriptions()) == 5, 20)
        assert world.viktor.ask("!hello", timeout=10) == "hello Viktor!"
        assert world.viktor.ask("!who", timeout=10) == "by hello_bot"
        world.viktor.go_live("Tea")
        assert world.viktor.wait(timeout=10)[0].text == "live: Tea"
        twitch.account("anna", "Anna").follow(world.viktor)
        assert world.viktor.wait(timeout=10)[0].text == "welcome Anna"
        world.viktor.announce("Tea is ready")
        assert world.viktor.wait(timeout=10)[0].text == "announcement: Tea is ready"
        world.viktor.end_stream()
        assert world.viktor.wait(timeout=10)[0].text == "viktor is offline"
