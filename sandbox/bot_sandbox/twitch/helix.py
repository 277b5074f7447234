"""Helix, Twitch's API: the gate before every endpoint, and the endpoints a chat bot needs.

Every request needs `Authorization: Bearer <token>` and the `Client-Id` that the token was made
for. Get Users, Send Chat Message and Get Chatters follow dev.twitch.tv/docs/api/reference;
subscriptions are in eventsub.py.
"""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from bot_sandbox.twitch.chat import REFUSALS, Channel, Stream, User
from bot_sandbox.twitch.irc import IrcServer
from bot_sandbox.twitch.tokens import Grant
from bot_sandbox.twitch.travels import http_text
from bot_sandbox.twitch.world import TwitchWorld

NOT_PERMITTED = "The sender is not permitted to send chat messages to the broadcaster's chat room."

# Twitch publishes no list of these codes (twitchdev/issues#962). A timeout's is reported with its
# words in twitchdev/issues#1002; a ban's is named after it, with the words that chat has.
DROPPED_WHEN_BARRED = {
    "msg_banned": ("user_banned", "You are permanently banned from talking in the room."),
    "msg_timedout": ("user_timed_out", "You are timed out from talking in the room."),
}

NUMBER = re.compile("[0-9]{1,9}")
REAL_ENDPOINTS = frozenset(
    Path(__file__).with_name("helix_endpoints.txt").read_text(encoding="utf-8").splitlines()
)

Json = dict[str, Any]
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
                    self._world.changes.changed()
                    raise HelixError(self.fail_with.pop(0), "")
                grant = self._who(request)
                headers = self._rate(grant)
                response = await endpoint(request, grant)
            except HelixError as error:
                response = error.response()
            response.headers.update(headers)
            return response

        return answer

    def elsewhere(self, here: Sequence[str]) -> Handler:
        """What answers everywhere else: `here` are the endpoints that the sandbox has.

        An endpoint of the real Helix is refused as lacking: with 400, which no client takes for
        a failing server and tries again.
        """

        async def answer(request: web.Request) -> web.StreamResponse:
            asked = f"{request.method} {request.match_info['rest'].strip('/')}"
            if asked not in REAL_ENDPOINTS:
                return HelixError(404, "").response()
            self._world.lacks(f"Helix {asked}")
            words = f"This sandbox has no {asked}. It has {', '.join(here)}."
            return HelixError(400, words).response()

        return answer

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
    except web.HTTPRequestEntityTooLarge as error:
        raise HelixError(413, str(error.text)) from None
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
    """The endpoints a chat bot needs: users, chat, channels and what is on."""

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
            web.get("/helix/channels", gate(self.channels)),
            web.get("/helix/channels/followers", gate(self.followers)),
            web.get("/helix/streams", gate(self.streams)),
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
        return web.json_response(page(data, given, 100, 1000) | {"total": len(data)})

    async def channels(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /channels?broadcaster_id=…: what the channels of up to 100 users are about."""
        ids = request.query.getall("broadcaster_id", [])
        if not ids:
            raise HelixError(400, 'Missing required parameter "broadcaster_id"')
        if len(ids) > 100:
            raise HelixError(400, "The number of broadcaster_id parameters must be at most 100")
        found = [c for c in self._world.chat.channels.values() if c.owner.id in ids]
        return web.json_response({"data": [channel_json(channel) for channel in found]})

    async def followers(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /channels/followers: how many, and for the channel's moderators who.

        Whoever may not know gets the number and no names, not a refusal
        (dev.twitch.tv/docs/api/reference#get-channel-followers).
        """
        given = dict(request.query)
        channel = self._channel(required(given, "broadcaster_id"))
        scope = "moderator:read:followers" in grant.scopes
        may_know = scope and grant.user is not None and channel.is_mod(grant.user)
        who = [
            {
                "user_id": user_id,
                "user_login": self._world.users[user_id].login,
                "user_name": self._world.users[user_id].display_name,
                "followed_at": at,
            }
            for user_id, at in reversed(channel.followers.items())  # the newest first
            if may_know and given.get("user_id", user_id) == user_id
        ]
        return web.json_response(page(who, given, 20, 100) | {"total": len(channel.followers)})

    async def streams(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /streams: what is live now, all or by user_id, user_login."""
        query = request.query
        ids, logins = query.getall("user_id", []), query.getall("user_login", [])
        if max(len(ids), len(logins)) > 100:
            raise HelixError(400, "The number of user_id or user_login must be at most 100")
        wanted = {name.lower() for name in logins}
        live = [
            stream_json(channel, channel.stream)
            for channel in self._world.chat.channels.values()
            if channel.stream
            and (not (ids or wanted) or channel.owner.id in ids or channel.name in wanted)
        ]
        return web.json_response(page(live, dict(query), 20, 100))

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


def page(data: list[Json], given: dict[str, str], usual: int, most: int) -> Json:
    """One page of a list: `first` entries of it, `after` the cursor of the page before."""
    first, after = given.get("first", str(usual)), given.get("after", "0")
    if not (NUMBER.fullmatch(first) and 1 <= int(first) <= most):
        raise HelixError(400, f'The parameter "first" must be a number from 1 to {most}')
    if not NUMBER.fullmatch(after):
        raise HelixError(400, 'The parameter "after" was malformed: the value must be a cursor')
    end = int(after) + int(first)
    return {
        "data": data[int(after) : end],
        "pagination": {"cursor": str(end)} if end < len(data) else {},
    }


def channel_json(channel: Channel) -> Json:
    """A channel as Get Channel Information answers."""
    return {
        "broadcaster_id": channel.owner.id,
        "broadcaster_login": channel.name,
        "broadcaster_name": channel.owner.display_name,
        "broadcaster_language": "en",
        "game_id": "",
        "game_name": "",
        "title": channel.title,
        "delay": 0,
        "tags": [],
        "content_classification_labels": [],
        "is_branded_content": False,
    }


def stream_json(channel: Channel, stream: Stream) -> Json:
    """A stream as Get Streams answers; nobody watches in the sandbox."""
    return {
        "id": stream.id,
        "user_id": channel.owner.id,
        "user_login": channel.name,
        "user_name": channel.owner.display_name,
        "game_id": "",
        "game_name": "",
        "type": "live",
        "title": channel.title,
        "tags": [],
        "viewer_count": 0,
        "started_at": stream.started_at,
        "language": "en",
        "thumbnail_url": "",
        "tag_ids": [],
        "is_mature": False,
    }


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
