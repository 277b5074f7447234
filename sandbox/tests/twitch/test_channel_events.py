"""What happens on a channel beside talk: live and offline, followers, announcements."""

import asyncio
from importlib.resources import files

import aiohttp
import pytest
from documents import DOCUMENTS
from eventsub_callback import SECRET, Callback, receive
from twitch_tools import World, helix

from bot_sandbox.twitch import Twitch
from bot_sandbox.twitch.helix import USE_CANNED

SCOPES = ["user:read:chat", "user:bot", "moderator:read:followers"]
KINDS = {
    "channel.chat.notification": ("1", "user_id"),
    "channel.follow": ("2", "moderator_user_id"),
    "stream.online": ("1", ""),
    "stream.offline": ("1", ""),
}


@pytest.fixture
def world():
    with Twitch(webhook_retry_s=0.001) as twitch:
        world = World(twitch, SCOPES)
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        world.viktor.mod(world.bot)
        yield world


@pytest.fixture
def callback():
    with Callback() as server:
        yield server
        server.shutdown()


def subscribe(world, kind, transport, token, **changes):
    version, reader = KINDS.get(kind, ("1", ""))
    condition = {"broadcaster_user_id": world.viktor.id} | (
        {reader: world.bot.id} if reader else {}
    )
    body = {"type": kind, "version": version, "condition": condition, "transport": transport}
    return helix(world, "POST", "/eventsub/subscriptions", token=token, body=body | changes)


def by_webhook(world, callback, kind, **changes):
    transport = {"method": "webhook", "callback": callback.url, "secret": SECRET}
    return subscribe(world, kind, transport, world.twitch.app_token(world.app), **changes)


def let_it_happen(world):
    """One of each; what their events must say."""
    anna = world.twitch.account("anna", "Anna")
    world.viktor.go_live("Tea")
    anna.follow(world.viktor)
    anna.follow(world.viktor)
    said = world.viktor.announce("Tea is ready")
    world.viktor.end_stream()
    return {
        "stream.online": {"type": "live", "broadcaster_user_login": "viktor"},
        "channel.follow": {"user_login": "anna", "user_id": anna.id, "user_name": "Anna"},
        "channel.chat.notification": {
            "notice_type": "announcement",
            "announcement": {"color": "PRIMARY"},
            "chatter_user_name": "Viktor",
            "message_id": said.id,
            "sub": None,
        },
        "stream.offline": {"broadcaster_user_name": "Viktor"},
    }


def test_each_comes_by_webhook(world, callback):
    for kind in KINDS:
        assert by_webhook(world, callback, kind).status == 202
    world.twitch.wait_until(lambda: all(s.enabled for s in world.twitch.subscriptions()))
    expected = let_it_happen(world)
    for _ in KINDS:  # in any order: each subscription has a queue of its own
        headers, _, body = callback.next("notification")
        kind = headers["Twitch-Eventsub-Subscription-Type"]
        assert expected.pop(kind).items() <= body["event"].items(), kind
    assert not expected


def test_each_comes_by_websocket(world):
    async def scenario():
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(world.twitch.eventsub_url) as socket,
        ):
            welcome = await receive(socket, "session_welcome")
            transport = {
                "method": "websocket",
                "session_id": welcome["payload"]["session"]["id"],
            }
            for kind in KINDS:
                answer = await asyncio.to_thread(subscribe, world, kind, transport, world.token)
                assert answer.status == 202
            for kind, expected in (await asyncio.to_thread(let_it_happen, world)).items():
                came = await receive(socket, "notification")
                assert came["metadata"]["subscription_type"] == kind
                assert expected.items() <= came["payload"]["event"].items()

    asyncio.run(scenario())


