"""The sandbox Twitch's OAuth: consent, codes, tokens, their lives and their ends."""

import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from twitch_tools import CHAT, World, call

from bot_sandbox.twitch import Twitch, oidc


@pytest.fixture
def small_key(monkeypatch):
    """A key that is found in an eighth of the time."""
    monkeypatch.setattr(oidc, "KEY_BITS", 1024)


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def page(world, **changes):
    query = {
        "client_id": world.app.client_id,
        "redirect_uri": world.app.redirect,
        "response_type": "code",
        "scope": "chat:read chat:edit",
        "state": "xyz",
    }
    return f"{world.twitch.url}/oauth2/authorize?{urlencode(query | changes)}"


def test_a_person_opens_the_real_page_that_an_unchanged_bot_shows(world):
    real = page(world).replace(world.twitch.url, "https://id.twitch.tv")
    assert world.bot.cancel(real).startswith(f"{world.app.redirect}?error=access_denied")
    assert by_code(world, code_of(world.bot.authorize(real))).status == 200


def token_request(world, **form):
    app = form.pop("app", world.app)
    known = {"client_id": app.client_id, "client_secret": app.client_secret}
    form = {name: value for name, value in (known | form).items() if value}
    return call("POST", f"{world.twitch.url}/oauth2/token", form=form)


def code_of(address):
    return parse_qs(urlsplit(address).query)["code"][0]


def by_code(world, code, **form):
    return token_request(
        world,
        grant_type="authorization_code",
        code=code,
        **({"redirect_uri": world.app.redirect} | form),
    )


def validate(world, token, kind="OAuth"):
    headers = {"Authorization": f"{kind} {token}"}
    return call("GET", f"{world.twitch.url}/oauth2/validate", headers=headers)


def test_a_person_clicks_and_the_program_gets_a_token(world):
    landed = world.bot.authorize(page(world))
    query = parse_qs(urlsplit(landed).query)
    assert landed.startswith(world.app.redirect + "?")
    assert query["state"] == ["xyz"] and query["scope"] == ["chat:read chat:edit"]
    answer = by_code(world, query["code"][0])
    assert answer.status == 200
    assert answer.json.keys() == {
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
        "token_type",
    }
    assert answer.json["scope"] == CHAT and answer.json["token_type"] == "bearer"
    examined = validate(world, answer.json["access_token"])
    assert examined.json["login"] == "hello_bot" and examined.json["user_id"] == world.bot.id
    assert examined.json["client_id"] == world.app.client_id
    assert examined.json["scopes"] == CHAT and 14_300 < examined.json["expires_in"] <= 14_400


def test_one_application_has_several_redirects(world):
    own, *clients = world.app.redirects
    assert world.app.redirect == own and "http://localhost:4343/oauth/callback" in clients
    app = world.twitch.application("Two homes", ["https://example.org/a", "http://localhost:1/b"])
    for redirect in app.redirects:
        address = page(world, client_id=app.client_id, redirect_uri=redirect)
        landed = world.bot.authorize(address)
        assert landed.startswith(redirect + "?code=")
        code = code_of(landed)
        other = {"http://localhost:1/b", "https://example.org/a"} - {redirect}
        assert by_code(world, code, app=app, redirect_uri=other.pop()).status == 400
        code = code_of(world.bot.authorize(address))
        assert by_code(world, code, app=app, redirect_uri=redirect).status == 200
        assert world.bot.cancel(address).startswith(redirect + "?error=access_denied")


def test_the_page_shows_who_asks_for_what_and_escapes_it(world):
    app = world.twitch.application("<script>alert(1)</script>")
    shown = call("GET", page(world, client_id=app.client_id, redirect_uri=app.redirect))
    assert shown.status == 200 and shown.headers["Content-Type"].startswith("text/html")
    assert "<script>alert" not in shown.text and "&lt;script&gt;" in shown.text
    assert "chat:edit" in shown.text and "Hello_Bot" in shown.text and "Viktor" in shown.text
    assert re.search(r'value="authorize".*value="cancel"', shown.text, re.DOTALL)


def test_nobody_is_chosen_until_a_person_chooses(world):
    text = call("GET", page(world)).text
    choices = re.findall('<input type="radio"[^>]*>', text)
    assert len(choices) >= 2
    assert all(" required" in one and "checked" not in one for one in choices)
    assert re.search(r'value="cancel" formnovalidate', text)  # Cancel needs no choice


