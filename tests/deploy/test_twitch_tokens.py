"""Token checks for Twitch: each mistake is recognized and names its fix; no token is shown."""

import gzip
import json
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import answering, http

from bot_sandbox.twitch import Twitch
from deploy.tokens.mistakes import find_mistakes
from deploy.tokens.twitch import KNOWN_MISTAKES, check_token, clean_token

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
    found = check_token(
        token.access_token,
        account="HelloBot",
        client_id=app.client_id,
        client_secret=app.client_secret,
        refresh_token=token.refresh_token,
        api=twitch.url,
    )
    assert found.ok
    assert (found.login, found.user_id, found.client_id) == ("hellobot", account.id, app.client_id)
    assert set(found.scopes) == set(SCOPES)
    assert found.hours == 4.0
    assert str(found).startswith("the token is good\nwhose:   hellobot\n")


MISTAKES = [
    ("oauth:{}", "begins with oauth:"),
    ("oauth:oauth:{}", "oauth: is written twice"),
    ('"{}"', "quotes, spaces or line ends"),
    (" {}\n", "quotes, spaces or line ends"),
    ("Bearer {}", "word of the HTTP header"),
    ("OAuth {}", "word of the HTTP header"),
    ("TWITCH_TOKEN={}", "name of the setting"),
]


@pytest.mark.parametrize(("pasted", "what"), MISTAKES)
def test_what_was_pasted_with_it_is_found_and_the_token_is_read_all_the_same(
    pasted, what, twitch, token
):
    text = pasted.format(token.access_token)
    found = check_token(text, api=twitch.url)
    assert not found.ok
    assert what in str(found)
    assert "Give the token alone" in str(found)
    assert found.login == "hellobot"
    assert token.access_token not in f"{found}{found!r}"


def test_no_token(twitch):
    assert "There is no token" in str(check_token(" ", api=twitch.url))


def test_a_client_secret_in_its_place(twitch, app):
    found = check_token(app.client_secret, client_secret=app.client_secret, api=twitch.url)
    (problem,) = found.problems
    assert problem.startswith("This is the application's client secret, not a token.")
    assert "TWITCH_CLIENT_SECRET" in str(found)
    assert app.client_secret not in f"{found}{found!r}"
    assert "client secret" in str(check_token(app.client_secret, api=twitch.url))


def test_a_client_secret_in_place_of_the_client_id_is_not_shown(twitch, app, token):
    found = check_token(token.access_token, client_id=app.client_secret, api=twitch.url)
    assert f"made for another application ({app.client_id}), not" in found.problems[0]
    assert app.client_secret not in f"{found}{found!r}"


def test_a_refresh_token_in_its_place(twitch, token):
    refresh = token.refresh_token
    for known in (refresh, None):
        found = check_token(refresh, refresh_token=known, api=twitch.url)
        assert "refresh token" in found.problems[0]
        assert "TWITCH_REFRESH_TOKEN" in str(found)
        assert refresh not in f"{found}{found!r}"


def test_an_app_token(twitch, app):
    found = check_token(twitch.app_token(app).access_token, api=twitch.url)
    assert "This is an app token" in found.problems[0]
    assert "nobody: it is the application itself" in str(found)


def test_a_missing_scope(twitch, account, app):
    token = twitch.authorize(account, app, ["chat:read"])
    found = check_token(token.access_token, api=twitch.url)
    assert "missing chat:edit" in str(found)
    assert "with the scopes chat:read chat:edit" in str(found)
    assert check_token(token.access_token, scopes=["chat:read"], api=twitch.url).ok


def test_scopes_in_one_text(twitch, account, app):
    token = twitch.authorize(account, app, "chat:read chat:edit")
    assert token.scopes == SCOPES
    assert check_token(token.access_token, scopes="chat:read chat:edit", api=twitch.url).ok
    found = check_token(token.access_token, scopes="chat:read user:bot", api=twitch.url)
    assert "missing user:bot" in str(found)


