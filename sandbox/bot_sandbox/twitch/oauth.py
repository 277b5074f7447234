"""id.twitch.tv: a person's consent becomes a code, and the code becomes a token.

For programs: token, device, validate, revoke, and OpenID Connect's userinfo and keys under
/oauth2/. For people: the page /oauth2/authorize ("allow this application …?") and the activation
page of a device. By implicit grant, the token itself is in the address of the redirect.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot_sandbox.http.guest import guest_refusal
from bot_sandbox.twitch import oidc
from bot_sandbox.twitch.tokens import Application, Token, TokenRecord, digest_secret, unknown_scope
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

FAILING_PATHS = ("validate", "token", "revoke", "device", "userinfo")  # under /oauth2, for programs
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
# The names of each in alphabetical order, as in the discovery document (oidc.py)
RESPONSE_TYPES = (["code"], ["token"], ["id_token"], ["id_token", "token"], ["code", "id_token"])
USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits
PAGE_HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox Twitch</title>
<style>body{{font:16px system-ui;max-width:28rem;margin:3rem auto;color:#18181b}}
h1{{font-size:1.3rem}}button{{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}}
button[value=authorize]{{background:#9147ff;color:#fff;border:0;border-radius:4px}}
li{{margin:.3rem 0}}</style>{body}"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OAuthError(Exception):
    """A refusal by id.twitch.tv: an HTTP status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message

    def response(self) -> web.Response:
        """Return the envelope of id.twitch.tv: `{"status","message"}`, without an "error"."""
        return web.json_response(
            {"status": self.status, "message": self.message}, status=self.status
        )


@dataclass
class Consent:
    """A request for consent; `user` is None until somebody agrees."""

    app: Application
    scopes: list[str]
    expires_at: float
    redirect: str = ""
    user: TwitchUser | None = None
    denied: bool = False
    nonce: str = ""
    claims: dict[str, list[str]] = field(default_factory=dict)  # names, by place (oidc.py)


class Codes:
    """All unused codes."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._authorization: dict[str, Consent] = {}
        self._device: dict[str, Consent] = {}
        self._by_user_code: dict[str, Consent] = {}

    def new_authorization_code(self, consent: Consent, user: TwitchUser) -> str:
        """Return a code for an application that a user has authorized."""
        code = self._world.randomness.text(30, f"code {consent.app.name} {user.login}")
        self._authorization[digest_secret(code)] = consent
        return code

    def take_authorization(self, app: Application, code: str) -> Consent | None:
        """Use up an authorization code; return None if it is used, expired or another app's."""
        consent = self._authorization.get(digest_secret(code))
        if consent is None or consent.app != app:
            return None
        del self._authorization[digest_secret(code)]
        return consent if self._is_valid(consent) else None

    def new_device_code(self, app: Application, scopes: list[str]) -> tuple[str, str]:
        """Return a device code for the program and a user code for the person."""
        device_code = self._world.randomness.text(40, f"device code {app.name}")
        user_code = self._world.randomness.text(8, "user code", USER_CODE_LETTERS)
        expires_at = self._world.clock.now() + self._world.settings.device_code_s
        consent = Consent(app, scopes, expires_at)
        self._device[digest_secret(device_code)] = consent
        self._by_user_code[user_code] = consent
        return device_code, user_code

    def find_by_user_code(self, user_code: str) -> Consent | None:
        """Return the request of a user code; None if it is unknown, answered or expired."""
        consent = self._by_user_code.get(user_code.strip().upper())
        if consent is None or consent.user or consent.denied or not self._is_valid(consent):
            return None
        return consent

    def find_by_device_code(self, app: Application, device_code: str) -> Consent | None:
        """Return the request of a device code, pending or answered; None if it is invalid."""
        consent = self._device.get(digest_secret(device_code))
        if consent is None or consent.app != app or consent.denied or not self._is_valid(consent):
            return None
        if consent.user:
            del self._device[digest_secret(device_code)]
        return consent

    def _is_valid(self, consent: Consent) -> bool:
        return self._world.clock.now() < consent.expires_at


