"""id.twitch.tv as programs see it: token, device, validate and revoke under /oauth2/.

Parameters are taken from the form and from the query, as the real one does. The pages a person
sees are in oauth_pages.py.
"""

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.twitch import scopes as known_scopes
from sandbox.twitch.errors import OAuthError
from sandbox.twitch.model import Application, Token
from sandbox.twitch.oauth_codes import Codes
from sandbox.twitch.world import World

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OAuth:
    """The endpoints that hand out and examine tokens."""

    def __init__(self, world: World, codes: Codes) -> None:
        self._world = world
        self._codes = codes

    def routes(self) -> list[web.RouteDef]:
        """The addresses under /oauth2/ that programs use."""
        return [
            web.post("/oauth2/token", plain_errors(self.token)),
            web.post("/oauth2/device", plain_errors(self.device)),
            web.get("/oauth2/validate", plain_errors(self.validate)),
            web.post("/oauth2/revoke", plain_errors(self.revoke)),
        ]

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
        """GET /oauth2/validate: whose token, which scopes, how long still."""
        kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in ("oauth", "bearer"):
            raise OAuthError(401, "missing authorization token")
        grant = self._world.tokens.find(access_token.strip())
        if grant is None:
            raise OAuthError(401, "invalid access token")
        body: dict[str, object] = {"client_id": grant.app.client_id, "scopes": grant.scopes}
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
    wrong = known_scopes.unknown(scopes)
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
