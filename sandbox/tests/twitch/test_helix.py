"""The sandbox Twitch's Helix: who may ask, and sending chat messages."""

from urllib.parse import urlencode

import pytest
from twitch_tools import CHAT, World, call, helix

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch import Twitch
from bot_sandbox.twitch.helix import USE_CANNED

WRITE = ["user:read:chat", "user:write:chat"]


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch, WRITE)


def send(world, text="hello", token=None, **changes):
    body = {"broadcaster_id": world.viktor.id, "sender_id": world.bot.id, "message": text}
    return helix(world, "POST", "/chat/messages", token=token, body=body | changes)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "OAuth token is missing"),
        ({"Authorization": "OAuth x"}, "OAuth token is missing"),
        ({"Authorization": "Bearer x"}, "Invalid OAuth token"),
        ({"Authorization": "Bearer {token}"}, "Client ID is missing"),
        (
            {"Authorization": "Bearer {token}", "Client-Id": "another"},
            "Client ID and OAuth token do not match",
        ),
    ],
)
def test_who_may_not_ask(world, headers, message):
    token = world.token.access_token
    headers = {name: value.format(token=token) for name, value in headers.items()}
    answer = call("GET", f"{world.twitch.url}/helix/users", headers=headers)
    assert answer.status == 401
    assert answer.json == {"error": "Unauthorized", "status": 401, "message": message}


def test_users(world):
    (me,) = helix(world, "GET", "/users").json["data"]
    assert (me["id"], me["login"], me["display_name"]) == (world.bot.id, "hello_bot", "Hello_Bot")
    both = helix(world, "GET", f"/users?login=VIKTOR&id={world.bot.id}&login=nobody").json["data"]
    assert [user["login"] for user in both] == ["viktor", "hello_bot"]
    assert "email" not in me
    reader = world.twitch.authorize(world.bot, world.app, ["user:read:email"])
    both = helix(world, "GET", "/users?login=viktor&login=hello_bot", token=reader).json["data"]
    assert [user.get("email") for user in both] == [None, "hello_bot@twitch.example"]
    app_token = world.twitch.app_token(world.app)
    assert helix(world, "GET", "/users", token=app_token).status == 400
    assert helix(world, "GET", "/users?" + "&id=1" * 101).status == 400
    assert helix(world, "GET", "/magic").json["error"] == "Not Found"


def test_a_message_is_sent_and_seen(world):
    (sent,) = send(world).json["data"]
    (message,) = world.viktor.wait()
    assert sent == {"message_id": message.id, "is_sent": True, "drop_reason": None}
    assert (message.user, message.text) == ("Hello_Bot", "hello")
    world.twitch.clock.advance(2)
    send(world, "to you", reply_parent_message_id=world.viktor.say("hm?").id)
    assert world.viktor.wait()[0].text == "@Viktor to you"
    world.twitch.clock.advance(2)
    send(world, "half \ud800 pair\nQUIT")
    assert world.viktor.wait()[0].text == "half ? pair QUIT"


def test_dropped_messages_say_why(world):
    send(world)
    (hasty,) = send(world, "more").json["data"]
    assert hasty["is_sent"] is False and hasty["message_id"] == ""
    assert hasty["drop_reason"]["code"] == "msg_ratelimit"
    world.twitch.clock.advance(2)
    (same,) = send(world).json["data"]
    assert same["drop_reason"]["code"] == "msg_duplicate"
    assert "identical" in same["drop_reason"]["message"]
    for n in range(20):
        world.twitch.clock.advance(1.1)
        (last,) = send(world, f"again {n}").json["data"]
    assert last["drop_reason"]["code"] == "msg_ratelimit"
    world.twitch.clock.advance(31)  # Helix says so each time and punishes nobody
    assert send(world, "calm").json["data"][0]["is_sent"]


