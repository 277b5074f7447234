"""id.twitch.tv: a person's consent becomes a code, and a code becomes a token.

For programs: token, device, validate and revoke under /oauth2/. For people: the page
/oauth2/authorize ("allow this application …?") and the activation page of a device.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot_sandbox.twitch.chat import User
from bot_sandbox.twitch.tokens import Application, Token, digest, unknown_scope
from bot_sandbox.twitch.world import TwitchWorld

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox Twitch</title>
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
        """The envelope of id.twitch.tv: `{"status","message"}`, without an "error"."""
        return web.json_response(
            {"status": self.status, "message": self.message}, status=self.status
        )


@dataclass
class Consent:
    """What a user was asked for; `user` is None until they say yes."""

    app: Application
    scopes: list[str]
    expires_at: float
    redirect: str = ""
    user: User | None = None
    denied: bool = False


class Codes:
    """Every code that was handed out and not used yet."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._authorization: dict[str, Consent] = {}
        self._device: dict[str, Consent] = {}
        self._by_user_code: dict[str, Consent] = {}

    def new_authorization(
        self, app: Application, user: User, scopes: list[str], redirect: str
    ) -> str:
        """A code for an application that a user said yes to."""
        code = self._world.randomness.text(30, f"code {app.name} {user.login}")
        expires_at = self._world.clock.now() + self._world.settings.code_s
        self._authorization[digest(code)] = Consent(app, scopes, expires_at, redirect, user)
        return code

    def take_authorization(self, app: Application, code: str) -> Consent | None:
        """Use an authorization code up; None when it is spent, expired or another's."""
        consent = self._authorization.get(digest(code))
        if consent is None or consent.app != app:
            return None
        del self._authorization[digest(code)]
        return consent if self._fresh(consent) else None

    def new_device(self, app: Application, scopes: list[str]) -> tuple[str, str]:
        """A device code for the program and a user code for the person."""
        device_code = self._world.randomness.text(40, f"device code {app.name}")
        user_code = self._world.randomness.text(8, "user code", USER_CODE_LETTERS)
        expires_at = self._world.clock.now() + self._world.settings.device_code_s
        consent = Consent(app, scopes, expires_at)
        self._device[digest(device_code)] = consent
        self._by_user_code[user_code] = consent
        return device_code, user_code

    def asked(self, user_code: str) -> Consent | None:
        """What a user code asks for; None when it is unknown, answered or expired."""
        consent = self._by_user_code.get(user_code.strip().upper())
        if consent is None or consent.user or consent.denied or not self._fresh(consent):
            return None
        return consent

    def device(self, app: Application, device_code: str) -> Consent | None:
        """The state of a device code, still pending or just answered; None when it is no good."""
        consent = self._device.get(digest(device_code))
        if consent is None or consent.app != app or consent.denied or not self._fresh(consent):
            return None
        if consent.user:
            del self._device[digest(device_code)]
        return consent

    def _fresh(self, consent: Consent) -> bool:
        return self._world.clock.now() < consent.expires_at