def test_cancel_says_access_denied(world):
    query = parse_qs(urlsplit(world.bot.cancel(page(world))).query)
    assert query["error"] == ["access_denied"] and query["state"] == ["xyz"]
    assert "code" not in query


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_id": "nobody"}, "invalid client"),
        ({"client_id": ""}, "missing client id"),
        (
            {"redirect_uri": "http://localhost:3000/callback/"},
            "Parameter redirect_uri does not match registered URI",
        ),
        ({"response_type": "cod"}, "invalid response type"),
        ({"scope": "chat_read"}, "invalid scope requested: 'chat_read'"),
    ],
)
def test_a_wrong_request_to_authorize_is_refused(world, changes, message):
    shown = call("GET", page(world, **changes))
    assert (shown.status, shown.json) == (400, {"status": 400, "message": message})
    with pytest.raises(ValueError, match=f"status 400: {re.escape(message)}$"):
        world.bot.authorize(page(world, **changes))


def test_a_code_works_once(world):
    code = code_of(world.bot.authorize(page(world)))
    assert by_code(world, code).status == 200
    again = by_code(world, code)
    assert (again.status, again.json["message"]) == (400, "Invalid authorization code")


def test_a_code_belongs_to_its_application_address_and_hour(world):
    code = code_of(world.bot.authorize(page(world)))
    other = world.twitch.application("Other bot")
    assert by_code(world, code, app=other).json["message"] == "Invalid authorization code"
    wrong = by_code(world, code, redirect_uri="http://localhost")
    assert wrong.json["message"] == "Parameter redirect_uri does not match registered URI"
    late = code_of(world.bot.authorize(page(world)))
    world.twitch.clock.advance(3600)
    assert by_code(world, late).json["message"] == "Invalid authorization code"


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"client_id": "", "grant_type": "client_credentials"}, 400, "missing client id"),
        ({"client_id": "x", "grant_type": "client_credentials"}, 400, "invalid client"),
        ({"client_secret": "", "grant_type": "client_credentials"}, 400, "missing client secret"),
        ({"client_secret": "ÿ", "grant_type": "client_credentials"}, 403, "invalid client secret"),
        ({}, 400, "missing grant type"),
        ({"grant_type": "magic"}, 400, "invalid grant type"),
        ({"grant_type": "refresh_token"}, 400, "missing refresh token"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "Invalid refresh token"),
        ({"grant_type": "authorization_code"}, 400, "missing code"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "missing redirect_uri"),
    ],
)
def test_wrong_token_requests(world, form, status, message):
    answer = token_request(world, **form)
    assert (answer.status, answer.json) == (status, {"status": status, "message": message})


def test_an_app_token_is_nobodys(world):
    answer = token_request(world, grant_type="client_credentials")
    assert answer.json.keys() == {"access_token", "expires_in", "token_type"}
    examined = validate(world, answer.json["access_token"], kind="Bearer").json
    assert "login" not in examined and "user_id" not in examined and examined["scopes"] is None


def test_parameters_may_come_in_the_query(world):
    query = {
        "client_id": world.app.client_id,
        "client_secret": world.app.client_secret,
        "grant_type": "client_credentials",
    }
    answer = call("POST", f"{world.twitch.url}/oauth2/token?{urlencode(query)}", raw=b"\xff{")
    assert answer.status == 200


def test_tokens_expire_by_the_clock_and_are_refreshed(world):
    old = world.token
    assert validate(world, old.access_token).status == 200
    world.twitch.clock.advance(4 * 3600)
    dead = validate(world, old.access_token)
    assert (dead.status, dead.json) == (401, {"status": 401, "message": "invalid access token"})
    form = {"grant_type": "refresh_token", "refresh_token": old.refresh_token}
    fresh = token_request(world, **form)
    assert validate(world, fresh.json["access_token"]).status == 200
    assert fresh.json["refresh_token"] == old.refresh_token  # a confidential application's stays
    assert token_request(world, **form).status == 200


