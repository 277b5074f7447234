"""The token clinic: each slip is recognised, names its fix, and no token is ever shown."""

import asyncio
import contextlib
import json
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.twitch import Twitch
from botlib.settings import Unreachable
from botlib.tokens import clean_twitch, examine, twitch_slips, twitch_token

SCOPES = ["chat:read", "chat:edit"]


@pytest.fixture(scope="module")
def twitch():
    with Twitch() as twitch:
        yield twitch


@pytest.fixture(scope="module")
def account(twitch):
    return twitch.account("hellobot", "HelloBot")


@pytest.fixture(scope="module")
def app(twitch):
    return twitch.application("Hello bot")


@pytest.fixture
def token(twitch, account, app):
    return twitch.authorize(account, app, SCOPES)


def test_a_good_token(twitch, account, app, token):
    found = twitch_token(
        token.access_token,
        account="HelloBot",
        client_id=app.client_id,
        client_secret=app.client_secret,
        refresh_token=token.refresh_token,
        api=twitch.url,
    )
    assert found.ok
    assert (found.whose, found.user_id, found.app) == ("hellobot", account.id, app.client_id)
    assert set(found.scopes) == set(SCOPES)
    assert found.hours == 4.0
    assert str(found).startswith("the token is good\nwhose:   hellobot\n")


SLIPS = [
    ("oauth:{}", "begins with oauth:"),
    ("oauth:oauth:{}", "oauth: stands 2 times"),
    ('"{}"', "quotes, spaces or line ends"),
    (" {}\n", "quotes, spaces or line ends"),
    ("Bearer {}", "word of the HTTP header"),
    ("OAuth {}", "word of the HTTP header"),
    ("TWITCH_TOKEN={}", "name of the setting"),
]


@pytest.mark.parametrize(("pasted", "what"), SLIPS)
def test_what_was_pasted_with_it_is_found_and_the_token_is_read_all_the_same(
    pasted, what, twitch, token
):
    text = pasted.format(token.access_token)
    found = twitch_token(text, api=twitch.url)
    assert not found.ok
    assert what in str(found)
    assert "Give the token alone" in str(found)
    assert found.whose == "hellobot"
    assert token.access_token not in f"{found}{found!r}"


def test_no_token(twitch):
    assert "There is no token" in str(twitch_token(" ", api=twitch.url))


def test_a_client_secret_in_its_place(twitch, app):
    found = twitch_token(app.client_secret, client_secret=app.client_secret, api=twitch.url)
    assert [problem.what for problem in found.problems] == [
        "This is the application's client secret, not a token"
    ]
    assert "TWITCH_CLIENT_SECRET" in str(found)
    assert app.client_secret not in f"{found}{found!r}"
    assert "client secret" in str(twitch_token(app.client_secret, api=twitch.url))


def test_a_refresh_token_in_its_place(twitch, token):
    refresh = token.refresh_token
    for known in (refresh, None):
        found = twitch_token(refresh, refresh_token=known, api=twitch.url)
        assert "refresh token" in found.problems[0].what
        assert "TWITCH_REFRESH_TOKEN" in str(found)
        assert refresh not in f"{found}{found!r}"


def test_an_app_token(twitch, app):
    found = twitch_token(twitch.app_token(app).access_token, api=twitch.url)
    assert "This is an app token" in found.problems[0].what
    assert "nobody: it is the application itself" in str(found)


def test_a_missing_scope(twitch, account, app):
    token = twitch.authorize(account, app, ["chat:read"])
    found = twitch_token(token.access_token, api=twitch.url)
    assert "missing chat:edit" in str(found)
    assert "with the scopes chat:read chat:edit" in str(found)
    assert twitch_token(token.access_token, scopes=["chat:read"], api=twitch.url).ok


def test_scopes_in_one_text(twitch, account, app):
    token = twitch.authorize(account, app, "chat:read chat:edit")
    assert token.scopes == SCOPES
    assert twitch_token(token.access_token, scopes="chat:read chat:edit", api=twitch.url).ok
    found = twitch_token(token.access_token, scopes="chat:read user:bot", api=twitch.url)
    assert "missing user:bot" in str(found)


