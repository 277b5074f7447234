"""Canned answers to what this Twitch lacks: opt in, marked, in the form of the real ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twitch_tools import World, helix

from bot_sandbox import NoReply, Twitch
from bot_sandbox.twitch.canned import ANSWERS
from bot_sandbox.twitch.helix import REAL_ENDPOINTS


@pytest.fixture(scope="module")
def shared():
    """A world for the tests that change nothing in it."""
    with Twitch(canned=True, limits=False) as twitch:
        yield World(twitch)


@pytest.fixture
def world(twitch):
    return World(twitch)


@pytest.fixture
def canned(world):
    """The world, with canned answers."""
    world.twitch.answer_canned()
    return world


def subscribe(world, kind, condition):
    transport = {"method": "webhook", "callback": "https://127.0.0.1:9/x", "secret": "s" * 10}
    token = world.twitch.app_token(world.app)
    body = {"type": kind, "version": "1", "condition": condition, "transport": transport}
    return helix(world, "POST", "/eventsub/subscriptions", token=token, body=body)


def ask(world, what, **parameters):
    method, path = what.split()
    return helix(world, method, f"/{path}", body=parameters if method != "GET" else None)


def test_without_them_each_refusal_says_that_they_exist(world):
    refusals = [
        helix(world, "POST", "/polls", body={}),
        helix(world, "GET", "/streams?game_id=1"),
        subscribe(world, "channel.raid", {"to_broadcaster_user_id": world.viktor.id}),
    ]
    for answer in refusals:
        assert answer.status == 400
        assert "Canned answers (--canned, in Python answer_canned()) would do" in answer.text
    assert world.twitch.canned_calls == {}


def test_an_answer_has_the_values_of_the_request(canned):
    asked = {"broadcaster_id": canned.viktor.id, "title": "Tea?", "choices": [{"title": "Yes"}]}
    (poll,) = ask(canned, "POST polls", **asked, duration=60).json["data"]
    assert (poll["title"], poll["duration"], poll["status"]) == ("Tea?", 60, "ACTIVE")
    assert (poll["broadcaster_login"], poll["broadcaster_name"]) == ("viktor", "Viktor")
    (choice,) = poll["choices"]
    assert choice["title"] == "Yes" and choice["id"] and choice["votes"] == 0
    assert poll["started_at"].endswith("Z") and poll["ended_at"] is None
    barred = {"data": {"user_id": canned.bot.id, "duration": 60}}
    (ban,) = ask(canned, "POST moderation/bans", **barred).json["data"]
    assert (ban["user_id"], ban["end_time"]) == (canned.bot.id, None)
    assert ask(canned, "POST clips").status == 202
    assert ask(canned, "GET schedule").json["data"]["segments"] == []
    plan = ask(canned, "POST schedule/segment", segments=[{"title": "Tea"}]).json["data"]
    assert plan["segments"][0]["title"] == "Tea"
    assert canned.twitch.canned_calls["Helix POST polls"] == 1


@pytest.mark.parametrize("what", sorted(one for one in REAL_ENDPOINTS if one[0] != "#"))
def test_every_endpoint_has_an_answer(shared, what):
    answer = ask(shared, what)
    if f"Helix {what}" not in shared.twitch.canned_calls:
        return  # the sandbox has it
    expected = 202 if what == "POST clips" else 200 if what in ANSWERS else 204
    assert answer.status == (200 if what.startswith("GET") else expected)
    if answer.status != 204:
        assert "data" in answer.json


def test_the_table_has_only_what_the_sandbox_lacks(canned):
    assert ANSWERS.keys() <= REAL_ENDPOINTS
    for what in ANSWERS:
        ask(canned, what)
    assert canned.twitch.canned_calls.keys() == {f"Helix {what}" for what in ANSWERS}


def test_the_token_is_still_checked(canned):
    wrong = canned.twitch.authorize(canned.viktor, canned.app, [])
    canned.twitch.disconnect(canned.viktor, canned.app)
    assert helix(canned, "POST", "/polls", token=wrong, body={}).status == 401
    assert helix(canned, "GET", "/polls", token=wrong).status == 401
    assert helix(canned, "GET", "/condiuts").status == 404


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["data", "id", "title", "choices", "segments", "outcomes", "duration"])


@settings(deadline=None)
@given(data=st.data())
def test_any_request_is_answered(shared, data):
    what = data.draw(st.sampled_from(sorted(one for one in ANSWERS if one[:3] != "GET")))
    values = data.draw(st.dictionaries(NAMES, VALUES, max_size=4))
    assert ask(shared, what, **values).status in (200, 202)


def test_what_it_lacks_of_a_parameter_is_let_through(canned):
    assert helix(canned, "GET", "/streams?game_id=1").json["data"] == []
    assert canned.twitch.canned_calls == {"Helix GET streams with game_id": 1}


def test_other_types_of_eventsub_can_be_subscribed_to(canned):
    for kind, condition in (
        ("channel.raid", {"to_broadcaster_user_id": canned.viktor.id}),
        ("channel.subscribe", {"broadcaster_user_id": canned.viktor.id}),
        ("channel.ban", {"broadcaster_user_id": canned.viktor.id}),
    ):
        answer = subscribe(canned, kind, condition)
        assert answer.status == 202, answer.text
        (made,) = answer.json["data"]
        assert (made["type"], made["condition"]) == (kind, condition)
    nobody = {"to_broadcaster_user_id": "5"}
    assert subscribe(canned, "channel.raid", nobody).status == 400
    assert canned.twitch._world.ignored == []


def test_no_reply_the_window_and_a_snapshot_know_them(canned):
    start = canned.twitch.snapshot()
    ask(canned, "POST polls")
    with pytest.raises(NoReply, match="got canned answers to Helix POST polls, which this sandbox"):
        canned.viktor.ask("!poll", timeout=0.01)
    canned.twitch.restore(start)
    assert canned.twitch.canned_calls == {}
    canned.twitch.answer_canned(False)
    assert ask(canned, "POST polls").status == 400
    with Twitch(canned=True) as other:
        assert ask(World(other), "POST polls").status == 200
    assert json.dumps(canned.twitch.canned_calls) == "{}"