def test_a_public_application_has_no_secret_and_its_refresh_token_works_once(world):
    app = world.twitch.application("Public bot", confidential=False)
    token = world.twitch.authorize(world.bot, app, CHAT)
    form = {"app": app, "grant_type": "refresh_token"}
    fresh = token_request(world, refresh_token=token.refresh_token, **form)
    assert fresh.json["refresh_token"] != token.refresh_token
    spent = token_request(world, refresh_token=token.refresh_token, **form)
    assert (spent.status, spent.json["message"]) == (400, "Invalid refresh token")
    again = token_request(world, refresh_token=fresh.json["refresh_token"], **form)
    world.twitch.clock.advance(31 * 24 * 3600)
    late = token_request(world, refresh_token=again.json["refresh_token"], **form)
    assert late.json["message"] == "Invalid refresh token"
    nothing = token_request(world, app=app, grant_type="client_credentials")
    assert nothing.json["message"] == "missing client secret"


def test_revoke(world):
    url = f"{world.twitch.url}/oauth2/revoke"
    form = {"client_id": world.app.client_id, "token": world.token.access_token}
    assert call("POST", url, form=form | {"client_id": "x"}).status == 404
    assert call("POST", url, form={"client_id": world.app.client_id}).status == 400
    assert call("POST", url, form=form).status == 200
    assert validate(world, world.token.access_token).status == 401
    again = call("POST", url, form=form)
    assert (again.status, again.json["message"]) == (400, "Invalid token")
    refresh = {"grant_type": "refresh_token", "refresh_token": world.token.refresh_token}
    assert token_request(world, **refresh).json["message"] == "Invalid refresh token"


def test_device_flow(world):
    url = f"{world.twitch.url}/oauth2/device"
    form = {"client_id": world.app.client_id, "scopes": "chat:read chat:edit"}
    asked = call("POST", url, form=form).json
    assert (asked["expires_in"], asked["interval"]) == (1800, 5)
    poll = {
        "client_secret": "",
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": asked["device_code"],
    }
    pending = token_request(world, **poll)
    assert (pending.status, pending.json["message"]) == (400, "authorization_pending")
    shown = call("GET", asked["verification_uri"]).text
    assert "Hello bot" in shown and f"<b>{asked['user_code']}</b>" in shown
    world.bot.activate(asked["user_code"])
    token = token_request(world, **poll).json
    assert validate(world, token["access_token"]).json["login"] == "hello_bot"
    assert token_request(world, **poll).json["message"] == "invalid device code"
    for wrong in (asked["user_code"], "NOPE", "no such code"):
        with pytest.raises(ValueError, match=r"status 400: This code is unknown [\w ]+ already\.$"):
            world.bot.activate(wrong)


def test_device_codes_expire_and_can_be_denied(world):
    url = f"{world.twitch.url}/oauth2/device"
    form = {"client_id": world.app.client_id, "scopes": "chat:read"}
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    denied, late = (call("POST", url, form=form).json for _ in range(2))
    world.bot.cancel(denied["verification_uri"])
    poll = {"client_secret": "", "grant_type": grant}
    assert token_request(world, device_code=denied["device_code"], **poll).status == 400
    world.twitch.clock.advance(1800)
    answer = token_request(world, device_code=late["device_code"], **poll)
    assert answer.json["message"] == "invalid device code"
    assert call("POST", url, form={"client_id": "x"}).json["message"] == "invalid client"


def test_secrets_are_never_shown(world, caplog):
    hidden = [world.token.access_token, world.token.refresh_token, world.app.client_secret]
    shown = repr([world.token, world.app, world.bot, world.twitch, world.twitch.connections()])
    shown += str(world.twitch._world.tokens.__dict__)
    assert not any(secret in shown for secret in hidden)
    validate(world, quote(world.token.access_token) + "x")
    assert not any(secret in caplog.text for secret in hidden)


def test_mistakes_in_plain_calls_say_what_to_do(world):
    twitch = world.twitch
    with pytest.raises(ValueError, match="did you mean 'chat:edit'"):
        twitch.authorize(world.bot, world.app, ["chat_edit"])
    with pytest.raises(ValueError, match="taken"):
        twitch.account("Viktor")
    with pytest.raises(ValueError, match="cannot be a login"):
        twitch.account("no spaces")
    with pytest.raises(ValueError, match="taken"):
        twitch.application("Hello bot")
    for redirect in ("not a url", "http://example.org/", "http://localhostile/", "https://", ""):
        with pytest.raises(ValueError, match=r"Twitch takes no redirect .* http://localhost"):
            twitch.application("New bot", redirect)
    for redirect in ("http://localhost", "http://localhost:3000/x?y=z", "https://example.org"):
        assert twitch.application(f"For {redirect}", redirect).redirect == redirect
    with pytest.raises(ValueError, match="takes no redirect ''"):
        twitch.application("New bot", [])
    with pytest.raises(ValueError, match="viktor, hello_bot"):
        world.viktor.say("hi", channel="nobody")
    with pytest.raises(ValueError, match="not a page of the sandbox"):
        world.bot.authorize("https://example.org/oauth2/authorize?client_id=x")
    with pytest.raises(ValueError, match="cannot go back"):
        twitch.clock.advance(-1)


