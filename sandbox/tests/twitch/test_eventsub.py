"""The sandbox Twitch's EventSub: webhooks with challenge and signature, and WebSockets."""

import asyncio
import hashlib
import hmac

import aiohttp
import pytest
from cloud_tools import wait_until
from eventsub_callback import READ, SECRET, Callback, by_webhook, enabled, receive, subscribe
from twitch_tools import World, helix

from bot_sandbox.twitch import NoReply, Twitch


@pytest.fixture
def callback():
    with Callback() as server:
        yield server
        server.shutdown()


@pytest.fixture
def world():
    with Twitch(webhook_retry_s=0.001) as twitch:
        world = World(twitch, READ)
        twitch.authorize(world.viktor, world.app, ["channel:bot"])
        yield world


def test_challenge_then_signed_events(world, callback):
    answer = by_webhook(world, callback)
    assert answer.status == 202
    (made,) = answer.json["data"]
    assert made["status"] == "webhook_callback_verification_pending"
    assert made["transport"] == {"method": "webhook", "callback": callback.url}
    assert SECRET not in answer.text + repr(world.twitch.subscriptions())
    headers, _, body = callback.next("webhook_callback_verification")
    assert body["subscription"]["id"] == made["id"]
    world.twitch.wait_for(world.bot, "viktor")
    said = world.viktor.say("!hello", channel="viktor")
    headers, raw, body = callback.next("notification")
    names = ("Message-Id", "Message-Timestamp")
    signed = "".join(headers[f"Twitch-Eventsub-{name}"] for name in names).encode() + raw
    right = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Twitch-Eventsub-Message-Signature"] == right
    assert headers["Twitch-Eventsub-Message-Retry"] == "0"
    assert headers["Twitch-Eventsub-Subscription-Type"] == "channel.chat.message"
    assert headers["Twitch-Eventsub-Subscription-Version"] == "1"
    event = body["event"]
    assert event["message"]["text"] == "!hello" and event["message_id"] == said.id
    assert event["chatter_user_login"] == "viktor" and event["chatter_user_name"] == "Viktor"
    assert event["broadcaster_user_id"] == world.viktor.id and event["reply"] is None
    assert event["badges"][0]["set_id"] == "broadcaster"
    listed = helix(
        world, "GET", "/eventsub/subscriptions", token=world.twitch.app_token(world.app)
    ).json
    assert listed["total"] == 1 and listed["data"][0]["status"] == "enabled"


def test_the_text_of_a_me_keeps_its_action_and_the_fragments_do_not(world, callback):
    enabled(world, callback)
    world.viktor.say("/me waves")
    _, _, body = callback.next("notification")
    said = body["event"]["message"]
    assert said["text"] == "\x01ACTION waves\x01" and said["fragments"][0]["text"] == "waves"


