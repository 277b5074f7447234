"""The token clinic: each slip is recognised, names its fix, and no token is ever shown."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botlib.twitch import diagnose, examine
from botlib.twitch.errors import Unreachable
from botlib.twitch.findings import clean, pasted_with
from sandbox.twitch import Twitch

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
    found = diagnose(
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
    found = diagnose(text, api=twitch.url)
    assert not found.ok
    assert what in str(found)
    assert "Give the token alone" in str(found)
    assert found.whose == "hellobot"
    assert token.access_token not in f"{found}{found!r}"


def test_no_token(twitch):
    assert "There is no token" in str(diagnose(" ", api=twitch.url))


def test_a_client_secret_in_its_place(twitch, app):
    found = diagnose(app.client_secret, client_secret=app.client_secret, api=twitch.url)
    assert [problem.what for problem in found.problems] == [
        "This is the application's client secret, not a token"
    ]
    assert "TWITCH_CLIENT_SECRET" in str(found)
    assert app.client_secret not in f"{found}{found!r}"
    assert "client secret" in str(diagnose(app.client_secret, api=twitch.url))


def test_a_refresh_token_in_its_place(twitch, token):
    refresh = token.refresh_token
    for known in (refresh, None):
        found = diagnose(refresh, refresh_token=known, api=twitch.url)
        assert "refresh token" in found.problems[0].what
        assert "TWITCH_REFRESH_TOKEN" in str(found)
        assert refresh not in f"{found}{found!r}"


def test_an_app_token(twitch, app):
    found = diagnose(twitch.app_token(app).access_token, api=twitch.url)
    assert "This is an app token" in found.problems[0].what
    assert "nobody: it is the application itself" in str(found)


def test_a_missing_scope(twitch, account, app):
    token = twitch.authorize(account, app, ["chat:read"])
    found = diagnose(token.access_token, api=twitch.url)
    assert "missing chat:edit" in str(found)
    assert "with the scopes chat:read chat:edit" in str(found)
    assert diagnose(token.access_token, scopes=["chat:read"], api=twitch.url).ok


def test_scopes_in_one_text(twitch, account, app):
    token = twitch.authorize(account, app, "chat:read chat:edit")
    assert token.scopes == SCOPES
    assert diagnose(token.access_token, scopes="chat:read chat:edit", api=twitch.url).ok
    found = diagnose(token.access_token, scopes="chat:read user:bot", api=twitch.url)
    assert "missing user:bot" in str(found)


def test_what_is_no_text_at_all(twitch, token):
    for wrong, kind in ((token, "Token"), (None, "NoneType")):
        with pytest.raises(TypeError, match=rf"found {kind}\. .*token\.access_token") as caught:
            diagnose(wrong, api=twitch.url)
        assert token.access_token not in str(caught.value)


def test_another_account_s_token(twitch, app):
    owner = twitch.account("viktor", "Viktor")
    token = twitch.authorize(owner, app, SCOPES)
    found = diagnose(token.access_token, account="HelloBot", api=twitch.url)
    assert "This is viktor's token, and it should be hellobot's" in str(found)
    assert "log in as hellobot" in str(found)


def test_another_application_s_token(twitch, account, token):
    other = twitch.application("Another bot")
    found = diagnose(token.access_token, client_id=other.client_id, api=twitch.url)
    assert "another application" in str(found)
    assert "TWITCH_CLIENT_ID" in str(found)


def test_a_revoked_and_an_expired_token(twitch, account, app, token):
    twitch.faults.revoke(token)
    found = diagnose(token.access_token, api=twitch.url)
    assert "was revoked" in str(found)
    assert "Refresh it" in str(found)
    assert (found.whose, found.app, found.hours) == ("", "", 0)
    short = twitch.authorize(account, app, SCOPES)
    twitch.clock.advance(5 * 3600)
    assert "expired" in str(diagnose(short.access_token, api=twitch.url))


def test_several_slips_at_once_are_all_named(twitch):
    found = diagnose('"oauth:abc" ', api=twitch.url)
    assert len(found.problems) == 3


def test_a_twitch_that_is_not_there():
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9/oauth2/validate"):
        diagnose("abc", api="http://127.0.0.1:9")


def test_it_can_be_awaited(twitch, account, app):
    token = twitch.authorize(account, app, SCOPES)
    assert asyncio.run(examine(token.access_token, api=twitch.url)).ok


@given(st.text())
def test_any_text_is_judged_without_an_error(text):
    pasted_with(text)
    assert clean(clean(text)) == clean(text) or not clean(text).isalnum()


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=30, max_size=30))
def test_a_bare_token_is_left_as_it_is(token):
    assert clean(token) == token
    assert pasted_with(token) == []