# Implicit grant


def fragment_of(address):
    return {name: one for name, (one,) in parse_qs(urlsplit(address).fragment).items()}


def test_implicit_grant_gives_a_token_in_the_fragment(world):
    landed = world.bot.authorize(page(world, response_type="token"))
    assert landed.startswith(world.app.redirect + "#access_token=")
    found = fragment_of(landed)
    assert list(found) == ["access_token", "scope", "state", "token_type"]
    assert (found["scope"], found["state"]) == ("chat:read chat:edit", "xyz")
    assert found["token_type"] == "bearer"
    examined = validate(world, found["access_token"]).json
    assert examined["login"] == "hello_bot" and examined["expires_in"] > 5_000_000
    world.twitch.clock.advance(5 * 3600)  # it lasts longer than one that can be refreshed
    assert validate(world, found["access_token"]).status == 200
    stateless = fragment_of(world.bot.authorize(page(world, response_type="token", state="")))
    assert "state" not in stateless


def test_a_cancelled_implicit_grant_says_so_in_the_query(world):
    landed = world.bot.cancel(page(world, response_type="token"))
    query = {name: one for name, (one,) in parse_qs(urlsplit(landed).query).items()}
    assert query == {
        "error": "access_denied",
        "error_description": "The user denied you access",
        "state": "xyz",
    }


# As Twitch's command line: twitch mock-api start


def as_cli(world, **changes):
    given = {
        "client_id": world.app.client_id,
        "client_secret": world.app.client_secret,
        "grant_type": "user_token",
        "user_id": world.bot.id,
        "scope": "chat:read user:write:chat",
    }
    query = urlencode({name: value for name, value in (given | changes).items() if value})
    return call("POST", f"{world.twitch.url}/auth/authorize?{query}")


def test_the_mock_apis_way_to_a_user_token(world):
    answer = as_cli(world)
    assert answer.status == 200
    assert list(answer.json) == [
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
        "token_type",
    ]
    assert answer.json["scope"] == ["chat:read", "user:write:chat"]
    assert (answer.json["refresh_token"], answer.json["token_type"]) == ("", "bearer")
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    examined = call("GET", f"{world.twitch.url}/auth/validate", headers=headers).json
    assert (examined["login"], examined["scopes"]) == ("hello_bot", answer.json["scope"])
    headers["Client-Id"] = world.app.client_id
    (me,) = call("GET", f"{world.twitch.url}/mock/users", headers=headers).json["data"]
    assert me["login"] == "hello_bot"
    assert as_cli(world, scope="").json["scope"] == []


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"client_id": "stranger"}, 400, "invalid client"),
        ({"grant_type": "password"}, 400, "grant_type must be user_token"),
        ({"grant_type": ""}, 400, "grant_type must be user_token"),
        ({"client_secret": ""}, 400, "missing client secret"),
        ({"client_secret": "wrong"}, 403, "invalid client secret"),
        ({"user_id": "1"}, 400, "User ID invalid"),
        ({"user_id": ""}, 400, "User ID invalid"),
        ({"scope": "chat_edit"}, 400, "invalid scope requested: 'chat_edit'"),
    ],
)
def test_what_that_way_refuses(world, changes, status, message):
    answer = as_cli(world, **changes)
    assert (answer.status, answer.json["message"]) == (status, message)


# OpenID Connect

