"""id.twitch.tv as a person sees it: "allow this application …?" and the device activation page.

Two small pages and what their buttons do. Programs talk to oauth.py.
"""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from sandbox.twitch.errors import OAuthError
from sandbox.twitch.model import Application, User
from sandbox.twitch.oauth import check_scopes, parameters, plain_errors
from sandbox.twitch.oauth_codes import Codes
from sandbox.twitch.world import World

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox Twitch</title>
<style>body{{font:16px system-ui;max-width:28rem;margin:3rem auto;color:#18181b}}
h1{{font-size:1.3rem}}button{{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}}
button[value=authorize]{{background:#9147ff;color:#fff;border:0;border-radius:4px}}
li{{margin:.3rem 0}}</style>{body}"""


class Pages:
    """The pages where a person says yes or no."""

    def __init__(self, world: World, codes: Codes) -> None:
        self._world = world
        self._codes = codes

    def routes(self) -> list[web.RouteDef]:
        """The addresses a browser opens."""
        return [
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
        user = self._world.users.get(given.get("account", ""))
        back = {"state": given["state"]} if given.get("state") else {}
        if given.get("decision") != "authorize" or user is None:
            denied = {"error": "access_denied", "error_description": "The user denied you access"}
            raise web.HTTPFound(join(app.redirect, denied | back))
        code = self._codes.new_authorization(app, user, scopes, app.redirect)
        answer = {"code": code, "scope": " ".join(scopes)}
        raise web.HTTPFound(join(app.redirect, answer | back))

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
        if given.get("redirect_uri") != app.redirect:
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
        people = "".join(account_choice(user, index) for index, user in enumerate(self._people()))
        return page(
            f"<h1>{escape(app.name)} wants to access an account</h1>"
            f"<p>It will be able to use:</p><ul>{wants or '<li>your public profile</li>'}</ul>"
            f'<form method="post">{keep}<p>Whose account?</p>{people or "<p>(nobody has one)</p>"}'
            '<p><button name="decision" value="authorize">Authorize</button>'
            '<button name="decision" value="cancel">Cancel</button></p></form>'
        )

    def _people(self) -> list[User]:
        return list(self._world.users.values())


def account_choice(user: User, index: int) -> str:
    """One account to choose; the first is chosen already."""
    checked = " checked" if index == 0 else ""
    return (
        f'<label><input type="radio" name="account" value="{user.id}"{checked}>'
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