REJECTED = {
    "code": "msg_rejected",
    "message": "Your message is being checked by mods and has not been sent.",
}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (".foo bar", "bar"),
        ("/ban anna", "anna"),
        (". /foo  bar", "/foo  bar"),
        ("...and then", "...and then"),
        ("/me waves", "waves"),
        *((text, "") for text in ("/me", ".foo", "/", "   ", "/me  ")),
    ],
)
def test_chat_commands_are_cut_off_and_blanks_dropped(world, text, sent):
    (found,) = send(world, text).json["data"]
    if sent:
        assert found["is_sent"] is True and found["drop_reason"] is None
        (message,) = world.twitch.messages("viktor")
        assert (message.text, message.action) == (sent, text.startswith("/me"))
    else:
        assert found == {"message_id": "", "is_sent": False, "drop_reason": REJECTED}
        assert not world.twitch.messages("viktor")


def test_parameters_unknown_to_twitch_are_ignored_and_noted(world):
    assert send(world, colour="red").json["data"][0]["is_sent"]
    assert helix(world, "GET", "/users?logins=viktor&login=anna").status == 200
    headers = {
        "Authorization": f"Bearer {world.token.access_token}",
        "Client-Id": world.app.client_id,
    }
    for path in ("/mock/users?id=1&colour=red", "/eventsub/subscriptions?colour=red"):
        assert call("GET", f"{world.twitch.url}{path}", headers=headers).status == 200
    assert world.twitch._world.ignored == [
        "colour of POST chat/messages",
        "logins of GET users",
        "colour of GET users",
        "colour of GET eventsub/subscriptions",
    ]
    with pytest.raises(NoReply, match="does not know and ignores: colour of POST chat/messages"):
        world.viktor.wait(2, timeout=0.01)
    for name in ("game_id", "before"):
        answer = helix(world, "GET", f"/streams?{name}=1")
        assert (answer.status, answer.json["message"]) == (
            400,
            f"This sandbox has no {name} in GET streams. {USE_CANNED}",
        )
    assert "Helix GET streams with game_id" in world.twitch._world.unsupported


def test_streams_by_language(world):
    world.viktor.go_live("Tea")
    for query, found in (("language=en&type=all", 1), ("language=de", 0)):
        assert len(helix(world, "GET", f"/streams?{query}").json["data"]) == found


def test_for_source_only_needs_an_app_token(world):
    answer = send(world, for_source_only=True)
    assert (answer.status, answer.json["error"]) == (400, "Bad Request")
    world.twitch.authorize(world.bot, world.app, ["user:bot"])
    world.viktor.mod(world.bot)
    app_token = world.twitch.app_token(world.app)
    assert send(world, token=app_token, for_source_only=False).json["data"][0]["is_sent"]


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"broadcaster_id": None}, 400, 'Missing required parameter "broadcaster_id"'),
        ({"broadcaster_id": "1"}, 400, "The ID in broadcaster_id must be that of a user"),
        ({"message": ""}, 400, 'Missing required parameter "message"'),
        ({"message": "x" * 501}, 422, "The message is too large"),
        (
            {"reply_parent_message_id": "1"},
            400,
            "The request's input was not valid. Message cannot be replied to.",
        ),
        (
            {"sender_id": "100000001"},
            401,
            "The ID in sender_id must match the user ID found in the request's OAuth token.",
        ),
    ],
)
def test_wrong_messages(world, changes, status, message):
    answer = send(world, **changes)
    assert (answer.status, answer.json["message"]) == (status, message)
    assert not world.twitch.messages("viktor")


def test_scopes_and_bans(world):
    reader = world.twitch.authorize(world.bot, world.app, ["user:read:chat"])
    answer = send(world, token=reader)
    assert (answer.status, answer.json["message"]) == (401, "Missing scope: user:write:chat")
    world.viktor.timeout(world.bot, 600)
    (kept,) = send(world).json["data"]
    assert not kept["is_sent"] and kept["drop_reason"]["code"] == "user_timed_out"
    world.viktor.ban(world.bot)
    (kept,) = send(world).json["data"]
    assert not kept["is_sent"] and kept["drop_reason"]["code"] == "user_banned"
    world.viktor.unban(world.bot)
    assert send(world).json["data"][0]["is_sent"]


