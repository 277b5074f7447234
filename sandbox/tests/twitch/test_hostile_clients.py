"""Whatever comes over the wire, the sandbox Twitch lives on and loses nothing else."""

import socket
from urllib.parse import urlencode

import pytest
from eventsub_callback import subscribe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twitch_tools import Irc, World, call, helix

from bot_sandbox.twitch import Twitch

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def world():
    with Twitch(limits=False) as twitch:
        yield World(twitch)


@quick
@given(st.lists(st.text(st.characters(categories=["L", "P"]), max_size=20)), st.integers(1, 20))
def test_lines_do_not_depend_on_how_they_were_cut(world, texts, size):
    data = "".join(f"PING :{text}\r\n" for text in [*texts, "end"]).encode()
    with Irc(world.twitch) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), size):
            client.raw(data[at : at + size])
        answers = [client.line() for _ in [*texts, "end"]]
    assert answers == [f":tmi.twitch.tv PONG tmi.twitch.tv :{text}" for text in [*texts, "end"]]


@quick
@given(st.binary(max_size=300))
def test_garbage_before_login_does_no_harm(world, garbage):
    with Irc(world.twitch) as client:
        client.raw(garbage + b"\r\nQUIT\r\n")
        client.rest_of_it()
    with Irc(world.twitch) as client:
        client.send("PING :alive")
        assert client.line().endswith("PONG tmi.twitch.tv :alive")


@quick
@given(st.lists(st.text(max_size=80), max_size=5))
def test_garbage_after_login_does_no_harm(world, texts):
    with world.irc() as client:
        for text in texts:
            client.raw(text.encode("utf-8", "surrogatepass") + b"\r\n")
            client.raw(b"PRIVMSG #viktor :" + text.encode("utf-8", "surrogatepass") + b"\r\n")
        client.send("PRIVMSG #viktor :\udcff".encode("utf-8", "surrogateescape").decode("latin1"))
        client.send("PING :alive")
        assert "PONG" in client.until("alive") or any("QUIT" in text.upper() for text in texts)


def test_endless_lines_and_floods(world):
    with world.irc() as client:
        client.raw(b"PRIVMSG #viktor :" + b"x" * 200_000)
        client.raw(b"tail\r\nPING :after\r\n")
        assert client.until("after")
        client.raw(b"\x00\xff\xfe\r\n" * 20_000 + b"PING :flood\r\n")
        assert client.until(":flood")
        world.viktor.say("still here")
        assert client.until("still here")


def test_bytes_that_are_not_utf8_become_marks(world):
    with world.irc() as client:
        world.viktor.wait(0)
        client.raw(b"PRIVMSG #viktor :caf\xe9\r\n")
        client.heard()
        assert world.twitch.messages("viktor")[-1].text == "caf\ufffd"


def test_a_client_that_never_reads_is_cut_off():
    with Twitch(limits=False, pending_lines=1000) as twitch:
        world = World(twitch)
        with world.irc():
            world.viktor.say_all(["x" * 500] * 20_000)
            world.twitch.wait_gone("hello_bot", timeout=10)
        assert "did not read" in twitch.connections("hello_bot")[-1].closed
        assert world.viktor.say("the others talk on")


@quick
@given(st.binary(max_size=200), st.sampled_from(["/oauth2/token", "/oauth2/revoke", "/activate"]))
def test_any_body_is_answered_by_oauth(world, body, path):
    form = "application/x-www-form-urlencoded"
    for kind in (form, form + "; charset=none", "multipart/form-data; boundary=x", "a"):
        answer = call("POST", world.twitch.url + path, raw=body, headers={"Content-Type": kind})
        assert 400 <= answer.status < 500


@quick
@given(
    st.one_of(
        st.binary(max_size=100),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["type", "condition", "transport", "message", "sender_id"]),
                    inner,
                )
            ),
        ),
    ),
    st.sampled_from(["/chat/messages", "/eventsub/subscriptions"]),
)
def test_any_body_is_answered_by_helix(world, body, path):
    headers = {
        "Authorization": f"Bearer {world.token.access_token}",
        "Client-Id": world.app.client_id,
    }
    given_body = {"raw": body} if isinstance(body, bytes) else {"body": body}
    answer = call("POST", f"{world.twitch.url}/helix{path}", headers=headers, **given_body)
    assert answer.status == 400 and answer.json["error"] == "Bad Request"


HALF = st.builds(
    str.__add__,
    st.sampled_from(["", "http://127.0.0.1:9/", "http://"]),
    st.text(st.characters(categories=["Cs"]), min_size=1, max_size=1),
)


@quick
@given(HALF, st.sampled_from(["type", "condition", "method", "callback", "secret", "message"]))
def test_half_a_surrogate_pair_is_answered_by_helix(world, half, field):
    transport = {"method": "webhook", "callback": "http://127.0.0.1:9/", "secret": "x" * 10}
    online = {"type": "stream.online", "condition": {"broadcaster_user_id": world.viktor.id}}
    message = {"broadcaster_id": world.viktor.id, "sender_id": world.bot.id, "message": "hi"}
    app_token = world.twitch.app_token(world.app)
    for extra in ({field: half}, {half: "x"}):
        for answer in (
            subscribe(world, transport, app_token, **online | extra),
            subscribe(world, transport | extra, app_token, **online),
            helix(world, "POST", "/chat/messages", body=message | extra),
        ):
            assert answer.status in (202, 400, 401, 409)
    pending = "webhook_callback_verification_pending"
    subscriptions = world.twitch.subscriptions
    world.twitch.wait_until(lambda: pending not in {each.status for each in subscriptions()}, 5)


@quick
@given(
    st.sampled_from(
        ["users", "streams", "channels", "channels/followers", "chat/chatters", "clips", "x"]
    ),
    st.dictionaries(
        st.sampled_from(["first", "after", "broadcaster_id", "user_id", "user_login", "login"]),
        st.text(st.characters(codec="utf-8"), max_size=9) | st.integers().map(str),
    ),
)
def test_any_query_is_answered_by_helix(world, path, query):
    headers = {
        "Authorization": f"Bearer {world.token.access_token}",
        "Client-Id": world.app.client_id,
    }
    address = f"{world.twitch.url}/helix/{path}?{urlencode(query)}"
    answer = call("GET", address, headers=headers)
    assert answer.status in (200, 400, 401, 404)
    assert answer.json["data"] is not None if answer.status == 200 else answer.json["error"]