OPENID = {"scope": "openid chat:read", "nonce": "n-1"}


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(world, id_token):
    """The claims, once the signature fits the published key (RFC 8017, 8.2.2)."""
    *signed, signature = id_token.split(".")
    header, claims = (json.loads(decode(part)) for part in signed)
    keys = call("GET", f"{world.twitch.url}/oauth2/keys").json["keys"]
    (key,) = [key for key in keys if key["kid"] == header["kid"]]
    assert (header["alg"], key["kty"], key["alg"]) == ("RS256", "RSA", "RS256")
    modulus, exponent = (int.from_bytes(decode(key[part])) for part in "ne")
    assert modulus.bit_length() == oidc.KEY_BITS
    plain = pow(int.from_bytes(decode(signature)), exponent, modulus).to_bytes(oidc.KEY_BITS // 8)
    assert plain.endswith(hashlib.sha256(".".join(signed).encode()).digest())
    assert plain.startswith(b"\0\1" + b"\xff" * 8)
    return claims


@pytest.mark.usefixtures("small_key")
def test_the_discovery_document_leads_to_everything(world):
    url = f"{world.twitch.url}/oauth2"
    found = call("GET", f"{url}/.well-known/openid-configuration").json
    assert found["issuer"] == url and found["scopes_supported"] == ["openid"]
    assert call("GET", found["jwks_uri"]).status == 200
    assert call("GET", found["userinfo_endpoint"]).status == 401
    for kind in found["response_types_supported"]:
        landed = world.bot.authorize(page(world, **OPENID, response_type=kind))
        assert landed.startswith(world.app.redirect + ("?" if kind == "code" else "#"))


def test_a_code_brings_an_id_token(world):
    assert oidc.KEY_BITS == 2048
    claims = json.dumps({"id_token": {"email": None, "preferred_username": None, "shoe": None}})
    landed = world.bot.authorize(page(world, **OPENID, claims=claims))
    answer = by_code(world, code_of(landed)).json
    found = claims_of(world, answer["id_token"])
    assert found["exp"] > found["iat"]
    assert found == {
        "aud": world.app.client_id,
        "azp": world.app.client_id,
        "exp": found["exp"],
        "iat": found["iat"],
        "iss": f"{world.twitch.url}/oauth2",
        "sub": world.bot.id,
        "nonce": "n-1",
        "email": "hello_bot@twitch.example",
        "preferred_username": "Hello_Bot",
    }
    assert "id_token" not in by_code(world, code_of(world.bot.authorize(page(world)))).json


@pytest.mark.usefixtures("small_key")
@pytest.mark.parametrize("kind", ["token id_token", "id_token", "code id_token"])
def test_an_id_token_in_the_fragment(world, kind):
    found = fragment_of(world.bot.authorize(page(world, **OPENID, response_type=kind)))
    claims = claims_of(world, found["id_token"])
    assert (claims["sub"], claims["nonce"]) == (world.bot.id, "n-1")
    assert ("access_token" in found) == ("token" in kind.split())
    assert ("code" in found) == ("code" in kind.split())


def test_userinfo_has_what_was_asked_for(world):
    claims = json.dumps({"userinfo": {"preferred_username": None, "updated_at": None}})
    landed = world.bot.authorize(page(world, **OPENID, claims=claims))
    pair = by_code(world, code_of(landed)).json
    new = token_request(world, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    for token in (pair["access_token"], new.json["access_token"]):
        headers = {"Authorization": f"Bearer {token}"}
        found = call("GET", f"{world.twitch.url}/oauth2/userinfo", headers=headers).json
        assert (found["sub"], found["preferred_username"]) == (world.bot.id, "Hello_Bot")
        assert "updated_at" in found and "email" not in found
    headers = {"Authorization": f"Bearer {world.token.access_token}"}
    refused = call("GET", f"{world.twitch.url}/oauth2/userinfo", headers=headers)
    assert (refused.status, refused.json["message"]) == (401, "missing scope: openid")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"response_type": "code token"}, "invalid response type"),
        ({"response_type": ""}, "invalid response type"),
        ({"response_type": "id_token"}, "an id_token needs the scope openid"),
        ({"claims": "email"}, "invalid claims"),
        ({"claims": '["id_token"]'}, "invalid claims"),
        ({"claims": '{"userinfo": 1}'}, "invalid claims"),
    ],
)
def test_what_openid_connect_refuses(world, changes, message):
    shown = call("GET", page(world, **changes))
    assert (shown.status, shown.json) == (400, {"status": 400, "message": message})


@pytest.mark.usefixtures("small_key")
def test_a_seed_gives_the_same_key_at_every_start():
    keys = []
    for _ in range(2):
        with Twitch(seed="a") as twitch:
            keys.append(call("GET", f"{twitch.url}/oauth2/keys").json)
    assert keys[0] == keys[1]