def test_emotes_and_mentions_are_fragments_of_their_own(world, callback):
    enabled(world, callback)
    world.viktor.say("hi Kappa @HELLO_BOT, and @nobody", reply_to=world.viktor.say("LUL"))
    _, _, body = callback.next("notification")
    emote = {"id": "425618", "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
    empty = {"cheermote": None, "emote": None, "mention": None}
    found = body["event"]["message"]["fragments"]
    assert found == [empty | {"type": "emote", "text": "LUL", "emote": emote}]
    _, _, body = callback.next("notification")
    found = body["event"]["message"]["fragments"]
    assert [(each["type"], each["text"]) for each in found] == [
        ("mention", "@Viktor"),
        ("text", " hi "),
        ("emote", "Kappa"),
        ("text", " "),
        ("mention", "@HELLO_BOT"),
        ("text", ", and @nobody"),
    ]
    assert "".join(each["text"] for each in found) == body["event"]["message"]["text"]
    bot = {"user_id": world.bot.id, "user_login": "hello_bot", "user_name": "Hello_Bot"}
    assert found[4] == empty | {"type": "mention", "text": "@HELLO_BOT", "mention": bot}


def test_a_wrong_challenge_is_never_enabled(world, callback):
    callback.challenge = lambda text: text + "\n"
    by_webhook(world, callback)
    (subscription,) = world.twitch.subscriptions()
    wait_until(lambda: subscription.status == "webhook_callback_verification_failed")
    assert by_webhook(world, callback).status == 202  # one may try again


def test_failures_are_resent_with_the_same_id_and_the_order_holds(world, callback):
    enabled(world, callback)
    callback.answers = [500, 503]
    world.viktor.say_all(["one", "two"])
    came = [callback.next("notification") for _ in range(4)]
    texts = [body["event"]["message"]["text"] for _, _, body in came]
    ids = [headers["Twitch-Eventsub-Message-Id"] for headers, _, _ in came]
    retries = [headers["Twitch-Eventsub-Message-Retry"] for headers, _, _ in came]
    assert texts == ["one", "one", "one", "two"] and len(set(ids)) == 2
    assert retries == ["0", "1", "2", "0"]
    deliveries = world.twitch.wait_deliveries(5)
    assert [d.status for d in deliveries] == [200, 500, 503, 200, 200]


def test_a_message_can_come_twice(world, callback):
    enabled(world, callback)
    world.twitch.faults.repeat_delivery()
    world.viktor.say("once said")
    ids = [callback.next("notification")[0]["Twitch-Eventsub-Message-Id"] for _ in range(2)]
    assert ids[0] == ids[1]


def test_waiting_for_the_deliveries_of_one_message_or_of_one_type(world, callback):
    enabled(world, callback)
    callback.answers = [500]
    one, two = world.viktor.say_all(["one", "two"])
    assert [d.status for d in world.twitch.wait_deliveries(2, one)] == [500, 200]
    (taken,) = world.twitch.wait_deliveries(1, two)
    assert taken.ok and taken.about == two.id
    (challenge,) = world.twitch.deliveries(message_type="webhook_callback_verification")
    assert challenge.about == "" and len(world.twitch.deliveries()) == 4
    with pytest.raises(NoReply, match=r"1 of 2 webhook attempts of 'two' ended within 0\.01 s"):
        world.twitch.wait_deliveries(2, two, timeout=0.01)
    with pytest.raises(NoReply, match="0 of 1 revocation attempts ended"):
        world.twitch.wait_deliveries(message_type="revocation", timeout=0.01)
    world.viktor.disconnect(world.app)
    (revocation,) = world.twitch.wait_deliveries(message_type="revocation")
    assert revocation.ok


def test_too_many_failures_revoke(callback):
    with Twitch(webhook_retries=0, webhook_failures=2) as twitch:
        world = World(twitch, READ)
        world.viktor.mod(world.bot)  # a moderator needs no channel:bot
        enabled(world, callback)
        callback.answers = [500] * 2
        world.viktor.say_all(["one", "two", "three"])
        _, _, body = callback.next("revocation")
        assert body["subscription"]["status"] == "notification_failures_exceeded"
        assert twitch.subscriptions()[0].status == "notification_failures_exceeded"


def test_a_callback_that_is_not_there(world, callback):
    enabled(world, callback)
    callback.server_close()
    world.viktor.say("anyone?")
    last = world.twitch.wait_deliveries(5)[-1]
    assert last.status == 0 and last.error


def test_consent_taken_back_revokes(world, callback):
    enabled(world, callback)
    world.viktor.disconnect(world.app)
    _, _, body = callback.next("revocation")
    assert body["subscription"]["status"] == "authorization_revoked"


def test_a_ban_ends_what_the_banned_reads(world, callback):
    enabled(world, callback)
    world.viktor.timeout(world.bot, 60)  # they still read
    assert world.twitch.subscriptions()[0].enabled
    world.viktor.ban(world.bot)
    _, _, body = callback.next("revocation")
    assert body["subscription"]["status"] == "chat_user_banned"
    assert by_webhook(world, callback).status == 403
    world.viktor.unban(world.bot)
    assert by_webhook(world, callback).status == 202


def test_deleted_subscriptions_are_silent(world, callback):
    made = enabled(world, callback).json["data"][0]
    token = world.twitch.app_token(world.app)
    path = "/eventsub/subscriptions"
    assert helix(world, "DELETE", path, token=token).status == 400
    assert helix(world, "DELETE", f"{path}?id={made['id']}").status == 404  # a user token
    assert helix(world, "DELETE", f"{path}?id={made['id']}", token=token).status == 204
    assert helix(world, "GET", path, token=token).json["total"] == 0
    world.viktor.say("unheard")
    assert len(world.twitch.deliveries()) == 1


def test_refusals(world, callback):
    good = {"method": "webhook", "callback": callback.url, "secret": SECRET}
    app_token = world.twitch.app_token(world.app)

    def refused(transport, token=app_token, **changes):
        answer = subscribe(world, transport, token, **changes)
        return answer.status, answer.json["message"]

    assert refused(good, world.token) == (400, "invalid transport and auth combination")
    websocket = {"method": "websocket", "session_id": "x"}
    assert refused(websocket) == (400, "invalid transport and auth combination")
    gone = "websocket transport session does not exist or has already disconnected"
    assert refused(websocket, world.token) == (400, gone)
    assert refused({"method": "pigeon"}) == (400, "unsupported transport method")
    short = "secret must be between 10 and 100 characters"
    printable = "secret must be printable ASCII"
    assert refused(good | {"secret": "short"}) == (400, short)
    assert refused(good | {"secret": "x" * 101}) == (400, short)
    for secret in ("\r\n" * 10, "0123456789\n", "\x1b[31m012345", "ü" * 10, "\x7f" * 10):
        assert refused(good | {"secret": secret}) == (400, printable), repr(secret)
    for value in (1234567890, ["0123456789"], {"a": "0123456789"}, True, None):
        assert refused(good | {"secret": value}) == (400, short), value
    assert refused(good | {"callback": "ftp://x"}) == (400, "invalid callback url")
    for value in ([good["callback"]], 5, None, "http://127.0.0.1:9/\ud800", "http://\udfff:9/"):
        assert refused(good | {"callback": value}) == (400, "invalid callback url"), value
    assert refused(good, type="stream.onlin")[1] == "invalid subscription type and version"
    assert refused(good, version="2")[1] == "invalid subscription type and version"
    assert refused(good, condition={"broadcaster_user_id": "1"})[0] == 400
    assert refused(good, condition=None) == (400, "missing required field: condition")
    stranger = world.twitch.account("stranger")
    other = {"broadcaster_user_id": stranger.id, "user_id": world.bot.id}
    assert refused(good, condition=other) == (403, "subscription missing proper authorization")
    enabled(world, callback)
    assert refused(good) == (409, "subscription already exists")


# WebSockets


def with_socket(scenario):
    """Run a scenario with an aiohttp session; its plain calls go through to_thread."""

    async def run():
        async with aiohttp.ClientSession() as http:
            return await scenario(http)

    return asyncio.run(run())


async def welcomed(world, http, url=None):
    socket = await http.ws_connect(url or world.twitch.eventsub_url)
    message = await receive(socket, "session_welcome")
    return socket, message["payload"]["session"]


async def subscribed(world, http):
    socket, session = await welcomed(world, http)
    transport = {"method": "websocket", "session_id": session["id"]}
    answer = await asyncio.to_thread(subscribe, world, transport, world.token)
    assert answer.status == 202 and answer.json["data"][0]["status"] == "enabled"
    return socket, session


def test_welcome_subscribe_events_and_the_end(world):
    async def scenario(http):
        socket, session = await subscribed(world, http)
        assert session["status"] == "connected" and session["reconnect_url"] is None
        assert session["keepalive_timeout_seconds"] == 10
        await asyncio.to_thread(world.viktor.say, "!hello")
        message = await receive(socket, "notification")
        assert message["metadata"]["subscription_type"] == "channel.chat.message"
        assert message["payload"]["event"]["message"]["text"] == "!hello"
        assert message["payload"]["subscription"]["transport"]["session_id"] == session["id"]
        await socket.close()

    with_socket(scenario)
    world.twitch.wait_gone(world.bot)
    wait_until(lambda: world.twitch.subscriptions()[0].status == "websocket_disconnected")
    world.viktor.say("unheard")
    assert [m.text for m in world.twitch.missed(world.bot)] == ["unheard"]
    record = world.twitch.connections(world.bot)[-1]
    assert (record.kind, record.joined) == ("EventSub WebSocket", ["viktor"])


def test_a_session_goes_on_across_a_restore_and_a_later_one_has_no_subscription(world):
    async def scenario(http):
        socket, session = await subscribed(world, http)
        start = await asyncio.to_thread(world.twitch.snapshot)
        for text in ("one", "two"):
            later = await subscribed_to_more(world, http)
            await asyncio.to_thread(world.twitch.restore, start)
            (subscription,) = world.twitch.subscriptions()
            assert subscription.enabled
            assert subscription.transport["session_id"] == session["id"]
            await asyncio.to_thread(world.viktor.say, text)
            message = await receive(socket, "notification")
            assert message["payload"]["event"]["message"]["text"] == text
            assert world.twitch.connections()[-1].open  # a connection is real, so it stays
            await later.close()

    with_socket(scenario)


async def subscribed_to_more(world, http):
    """A second session, with a subscription to something else."""
    socket, session = await welcomed(world, http)
    transport = {"method": "websocket", "session_id": session["id"]}
    more = {"type": "stream.online", "condition": {"broadcaster_user_id": world.viktor.id}}
    answer = await asyncio.to_thread(lambda: subscribe(world, transport, world.token, **more))
    assert answer.status == 202
    return socket


def test_ten_seconds_to_subscribe(world):
    async def scenario(http):
        socket, _ = await welcomed(world, http)
        await asyncio.to_thread(world.twitch.clock.advance, 10.5)
        return await receive(socket, "nothing")

    assert with_socket(scenario) == 4003


def test_keepalive(world):
    async def scenario(http):
        socket, session = await welcomed(
            world, http, world.twitch.eventsub_url + "?keepalive_timeout_seconds=30"
        )
        assert session["keepalive_timeout_seconds"] == 30
        transport = {"method": "websocket", "session_id": session["id"]}
        await asyncio.to_thread(subscribe, world, transport, world.token)
        await asyncio.to_thread(world.twitch.clock.advance, 30.5)
        return await receive(socket, "session_keepalive")

    assert with_socket(scenario)["payload"] == {}


def test_a_client_must_not_talk(world):
    async def scenario(http):
        socket, _ = await welcomed(world, http)
        await socket.send_str("hello?")
        return await receive(socket, "nothing")

    assert with_socket(scenario) == 4001


def test_reconnect_keeps_the_subscriptions(world):
    async def scenario(http):
        old, session = await subscribed(world, http)
        await asyncio.to_thread(world.twitch.faults.reconnect, world.bot)
        message = await receive(old, "session_reconnect")
        asked = message["payload"]["session"]
        assert asked["status"] == "reconnecting" and asked["id"] == session["id"]
        await asyncio.to_thread(world.viktor.say, "before")  # still comes by the old socket
        assert await receive(old, "notification")
        new, again = await welcomed(world, http, asked["reconnect_url"])
        assert again["id"] == session["id"]
        await asyncio.to_thread(world.viktor.say, "after")
        message = await receive(new, "notification")
        assert message["payload"]["event"]["message"]["text"] == "after"
        await asyncio.to_thread(world.twitch.clock.advance, 31)
        assert await receive(old, "nothing") == 4004
        invalid = await http.ws_connect(asked["reconnect_url"])  # an address works once
        assert await receive(invalid, "nothing") == 4007
        assert world.twitch.subscriptions()[0].status == "enabled"
        await new.close()

    with_socket(scenario)


def test_not_following_a_reconnect_loses_the_subscription(world):
    async def scenario(http):
        socket, _ = await subscribed(world, http)
        await asyncio.to_thread(world.twitch.faults.reconnect, world.bot)
        await asyncio.to_thread(world.twitch.clock.advance, 31)
        return await receive(socket, "nothing")

    assert with_socket(scenario) == 4004
    wait_until(lambda: world.twitch.subscriptions()[0].status == "websocket_failed_to_reconnect")


def test_a_revoked_token_ends_the_subscription(world):
    async def scenario(http):
        socket, _ = await subscribed(world, http)
        await asyncio.to_thread(world.twitch.faults.revoke, world.token)
        return await receive(socket, "revocation")

    message = with_socket(scenario)
    assert message["payload"]["subscription"]["status"] == "authorization_revoked"


def test_a_session_belongs_to_one_user(world):
    async def scenario(http):
        _, session = await subscribed(world, http)
        token = world.twitch.authorize(world.viktor, world.app, ["user:read:chat"])
        transport = {"method": "websocket", "session_id": session["id"]}
        me = {"broadcaster_user_id": world.viktor.id, "user_id": world.viktor.id}
        answer = await asyncio.to_thread(subscribe, world, transport, token, condition=me)
        wrong_user = await asyncio.to_thread(subscribe, world, transport, token)
        return answer.json["message"], wrong_user.json["message"]

    message, wrong_user = with_socket(scenario)
    assert message == "websocket transport cannot have subscriptions created by different users"
    assert wrong_user == "subscription missing proper authorization"