class OAuth:
    """The endpoints for tokens, and the pages where a person decides."""

    NOT_RESTORED = ("_key", "_making_key")  # clients may keep the public one

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._codes = Codes(world)
        self._making_key = asyncio.Lock()
        self._key: oidc.SigningKey | None = None
        self.fail_with: list[tuple[str, int]] = []  # path and status (faults.fail_oauth)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes: for programs, then for browsers."""
        return [
            web.post("/oauth2/token", self._for_programs(self.token)),
            web.post("/oauth2/device", self._for_programs(self.device)),
            web.get("/oauth2/validate", self._for_programs(self.validate)),
            web.post("/oauth2/revoke", self._for_programs(self.revoke)),
            web.get("/oauth2/authorize", plain_errors(self.show_consent_page)),
            web.post("/oauth2/authorize", plain_errors(self.decide_consent)),
            web.post("/auth/authorize", self._for_programs(self.user_token)),
            web.get("/oauth2/userinfo", self._for_programs(self.userinfo)),
            web.get("/oauth2/keys", self.keys),
            web.get("/oauth2/.well-known/openid-configuration", self.configuration),
            web.get("/activate", self.show_device),
            web.post("/activate", plain_errors(self.decide_device)),
        ]

    def _for_programs(self, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            path = request.path.rpartition("/")[2]
            for failing in self.fail_with:
                if failing[0] in ("", path):
                    self.fail_with.remove(failing)
                    what = f"{request.method} {request.path} was answered with {failing[1]}"
                    self._world.note_fault("", what)
                    raise OAuthError(failing[1], "")
            return await handler(request)

        return plain_errors(answer)

    async def show_consent_page(self, request: web.Request) -> web.Response:
        """GET /oauth2/authorize: ask the person."""
        asked = self._requested_consent(dict(request.query))
        return self._consent_page(asked.app, asked.scopes, dict(request.query))

    async def decide_consent(self, request: web.Request) -> web.Response:
        """POST /oauth2/authorize: take the decision and send the browser back to the program.

        A code is in the query, tokens are in the fragment, which a browser keeps to itself.
        """
        given = await request_parameters(request)
        consent = self._requested_consent(given)
        user = self._chosen_user(given.get("account", ""))
        back = {"state": given["state"]} if given.get("state") else {}
        if given.get("decision") != "authorize" or user is None:
            denied = {"error": "access_denied", "error_description": "The user denied you access"}
            raise web.HTTPFound(add_query(consent.redirect, denied | back))
        consent.user = user
        asked = given["response_type"].split()
        answer = {"scope": " ".join(consent.scopes)} | back
        if "code" in asked:
            answer["code"] = self._codes.new_authorization_code(consent, user)
        if "token" in asked:
            answer |= {"access_token": self._issue_token(consent, implicit=True).access_token}
            answer |= {"token_type": "bearer"}
        if "id_token" in asked:
            answer["id_token"] = await self._id_token(consent, user)
        answer = dict(sorted(answer.items()))
        if asked == ["code"]:
            raise web.HTTPFound(add_query(consent.redirect, answer))
        raise web.HTTPFound(f"{consent.redirect}#{urlencode(answer)}")

    async def show_device(self, request: web.Request) -> web.Response:
        """GET /activate: ask for a user code, or for consent to its request."""
        user_code = request.query.get("device-code", "")
        consent = self._codes.find_by_user_code(user_code)
        if consent is None:
            wrong = "<p>This code is unknown or was used already.</p>" if user_code else ""
            form = '<form>Code: <input name="device-code"> <button>Activate</button></form>'
            return html_page(f"<h1>Activate a device</h1>{wrong}{form}")
        return self._consent_page(consent.app, consent.scopes, {"device-code": user_code})

    async def decide_device(self, request: web.Request) -> web.Response:
        """POST /activate: take the decision."""
        given = await request_parameters(request)
        consent = self._codes.find_by_user_code(given.get("device-code", ""))
        user = self._chosen_user(given.get("account", ""))
        if consent is None:
            return html_page("<h1>This code is unknown or was used already.</h1>", status=400)
        if given.get("decision") != "authorize" or user is None:
            consent.denied = True
            return html_page("<h1>Cancelled.</h1>")
        consent.user = user
        return html_page("<h1>The device is activated.</h1><p>You can close this page.</p>")

    def _chosen_user(self, user_id: str) -> TwitchUser | None:
        """Return a user by id; 403 if the client has joined for other accounts."""
        user = self._world.users.get(user_id)
        if user and (refused := guest_refusal(user)):
            raise OAuthError(403, refused)
        return user

    def _requested_consent(self, given: dict[str, str]) -> Consent:
        """Return the consent that a request to authorize asks for; raise OAuthError."""
        app = self._world.apps.get(given.get("client_id", ""))
        if app is None:
            raise OAuthError(
                400, "invalid client" if given.get("client_id") else "missing client id"
            )
        if given.get("redirect_uri") not in app.redirects:
            raise OAuthError(400, "Parameter redirect_uri does not match registered URI")
        asked = given.get("response_type", "").split()
        if sorted(asked) not in RESPONSE_TYPES:
            raise OAuthError(400, "invalid response type")
        scopes = given.get("scope", "").split()
        check_scopes(scopes)
        if "id_token" in asked and oidc.SCOPE not in scopes:
            raise OAuthError(400, f"an id_token needs the scope {oidc.SCOPE}")
        claims = oidc.requested_claims(given.get("claims", ""))
        if claims is None:
            raise OAuthError(400, "invalid claims")
        expires_at = self._world.clock.now() + self._world.settings.code_s
        redirect, nonce = given["redirect_uri"], given.get("nonce", "")
        return Consent(app, scopes, expires_at, redirect, nonce=nonce, claims=claims)

    def _issue_token(self, consent: Consent, *, implicit: bool = False) -> Token:
        """Return a token for a consent that somebody has given."""
        claims = consent.claims.get("userinfo", [])
        return self._world.tokens.issue(
            consent.app, consent.user, consent.scopes, claims, implicit=implicit
        )

    async def _id_token(self, consent: Consent, user: TwitchUser) -> str:
        claims = oidc.base_claims(self._world, consent.app, user)
        claims |= oidc.user_claims(user, consent.claims["id_token"])
        claims |= {"nonce": consent.nonce} if consent.nonce else {}
        return (await self._signing_key()).sign(claims)

    async def _signing_key(self) -> oidc.SigningKey:
        """Return the key, which is made when it is first needed: that takes half a second."""
        async with self._making_key:
            if self._key is None:
                self._key = await asyncio.to_thread(oidc.SigningKey, self._world.randomness)
        return self._key

    def _consent_page(
        self, app: Application, scopes: list[str], hidden: dict[str, str]
    ) -> web.Response:
        wants = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes)
        keep = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in hidden.items()
        )
        people = "".join(account_choice(user) for user in self._world.users.values())
        code = hidden.get("device-code", "")
        shown = f"<p>The code is <b>{escape(code)}</b>.</p>" if code else ""
        return html_page(
            f"<h1>{escape(app.name)} wants to access an account</h1>{shown}"
            f"<p>It will be able to use:</p><ul>{wants or '<li>your public profile</li>'}</ul>"
            f'<form method="post">{keep}<p>Whose account?</p>{people or "<p>(nobody has one)</p>"}'
            '<p><button name="decision" value="authorize">Authorize</button>'
            '<button name="decision" value="cancel" formnovalidate>Cancel</button></p></form>'
        )

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth2/token: give a token for one of the grant types."""
        given = await request_parameters(request)
        grant_type = given.get("grant_type", "")
        app = self._application(given)
        if grant_type != DEVICE_GRANT:
            self._check_secret(app, given, needed=app.confidential or grant_type[:6] == "client")
        id_token = {}
        if grant_type == "authorization_code":
            consent, user = self._from_code(app, given)
            token = self._issue_token(consent)
            if oidc.SCOPE in consent.scopes:
                id_token = {"id_token": await self._id_token(consent, user)}
        elif grant_type == "client_credentials":
            token = self._world.tokens.issue(app, None, [])
            body = {"access_token": token.access_token, "expires_in": token.expires_in}
            return web.json_response({**body, "token_type": "bearer"})
        elif grant_type == "refresh_token":
            token = self._from_refresh_token(app, given)
        elif grant_type == DEVICE_GRANT:
            token = self._from_device_code(app, given)
        else:
            raise OAuthError(400, "invalid grant type" if grant_type else "missing grant type")
        return web.json_response(token_as_json(token) | id_token)

    async def user_token(self, request: web.Request) -> web.Response:
        """POST /auth/authorize: a user's token without asking anybody.

        The real Twitch has no such way, but the mock API of its command line does: `twitch mock-api
        start` (github.com/twitchdev/twitch-cli, docs/mock-api.md).
        """
        given = await request_parameters(request)
        app = self._application(given)
        self._check_secret(app, given, needed=True)
        if given.get("grant_type") != "user_token":
            raise OAuthError(400, "grant_type must be user_token")
        user = self._chosen_user(given.get("user_id", ""))
        if user is None:
            raise OAuthError(400, "User ID invalid")
        scopes = given.get("scope", "").split()
        check_scopes(scopes)
        return web.json_response(
            token_as_json(self._world.tokens.issue(app, user, scopes, implicit=True))
        )

    async def device(self, request: web.Request) -> web.Response:
        """POST /oauth2/device: give a code to type in on another device."""
        given = await request_parameters(request)
        app = self._application(given)
        scopes = (given.get("scopes") or given.get("scope", "")).split()
        check_scopes(scopes)
        device_code, user_code = self._codes.new_device_code(app, scopes)
        settings = self._world.settings
        page = f"{request.scheme}://{request.host}/activate?public=true&device-code={user_code}"
        return web.json_response(
            {
                "device_code": device_code,
                "expires_in": int(settings.device_code_s),
                "interval": settings.device_interval_s,
                "user_code": user_code,
                "verification_uri": page,
            }
        )

    async def validate(self, request: web.Request) -> web.Response:
        """GET /oauth2/validate: owner, scopes (null if none) and remaining time of a token."""
        token = self._token_of_request(request)
        body: dict[str, object] = {"client_id": token.app.client_id, "scopes": token.scopes or None}
        if token.user:
            body |= {"login": token.user.login, "user_id": token.user.id}
        body["expires_in"] = int(token.expires_at - self._world.clock.now())
        return web.json_response(body)

    async def userinfo(self, request: web.Request) -> web.Response:
        """GET /oauth2/userinfo: the claims about the token's user that were asked for."""
        token = self._token_of_request(request)
        if token.user is None or oidc.SCOPE not in token.scopes:
            raise OAuthError(401, f"missing scope: {oidc.SCOPE}")
        claims = oidc.base_claims(self._world, token.app, token.user)
        return web.json_response(claims | oidc.user_claims(token.user, token.claims))

    async def keys(self, request: web.Request) -> web.Response:
        """GET /oauth2/keys: the key that signs id tokens."""
        return web.json_response({"keys": [(await self._signing_key()).public()]})

    async def configuration(self, request: web.Request) -> web.Response:
        """GET /oauth2/.well-known/openid-configuration: where everything is."""
        return web.json_response(oidc.discovery_document(self._world.url))

    async def revoke(self, request: web.Request) -> web.Response:
        """POST /oauth2/revoke: end a token of the application."""
        given = await request_parameters(request)
        app = self._world.apps.get(given.get("client_id", ""))
        if app is None:
            missing = "client_id" not in given
            raise OAuthError(
                *((400, "missing client id") if missing else (404, "client does not exist"))
            )
        token = self._world.tokens.find(given.get("token", ""))
        if token is None or token.app != app:
            raise OAuthError(400, "Invalid token" if given.get("token") else "missing oauth token")
        self._world.tokens.revoke(given["token"])
        return web.Response()

    def _token_of_request(self, request: web.Request) -> TokenRecord:
        """Return the token of a request; raise OAuthError."""
        kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in ("oauth", "bearer"):
            raise OAuthError(401, "missing authorization token")
        token = self._world.tokens.find(access_token.strip())
        if token is None:
            raise OAuthError(401, "invalid access token")
        return token

    def _application(self, given: dict[str, str]) -> Application:
        if not given.get("client_id"):
            raise OAuthError(400, "missing client id")
        app = self._world.apps.get(given["client_id"])
        if app is None:
            raise OAuthError(400, "invalid client")
        return app

    def _check_secret(self, app: Application, given: dict[str, str], *, needed: bool) -> None:
        secret = given.get("client_secret", "")
        if not secret:
            if needed:
                raise OAuthError(400, "missing client secret")
            return
        right = app.client_secret.encode()
        if not right or not hmac.compare_digest(right, secret.encode("utf-8", "surrogatepass")):
            raise OAuthError(403, "invalid client secret")

    def _from_code(self, app: Application, given: dict[str, str]) -> tuple[Consent, TwitchUser]:
        if not given.get("code"):
            raise OAuthError(400, "missing code")
        if not given.get("redirect_uri"):
            raise OAuthError(400, "missing redirect_uri")
        consent = self._codes.take_authorization(app, given["code"])
        if consent is None or consent.user is None:
            raise OAuthError(400, "Invalid authorization code")
        if consent.redirect != given["redirect_uri"]:
            raise OAuthError(400, "Parameter redirect_uri does not match registered URI")
        return consent, consent.user

    def _from_refresh_token(self, app: Application, given: dict[str, str]) -> Token:
        if not given.get("refresh_token"):
            raise OAuthError(400, "missing refresh token")
        token = self._world.tokens.refresh(app, given["refresh_token"])
        if token is None:
            raise OAuthError(400, "Invalid refresh token")
        return token

    def _from_device_code(self, app: Application, given: dict[str, str]) -> Token:
        consent = self._codes.find_by_device_code(app, given.get("device_code", ""))
        if consent is None:
            raise OAuthError(400, "invalid device code")
        if consent.user is None:
            raise OAuthError(400, "authorization_pending")
        return self._issue_token(consent)