def test_what_is_no_text_at_all(twitch, token):
    for wrong, kind in ((token, "Token"), (None, "NoneType")):
        with pytest.raises(TypeError, match=rf"found {kind}\. .*token\.access_token") as caught:
            twitch_token(wrong, api=twitch.url)
        assert token.access_token not in str(caught.value)


def test_another_account_s_token(twitch, app):
    owner = twitch.account("viktor", "Viktor")
    token = twitch.authorize(owner, app, SCOPES)
    found = twitch_token(token.access_token, account="HelloBot", api=twitch.url)
    assert "This is viktor's token, and it should be hellobot's" in str(found)
    assert "log in as hellobot" in str(found)


def test_another_application_s_token(twitch, account, token):
    other = twitch.application("Another bot")
    found = twitch_token(token.access_token, client_id=other.client_id, api=twitch.url)
    assert "another application" in str(found)
    assert "TWITCH_CLIENT_ID" in str(found)


def test_a_revoked_and_an_expired_token(twitch, account, app, token):
    twitch.faults.revoke(token)
    found = twitch_token(token.access_token, api=twitch.url)
    assert "was revoked" in str(found)
    assert "Refresh it" in str(found)
    assert (found.whose, found.app, found.hours) == ("", "", 0)
    short = twitch.authorize(account, app, SCOPES)
    twitch.clock.advance(5 * 3600)
    assert "expired" in str(twitch_token(short.access_token, api=twitch.url))


def test_several_slips_at_once_are_all_named(twitch):
    found = twitch_token('"oauth:abc" ', api=twitch.url)
    assert len(found.problems) == 3


def test_a_twitch_that_is_not_there():
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9/oauth2/validate"):
        twitch_token("abc", api="http://127.0.0.1:9")


@contextlib.contextmanager
def answering(answer):
    """A Twitch that gives each connection to `answer(connection)`; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(65536)
                        answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


GOOD = {"client_id": "a", "login": "hello", "user_id": "7", "scopes": SCOPES, "expires_in": 9}


@pytest.mark.parametrize(
    "odd",
    [
        {"scopes": 7},
        {"scopes": "chat:read chat:edit"},
        {"scopes": [7]},
        {"login": ["hello"]},
        {"user_id": 7},
        {"expires_in": "soon"},
        {"expires_in": -5},
        {"expires_in": 1e400},
        {"expires_in": True},
        {"client_id": None},
    ],
)
def test_a_strange_answer_is_no_fault_of_the_token(odd):
    body = json.dumps(GOOD | odd).encode()
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"
    with (
        answering(lambda connection: connection.sendall(head + body)) as address,
        pytest.raises(Unreachable, match=r"gave (a strange|no sensible) answer"),
    ):
        twitch_token("abc", api=address)


def test_a_token_without_scopes_or_end_is_read():
    body = json.dumps(GOOD | {"scopes": None, "expires_in": 0}).encode()
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with answering(lambda connection: connection.sendall(head + body)) as address:
        found = twitch_token("abc", scopes=[], api=address)
    assert (found.ok, found.whose, found.scopes, found.expires_in) == (True, "hello", (), 0)


def test_a_twitch_that_trickles_is_left_in_seconds(monkeypatch):
    monkeypatch.setattr("botlib.tokens.PATIENCE_S", 0.5)
    given_up = threading.Event()

    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not given_up.wait(0.05):
            connection.sendall(b" ")

    with answering(trickle) as address, pytest.raises(Unreachable, match="TimeoutError"):
        twitch_token("abc", api=address)
    given_up.set()


def test_it_can_be_awaited(twitch, account, app):
    token = twitch.authorize(account, app, SCOPES)
    assert asyncio.run(examine(token.access_token, api=twitch.url)).ok


@given(st.text())
def test_any_text_is_judged_without_an_error(text):
    twitch_slips(text)
    assert (
        clean_twitch(clean_twitch(text)) == clean_twitch(text) or not clean_twitch(text).isalnum()
    )


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=30, max_size=30))
def test_a_bare_token_is_left_as_it_is(token):
    assert clean_twitch(token) == token
    assert twitch_slips(token) == []