def test_followers_are_for_moderators(world, callback):
    assert by_webhook(world, callback, "channel.follow").status == 202
    world.twitch.wait_until(lambda: world.twitch.subscriptions()[0].enabled)
    world.viktor.unmod(world.bot)
    _, _, body = callback.next("revocation")
    assert body["subscription"]["status"] == "moderator_removed"
    forbidden = (403, "subscription missing proper authorization")
    answer = by_webhook(world, callback, "channel.follow")
    assert (answer.status, answer.json["message"]) == forbidden
    own = {"broadcaster_user_id": world.viktor.id, "moderator_user_id": world.viktor.id}
    answer = by_webhook(world, callback, "channel.follow", condition=own)
    assert (answer.status, answer.json["message"]) == forbidden  # viktor allowed channel:bot only
    world.twitch.authorize(world.viktor, world.app, ["moderator:read:followers"])
    assert by_webhook(world, callback, "channel.follow", condition=own).status == 202
    assert by_webhook(world, callback, "channel.follow", version="1").status == 410


def test_what_the_real_one_has_is_refused_as_lacking(world, callback):
    for kind, version in (("channel.raid", "1"), ("channel.update", "2")):
        answer = by_webhook(world, callback, kind, version=version)
        words = f"This sandbox has no {kind} {version}. {USE_CANNED} It has channel.chat."
        assert answer.status == 400 and answer.json["message"].startswith(words)
    answer = by_webhook(world, callback, "channel.raid", version="2")
    assert (answer.status, answer.json["message"]) == (
        400,
        "invalid subscription type and version",
    )
    answer = helix(world, "POST", "/chat/announcements", body={"message": "Tea"})
    words = f"This sandbox has no POST chat/announcements. {USE_CANNED} It has GET users, POST "
    assert answer.status == 400 and answer.json["message"].startswith(words)
    assert helix(world, "GET", "/eventsub/condiuts").status == 404
    assert helix(world, "DELETE", "/users").status == 404
    assert world.twitch._world.unsupported == [
        "EventSub channel.raid 1",
        "EventSub channel.update 2",
        "Helix POST chat/announcements",
    ]


def listed(name):
    text = files("bot_sandbox.twitch").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_every_endpoint_and_type_of_the_real_one_is_here_or_refused_as_lacking(world):
    assert helix(world, "GET", "/clips").json["message"].startswith("This sandbox has no GET clips")
    here = helix(world, "GET", "/clips").json["message"].partition("It has ")[2]
    for endpoint in listed("helix_endpoints.txt"):
        method, path = endpoint.split(" ")
        refused = f"This sandbox has no {endpoint}." in helix(world, method, f"/{path}").text
        assert refused != (endpoint in here.removesuffix(".").split(", ")), endpoint
    socket = {"method": "websocket", "session_id": "gone"}
    answer = subscribe(world, "channel.raid", socket, world.token).json["message"]
    here = answer.partition("It has ")[2].removesuffix(".").split(", ")
    for kind in listed("eventsub_types.txt"):
        name, version = kind.split(" ")
        answer = subscribe(world, name, socket, world.token, version=version)
        refused = answer.json["message"].startswith(f"This sandbox has no {kind}.")
        assert answer.status == 400 and refused != (kind in here), kind


def test_unknown_fields_of_a_subscription_are_ignored_and_noted(world):
    condition = {"broadcaster_user_id": world.viktor.id, "colour": "red"}
    socket = {"method": "websocket", "session_id": "gone", "speed": 3}
    answer = subscribe(world, "stream.online", socket, world.token, condition=condition)
    assert "session does not exist" in answer.json["message"]  # nothing before that was wrong
    assert world.twitch._world.ignored == [
        "the condition's colour of stream.online",
        "the transport's speed of stream.online",
    ]


def test_the_pages_list_what_there_is(world):
    refusals = [
        helix(world, "GET", "/clips").json["message"],
        subscribe(world, "channel.raid", {"method": "websocket"}, world.token).json["message"],
    ]
    for message in refusals:
        for name in message.partition("It has ")[2].removesuffix(".").split(", "):
            what, _, version = name.rpartition(" ")
            assert f"`{name}`" in DOCUMENTS or f"`{what}` {version}" in DOCUMENTS, name