def account_choice(user: TwitchUser) -> str:
    """Return the choice of one account; none is preselected, so that nobody agrees by mistake."""
    return (
        f'<label><input type="radio" name="account" value="{user.id}" required>'
        f" {escape(user.display_name)}</label><br>"
    )


def html_page(body: str, status: int = 200) -> web.Response:
    """Return an HTML page around a body."""
    return web.Response(text=PAGE_HTML.format(body=body), content_type="text/html", status=status)


def add_query(address: str, query: dict[str, str]) -> str:
    """Add the answer to a redirect address.

    >>> add_query("http://localhost:3000/callback", {"code": "a", "scope": "chat:read"})
    'http://localhost:3000/callback?code=a&scope=chat%3Aread'
    """
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def token_as_json(token: Token) -> dict[str, object]:
    """Return a token as the token endpoint sends it."""
    return {
        "access_token": token.access_token,
        "expires_in": token.expires_in,
        "refresh_token": token.refresh_token,
        "scope": token.scopes,
        "token_type": "bearer",
    }


def check_scopes(scopes: list[str]) -> None:
    """Refuse a scope that Twitch does not know."""
    wrong = unknown_scope(scopes)
    if wrong:
        raise OAuthError(400, f"invalid scope requested: '{wrong}'")


async def request_parameters(request: web.Request) -> dict[str, str]:
    """Return query and form together; the form wins."""
    given = dict(request.query)
    try:
        form = await request.post()
    except (ValueError, LookupError):  # the body isn't a form
        form = {}  # type: ignore[assignment]
    return given | {name: value for name, value in form.items() if isinstance(value, str)}


def plain_errors(handler: Handler) -> Handler:
    """Answer an OAuthError with its status and message."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except OAuthError as error:
            return error.response()

    return answer
