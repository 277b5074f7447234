"""Helix, Twitch's API: the gate before every endpoint, and the endpoints a chat bot needs.

Every request needs `Authorization: Bearer <token>` and the `Client-Id` that the token was made
for. Get Users, Send Chat Message and Get Chatters follow dev.twitch.tv/docs/api/reference;
subscriptions are in eventsub.py.
"""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from sandbox.twitch.chat import REFUSALS, Channel, User
from sandbox.twitch.irc import IrcServer
from sandbox.twitch.tokens import Grant
from sandbox.twitch.travels import http_text
from sandbox.twitch.world import TwitchWorld

NOT_PERMITTED = "The sender is not permitted to send chat messages to the broadcaster's chat room."

# Twitch publishes no list of these codes (twitchdev/issues#962). A timeout's is reported with its
# words in twitchdev/issues#1002; a ban's is named after it, with the words that chat has.
DROPPED_WHEN_BARRED = {
    "msg_banned": ("user_banned", "You are permanently banned from talking in the room."),
    "msg_timedout": ("user_timed_out", "You are timed out from talking in the room."),
}

Endpoint = Callable[[web.Request, Grant], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HelixError(Exception):
    """A refusal as Helix words it: an HTTP status and a message."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Helix's envelope: `{"error","status","message"}`."""
        envelope = {
            "error": HTTPStatus(self.status).phrase,
            "status": self.status,
            "message": self.message,
        }
        return web.json_response(envelope, status=self.status, headers=self.headers)


class HelixGate:
    """The gate before every endpoint."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self.fail_with: list[int] = []  # statuses for the next requests (faults.fail_api)

    def endpoint(self, endpoint: Endpoint) -> Handler:
        """An endpoint behind the gate: token, client id, rate limit, error envelope."""

        async def answer(request: web.Request) -> web.StreamResponse:
            headers: dict[str, str] = {}
            try:
                if self.fail_with:
                    self._world.watch.changed()
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
    """The request's JSON object; 400 for anything else. An empty body holds nothing."""
    try:
        body = json.loads(await request.text() or "{}")
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


class ChatEndpoints:
    """The three endpoints a chat bot needs."""

    def __init__(self, world: TwitchWorld, irc: IrcServer, gate: HelixGate) -> None:
        self._world = world
        self._irc = irc
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        gate = self._gate.endpoint
        return [
            web.get("/helix/users", gate(self.users)),
            web.post("/helix/chat/messages", gate(self.send)),
            web.get("/helix/chat/chatters", gate(self.chatters)),
        ]

    async def users(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /users?id=…&login=…; without either, the token's own user."""
        ids, logins = request.query.getall("id", []), request.query.getall("login", [])
        if not ids and not logins:
            if grant.user is None:
                raise HelixError(400, "Must provide an ID, Login or OAuth Token")
            ids = [grant.user.id]
        if len(ids) + len(logins) > 100:
            raise HelixError(400, "The number of id and login parameters must be at most 100")
        wanted = {name.lower() for name in logins}
        found = [u for u in self._world.users.values() if u.id in ids or u.login in wanted]
        return web.json_response({"data": [user_json(user) for user in found]})

    async def send(self, request: web.Request, grant: Grant) -> web.Response:
        """POST /chat/messages; a message that is dropped says why.

        The parameters come in the body or, as twurple and pyTwitchAPI send them, in the query.
        """
        body = dict(request.query) | await json_body(request)
        channel = self._channel(required(body, "broadcaster_id"))
        sender = self._sender(grant, channel, required(body, "sender_id"))
        text = required(body, "message")
        if len(text) > self._world.settings.message_characters:
            raise HelixError(422, "The message is too large")
        code, _ = self._world.chat.barred(channel, sender)
        if code:
            return dropped(*DROPPED_WHEN_BARRED[code])
        parent = self._world.chat.message(str(body.get("reply_parent_message_id") or ""))
        if body.get("reply_parent_message_id") and parent is None:
            raise HelixError(400, "The reply_parent_message_id is not valid")
        code = self._world.rules.refuse(
            sender, channel.name, text, mod=channel.is_mod(sender), irc=False
        )
        if code:
            return dropped(code, REFUSALS[code])
        first_line = f"{request.method} {request.path_qs}"
        came_as = ("Helix", http_text(first_line, request.headers, await request.text()))
        message = self._world.chat.post(channel, sender, text, parent, came_as=came_as)
        answer = web.json_response({"data": [{"message_id": message.id, "is_sent": True}]})
        self._world.chat.travels.note(
            message.id, "to", "Helix", sender.login, f"{answer.status} OK\n\n{answer.text}"
        )
        return answer

    async def chatters(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /chat/chatters: who is connected to a channel's chat, for its moderators."""
        given = dict(request.query)
        channel = self._channel(required(given, "broadcaster_id"))
        if grant.user is None or required(given, "moderator_id") != grant.user.id:
            raise HelixError(401, own_id("moderator_id"))
        need_scope(grant, "moderator:read:chatters")
        if not channel.is_mod(grant.user):
            raise HelixError(403, "The user is not one of the broadcaster's moderators.")
        there = {s.user.id: s.user for s in self._irc.members[channel.name] if s.user}
        data = [
            {"user_id": u.id, "user_login": u.login, "user_name": u.display_name}
            for u in there.values()
        ]
        return web.json_response({"data": data, "pagination": {}, "total": len(data)})

    def _channel(self, user_id: str) -> Channel:
        user = self._world.users.get(user_id)
        if user is None:
            raise HelixError(400, "The ID in broadcaster_id must be that of a user")
        return self._world.chat.channels[user.login]

    def _sender(self, grant: Grant, channel: Channel, sender_id: str) -> User:
        """Who speaks: the token's user, or with an app token whoever allowed it."""
        need_scope(grant, "user:write:chat")
        if grant.user is not None:
            if grant.user.id != sender_id:
                raise HelixError(401, own_id("sender_id"))
            return grant.user
        sender = self._world.users.get(sender_id)
        if sender is None:
            raise HelixError(400, "The ID in sender_id must be that of a user")
        allows = self._world.tokens.allows
        if not allows(grant.app, sender, "user:write:chat", "user:bot"):
            raise HelixError(401, "Missing scope: user:write:chat or user:bot")
        if not (channel.is_mod(sender) or allows(grant.app, channel.owner, "channel:bot")):
            raise HelixError(403, NOT_PERMITTED)
        return sender


def dropped(code: str, words: str) -> web.Response:
    """The answer for a message that chat did not take."""
    reason = {"code": code, "message": words}
    return web.json_response(
        {"data": [{"message_id": "", "is_sent": False, "drop_reason": reason}]}
    )


def own_id(parameter: str) -> str:
    """The refusal of another user's id beside one's own token."""
    return f"The ID in {parameter} must match the user ID found in the request's OAuth token."


def user_json(user: User) -> dict[str, Any]:
    """A user as Get Users answers."""
    return {
        "id": user.id,
        "login": user.login,
        "display_name": user.display_name,
        "type": "",
        "broadcaster_type": "",
        "description": "",
        "profile_image_url": "",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": user.created_at,
    }