def test_what_nobody_allowed_counts_towards_a_limit(world, callback):
    one, two = (world.twitch.account(name) for name in ("anna", "boris"))
    condition = {"broadcaster_user_id": one.id}
    (made,) = by_webhook(world, callback, "stream.online", condition=condition).json["data"]
    assert made["cost"] == 1
    answer = by_webhook(world, callback, "stream.online").json  # viktor allowed something
    assert (answer["data"][0]["cost"], answer["total_cost"]) == (0, 1)
    assert answer["max_total_cost"] == 10_000
    two.go_live()
    two.end_stream()
    assert not world.twitch.deliveries(message_type="notification")


def test_streams_and_channels(world):
    twitch, viktor = world.twitch, world.viktor
    assert helix(world, "GET", "/streams").json == {"data": [], "pagination": {}}
    viktor.go_live("Tea")
    with pytest.raises(ValueError, match="live already"):
        viktor.go_live()
    world.bot.go_live("Robots")
    for query in (f"user_id={viktor.id}", "user_login=VIKTOR", "first=1"):
        (stream,) = helix(world, "GET", f"/streams?{query}").json["data"]
        assert (stream["user_name"], stream["title"], stream["type"]) == ("Viktor", "Tea", "live")
    more = helix(world, "GET", "/streams?first=1").json["pagination"]["cursor"]
    answer = helix(world, "GET", f"/streams?first=1&after={more}").json
    assert answer["data"][0]["user_login"] == "hello_bot" and answer["pagination"] == {}
    for wrong in ("first=0", "first=101", "first=x", "after=x", f"after={'9' * 5000}"):
        assert helix(world, "GET", f"/streams?{wrong}").status == 400
    viktor.end_stream()
    with pytest.raises(ValueError, match="not live"):
        viktor.end_stream()
    assert helix(world, "GET", "/streams?user_login=viktor").json["data"] == []
    (channel,) = helix(world, "GET", f"/channels?broadcaster_id={viktor.id}").json["data"]
    assert (channel["broadcaster_login"], channel["title"]) == ("viktor", "Tea")
    assert helix(world, "GET", "/channels").status == 400
    assert twitch.messages("viktor") == []


def test_followers(world):
    viktor, anna = world.viktor, world.twitch.account("anna")
    path = f"/channels/followers?broadcaster_id={viktor.id}"
    anna.follow(viktor)
    world.bot.follow("viktor")
    with pytest.raises(ValueError, match="their own channel"):
        viktor.follow(viktor)
    answer = helix(world, "GET", path).json
    assert [each["user_login"] for each in answer["data"]] == ["hello_bot", "anna"]
    (one,) = helix(world, "GET", f"{path}&user_id={anna.id}").json["data"]
    assert one["user_login"] == "anna" and answer["total"] == 2
    anna.unfollow(viktor)
    viktor.unmod(world.bot)
    answer = helix(world, "GET", path).json  # the number is for everybody
    assert (answer["data"], answer["total"]) == ([], 1)


def test_an_announcement_by_irc(world):
    world.token = world.twitch.authorize(world.bot, world.app, ["chat:read"])
    with world.irc() as client, world.irc(capabilities="tags") as other:
        client.heard()
        said = world.viktor.announce("Tea is ready")
        line = client.line()
        assert line.endswith(" :tmi.twitch.tv USERNOTICE #viktor :Tea is ready")
        assert ";msg-id=announcement;msg-param-color=PRIMARY;" in line and f"id={said.id};" in line
        assert "Tea" not in "".join(other.heard())  # it did not ask for twitch.tv/commands
        (trace,) = world.twitch.trace(said)
        assert trace.text == line
    with pytest.raises(ValueError, match="not a moderator"):
        world.twitch.account("anna").announce("Me too", channel="viktor")