def test_the_parameters_may_stand_in_the_query(world):
    everything = {"broadcaster_id": world.viktor.id, "sender_id": world.bot.id, "message": "one"}
    answer = helix(world, "POST", f"/chat/messages?{urlencode(everything)}")  # as pyTwitchAPI does
    assert answer.status == 200 and answer.json["data"][0]["is_sent"]
    world.twitch.clock.advance(2)
    body = {"message": everything.pop("message") + " more"}  # as twurple does
    helix(world, "POST", f"/chat/messages?{urlencode(everything)}", body=body)
    assert [m.text for m in world.twitch.messages("viktor")] == ["one", "one more"]
    answer = helix(world, "POST", "/chat/messages")
    assert answer.json["message"] == 'Missing required parameter "broadcaster_id"'


def test_an_app_token_needs_the_consents(world):
    twitch, app_token = world.twitch, world.twitch.app_token(world.app)
    assert send(world, token=app_token).status == 401  # user:bot is missing
    twitch.authorize(world.bot, world.app, ["user:bot"])
    assert send(world, token=app_token).status == 403  # the channel said nothing yet
    twitch.authorize(world.viktor, world.app, ["channel:bot"])
    assert send(world, token=app_token).status == 200
    world.viktor.disconnect(world.app)
    assert send(world, token=app_token).status == 403
    world.viktor.mod(world.bot)
    assert send(world, "as moderator", token=app_token).status == 200
    assert send(world, token=app_token, sender_id="1").status == 400


def test_chatters(world):
    scopes = ["moderator:read:chatters", "chat:read"]
    world.token = world.twitch.authorize(world.bot, world.app, scopes)
    path = f"/chat/chatters?broadcaster_id={world.viktor.id}&moderator_id={world.bot.id}"
    assert helix(world, "GET", path).status == 403
    world.viktor.mod(world.bot)
    with world.irc():
        answer = helix(world, "GET", path).json
    assert answer["total"] == 1 and answer["data"][0]["user_login"] == "hello_bot"
    assert helix(world, "GET", path.replace(world.bot.id, world.viktor.id)).status == 401


def test_rate_limit_headers():
    with Twitch(api_points=2) as twitch:
        world = World(twitch)
        first = helix(world, "GET", "/users")
        assert first.headers["Ratelimit-Limit"] == "2"
        assert first.headers["Ratelimit-Remaining"] == "1"
        assert int(first.headers["Ratelimit-Reset"]) > 0
        helix(world, "GET", "/users")
        over = helix(world, "GET", "/users")
        assert over.status == 429 and over.json["error"] == "Too Many Requests"
        assert over.headers["Ratelimit-Remaining"] == "0"
        twitch.clock.advance(61)
        assert helix(world, "GET", "/users").status == 200


def test_expired_tokens_and_broken_servers(world):
    world.twitch.faults.fail_api(503)
    assert helix(world, "GET", "/users").json["error"] == "Service Unavailable"
    assert helix(world, "GET", "/users").status == 200
    world.twitch.clock.advance(4 * 3600)
    assert helix(world, "GET", "/users").json["message"] == "Invalid OAuth token"


def test_the_colors_of_names(world):
    ids = f"user_id={world.bot.id}&user_id={world.viktor.id}&user_id=1"
    colors = helix(world, "GET", f"/chat/color?{ids}").json["data"]
    assert [each["user_login"] for each in colors] == ["viktor", "hello_bot"]
    world.token = world.twitch.authorize(world.bot, world.app, CHAT)
    with world.irc() as bot:
        world.viktor.say("hello")
        assert f"color={colors[0]['color']};" in bot.until("PRIVMSG")
    missing = helix(world, "GET", "/chat/color")
    assert (missing.status, missing.json["message"]) == (
        400,
        'Missing required parameter "user_id"',
    )
    assert helix(world, "GET", "/chat/color?" + "&user_id=1" * 101).status == 400


def test_the_badges_that_chat_shows(world):
    badges = helix(world, "GET", "/chat/badges/global").json["data"]
    assert [each["set_id"] for each in badges] == ["broadcaster", "moderator"]
    (version,) = badges[0]["versions"]
    assert (version["id"], version["title"]) == ("1", "Broadcaster")
    own = helix(world, "GET", f"/chat/badges?broadcaster_id={world.viktor.id}")
    assert own.json == {"data": []}  # badges for subscribers and cheers
    assert helix(world, "GET", "/chat/badges").status == 400