class OAuth:
    """The endpoints that hand out and examine tokens, and the pages where a person decides."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._codes = Codes(world)

    def routes(self) -> list[web.RouteDef]:
        """The addresses: for programs, then those a browser opens."""
        return [
            web.post("/oauth2/token", plain_errors(self.token)),
            web.post("/oauth2/device", plain_errors(self.device)),
            web.get("/oauth2/validate", plain_errors(self.validate)),
            web.post("/oauth2/revoke", plain_errors(self.revoke)),
            web.get("/oauth2/authorize", plain_errors(self.show)),
            web.post("/oauth2/authorize", plain_errors(self.decide)),
            web.get("/activate", self.show_device),
            web.post("/activate", self.decide_device),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """GET /oauth2/authorize: ask the person."""
        app, scopes = self._asked(dict(request.query))
        return self._ask(app, scopes, dict(request.query))

    async def decide(self, request: web.Request) -> web.Response:
        """POST /oauth2/authorize: a button was pressed; the browser goes back to the program."""
        given = await parameters(request)
        app, scopes = self._asked(given)
        redirect = given["redirect_uri"]
        user = self._world.users.get(given.get("account", ""))
        back = {"state": given["state"]} if given.get("state") else {}
        if given.get("decision") != "authorize" or user is None:
            denied = {"error": "access_denied", "error_description": "The user denied you access"}
            raise web.HTTPFound(join(redirect, denied | back))
        code = self._codes.new_authorization(app, user, scopes, redirect)
        answer = {"code": code, "scope": " ".join(scopes)}
        raise web.HTTPFound(join(redirect, answer | back))

    async def show_device(self, request: web.Request) -> web.Response:
        """GET /activate: type in the user code, or answer what it asks for."""
        user_code = request.query.get("device-code", "")
        consent = self._codes.asked(user_code)
        if consent is None:
            wrong = "<p>This code is unknown or was used already.</p>" if user_code else ""
            form = '<form>Code: <input name="device-code"> <button>Activate</button></form>'
            return page(f"<h1>Activate a device</h1>{wrong}{form}")
        return self._ask(consent.app, consent.scopes, {"device-code": user_code})

    async def decide_device(self, request: web.Request) -> web.Response:
        """POST /activate: a button was pressed."""
        given = await parameters(request)
        consent = self._codes.asked(given.get("device-code", ""))
        user = self._world.users.get(given.get("account", ""))
        if consent is None:
            return page("<h1>This code is unknown or was used already.</h1>", status=400)
        if given.get("decision") != "authorize" or user is None:
            consent.denied = True
            return page("<h1>Cancelled.</h1>")
        consent.user = user
        return page("<h1>The device is activated.</h1><p>You can close this page.</p>")

    def _asked(self, given: dict[str, str]) -> tuple[Application, list[str]]:
        """The application and scopes of a request to authorize, or the refusal."""
        app = self._world.apps.get(given.get("client_id", ""))
        if app is None:
            raise OAuthError(
                400, "invalid client" if given.get("client_id") else "missing client id"
            )
        if given.get("redirect_uri") not in app.redirects:
            raise OAuthError(400, "Parameter redirect_uri does not match registered URI")
        if given.get("response_type") != "code":
            raise OAuthError(400, "invalid response type")
        scopes = given.get("scope", "").split()
        check_scopes(scopes)
        return app, scopes

    def _ask(self, app: Application, scopes: list[str], hidden: dict[str, str]) -> web.Response:
        wants = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes)
        keep = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in hidden.items()
        )
        people = "".join(account_choice(user) for user in self._world.users.values())
        code = hidden.get("device-code", "")
        shown = f"<p>The code is <b>{escape(code)}</b>.</p>" if code else ""
        return page(
            f"<h1>{escape(app.name)} wants to access an account</h1>{shown}"
            f"<p>It will be able to use:</p><ul>{wants or '<li>your public profile</li>'}</ul>"
            f'<form method="post">{keep}<p>Whose account?</p>{people or "<p>(nobody has one)</p>"}'
            '<p><button name="decision" value="authorize">Authorize</button>'
            '<button name="decision" value="cancel" formnovalidate>Cancel</button></p></form>'
        )

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth2/token: every way to a token."""
        given = await parameters(request)
        grant_type = given.get("grant_type", "")
        app = self._application(given)
        if grant_type != DEVICE_GRANT:
            self._check_secret(app, given, needed=app.confidential or grant_type[:6] == "client")
        if grant_type == "authorization_code":
            token = self._from_code(app, given)
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
        return web.json_response(as_json(token))

    async def device(self, request: web.Request) -> web.Response:
        """POST /oauth2/device: a code to type in at another screen."""
        given = await parameters(request)
        app = self._application(given)
        scopes = (given.get("scopes") or given.get("scope", "")).split()
        check_scopes(scopes)
        device_code, user_code = self._codes.new_device(app, scopes)
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
        """GET /oauth2/validate: whose token, which scopes (null for none), how long still."""
        kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in ("oauth", "bearer"):
            raise OAuthError(401, "missing authorization token")
        grant = self._world.tokens.find(access_token.strip())
        if grant is None:
            raise OAuthError(401, "invalid access token")
        body: dict[str, object] = {"client_id": grant.app.client_id, "scopes": grant.scopes or None}
        if grant.user:
            body |= {"login": grant.user.login, "user_id": grant.user.id}
        body["expires_in"] = int(grant.expires_at - self._world.clock.now())
        return web.json_response(body)

    async def revoke(self, request: web.Request) -> web.Response:
        """POST /oauth2/revoke: the application gives a token back."""
        given = await parameters(request)
        app = self._world.apps.get(given.get("client_id", ""))
        if app is None:
            missing = "client_id" not in given
            raise OAuthError(
                *((400, "missing client id") if missing else (404, "client does not exist"))
            )
        grant = self._world.tokens.find(given.get("token", ""))
        if grant is None or grant.app != app:
            raise OAuthError(400, "Invalid token" if given.get("token") else "missing oauth token")
        self._world.tokens.revoke(given["token"])
        return web.Response()

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

    def _from_code(self, app: Application, given: dict[str, str]) -> Token:
        if not given.get("code"):
            raise OAuthError(400, "missing code")
        if not given.get("redirect_uri"):
            raise OAuthError(400, "missing redirect_uri")
        consent = self._codes.take_authorization(app, given["code"])
        if consent is None or consent.user is None:
            raise OAuthError(400, "Invalid authorization code")
        if consent.redirect != given["redirect_uri"]:
            raise OAuthError(400, "Parameter redirect_uri does not match registered URI")
        return self._world.tokens.issue(app, consent.user, consent.scopes)

    def _from_refresh_token(self, app: Application, given: dict[str, str]) -> Token:
        if not given.get("refresh_token"):
            raise OAuthError(400, "missing refresh token")
        token = self._world.tokens.refresh(app, given["refresh_token"])
        if token is None:
            raise OAuthError(400, "Invalid refresh token")
        return token

    def _from_device_code(self, app: Application, given: dict[str, str]) -> Token:
        consent = self._codes.device(app, given.get("device_code", ""))
        if consent is None:
            raise OAuthError(400, "invalid device code")
        if consent.user is None:
            raise OAuthError(400, "authorization_pending")
        return self._world.tokens.issue(app, consent.user, consent.scopes)


def account_choice(user: User) -> str:
    """One account to choose; none is chosen already, so that nobody allows more than was meant."""
    return (
        f'<label><input type="radio" name="account" value="{user.id}" required>'
        f" {escape(user.display_name)}</label><br>"
    )


def page(body: str, status: int = 200) -> web.Response:
    """A whole page around a body."""
    return web.Response(text=PAGE.format(body=body), content_type="text/html", status=status)


def join(address: str, query: dict[str, str]) -> str:
    """A redirect address with its answer.

    >>> join("http://localhost:3000/callback", {"code": "a", "scope": "chat:read"})
    'http://localhost:3000/callback?code=a&scope=chat%3Aread'
    """
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def as_json(token: Token) -> dict[str, object]:
    """A user token as the token endpoint answers it."""
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


async def parameters(request: web.Request) -> dict[str, str]:
    """Query and form together; the form wins."""
    given = dict(request.query)
    try:
        form = await request.post()
    except (ValueError, LookupError):  # a body that is no form
        form = {}  # type: ignore[assignment]
    return given | {name: value for name, value in form.items() if isinstance(value, str)}


def plain_errors(handler: Handler) -> Handler:
    """Answer an OAuthError with the status and message it carries."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except OAuthError as error:
            return error.response()

    return answer
