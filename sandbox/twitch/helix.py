"""Helix, Twitch's API: who is asking, may they, and how often.

Every request needs `Authorization: Bearer <token>` and the `Client-Id` that the token was made
for. The endpoints themselves are in helix_chat.py and eventsub.py.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.twitch.errors import HelixError
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World

Endpoint = Callable[[web.Request, Grant], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Helix:
    """The gate before every endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.fail_with: list[int] = []  # statuses for the next requests (faults.fail_api)

    def endpoint(self, endpoint: Endpoint) -> Handler:
        """An endpoint behind the gate: token, client id, rate limit, error envelope."""

        async def answer(request: web.Request) -> web.StreamResponse:
            headers: dict[str, str] = {}
            try:
                if self.fail_with:
                    raise HelixError(self.fail_with.pop(0), "")
                grant = self._who(request)
                headers = self._rate(grant)
                response = await endpoint(request, grant)
            except HelixError as error:
                response = error.response()
            response.headers.update(headers)
            return response

        return answer

    async def not_found(self, request: web.Request) -> web.StreamResponse:
        """Any address Helix does not have."""
        return HelixError(404, "").response()

    def _who(self, request: web.Request) -> Grant:
        kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not access_token.strip():
            raise HelixError(401, "OAuth token is missing")
        grant = self._world.tokens.find(access_token.strip())
        if grant is None:
            raise HelixError(401, "Invalid OAuth token")
        client_id = request.headers.get("Client-Id", "")
        if not client_id:
            raise HelixError(401, "Client ID is missing")
        if client_id != grant.app.client_id:
            raise HelixError(401, "Client ID and OAuth token do not match")
        return grant

    def _rate(self, grant: Grant) -> dict[str, str]:
        limit = self._world.settings.api_points
        key = f"api {grant.app.client_id} {grant.user.id if grant.user else ''}"
        used = self._world.window.count(key, 60.0)
        headers = {
            "Ratelimit-Limit": str(limit),
            "Ratelimit-Remaining": str(max(0, limit - used)),
            "Ratelimit-Reset": str(int(self._world.clock.now()) + 60),
        }
        if self._world.settings.limits and used > limit:
            raise HelixError(429, "", headers)
        return headers


def need_scope(grant: Grant, scope: str) -> None:
    """Refuse a user token without this scope."""
    if grant.user is not None and scope not in grant.scopes:
        raise HelixError(401, f"Missing scope: {scope}")


async def json_body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; 400 for anything else."""
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError, LookupError):
        raise HelixError(400, "The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise HelixError(400, "The request body must be a JSON object")
    return body


def required(given: dict[str, Any], name: str) -> str:
    """A parameter that must be there, as text."""
    value = given.get(name)
    if value is None or value == "":
        raise HelixError(400, f'Missing required parameter "{name}"')
    return str(value)
