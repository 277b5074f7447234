"""The sandbox Twitch as a whole: its ports, its accounts, and calls from many threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from twitch_tools import World

from bot_sandbox.twitch import Twitch


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def test_missed_messages_are_counted(world):
    with world.irc():
        world.viktor.say("heard")
    world.twitch.wait_gone("hello_bot")
    world.viktor.say_all(["lost 1", "lost 2"])
    with world.irc(channel=""):
        world.viktor.say("lost 3")  # connected again, but not joined yet
    assert [m.text for m in world.twitch.missed("hello_bot")] == ["lost 1", "lost 2", "lost 3"]


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