def test_what_is_no_text_at_all(twitch, token):
    for wrong, kind in ((token, "Token"), (None, "NoneType")):
        with pytest.raises(TypeError, match=rf"found {kind}\. .*token\.access_token") as caught:
            check_token(wrong, api=twitch.url)
        assert token.access_token not in str(caught.value)


def test_another_account_s_token(twitch, app):
    owner = twitch.account("viktor", "Viktor")
    token = twitch.authorize(owner, app, SCOPES)
    found = check_token(token.access_token, account="HelloBot", api=twitch.url)
    assert "This is viktor's token, and it should be hellobot's" in str(found)
    assert "log in as hellobot" in str(found)


def test_another_application_s_token(twitch, account, token):
    other = twitch.application("Another bot")
    found = check_token(token.access_token, client_id=other.client_id, api=twitch.url)
    assert "another application" in str(found)
    assert "TWITCH_CLIENT_ID" in str(found)


def test_a_revoked_and_an_expired_token(twitch, account, app, token):
    twitch.faults.revoke(token)
    found = check_token(token.access_token, api=twitch.url)
    assert "was revoked" in str(found)
    assert "Refresh it" in str(found)
    assert (found.login, found.client_id, found.hours) == ("", "", 0)
    short = twitch.authorize(account, app, SCOPES)
    twitch.clock.advance(5 * 3600)
    assert "expired" in str(check_token(short.access_token, api=twitch.url))


def test_several_mistakes_at_once_are_all_named(twitch):
    found = check_token('"oauth:abc" ', api=twitch.url)
    assert len(found.problems) == 3


def test_a_twitch_that_is_not_there():
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:9 cannot be reached"):
        check_token("abc", api="http://127.0.0.1:9")


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
        pytest.raises(ConnectionError, match=r"gave (a strange|no sensible) answer"),
    ):
        check_token("abc", api=address)


def test_a_token_without_scopes_or_end_is_read():
    body = json.dumps(GOOD | {"scopes": None, "expires_in": 0}).encode()
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with answering(lambda connection: connection.sendall(head + body)) as address:
        found = check_token("abc", scopes=[], api=address)
    assert (found.ok, found.login, found.scopes, found.expires_in) == (True, "hello", (), 0)


def test_a_twitch_that_trickles_is_left_in_seconds():
    given_up = threading.Event()

    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not given_up.wait(0.05):
            connection.sendall(b" ")

    with answering(trickle) as address, pytest.raises(ConnectionError, match=r"within 0\.5 s"):
        check_token("abc", api=address, until=time.monotonic() + 0.5)
    given_up.set()


@pytest.mark.parametrize(
    "answer",
    [
        http("401 Unauthorized", b"<html>Please log in to the Wi-Fi"),
        http("404 Not Found", b"<html>no such page"),
        http("401 Unauthorized", b"{}"),
        http("401 Unauthorized", b'{"status": 200, "message": "invalid access token"}'),
        http("403 Forbidden", b'{"status": 403, "message": "no"}'),
        http("302 Found", b"<html>", more="Location: http://portal.invalid/\r\n"),
        http("200 OK", gzip.compress(b" " * 50_000_000), more="Content-Encoding: gzip\r\n"),
    ],
)
def test_what_is_not_twitchs_own_word_says_nothing_about_a_token(answer):
    with (
        answering(lambda connection: connection.sendall(answer)) as address,
        pytest.raises(ConnectionError, match="gave no sensible answer"),
    ):
        check_token("abc", api=address)


def test_an_answer_of_150_megabytes_is_cut_off():
    sent = []

    def pour(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sum(sent) < 150_000_000:
            sent.append(connection.send(b" " * 65536))

    with answering(pour) as address, pytest.raises(ConnectionError, match="longer than"):
        check_token("abc", api=address)
    assert sum(sent) < 50_000_000


@given(st.text())
def test_any_text_is_judged_without_an_error(text):
    find_mistakes(text, KNOWN_MISTAKES)
    assert clean_token(clean_token(text)) == clean_token(text) or not clean_token(text).isalnum()


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=30, max_size=30))
def test_a_bare_token_is_left_as_it_is(token):
    assert clean_token(token) == token
    assert find_mistakes(token, KNOWN_MISTAKES) == []
