"""The sandbox Twitch's conduits: an application's subscriptions, and shards that come and go."""

import asyncio

import aiohttp
import pytest
from cloud_tools import wait_until
from eventsub_callback import READ, receive, subscribe
from twitch_tools import World, helix

from bot_sandbox.twitch import Twitch

LIMIT_S = 120


@pytest.fixture
def world():
    with Twitch() as twitch:
        world = World(twitch, READ)
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        world.app_token = twitch.app_token(world.app)
        yield world


def ask(world, method, path="", token=None, **more):
    return helix(world, method, f"/eventsub/conduits{path}", token or world.app_token, **more)


def new_conduit(world, shards=2):
    (conduit,) = ask(world, "POST", body={"shard_count": shards}).json["data"]
    return conduit["id"]


def subscribed(world, conduit):
    answer = subscribe(world, {"method": "conduit", "conduit_id": conduit}, world.app_token)
    assert answer.status == 202, answer.text
    return answer.json["data"][0]


def connect(world, scenario):
    """Run a scenario with a function that opens a WebSocket and returns it with its session."""

    async def run():
        async with aiohttp.ClientSession() as http, asyncio.timeout(LIMIT_S):

            async def socket():
                opened = await http.ws_connect(world.twitch.eventsub_url)
                message = await receive(opened, "session_welcome")
                return opened, message["payload"]["session"]["id"]

            await scenario(socket)

    asyncio.run(run())


def assign(world, conduit, *sessions, first=0):
    shards = [
        {"id": str(number), "transport": {"method": "websocket", "session_id": session}}
        for number, session in enumerate(sessions, first)
    ]
    return ask(world, "PATCH", "/shards", body={"conduit_id": conduit, "shards": shards})


def test_an_application_makes_scales_and_deletes_conduits(world):
    conduit = new_conduit(world)
    shown = {"id": conduit, "shard_count": 2}
    assert ask(world, "GET").json == {"data": [shown]}
    scaled = ask(world, "PATCH", body={"id": conduit, "shard_count": 3}).json
    assert scaled == {"data": [shown | {"shard_count": 3}]}
    made = subscribed(world, conduit)
    assert (made["status"], made["transport"]) == (
        "enabled",
        {"method": "conduit", "conduit_id": conduit},
    )
    path = f"/eventsub/subscriptions?conduit_id={conduit}"
    assert helix(world, "GET", path, world.app_token).json["data"] == [made]
    again = subscribe(world, made["transport"], world.app_token)
    assert (again.status, again.json["message"]) == (409, "subscription already exists")
    assert ask(world, "DELETE", f"?id={conduit}").status == 204
    assert ask(world, "GET").json == {"data": []}
    assert world.twitch.subscriptions() == []


def test_what_a_conduit_refuses(world):
    conduit = new_conduit(world)
    assert ask(world, "GET", token=world.token).status == 401
    for count in (None, 0, 20_001, "two"):
        assert ask(world, "POST", body={"shard_count": count}).status == 400
    body = {"type": "stream.online", "condition": {"broadcaster_user_id": world.viktor.id}}
    transport = {"method": "conduit", "conduit_id": "none"}
    assert subscribe(world, transport, world.app_token, **body).status == 404
    transport["conduit_id"] = conduit
    assert subscribe(world, transport, world.token, **body).status == 400
    found = assign(world, conduit, "no-session", "no-session", first=1).json
    assert found["data"] == []
    assert [(each["id"], each["code"]) for each in found["errors"]] == [
        ("1", "invalid_parameter"),
        ("2", "invalid_parameter"),
    ]
    assert "does not exist" in found["errors"][0]["message"]
    assert "outside the conduit's range" in found["errors"][1]["message"]
    shard = {"id": "0", "transport": {"method": "webhook", "callback": "https://a.example"}}
    found = ask(world, "PATCH", "/shards", body={"conduit_id": conduit, "shards": [shard]}).json
    assert found["errors"][0]["message"].startswith("This sandbox has no webhooks as shards.")
    for _ in range(4):
        new_conduit(world)
    assert ask(world, "POST", body={"shard_count": 1}).status == 429


def test_the_shards_take_turns_and_another_connection_replaces_a_lost_one(world):
    conduit = new_conduit(world)
    subscribed(world, conduit)

    async def scenario(socket):
        (one, first), (other, second) = await socket(), await socket()
        await asyncio.to_thread(assign, world, conduit, first, second)
        await asyncio.to_thread(world.twitch.wait_for, world.bot, "viktor")
        world.twitch.clock.advance(11)  # neither is closed for having no subscription of its own
        for place, text in ((one, "a"), (other, "b"), (one, "c")):
            await asyncio.to_thread(world.viktor.say, text)
            message = await receive(place, "notification")
            assert message["payload"]["event"]["message"]["text"] == text
            assert message["payload"]["subscription"]["transport"]["conduit_id"] == conduit
        await one.close()

        def statuses():
            shards = ask(world, "GET", f"/shards?conduit_id={conduit}").json["data"]
            return [each["status"] for each in shards]

        lost = ["websocket_disconnected", "enabled"]
        await asyncio.to_thread(wait_until, lambda: statuses() == lost)
        assert world.twitch.subscriptions()[0].enabled
        await asyncio.to_thread(world.viktor.say, "d")
        assert (await receive(other, "notification"))["payload"]["event"]["message"]["text"] == "d"
        third, session = await socket()
        await asyncio.to_thread(assign, world, conduit, session)
        assert await asyncio.to_thread(statuses) == ["enabled", "enabled"]
        await asyncio.to_thread(world.twitch.disconnect, world.bot, world.app)
        ended = await asyncio.wait(
            [asyncio.create_task(receive(each, "revocation")) for each in (other, third)],
            return_when=asyncio.FIRST_COMPLETED,
        )
        (task,) = ended[0]
        assert task.result()["payload"]["subscription"]["status"] == "authorization_revoked"
        for task in ended[1]:
            task.cancel()

    connect(world, scenario)
