"""What was really sent for a message of the sandbox Twitch, as a window shows it."""

import json

import pytest
from cloud_tools import wait_until
from eventsub_callback import READ, SECRET, Callback, enabled
from twitch_tools import World, helix

from bot_sandbox.twitch import Twitch


@pytest.fixture
def world():
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch, ["chat:read", "chat:edit", *READ, "user:write:chat"])
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        yield world


def test_irc_lines_word_for_word(world):
    with world.irc() as client, world.irc(capabilities="") as plain:
        asked = world.viktor.say("hi")
        line = client.until("PRIVMSG")
        assert plain.until("PRIVMSG") == ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :hi"
        first, second = world.twitch.trace(asked)
        assert first.text == line and (first.direction, first.kind) == ("to", "IRC")
        assert first.program == second.program == "hello_bot"
        client.send("@client-nonce=n7 PRIVMSG #viktor :hello")
        (answer,) = world.viktor.wait()
        state = client.until("USERSTATE")
        assert f";id={answer.id};" in state and "client-nonce=n7;" in state
        came, heard, confirmed = world.twitch.trace(answer)
        assert (came.direction, came.text) == ("from", "@client-nonce=n7 PRIVMSG #viktor :hello")
        assert heard.text == plain.until("PRIVMSG")
        assert (confirmed.direction, confirmed.text) == ("to", state)


def test_a_webhook_request_its_answer_and_the_helix_request(world):
    with Callback() as callback:
        enabled(world, callback)
        asked = world.viktor.say("hi")
        headers, raw, _ = callback.next("notification")
        world.twitch.wait_deliveries(1, asked)
        request, answer = world.twitch.trace(asked)
        assert (request.direction, request.kind) == ("to", "EventSub webhook")
        assert request.program == answer.program == callback.url
        assert request.text.endswith(f"\n\n{raw.decode()}")
        assert f"Message-Signature: {headers['Twitch-Eventsub-Message-Signature']}" in request.text
        assert answer.text.startswith("200 OK\n") and answer.direction == "from"
        body = {"broadcaster_id": world.viktor.id, "sender_id": world.bot.id, "message": "hello"}
        helix(world, "POST", "/chat/messages", body=body)
        (said,) = world.viktor.wait()
        wait_until(lambda: len(world.twitch.trace(said)) == 4)  # it comes to the webhook, too
        asked_helix = world.twitch.trace(said)[0]
        (answered,) = [
            t for t in world.twitch.trace(said) if (t.direction, t.kind) == ("to", "Helix")
        ]
        assert asked_helix.text.startswith("POST /helix/chat/messages")
        assert json.loads(asked_helix.text.partition("\n\n")[2]) == body
        assert "Authorization: Bearer <token>" in asked_helix.text
        assert said.id in answered.text
        everything = "".join(each.text for each in world.twitch.trace(said))
        assert world.token.access_token not in everything and SECRET not in everything


def test_a_webhook_that_does_not_answer_is_seen(world):
    with Callback() as callback:
        enabled(world, callback)
    asked = world.viktor.say("hi")
    world.twitch.wait_deliveries(1, asked)
    request, answer = world.twitch.trace(asked)[:2]
    assert request.direction == "to" and answer.text.startswith("no answer: ")


def test_only_the_last_are_remembered():
    with Twitch(trace_entries=3, channel_gap_s=0) as twitch:
        world = World(twitch)
        with world.irc() as client:
            said = world.viktor.say_all([str(n) for n in range(5)])
            client.until(":4")
            assert [len(twitch.trace(each)) for each in said] == [0, 0, 1, 1, 1]


def test_nothing_is_sent_through_a_silent_connection(world):
    with world.irc():
        world.twitch.faults.silence(world.bot)
        assert world.twitch.trace(world.viktor.say("hi")) == []
